//! Scores without a library: the terminal's `rerank`, `embed`, `measure` and `bench`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    /// Passage tokens that there are.
    pub tokens_total: u32,
}

/// `assay rerank --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RerankReply {
    /// The cross-encoder.
    pub model: String,
    /// Device in use.
    pub device: String,
    /// `f32`, `bf16`, `int8`: the precision that scored.
    pub precision: String,
    /// Why it and no faster one; absent if it was asked for.
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
}

/// `assay embed --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbedReply {
    /// The bi-encoder.
    pub model: String,
    /// Device in use.
    pub device: String,
    /// `f32`, `bf16`, `int8`: the precision that computed.
    pub precision: String,
    /// Why it and no faster one; absent if it was asked for.
    pub precision_why: Option<String>,
    /// Length of a vector.
    pub dimension: u32,
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

/// One stage's quality and time. The metrics' names carry their depth: `ndcg@10`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureStage {
    /// `vector`, `lexical`, `hybrid`, `reranked`, `blended`, `given`.
    pub name: String,
    /// `ndcg@k`, `mrr@k`, `recall@k`.
    #[serde(flatten)]
    pub metrics: BTreeMap<String, Interval>,
    /// Time per question.
    pub ms: Percentiles,
}

/// `assay measure --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureReply {
    /// Questions that count (those with at least one relevant passage).
    pub queries: u32,
    /// The stages asked for.
    pub stages: Vec<MeasureStage>,
}

/// `assay bench --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BenchReply {
    /// `rerank`, `embed`, `query`.
    pub what: String,
    /// The model.
    pub model: String,
    /// Device in use.
    pub device: String,
    /// `f32`, `bf16`, `int8`: the precision that computed.
    pub precision: String,
    /// Why it and no faster one; absent if it was asked for.
    pub precision_why: Option<String>,
    /// Threads of the encoder.
    pub threads: u32,
    /// Pairs (or texts, or questions) a run.
    pub pairs: u32,
    /// Tokens that are no padding, a run.
    pub tokens_real: u64,
    /// Tokens computed, padding included, a run.
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
