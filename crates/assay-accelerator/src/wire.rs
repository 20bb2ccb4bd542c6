//! Requests and replies between the main program and the accelerator.

use assay_domain::port::PairScore;
use assay_domain::{Failure, Problem};
use serde::{Deserialize, Serialize};

/// From Assay to the accelerator.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeviceRequest {
    /// Load a model onto the card: the first request, once per process.
    Open { role: Role, folder: String, name: String, languages: Vec<String> },
    /// Logits of pairs.
    Score { question: String, passages: Vec<String> },
    /// Logits of pairs given as token ids, which the caller has cut into windows where they are too long.
    ScoreIds { question: Vec<u32>, passages: Vec<Vec<u32>> },
    /// Vectors of texts.
    Embed { query: bool, texts: Vec<String> },
}

/// The kind of model to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Reranker,
    Embedder,
}

/// From the accelerator to Assay.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeviceReply {
    /// The model is on the device.
    Opened { device: String, precision: String },
    /// The scores of one batch.
    Scores { scores: Vec<Scored> },
    /// All vectors, in the order of the texts.
    Vectors { vectors: Vec<Vec<f32>> },
    /// The request failed.
    Failed { problem: String, message: String, action: String },
}

/// A [`PairScore`] that can be serialised.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Scored {
    pub index: usize,
    pub logit: f32,
    pub tokens_read: u32,
    pub tokens_total: u32,
}

impl From<PairScore> for Scored {
    fn from(score: PairScore) -> Self {
        let PairScore { index, logit, tokens_read, tokens_total } = score;
        Self { index, logit, tokens_read, tokens_total }
    }
}

impl Scored {
    /// The score with its index in the whole list, of which the request had a part that begins at `begin`.
    pub fn in_whole(self, begin: usize) -> PairScore {
        let Self { index, logit, tokens_read, tokens_total } = self;
        PairScore { index: index + begin, logit, tokens_read, tokens_total }
    }
}

impl From<Failure> for DeviceReply {
    fn from(failure: Failure) -> Self {
        Self::Failed { problem: failure.problem.as_str().to_owned(), message: failure.message, action: failure.action }
    }
}

/// The failure of a reply.
pub fn failure(problem: &str, message: String, action: String) -> Failure {
    Failure::new(Problem::parse(problem), message, action)
}
