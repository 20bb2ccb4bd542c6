//! Rerankers that are not classifiers: they read a question once, then its passages.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{PairScore, Reranker, RerankerIdentity};
use futures::StreamExt;
use futures::channel::mpsc;
use futures::stream::BoxStream;

use crate::EncoderError;
use crate::counters::{Counters, Tally};
use crate::handle::EngineThread;
use crate::reranker::complete;

/// Whether the work should stop, because the caller no longer waits for it.
pub(crate) type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// A passage's score and how many of its tokens were read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    pub score: f32,
    pub tokens_read: usize,
    pub tokens_total: usize,
}

/// Scores passages for the question that was read before.
pub(crate) type ScorePassages<'a> = Box<dyn FnMut(&[String], Stop) -> Result<Vec<Scored>, EncoderError> + 'a>;

/// A model that scores passages for a question.
pub(crate) trait PassageScorer: Send {
    /// Passages of one batch. It bounds how long a result or a stop takes.
    fn batch(&self) -> usize;

    /// Reads the question and returns what scores passages for it, all it is given in one batch.
    fn read_question<'a>(&'a mut self, question: &str, stop: Stop) -> Result<ScorePassages<'a>, EncoderError>;
}

/// A reranker whose model is a [`PassageScorer`].
pub struct FamilyReranker {
    identity: RerankerIdentity,
    engine: EngineThread<Box<dyn PassageScorer>>,
    tally: Arc<Tally>,
}

impl FamilyReranker {
    /// Moves the model to a thread of its own.
    pub(crate) fn start(
        identity: RerankerIdentity,
        scorer: Box<dyn PassageScorer>,
        tally: Arc<Tally>,
    ) -> Result<Self, EncoderError> {
        Ok(Self { identity, engine: EngineThread::start("reranker", scorer)?, tally })
    }

    /// Tokens read and computed so far.
    pub fn counters(&self) -> Counters {
        self.tally.read()
    }
}

impl Reranker for FamilyReranker {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let (replies, received) = mpsc::unbounded();
        let total = passages.len();
        self.engine.submit(move |scorer| {
            if let Err(error) = score(scorer.as_mut(), &question, &passages, &replies)
                && error != EncoderError::Stopped
            {
                let _ = replies.unbounded_send(Err(error));
            }
        });
        complete(received, total).boxed()
    }
}

/// Scores in the order of the passages and sends each batch as soon as it is computed.
fn score(
    scorer: &mut dyn PassageScorer,
    question: &str,
    passages: &[String],
    replies: &mpsc::UnboundedSender<Result<Vec<PairScore>, EncoderError>>,
) -> Result<(), EncoderError> {
    let stop = || replies.is_closed();
    if passages.is_empty() {
        return Ok(());
    }
    let batch = scorer.batch().max(1);
    let mut score_passages = scorer.read_question(question, &stop)?;
    for (number, passages) in passages.chunks(batch).enumerate() {
        if stop() {
            return Err(EncoderError::Stopped);
        }
        let scored = score_passages(passages, &stop)?.into_iter().zip(number * batch..);
        let scores = scored.map(|(scored, index)| pair_score(scored, index)).collect::<Result<_, _>>()?;
        let _ = replies.unbounded_send(Ok(scores));
    }
    Ok(())
}

fn pair_score(scored: Scored, index: usize) -> Result<PairScore, EncoderError> {
    if !scored.score.is_finite() {
        return Err(EncoderError::NotANumber { index, value: scored.score.to_string() });
    }
    let (tokens_read, tokens_total) = (scored.tokens_read as u32, scored.tokens_total as u32);
    Ok(PairScore { index, logit: scored.score, tokens_read, tokens_total })
}
