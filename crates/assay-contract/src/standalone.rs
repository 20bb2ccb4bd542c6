//! Replies of the commands that need no library: `rerank`, `embed`, `measure`, `bench`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Precision;
use crate::closed_set::closed_set;

/// One passage's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RerankRow {
    /// As in the input.
    pub id: String,
    /// Raw output.
    pub logit: f32,
    /// Sigmoid of the logit.
    pub probability: f32,
    /// From 1.
    pub rank: u32,
    /// Passage tokens that were read.
    pub tokens_read: u32,
    /// Tokens of the passage.
    pub tokens_total: u32,
}

/// `assay rerank --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RerankReply {
    /// The cross-encoder.
    pub model: String,
    /// Device in use.
    pub device: String,
    /// The precision that was used.
    pub precision: Precision,
    /// Why no faster one; absent if it was asked for.
    pub precision_why: Option<String>,
    /// In input order.
    pub scores: Vec<RerankRow>,
    /// Wall-clock milliseconds, model loading excluded.
    pub ms: f64,
}

/// One text's vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbedRow {
    /// As in the input.
    pub id: String,
    /// The vector.
    pub vector: Vec<f32>,
    /// Tokens of the text, without what the model wants before it.
    #[serde(default)]
    pub tokens: u32,
}

/// `assay embed --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbedReply {
    /// The bi-encoder.
    pub model: String,
    /// Device in use.
    pub device: String,
    /// The precision that was used.
    pub precision: Precision,
    /// Why no faster one; absent if it was asked for.
    pub precision_why: Option<String>,
    /// Length of a vector.
    pub dimension: u32,
    /// Most tokens of a text that the model reads.
    #[serde(default)]
    pub max_tokens: u32,
    /// In input order.
    pub vectors: Vec<EmbedRow>,
    /// Wall-clock milliseconds, model loading excluded.
    pub ms: f64,
}

/// A mean with its 95 % bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Interval {
    /// Mean over the questions.
    pub mean: f64,
    /// 2.5th percentile.
    pub low: f64,
    /// 97.5th percentile.
    pub high: f64,
}

/// Milliseconds per question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
}

closed_set! {
    /// An order of passages that is measured.
    OrderName {
        /// By cosine similarity alone.
        Vector = "vector",
        /// By BM25 alone.
        Lexical = "lexical",
        /// Reciprocal rank fusion of both.
        Hybrid = "hybrid",
        /// The fused order with its head reranked.
        Reranked = "reranked",
        /// Reciprocal rank fusion of the fused order with the reranked one.
        Blended = "blended",
        /// By cosine similarity to a hypothetical passage that the language model drafts.
        Hypothetical = "hypothetical",
        /// Reciprocal rank fusion of the searches by wordings that the language model drafts.
        Variants = "variants",
        /// Reciprocal rank fusion of the question's retrievers with those of the drafted queries.
        Drafted = "drafted",
        /// The same order with its head reranked.
        DraftedReranked = "drafted_reranked",
        /// The order of the candidates in the input file.
        Given = "given",
    }
}

/// Quality and time of one order. The metrics' names carry their depth: `ndcg@10`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureStage {
    /// Which order.
    pub name: OrderName,
    /// `ndcg@k`, `mrr@k`, `recall@k`.
    #[serde(flatten)]
    pub metrics: BTreeMap<String, Interval>,
    /// Time per question.
    pub ms: Percentiles,
}

/// `assay measure --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureReply {
    /// Questions that count: those with at least one relevant passage.
    pub queries: u32,
    /// The stages asked for.
    pub stages: Vec<MeasureStage>,
}

closed_set! {
    /// What a benchmark runs.
    BenchKind {
        /// Reranking.
        Rerank = "rerank",
        /// Embedding.
        Embed = "embed",
        /// Whole questions without the answer.
        Query = "query",
    }
}

/// `assay bench --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchReply {
    /// What was run.
    pub what: BenchKind,
    /// The model.
    pub model: String,
    /// Device in use.
    pub device: String,
    /// The precision that was used; empty for `query`, where it is part of `device`.
    #[serde(with = "empty_for_none")]
    pub precision: Option<Precision>,
    /// Why no faster one; absent if it was asked for.
    pub precision_why: Option<String>,
    /// Threads of the encoder.
    pub threads: u32,
    /// Pairs, texts or questions in a run.
    pub pairs: u32,
    /// Tokens in a run, without padding.
    pub tokens_real: u64,
    /// Tokens computed in a run, with padding.
    pub tokens_computed: u64,
    /// Each counted run.
    pub seconds: Vec<f64>,
    /// From the median run.
    pub pairs_per_second: f64,
    /// From the median run.
    pub tokens_per_second: f64,
    /// Median of a run, milliseconds.
    pub p50_ms: f64,
    /// 95th percentile of a run, milliseconds.
    pub p95_ms: f64,
    /// Largest resident size of the process.
    pub peak_memory_bytes: u64,
}

/// `assay bench scale --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScaleReply {
    /// `scale`.
    pub what: String,
    /// Generated passages in the index.
    pub passages: u64,
    /// Passages that were there from an earlier run.
    pub passages_before: u64,
    /// Numbers of a vector.
    pub dimension: u32,
    /// Questions that were timed, after one warm-up.
    pub questions: u32,
    /// Seconds to fill the index and build its search indexes; absent if it was there.
    pub build_seconds: Option<f64>,
    /// Bytes on disk for each passage, all indexes included.
    pub bytes_per_passage: f64,
    /// The vector retriever.
    pub vector: Percentiles,
    /// The lexical retriever.
    pub lexical: Percentiles,
    /// Both, and fusion.
    pub total: Percentiles,
    /// Recall of the vector retriever's first hundred against brute force.
    pub recall: Vec<RecallRow>,
    /// Until a changed document of a hundred passages answers; absent if none was saved.
    pub save: Option<Percentiles>,
    /// Resident size after the questions.
    pub memory_bytes: u64,
    /// Largest resident size of the process.
    pub peak_memory_bytes: u64,
}

/// Recall under a filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecallRow {
    /// The collection that was searched, named by its share of all passages; absent for all.
    pub filter: Option<String>,
    /// Share of the true nearest that were found; absent if the collection is empty.
    pub recall: Option<f64>,
}

/// An absent precision is an empty string in JSON.
mod empty_for_none {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::Precision;

    pub fn serialize<S: Serializer>(precision: &Option<Precision>, serializer: S) -> Result<S::Ok, S::Error> {
        precision.map_or("", Precision::as_str).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Precision>, D::Error> {
        let name = String::deserialize(deserializer)?;
        Ok(Precision::ALL.iter().copied().find(|precision| precision.as_str() == name))
    }
}
