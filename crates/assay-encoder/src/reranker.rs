//! The cross-encoder: question and passage together to a logit.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{PairScore, PretokenizedReranker, Reranker, RerankerIdentity};
use futures::StreamExt;
use futures::channel::mpsc;
use futures::stream::BoxStream;
use rayon::prelude::*;

use crate::EncoderError;
use crate::counters::{Counters, Tally};
use crate::handle::{EngineThread, Job};
use crate::schedule::{Priority, Progress, Turn};
use crate::scorer::Scorer;
use crate::tokens::{Pair, Tokens};

// The first batch is small, so that the first scores are on the screen soon.
const FIRST_BATCH: usize = 4;
// Passages are tokenised this many at a time, ahead of the batches.
const WINDOW: usize = 32;

/// An opened cross-encoder.
pub struct CrossEncoder {
    identity: RerankerIdentity,
    why: Option<String>,
    tokens: Arc<Tokens>,
    engine: EngineThread<Scorer>,
    tally: Arc<Tally>,
}

impl CrossEncoder {
    /// Moves the model to a thread of its own. `why` says why it has its precision.
    pub(crate) fn start(
        identity: RerankerIdentity,
        why: Option<String>,
        tokens: Tokens,
        scorer: Scorer,
    ) -> Result<Self, EncoderError> {
        let tally = scorer.engine().tally();
        let engine = EngineThread::start("reranker", scorer)?;
        Ok(Self { identity, why, tokens: Arc::new(tokens), engine, tally })
    }

    /// Tokens read and computed so far.
    pub fn counters(&self) -> Counters {
        self.tally.read()
    }

    /// Why it scores in the precision it has; `None` where that was asked for.
    pub fn why_precision(&self) -> Option<&str> {
        self.why.as_deref()
    }
}

impl Reranker for CrossEncoder {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.submit(Priority::Reranking, question, passages, |tokens, text| tokens.ids(text))
    }

    fn score_for_explanation(
        &self,
        question: String,
        passages: Vec<String>,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.submit(Priority::Explanation, question, passages, |tokens, text| tokens.ids(text))
    }

    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        Some(self)
    }

    fn truncated_at(&self, question: &str, passage: &str) -> Option<usize> {
        self.tokens.truncated_at(question, passage, self.identity.max_tokens)
    }
}

impl PretokenizedReranker for CrossEncoder {
    fn tokenizer(&self) -> &str {
        self.tokens.hash()
    }

    fn ids(&self, texts: &[&str]) -> Result<Vec<Vec<u32>>, Failure> {
        Ok(texts.iter().map(|text| self.tokens.ids(text)).collect::<Result<_, EncoderError>>()?)
    }

    fn max_passage_tokens(&self, question: usize) -> usize {
        self.tokens.share(question, self.identity.max_tokens).1.max(1)
    }

    fn score_ids(&self, question: Vec<u32>, passages: Vec<Vec<u32>>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.submit(Priority::Reranking, question, passages, |_, ids| Ok(ids.clone()))
    }
}

impl CrossEncoder {
    /// Queues the scoring of passages; `ids` turns a side into tokens.
    fn submit<T: Send + Sync + 'static>(
        &self,
        priority: Priority,
        question: T,
        passages: Vec<T>,
        ids: fn(&Tokens, &T) -> Result<Vec<u32>, EncoderError>,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let (replies, received) = mpsc::unbounded();
        let total = passages.len();
        let job = Scoring {
            tokens: self.tokens.clone(),
            longest: self.identity.max_tokens,
            question,
            passages,
            ids,
            asked: None,
            begin: 0,
            pairs: Vec::new(),
            left: Vec::new(),
            replies,
        };
        self.engine.submit(priority, job);
        complete(received, total).boxed()
    }
}

/// Passes batches on, and adds an error if they end before all passages are scored.
pub(crate) fn complete(
    batches: mpsc::UnboundedReceiver<Result<Vec<PairScore>, EncoderError>>,
    total: usize,
) -> impl futures::Stream<Item = Result<Vec<PairScore>, Failure>> {
    futures::stream::unfold((batches, total), |(mut batches, left)| async move {
        match batches.next().await {
            Some(Ok(scores)) => {
                let left = left.saturating_sub(scores.len());
                Some((Ok(scores), (batches, left)))
            }
            Some(Err(error)) => Some((Err(error.into()), (batches, 0))),
            None if left > 0 => Some((Err(EncoderError::EngineGone.into()), (batches, 0))),
            None => None,
        }
    })
}

