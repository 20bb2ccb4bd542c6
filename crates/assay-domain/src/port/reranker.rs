//! Pairs of a question and a passage to logits.

use futures::stream::BoxStream;

use crate::{Failure, Precision};

/// What identifies a cross-encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RerankerIdentity {
    /// Name of the model.
    pub name: String,
    /// BLAKE3 of its weights file, in hex.
    pub weights: String,
    /// Most tokens of a pair, special tokens included.
    pub max_tokens: usize,
    /// ISO 639-3 codes of the languages it was trained on; empty if unknown.
    pub languages: Vec<String>,
    /// As in [`EmbedderIdentity::device`](crate::port::EmbedderIdentity::device).
    pub device: String,
    /// Arithmetic of its linear layers.
    pub precision: Precision,
}

/// What a reranker's logit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScoreScale {
    /// The model's raw output.
    #[default]
    Logit,
    /// ln(p / (1 - p)) of the relevance p, 0 to 1, that a hosted model returned instead of its
    /// logit. Its sigmoid is the host's own number.
    LogOdds,
}

impl ScoreScale {
    /// The code in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logit => "logit",
            Self::LogOdds => "log_odds",
        }
    }
}

/// The score of one pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairScore {
    /// Index of the passage in the list that was passed in.
    pub index: usize,
    /// The model's raw output, or log-odds where [`Reranker::scale`] says so.
    pub logit: f32,
    /// Tokens of the passage that were read; 0 of 0 where a host does not say.
    pub tokens_read: u32,
    /// Tokens that the passage has.
    pub tokens_total: u32,
}

/// A cross-encoder: it reads question and passage together and returns one logit for the pair.
pub trait Reranker: Send + Sync {
    /// What identifies the model.
    fn identity(&self) -> &RerankerIdentity;

    /// What its logits are.
    fn scale(&self) -> ScoreScale {
        ScoreScale::Logit
    }

    /// A score for each passage, in small batches, each as soon as it is computed, roughly in the
    /// order of the passages. The stream ends after the last batch or the first error.
    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>>;

    /// As [`Self::score`] for an explanation, which gives way to questions.
    fn score_for_explanation(
        &self,
        question: String,
        passages: Vec<String>,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.score(question, passages)
    }

    /// The same model over token ids, if it can take them.
    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        None
    }

    /// Byte offset at which the passage is truncated next to this question; `None` if all of it is
    /// read or the model cannot tell.
    fn truncated_at(&self, _question: &str, _passage: &str) -> Option<usize> {
        None
    }
}

/// A cross-encoder that takes question and passage as token ids, so that a passage is tokenized
/// once for all questions.
pub trait PretokenizedReranker: Send + Sync {
    /// BLAKE3 of the tokenizer's file, in hex. Ids of one tokenizer mean nothing to another.
    fn tokenizer(&self) -> &str;

    /// Token ids of each text, without special tokens.
    ///
    /// # Errors
    /// What the tokenizer reports.
    fn ids(&self, texts: &[&str]) -> Result<Vec<Vec<u32>>, Failure>;

    /// Most tokens of a passage that fit next to a question of `question` tokens; at least 1. The
    /// question is kept whole up to three quarters of the model's length.
    fn max_passage_tokens(&self, question: usize) -> usize;

    /// As [`Reranker::score`], with both sides as token ids.
    fn score_ids(&self, question: Vec<u32>, passages: Vec<Vec<u32>>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>>;
}
