//! Candidates with the score of each stage.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;
use crate::stage::DraftedQuery;

/// Similarity and rank of the vector retriever.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct VectorView {
    /// Cosine, -1 to 1; the dot product where `models.metric` is `dot`.
    pub similarity: f32,
    /// From 1.
    pub rank: u32,
}

/// Score and rank of the lexical retriever: BM25F over text with headings and names of file and folder, or BM25 over the
/// text alone where the index has no more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct LexicalView {
    /// 0 and up.
    pub score: f32,
    /// From 1.
    pub rank: u32,
}

/// How a drafted query found a passage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct DraftedView {
    /// Which query.
    pub query: DraftedQuery,
    /// Rank in the query's list, from 1; it is fused with the ranks of the other retrievers. The list of a wording is the
    /// reciprocal rank fusion of its two searches.
    pub rank: u32,
    /// Of the search by its vector, if that found the passage.
    pub vector: Option<VectorView>,
    /// Of the search by its words, if that found the passage.
    pub lexical: Option<LexicalView>,
}

/// Reciprocal rank fusion of the retrievers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct FusedView {
    /// Sum of 1 / (60 + rank).
    pub score: f64,
    /// From 1.
    pub rank: u32,
}

/// A cross-encoder's score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RerankView {
    /// Raw output.
    pub logit: f32,
    /// Sigmoid of the logit; not a calibrated probability.
    pub probability: f32,
    /// From 1.
    pub rank: u32,
    /// Passage tokens that were read.
    pub tokens_read: u32,
    /// Tokens of the passage.
    pub tokens_total: u32,
    /// Name of the cross-encoder. Logits of two models are never compared.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(as = "Option<String>", optional)]
    pub model: String,
    /// Present if the passage was longer than the model reads and was scored in windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub window: Option<WindowView>,
}

/// The best window of a long passage, whose score counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WindowView {
    /// From 1.
    pub best: u32,
    /// Windows in all.
    pub of: u32,
}

/// Reciprocal rank fusion of the fused order with the reranked one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct BlendView {
    /// 1 / (60 + fused rank) + weight / (60 + rerank rank); the weight is 1 unless another was measured.
    pub score: f64,
    /// From 1.
    pub rank: u32,
}

closed_set! {
    /// Which order is in force.
    OrderRule {
        /// The fused order of retrieval.
        Fused = "fused",
        /// The cross-encoder's alone.
        Rerank = "rerank",
        /// Reciprocal rank fusion of the fused order with the cross-encoder's.
        Blend = "blend",
    }
}

/// A candidate's place in the order in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlaceView {
    /// From 1.
    pub rank: u32,
    /// The order in force.
    pub rule: OrderRule,
}

closed_set! {
    /// Whether a candidate was kept for the answer, or why not.
    Outcome {
        /// Kept for the answer.
        Kept = "kept",
        /// Its rerank probability is below the threshold.
        BelowThreshold = "below_threshold",
        /// It passed the threshold, but enough better ones were kept.
        BeyondTop = "beyond_top",
        /// Its text is that of a better candidate, word for word or nearly so.
        Duplicate = "duplicate",
        /// Kept, but the writer's context had no room for it.
        DidNotFit = "did_not_fit",
        /// The cross-encoder did not read it.
        NotReranked = "not_reranked",
    }
}

/// A passage that was retrieved, with the scores of all stages that ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CandidateRow {
    /// Identifies the chunk.
    pub chunk: String,
    /// Its document.
    #[ts(type = "number")]
    pub document: i64,
    /// File name; empty in a kept answer once its document was removed from the library.
    pub name: String,
    /// Folder that the file lies in, which tells files of one name apart; empty in a kept answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(as = "Option<String>", optional)]
    pub folder: String,
    /// Whether its document's file could not be reached then: its text is as it was last read.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(as = "Option<bool>", optional)]
    pub offline: bool,
    /// The page's own number.
    pub page: Option<u32>,
    /// Heading path.
    pub heading: Option<String>,
    /// Its text; empty in a kept answer once its document was removed from the library.
    pub text: String,
    /// The vector retriever's score, if it found the passage.
    pub vector: Option<VectorView>,
    /// The lexical retriever's score, if it found the passage.
    pub lexical: Option<LexicalView>,
    /// One for each drafted query that found it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<DraftedView>>", optional)]
    pub drafted: Vec<DraftedView>,
    /// After fusion.
    pub fused: Option<FusedView>,
    /// The deciding cross-encoder's score, if one read it.
    pub rerank: Option<RerankView>,
    /// The first cross-encoder's score, where a second one decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub first_rerank: Option<RerankView>,
    /// Its blended score, where the blended order is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub blend: Option<BlendView>,
    /// Its place now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub place: Option<PlaceView>,
    /// Files that hold a copy of it. The copies follow as candidates with the outcome `duplicate`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub copies: Vec<String>,
    /// Whether it was kept, or why not.
    pub outcome: Outcome,
}

closed_set! {
    /// The score that the threshold cuts.
    ThresholdOn {
        /// The sigmoid of the rerank logit.
        RerankProbability = "rerank.probability",
        /// None: nothing was cut.
        None = "none",
    }
}

closed_set! {
    /// The rule that chose the threshold.
    ThresholdRule {
        /// Without rerank scores nothing is cut.
        NotReranked = "not_reranked",
        /// The value of the settings.
        Fixed = "fixed",
        /// The value that was measured for the model.
        Measured = "measured",
        /// The ten best are close together, so the cut is loose.
        NarrowSpread = "narrow_spread",
        /// The spread of the ten best lies between the two limits.
        MiddleSpread = "middle_spread",
        /// The ten best are far apart, so the cut is tight.
        WideSpread = "wide_spread",
    }
}

/// The threshold that was applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ThresholdView {
    /// The value, if anything was cut.
    pub value: Option<f32>,
    /// Which score it cuts.
    pub on: ThresholdOn,
    /// Why this value.
    pub why: String,
    /// The same as a code, for translation.
    pub rule: ThresholdRule,
}

/// For fields that are left out of JSON while false.
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}
