//! Rerankers that are no classifiers, behind one socket: a question is read once, then its passages.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{PairScore, Reranker, RerankerIdentity};
use futures::StreamExt;
use futures::channel::mpsc;
use futures::stream::BoxStream;

use crate::EncoderError;
use crate::engine::{Counters, Tally};
use crate::handle::EngineThread;
use crate::reranker::complete;

/// Whether nobody waits any more.
pub(crate) type Stop<'a> = &'a (dyn Fn() -> bool + Sync);

/// A passage's score and how much of it was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    pub score: f32,
    pub tokens_read: usize,
    pub tokens_total: usize,
}

/// Scores of passages for the question that was read before.
pub(crate) type Asked<'a> = Box<dyn FnMut(&[String], Stop) -> Result<Vec<Scored>, EncoderError> + 'a>;

/// A model that scores passages for a question, in its family's own way.
pub(crate) trait Family: Send {
    /// Passages of one batch: how long a result or a stop may take is decided here.
    fn batch(&self) -> usize;

    /// Reads the question. What is given back scores passages for it, as many as it is handed.
    fn ask<'a>(&'a mut self, question: &str, stop: Stop) -> Result<Asked<'a>, EncoderError>;
}

/// A reranker of one of these families, opened.
pub struct FamilyReranker {
    identity: RerankerIdentity,
    engine: EngineThread<Box<dyn Family>>,
    tally: Arc<Tally>,
}

impl FamilyReranker {
    /// Moves the model to a thread of its own.
    pub(crate) fn start(
        identity: RerankerIdentity,
        family: Box<dyn Family>,
        tally: Arc<Tally>,
    ) -> Result<Self, EncoderError> {
        Ok(Self { identity, engine: EngineThread::start("reranker", family)?, tally })
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
        let whole = passages.len();
        self.engine.submit(move |family| {
            if let Err(error) = score(family.as_mut(), &question, &passages, &replies)
                && error != EncoderError::Stopped
            {
                let _ = replies.unbounded_send(Err(error));
            }
        });
        complete(received, whole).boxed()
    }
}

/// Scores in the order of the passages and sends each batch as soon as it is computed.
fn score(
    family: &mut dyn Family,
    question: &str,
    passages: &[String],
    replies: &mpsc::UnboundedSender<Result<Vec<PairScore>, EncoderError>>,
) -> Result<(), EncoderError> {
    let stop = || replies.is_closed();
    if passages.is_empty() {
        return Ok(());
    }
    let batch = family.batch().max(1);
    let mut asked = family.ask(question, &stop)?;
    for (number, passages) in passages.chunks(batch).enumerate() {
        if stop() {
            return Err(EncoderError::Stopped);
        }
        let scored = asked(passages, &stop)?.into_iter().zip(number * batch..);
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
