//! Token ids and scores of passages, kept from earlier questions.

use crate::{Failure, GenerationId, Passage, Precision};

/// Everything that a score depends on besides the passage's text.
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

/// A cross-encoder's score of a whole passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassageScore {
    /// Raw output of the best window.
    pub logit: f32,
    /// Tokens of the passage that were read.
    pub tokens_read: u32,
    /// Tokens that the passage has.
    pub tokens_total: u32,
    /// Windows that it was read in.
    pub windows: u32,
    /// Number of the best window, from 1.
    pub window: u32,
}

/// A cache of token ids and scores, so that nothing is computed twice. It may forget anything at
/// any time, and entries that it cannot read count as missing; what it returns is exactly what was
/// stored. Every entry belongs to a generation and is removed with it.
pub trait ScoreCache: Send + Sync {
    /// Token ids of each passage, `None` where they are missing.
    fn ids(&self, tokenizer: &str, passages: &[&Passage]) -> Vec<Option<Vec<u32>>>;

    /// Stores token ids.
    fn store_ids(&self, tokenizer: &str, passages: &[(&Passage, &[u32])]);

    /// Score of each passage under this key, `None` where it is missing.
    fn scores(&self, key: &ScoreKey, passages: &[&Passage]) -> Vec<Option<PassageScore>>;

    /// Stores scores, except those that are NaN or infinite.
    fn store_scores(&self, key: &ScoreKey, scores: &[(&Passage, PassageScore)]);

    /// Removes everything of these generations from the disk, and stores nothing of them from now on.
    ///
    /// # Errors
    /// What the disk reports: the removed text may still be there.
    fn purge(&self, generations: &[GenerationId]) -> Result<(), Failure>;
}
