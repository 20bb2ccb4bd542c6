//! What is done once for each side of a pair, and where it is kept.

use futures::stream::BoxStream;

use super::PairScore;
use crate::{Failure, GenerationId, Passage, Precision};

/// A cross-encoder whose pairs are joined from sides that were encoded apart.
pub trait PretokenizedReranker: Send + Sync {
    /// BLAKE3 of the tokenizer's file, in hex: ids of one tokenizer mean nothing to another.
    fn tokenizer(&self) -> &str;

    /// Token ids of each text, without special tokens.
    fn ids(&self, texts: &[&str]) -> Result<Vec<Vec<u32>>, Failure>;

    /// Most tokens of a passage that fit beside a question of so many tokens; at least 1. The
    /// question is kept whole up to three quarters of the length.
    fn max_passage_tokens(&self, question: usize) -> usize;

    /// As [`super::Reranker::score`], with both sides as token ids.
    fn score_ids(&self, question: Vec<u32>, passages: Vec<Vec<u32>>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>>;
}

/// Everything a score depends on besides the passage's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScoreKey {
    /// BLAKE3 of the model's weights.
    pub weights: String,
    /// BLAKE3 of its tokenizer; empty for a model that takes whole texts.
    pub tokenizer: String,
    /// Arithmetic of its linear layers.
    pub precision: Precision,
    /// Most tokens of a pair.
    pub max_tokens: usize,
    /// How a passage that is longer than that is read.
    pub windowing: &'static str,
    /// The question as the model gets it.
    pub question: Vec<u8>,
}

/// A model's word on a whole passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassageScore {
    /// The best window's raw output.
    pub logit: f32,
    /// Tokens of the passage that were read.
    pub tokens_read: u32,
    /// Tokens that the passage has.
    pub tokens_total: u32,
    /// Windows it was read in.
    pub windows: u32,
    /// The best of them, from 1.
    pub window: u32,
}

/// Token ids and scores of passages, so that nothing is computed twice. A store may forget
/// anything at any time, and what it cannot read it does not have; what it gives back is exactly
/// what it was given. Everything belongs to a reading and goes with it.
pub trait ScoreCache: Send + Sync {
    /// Token ids of the passages whose ids are there.
    fn ids(&self, tokenizer: &str, passages: &[&Passage]) -> Vec<Option<Vec<u32>>>;

    /// Keeps token ids.
    fn store_ids(&self, tokenizer: &str, passages: &[(&Passage, &[u32])]);

    /// Scores of the passages that were scored under the same key.
    fn scores(&self, key: &ScoreKey, passages: &[&Passage]) -> Vec<Option<PassageScore>>;

    /// Keeps scores. What is not a number is not kept.
    fn store_scores(&self, key: &ScoreKey, scores: &[(&Passage, PassageScore)]);

    /// Removes, for good, everything that belongs to these readings, and keeps nothing of them
    /// that comes later.
    fn purge(&self, generations: &[GenerationId]) -> Result<(), Failure>;
}
