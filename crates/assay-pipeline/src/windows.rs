//! A passage that is longer than the model reads, in windows that fit.

use std::ops::Range;

use assay_domain::port::{PairScore, PairTokens, PassageScore, Reranker};
use assay_domain::{Failure, Passage};
use futures::stream::BoxStream;

/// The rule by which long passages are scored, a part of every score's key: windows as cut here,
/// the best one's logit.
pub const READING: &str = "best window";

/// Share of a window that neighbours have in common, so that a sentence on one's edge stands whole
/// in the other.
const OVERLAP: usize = 8;

/// Windows of at most `room` tokens over a passage, as even as they can be: the first begins and
/// the last ends with the passage. One window for a passage that fits.
pub fn windows(tokens: usize, room: usize) -> Vec<Range<usize>> {
    let room = room.clamp(1, tokens.max(1)).min(tokens);
    let overlap = room / OVERLAP;
    let step = (room - overlap).max(1);
    let count = (tokens - overlap).div_ceil(step).max(1);
    let start = |place: usize| place * (tokens - room) / (count - 1).max(1);
    (0..count).map(|place| start(place)..start(place) + room).collect()
}

/// Windows under way, and what is known of each passage so far.
pub(crate) struct Work<'a> {
    /// Scores of windows, as they come.
    pub batches: BoxStream<'a, Result<Vec<PairScore>, Failure>>,
    /// The passage of each window, its number in it from 1, and its tokens.
    windows: Vec<(usize, u32, u32)>,
    passages: Vec<Read>,
}

/// A passage as far as it was read.
#[derive(Clone)]
struct Read {
    left: usize,
    score: PassageScore,
}

impl<'a> Work<'a> {
    /// Passages as token ids, cut where they are too long.
    pub fn of_ids(sides: &'a dyn PairTokens, question: Vec<u32>, passages: Vec<Vec<u32>>) -> Self {
        let room = sides.room(question.len());
        let (mut places, mut parts, mut reads) = (Vec::new(), Vec::new(), Vec::new());
        for (place, ids) in passages.iter().enumerate() {
            let windows = windows(ids.len(), room);
            reads.push(Read::begun(windows.len(), ids.len() as u32));
            for (number, window) in (1..).zip(windows) {
                places.push((place, number, window.len() as u32));
                parts.push(ids.get(window).unwrap_or_default().to_vec());
            }
        }
        Self { batches: sides.score_ids(question, parts), windows: places, passages: reads }
    }

    /// Whole texts, for a model that cuts them itself.
    pub fn of_texts(reranker: &'a dyn Reranker, question: &str, passages: &[&Passage]) -> Self {
        let texts: Vec<String> = passages.iter().map(|passage| passage.text.clone()).collect();
        let windows = (0..texts.len()).map(|place| (place, 1, 0)).collect();
        let reads = vec![Read::begun(1, 0); texts.len()];
        Self { batches: reranker.score(question.to_owned(), texts), windows, passages: reads }
    }

    /// Takes a batch of windows in; the passages that are whole with it.
    pub fn whole(&mut self, batch: Vec<PairScore>) -> Vec<(usize, PassageScore)> {
        let mut whole = Vec::new();
        for pair in batch {
            let Some(&(place, number, tokens)) = self.windows.get(pair.index) else { continue };
            let Some(read) = self.passages.get_mut(place).filter(|read| read.left > 0) else { continue };
            read.take(pair, number, tokens);
            if read.left == 0 {
                whole.push((place, read.score));
            }
        }
        whole
    }
}

impl Read {
    fn begun(windows: usize, tokens: u32) -> Self {
        let score = PassageScore {
            logit: f32::NEG_INFINITY,
            tokens_read: tokens,
            tokens_total: tokens,
            windows: windows as u32,
            window: 1,
        };
        Self { left: windows, score }
    }

    fn take(&mut self, pair: PairScore, number: u32, tokens: u32) {
        self.left -= 1;
        if self.score.windows == 1 {
            (self.score.tokens_read, self.score.tokens_total) = (pair.tokens_read, pair.tokens_total);
        } else {
            // What a window lost is missing from the whole.
            self.score.tokens_read = self.score.tokens_read.saturating_sub(tokens.saturating_sub(pair.tokens_read));
        }
        if number == 1 || pair.logit > self.score.logit {
            (self.score.logit, self.score.window) = (pair.logit, number);
        }
    }
}
