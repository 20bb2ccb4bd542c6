//! Judgements of the user's own, and what they say of the stages.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Interval;

/// A passage marked while reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MarkRequest {
    /// The question that it was found for.
    pub question: String,
    /// The passage.
    pub chunk: String,
    /// Relevant or not; absent takes the mark back.
    pub relevant: Option<bool>,
}

/// A judgement as kept. It names the passage by its words, so it outlives the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LabelRow {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// The question.
    pub question: String,
    /// Words of the passage; absent if only the document is known.
    pub passage: Option<String>,
    /// File name of the document, if known.
    pub name: Option<String>,
    /// The page's own number, if known.
    pub page: Option<u32>,
    /// 0 not relevant, 1 and up relevant.
    pub grade: u32,
    /// `marked`, `imported`, `proposed`.
    pub origin: String,
}

/// A question made from a passage's own words, for a person to accept or not. It shares words with
/// its passage, so it favours the search by words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProposalRow {
    /// The question.
    pub question: String,
    /// What it was made from: `definition`, `label`, `heading`.
    pub from: String,
    /// The chunk of the passage.
    pub chunk: String,
    /// File name.
    pub name: String,
    /// The page's own number.
    pub page: Option<u32>,
    /// Heading path.
    pub heading: Option<String>,
    /// The passage that should answer it.
    pub passage: String,
}

/// What an import brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReply {
    /// Judgements taken.
    pub taken: u32,
    /// Questions among them.
    pub questions: u32,
    /// Lines that could not be used, with the reason of the first few.
    pub refused: Vec<String>,
    /// All judgements now.
    pub labels: Vec<LabelRow>,
}

/// One order's quality and time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OrderRow {
    /// `vector`, `lexical`, `hybrid`, `reranked`.
    pub name: String,
    /// nDCG@10.
    pub ndcg: Interval,
    /// MRR@10.
    pub mrr: Interval,
    /// Recall@10.
    pub recall: Interval,
    /// Median milliseconds of a question.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
}

/// nDCG@10 of one question, order by order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct QuestionRow {
    /// The words.
    pub question: String,
    /// Relevant passages that are known.
    pub relevant: u32,
    /// By vectors alone.
    pub vector: f64,
    /// By words alone.
    pub lexical: f64,
    /// Both fused.
    pub hybrid: f64,
    /// After the cross-encoder.
    pub reranked: f64,
}

/// What a cut at this value would keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct CutPoint {
    /// On the rerank sigmoid.
    pub cut: f32,
    /// Share of the kept that is relevant.
    pub precision: f64,
    /// Share of the relevant that is kept.
    pub recall: f64,
}

/// How often passages of one band of the sigmoid were relevant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct BandRow {
    /// Lower end of the band.
    pub from: f32,
    /// Mean sigmoid in it.
    pub mean: f64,
    /// Passages in it.
    pub passages: u32,
    /// Share that was relevant, with its 95 % Wilson interval.
    pub relevant: Interval,
}

/// A measurement on the user's own judgements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunRow {
    /// Its number, once kept.
    #[ts(type = "number")]
    pub id: i64,
    /// Seconds since 1970.
    #[ts(type = "number")]
    pub created: i64,
    /// The bi-encoder.
    pub embedder: String,
    /// The cross-encoder, if one ran.
    pub reranker: Option<String>,
    /// Device in use.
    pub device: String,
    /// Chunk size in tokens.
    pub chunk_tokens: u32,
    /// Candidates per leg.
    pub retrieve: u32,
    /// Candidates that the cross-encoder read.
    pub rerank_pool: u32,
    /// One for each order.
    pub orders: Vec<OrderRow>,
    /// One for each question that has a relevant passage.
    pub questions: Vec<QuestionRow>,
    /// Precision and recall against the cut.
    pub cuts: Vec<CutPoint>,
    /// The cut with the best F1, if there is anything to choose by.
    pub suggested: Option<f32>,
    /// Reliability of the sigmoid.
    pub bands: Vec<BandRow>,
    /// Whether passages without a mark had to count as not relevant for cut and bands.
    pub unmarked_counted: bool,
}

/// How far a measurement has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeasureStep {
    /// Questions done.
    pub done: u32,
    /// Questions in all.
    pub total: u32,
}
