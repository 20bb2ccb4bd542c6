//! Rerankers that are not classifiers: they read a question once, then its passages.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{PairScore, Reranker, RerankerIdentity};
use futures::StreamExt;
use futures::channel::mpsc;
use futures::stream::BoxStream;

use crate::EncoderError;
use crate::counters::{Counters, Tally};
use crate::handle::{EngineThread, Job};
use crate::reranker::complete;
use crate::schedule::{Priority, Progress, Turn};

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
        self.submit(Priority::Reranking, question, passages)
    }

    fn score_for_explanation(
        &self,
        question: String,
        passages: Vec<String>,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.submit(Priority::Explanation, question, passages)
    }
}

impl FamilyReranker {
    fn submit(
        &self,
        priority: Priority,
        question: String,
        passages: Vec<String>,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let (replies, received) = mpsc::unbounded();
        let total = passages.len();
        self.engine.submit(priority, Scoring { question, passages, scored: 0, replies });
        complete(received, total).boxed()
    }
}

/// A question and its passages, of which the first `scored` are done.
struct Scoring {
    question: String,
    passages: Vec<String>,
    scored: usize,
    replies: mpsc::UnboundedSender<Result<Vec<PairScore>, EncoderError>>,
}

impl Job<Box<dyn PassageScorer>> for Scoring {
    fn run(&mut self, scorer: &mut Box<dyn PassageScorer>, turn: &Turn<'_>) -> Progress {
        match self.score(scorer.as_mut(), turn) {
            Ok(progress) => progress,
            Err(EncoderError::Stopped) if self.replies.is_closed() => Progress::Done,
            Err(EncoderError::Stopped) => Progress::Interrupted,
            Err(error) => {
                let _ = self.replies.unbounded_send(Err(error));
                Progress::Done
            }
        }
    }
}

impl Scoring {
    /// Scores in the order of the passages and sends each batch as soon as it is computed. The question is read again
    /// after other work, because the model keeps one question at a time.
    fn score(&mut self, scorer: &mut dyn PassageScorer, turn: &Turn<'_>) -> Result<Progress, EncoderError> {
        let Self { question, passages, scored, replies } = self;
        let stop = || replies.is_closed() || turn.interrupts();
        if passages.len() == *scored {
            return Ok(Progress::Done);
        }
        let batch = scorer.batch().max(1);
        let mut score_passages = scorer.read_question(question, &stop)?;
        loop {
            if stop() {
                return Err(EncoderError::Stopped);
            }
            let left = &passages[*scored..];
            let now = &left[..batch.min(left.len())];
            let found = score_passages(now, &stop)?.into_iter().zip(*scored..);
            let scores = found.map(|(found, index)| pair_score(found, index)).collect::<Result<_, _>>()?;
            let _ = replies.unbounded_send(Ok(scores));
            *scored += now.len();
            if passages.len() == *scored {
                return Ok(Progress::Done);
            }
            if turn.gives_way() {
                return Ok(Progress::GaveWay);
            }
        }
    }
}

fn pair_score(scored: Scored, index: usize) -> Result<PairScore, EncoderError> {
    if !scored.score.is_finite() {
        return Err(EncoderError::NotANumber { index, value: scored.score.to_string() });
    }
    let (tokens_read, tokens_total) = (scored.tokens_read as u32, scored.tokens_total as u32);
    Ok(PairScore { index, logit: scored.score, tokens_read, tokens_total })
}
