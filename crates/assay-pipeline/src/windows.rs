//! Windows over a passage that is longer than the cross-encoder reads. The passage's score is its
//! best window's: MaxP of Dai and Callan (SIGIR 2019).

use std::ops::Range;

use assay_domain::Failure;
use assay_domain::port::{PairScore, PassageScore, PretokenizedReranker, Reranker};
use futures::stream::BoxStream;

/// Names the rule by which long passages are scored (windows as cut here, the best one's logit). It
/// is a part of every score's key, so a changed rule never meets an old score.
pub const WINDOWING: &str = "best window";

/// One part in so many of a window is shared with its neighbour, so that a sentence on the edge of
/// one is whole in the other.
const OVERLAP: usize = 8;

/// Windows of at most `limit` tokens over a passage of `tokens` tokens, as even as possible: the
/// first begins and the last ends with the passage. A passage that fits gets one window.
pub fn windows(tokens: usize, limit: usize) -> Vec<Range<usize>> {
    let length = limit.clamp(1, tokens.max(1)).min(tokens);
    let overlap = length / OVERLAP;
    let step = (length - overlap).max(1);
    let count = (tokens - overlap).div_ceil(step).max(1);
    let start = |place: usize| place * (tokens - length) / (count - 1).max(1);
    (0..count).map(|place| start(place)..start(place) + length).collect()
}

/// Scoring of windows in progress, and what is known of each passage so far.
pub(crate) struct WindowScoring<'a> {
    /// Scores of windows, batch by batch.
    pub batches: BoxStream<'a, Result<Vec<PairScore>, Failure>>,
    windows: Vec<Window>,
    passages: Vec<PartialScore>,
}

struct Window {
    /// Index of its passage.
    passage: usize,
    /// Its number in the passage, from 1.
    number: u32,
    /// Tokens of the context before it.
    context: u32,
    tokens: u32,
}

/// The score of a passage over the windows that were scored so far.
#[derive(Clone)]
struct PartialScore {
    windows_left: usize,
    score: PassageScore,
}

impl<'a> WindowScoring<'a> {
    /// Scores passages given as token ids, each after its context, in windows where they are too long. Every window
    /// has the context before it; counts of tokens are those of the passage alone.
    pub fn of_ids(
        sides: &'a dyn PretokenizedReranker,
        question: Vec<u32>,
        passages: Vec<(Vec<u32>, Vec<u32>)>,
    ) -> Self {
        let limit = sides.max_passage_tokens(question.len());
        let (mut places, mut parts, mut scores) = (Vec::new(), Vec::new(), Vec::new());
        for (passage, (context, ids)) in passages.iter().enumerate() {
            // Where the question leaves room for nothing else, the passage goes before its context.
            let context = if context.len() * 2 > limit { &[][..] } else { context };
            let windows = windows(ids.len(), limit - context.len());
            scores.push(PartialScore::new(windows.len(), ids.len() as u32));
            for (number, window) in (1..).zip(windows) {
                places.push(Window { passage, number, context: context.len() as u32, tokens: window.len() as u32 });
                parts.push([context, ids.get(window).unwrap_or_default()].concat());
            }
        }
        Self { batches: sides.score_ids(question, parts), windows: places, passages: scores }
    }

    /// Scores whole texts with a model that cuts them itself.
    pub fn of_texts(reranker: &'a dyn Reranker, question: &str, texts: Vec<String>) -> Self {
        let windows = (0..texts.len()).map(|passage| Window { passage, number: 1, context: 0, tokens: 0 }).collect();
        let scores = vec![PartialScore::new(1, 0); texts.len()];
        Self { batches: reranker.score(question.to_owned(), texts), windows, passages: scores }
    }

    /// Adds a batch of window scores. Returns the passages that are complete with it.
    pub fn add(&mut self, batch: Vec<PairScore>) -> Vec<(usize, PassageScore)> {
        let mut complete = Vec::new();
        for pair in batch {
            let Some(window) = self.windows.get(pair.index) else { continue };
            let Some(partial) = self.passages.get_mut(window.passage).filter(|partial| partial.windows_left > 0) else {
                continue;
            };
            partial.add(pair, window);
            if partial.windows_left == 0 {
                complete.push((window.passage, partial.score));
            }
        }
        complete
    }
}

impl PartialScore {
    fn new(windows: usize, tokens: u32) -> Self {
        let score = PassageScore {
            logit: f32::NEG_INFINITY,
            tokens_read: tokens,
            tokens_total: tokens,
            windows: windows as u32,
            window: 1,
        };
        Self { windows_left: windows, score }
    }

    fn add(&mut self, pair: PairScore, window: &Window) {
        self.windows_left -= 1;
        let read = pair.tokens_read.saturating_sub(window.context);
        if self.score.windows == 1 {
            let total = pair.tokens_total.saturating_sub(window.context);
            (self.score.tokens_read, self.score.tokens_total) = (read, total);
        } else {
            let unread = window.tokens.saturating_sub(read);
            self.score.tokens_read = self.score.tokens_read.saturating_sub(unread);
        }
        if window.number == 1 || pair.logit > self.score.logit {
            (self.score.logit, self.score.window) = (pair.logit, window.number);
        }
    }
}
