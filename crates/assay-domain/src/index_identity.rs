//! The identity of an index.

use crate::port::EmbedderIdentity;

/// What an index was filled with. An index belongs to one identity: vectors of another model or of
/// other chunks cannot be compared with its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexIdentity {
    /// Name of the bi-encoder.
    pub embedder: String,
    /// BLAKE3 of its weights file, in hex.
    pub weights: String,
    /// Length of a vector.
    pub dimension: usize,
    /// `mean` or `cls`.
    pub pooling: String,
    /// Put before each passage; often empty.
    pub passage_prefix: String,
    /// Put before each question; often empty.
    pub query_prefix: String,
    /// Most tokens in a chunk.
    pub chunk_tokens: usize,
    /// Tokens shared by neighbouring chunks.
    pub chunk_overlap: usize,
}

impl IndexIdentity {
    /// The identity of an index that this model fills with chunks of this size.
    pub fn of(model: &EmbedderIdentity, chunk_tokens: usize, chunk_overlap: usize) -> Self {
        Self {
            embedder: model.name.clone(),
            weights: model.weights.clone(),
            dimension: model.dimension,
            pooling: model.pooling.clone(),
            passage_prefix: model.passage_prefix.clone(),
            query_prefix: model.query_prefix.clone(),
            chunk_tokens,
            chunk_overlap,
        }
    }

    /// The first difference between this index and the wanted one, as a sentence; `None` if they agree.
    pub fn difference(&self, wanted: &Self) -> Option<String> {
        let rows: [(&str, String, String); 8] = [
            ("model", self.embedder.clone(), wanted.embedder.clone()),
            ("model weights", self.weights.clone(), wanted.weights.clone()),
            ("dimension", self.dimension.to_string(), wanted.dimension.to_string()),
            ("pooling", self.pooling.clone(), wanted.pooling.clone()),
            ("passage prefix", self.passage_prefix.clone(), wanted.passage_prefix.clone()),
            ("query prefix", self.query_prefix.clone(), wanted.query_prefix.clone()),
            ("chunk size", self.chunk_tokens.to_string(), wanted.chunk_tokens.to_string()),
            ("chunk overlap", self.chunk_overlap.to_string(), wanted.chunk_overlap.to_string()),
        ];
        rows.into_iter()
            .find(|(_, filled, asked)| filled != asked)
            .map(|(what, filled, asked)| format!("{what} was {filled:?} when it was filled and is {asked:?} now"))
    }
}