/// A question and the passages to score, as texts or as token ids, with what is done of them.
struct Scoring<T> {
    tokens: Arc<Tokens>,
    longest: usize,
    question: T,
    passages: Vec<T>,
    ids: fn(&Tokens, &T) -> Result<Vec<u32>, EncoderError>,
    /// The question's tokens.
    asked: Option<Vec<u32>>,
    /// Index of the first passage that is tokenised.
    begin: usize,
    /// The passages that are tokenised, and the places among them that are not scored.
    pairs: Vec<Pair>,
    left: Vec<usize>,
    replies: mpsc::UnboundedSender<Result<Vec<PairScore>, EncoderError>>,
}

impl<T: Send + Sync> Job<Scorer> for Scoring<T> {
    fn run(&mut self, scorer: &mut Scorer, turn: &Turn<'_>) -> Progress {
        let replies = self.replies.clone();
        let stop = || replies.is_closed() || turn.interrupts();
        loop {
            match self.score_next(scorer, &stop) {
                Ok(()) if self.is_done() => return Progress::Done,
                Ok(()) if turn.gives_way() => return Progress::GaveWay,
                Ok(()) => {}
                Err(EncoderError::Stopped) if replies.is_closed() => return Progress::Done,
                Err(EncoderError::Stopped) => return Progress::Interrupted,
                Err(error) => {
                    let _ = replies.unbounded_send(Err(error));
                    return Progress::Done;
                }
            }
        }
    }
}

impl<T: Send + Sync> Scoring<T> {
    fn is_done(&self) -> bool {
        self.left.is_empty() && self.begin + self.pairs.len() == self.passages.len()
    }

    /// Scores the next batch and sends it, in the order of the passages. A batch that is stopped stays the next one.
    fn score_next(&mut self, scorer: &mut Scorer, stop: &(dyn Fn() -> bool + Sync)) -> Result<(), EncoderError> {
        if self.is_done() {
            return Ok(());
        }
        if stop() {
            return Err(EncoderError::Stopped);
        }
        if self.left.is_empty() {
            self.tokenise(scorer)?;
        }
        let mut limit = scorer.engine().pair_limit();
        if self.begin == 0 {
            limit.sequences = FIRST_BATCH;
        }
        let taken = limit.take(self.left.iter().map(|place| self.pairs[*place].sequence.ids.len()));
        let batch = &self.left[..taken];
        let sequences: Vec<_> = batch.iter().map(|place| self.pairs[*place].sequence.clone()).collect();
        let index = |place: usize| self.begin + batch[place];
        let logits = scorer.logits_unless(&sequences, stop).map_err(|error| indexed_among_all(error, index))?;
        let scores = batch.iter().zip(logits).map(|(place, logit)| PairScore {
            index: self.begin + place,
            logit,
            tokens_read: self.pairs[*place].tokens_read as u32,
            tokens_total: self.pairs[*place].tokens_total as u32,
        });
        let _ = self.replies.unbounded_send(Ok(scores.collect()));
        self.left.drain(..taken);
        Ok(())
    }

    /// Tokenises the next passages: a few at first, then as many as a window.
    fn tokenise(&mut self, scorer: &Scorer) -> Result<(), EncoderError> {
        let window = match self.begin + self.pairs.len() {
            0 => FIRST_BATCH,
            _ => WINDOW.max(scorer.engine().pair_limit().sequences),
        };
        let asked = match self.asked.take() {
            Some(asked) => asked,
            None => (self.ids)(&self.tokens, &self.question)?,
        };
        let begin = self.begin + self.pairs.len();
        let passages = &self.passages[begin..];
        let pair = |passage: &T| Ok(self.tokens.pair(&asked, &(self.ids)(&self.tokens, passage)?, self.longest));
        let now = &passages[..window.min(passages.len())];
        let pairs =
            scorer.engine().on_threads(|| now.par_iter().map(pair).collect::<Result<Vec<Pair>, EncoderError>>())?;
        let left = (0..pairs.len()).collect();
        (self.asked, self.begin, self.pairs, self.left) = (Some(asked), begin, pairs, left);
        Ok(())
    }
}

/// The error with the index of the text among all, where it has the index in the batch.
fn indexed_among_all(error: EncoderError, index_of: impl Fn(usize) -> usize) -> EncoderError {
    match error {
        EncoderError::NotANumber { index, value } => EncoderError::NotANumber { index: index_of(index), value },
        other => other,
    }
}
