//! The user's relevance judgements, and the quality of each order measured on them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;
use crate::{Interval, OrderName};

/// A passage that the user marks as relevant or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MarkRequest {
    /// The question that it was found for.
    pub question: String,
    /// The passage.
    pub chunk: String,
    /// Relevant or not; absent takes the mark back.
    pub relevant: Option<bool>,
}

closed_set! {
    /// Where a judgement comes from.
    LabelOrigin {
        /// Marked while reading.
        Marked = "marked",
        /// Imported from a file.
        Imported = "imported",
        /// A proposed question that the user accepted.
        Proposed = "proposed",
    }
}

/// A kept judgement. It identifies the passage by its text, so it outlives the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LabelRow {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// The question.
    pub question: String,
    /// Text of the passage; absent if only the document is known.
    pub passage: Option<String>,
    /// File name of the document, if known.
    pub name: Option<String>,
    /// The page's own number, if known.
    pub page: Option<u32>,
    /// 0 not relevant, 1 and up relevant.
    pub grade: u32,
    /// Where it comes from.
    pub origin: LabelOrigin,
}

closed_set! {
    /// What a proposed question was made from.
    ProposalSource {
        /// A sentence that defines something.
        Definition = "definition",
        /// A line that begins with a name and a colon.
        Label = "label",
        /// The heading over the passage.
        Heading = "heading",
    }
}

/// A question made from a passage, for the user to accept or reject. It shares words with its
/// passage, so it favours lexical search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProposalRow {
    /// The question.
    pub question: String,
    /// What it was made from.
    pub from: ProposalSource,
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

/// The result of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportReply {
    /// Judgements taken.
    pub taken: u32,
    /// Questions among them.
    pub questions: u32,
    /// Why lines could not be used; the first few.
    pub refused: Vec<String>,
    /// All judgements now.
    pub labels: Vec<LabelRow>,
}

/// Quality and time of one order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OrderRow {
    /// Which order.
    pub name: OrderName,
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

/// nDCG@10 of one question in each order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct QuestionRow {
    /// The question.
    pub question: String,
    /// Passages judged relevant.
    pub relevant: u32,
    /// By vector search alone.
    pub vector: f64,
    /// By lexical search alone.
    pub lexical: f64,
    /// Both fused.
    pub hybrid: f64,
    /// After the cross-encoder.
    pub reranked: f64,
}

/// Precision and recall of a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct CutPoint {
    /// The threshold, on the rerank sigmoid.
    pub cut: f32,
    /// Share of the kept passages that is relevant.
    pub precision: f64,
    /// Share of the relevant passages that is kept.
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

/// A measurement on the user's judgements.
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
    /// Candidates per retriever.
    pub retrieve: u32,
    /// Candidates that the cross-encoder read.
    pub rerank_pool: u32,
    /// One for each order.
    pub orders: Vec<OrderRow>,
    /// One for each question that has a relevant passage.
    pub questions: Vec<QuestionRow>,
    /// Precision and recall for each threshold.
    pub cuts: Vec<CutPoint>,
    /// The threshold with the best F1; absent without judgements to choose by.
    pub suggested: Option<f32>,
    /// Reliability of the sigmoid.
    pub bands: Vec<BandRow>,
    /// Whether unmarked passages had to count as not relevant for thresholds and bands.
    pub unmarked_counted: bool,
}

/// Progress of a measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeasureStep {
    /// Questions done.
    pub done: u32,
    /// Questions in all.
    pub total: u32,
}
