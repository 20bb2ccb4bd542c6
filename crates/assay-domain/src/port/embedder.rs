//! Texts to vectors.

use futures::future::BoxFuture;

use crate::Failure;

/// Whether a text is a question or a passage. Some models want a prefix for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// A question.
    Query,
    /// A passage of a document.
    Passage,
}

/// What identifies a bi-encoder. An index can only be searched with the model that filled it
/// ([`IndexIdentity`](crate::IndexIdentity)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedderIdentity {
    /// Name of the model.
    pub name: String,
    /// BLAKE3 of its weights file, in hex.
    pub weights: String,
    /// Length of a vector.
    pub dimension: usize,
    /// `mean` or `cls`.
    pub pooling: String,
    /// Most tokens of a text, special tokens included.
    pub max_tokens: usize,
    /// Special tokens around a text (`[CLS]`, `[SEP]`).
    pub special_tokens: usize,
    /// Put before each question.
    pub query_prefix: String,
    /// Put before each passage.
    pub passage_prefix: String,
    /// ISO 639-3 codes of the languages it was trained on; empty if unknown.
    pub languages: Vec<String>,
    /// How its vectors are compared.
    pub metric: Metric,
    /// `cpu`, `cuda:0` or `metal`, with the reason if a faster device is not used.
    pub device: String,
}

/// How the vectors of a bi-encoder are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// By the cosine of their angle. Vectors have length one, so that their dot product is the cosine.
    Cosine,
    /// By their dot product. Vectors keep the length that the model gives them.
    Dot,
}

impl Metric {
    /// Its name in stored data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Dot => "dot",
        }
    }

    /// The metric of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Cosine, Self::Dot].into_iter().find(|metric| metric.as_str() == name)
    }
}

/// A bi-encoder: a text becomes one vector, and two texts are compared by the model's [`Metric`].
pub trait Embedder: Send + Sync {
    /// What identifies the model.
    fn identity(&self) -> &EmbedderIdentity;

    /// Byte offsets at which the tokens of a text begin, in order, without special tokens. Cheap
    /// enough to call for every candidate cut of the chunker.
    fn token_starts(&self, text: &str) -> Vec<usize>;

    /// One vector of [`EmbedderIdentity::dimension`] numbers for each text, in the order of the
    /// texts. Batches are sorted by length inside. A question's vector is computed before those of passages, whichever
    /// was asked for first.
    ///
    /// # Errors
    /// What the model or its device reports.
    fn embed(&self, kind: TextKind, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>>;

    /// As [`Self::embed`] for an explanation, which gives way to questions and goes before an ingest.
    ///
    /// # Errors
    /// As [`Self::embed`].
    fn embed_for_explanation(
        &self,
        kind: TextKind,
        texts: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        self.embed(kind, texts)
    }
}
