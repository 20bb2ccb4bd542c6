//! The identity of an index.

use crate::port::{EmbedderIdentity, Metric};

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
    /// How its vectors are compared: as the model's are, or by the cosine in an index of a version that knew nothing
    /// else. It makes no difference to what the index can take in.
    pub metric: Metric,
    /// What its rows hold besides the text.
    pub rows: RowContent,
}

/// What the rows of an index hold besides the text of their chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowContent {
    /// Nothing: versions up to 0.1.0 filled it. It takes in documents as it was filled and answers by the text as
    /// it is written.
    TextAlone,
    /// Folded words, without context.
    Words,
    /// Folded words, names and headings; vectors of headings and text.
    WordsAndContext,
}

impl RowContent {
    /// What a new index holds.
    pub fn with_context(context: bool) -> Self {
        if context { Self::WordsAndContext } else { Self::Words }
    }

    /// Whether vectors and words hold the context.
    pub fn has_context(self) -> bool {
        self == Self::WordsAndContext
    }
}

impl IndexIdentity {
    /// The identity of an index that this model fills with chunks of this size.
    pub fn of(model: &EmbedderIdentity, chunk_tokens: usize, chunk_overlap: usize, rows: RowContent) -> Self {
        Self {
            embedder: model.name.clone(),
            weights: model.weights.clone(),
            dimension: model.dimension,
            pooling: model.pooling.clone(),
            passage_prefix: model.passage_prefix.clone(),
            query_prefix: model.query_prefix.clone(),
            chunk_tokens,
            chunk_overlap,
            metric: model.metric,
            rows,
        }
    }

    /// The first difference between this index and the wanted one, as a sentence; `None` if they agree. An index of
    /// an earlier version agrees with any content of rows, because it takes in documents as it was filled.
    pub fn difference(&self, wanted: &Self) -> Option<String> {
        let context = |rows: RowContent| if rows.has_context() { "on" } else { "off" };
        let wanted_rows = if self.rows == RowContent::TextAlone { self.rows } else { wanted.rows };
        let rows: [(&str, String, String); 9] = [
            ("model", self.embedder.clone(), wanted.embedder.clone()),
            ("model weights", self.weights.clone(), wanted.weights.clone()),
            ("dimension", self.dimension.to_string(), wanted.dimension.to_string()),
            ("pooling", self.pooling.clone(), wanted.pooling.clone()),
            ("passage prefix", self.passage_prefix.clone(), wanted.passage_prefix.clone()),
            ("query prefix", self.query_prefix.clone(), wanted.query_prefix.clone()),
            ("chunk size", self.chunk_tokens.to_string(), wanted.chunk_tokens.to_string()),
            ("chunk overlap", self.chunk_overlap.to_string(), wanted.chunk_overlap.to_string()),
            ("context of passages", context(self.rows).to_owned(), context(wanted_rows).to_owned()),
        ];
        rows.into_iter()
            .find(|(_, filled, asked)| filled != asked)
            .map(|(what, filled, asked)| format!("{what} was {filled:?} when it was filled and is {asked:?} now"))
    }
}
