//! Questions, candidates with all their scores, answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ProblemView, RerankChoice};

/// A question from the window; what is absent comes from the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AskRequest {
    /// The words.
    pub question: String,
    /// Only this collection.
    pub collection: Option<String>,
    /// The conversation to go on with.
    #[ts(type = "number | null")]
    pub conversation: Option<i64>,
    /// Reranking for this question.
    pub rerank: Option<RerankChoice>,
    /// Passages kept.
    pub keep: Option<u32>,
    /// Candidates retrieved.
    pub retrieve: Option<u32>,
}

/// Cosine similarity and place in the vector leg.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct VectorView {
    /// -1 to 1.
    pub similarity: f32,
    /// From 1.
    pub rank: u32,
}

/// BM25 and place in the lexical leg.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct LexicalView {
    /// 0 and up.
    pub score: f32,
    /// From 1.
    pub rank: u32,
}

/// Reciprocal rank fusion of both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct FusedView {
    /// Sum of 1 / (60 + rank).
    pub score: f64,
    /// From 1.
    pub rank: u32,
}

/// A cross-encoder's word.
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
    /// Passage tokens that there are.
    pub tokens_total: u32,
    /// The cross-encoder that said so. Logits of two models are never compared.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(as = "Option<String>", optional)]
    pub model: String,
    /// Present if the passage was longer than the model reads and was scored in windows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub window: Option<WindowView>,
}

/// The window of a long passage whose score counts: the best one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WindowView {
    /// From 1.
    pub best: u32,
    /// Windows in all.
    pub of: u32,
}

/// Place by reciprocal rank fusion of the fused order with the reranked one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct BlendView {
    /// 1 / (60 + fused rank) + 1 / (60 + rerank rank).
    pub score: f64,
    /// From 1.
    pub rank: u32,
}

/// Where a candidate stands, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlaceView {
    /// From 1.
    pub rank: u32,
    /// `fused`, `rerank`, `blend`.
    pub rule: String,
}

/// A passage that was retrieved, with everything that was said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CandidateRow {
    /// Names the chunk.
    pub chunk: String,
    /// Its document.
    #[ts(type = "number")]
    pub document: i64,
    /// File name; empty in a kept answer once its document was removed from the library.
    pub name: String,
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
    /// The vector leg's word, if it found it.
    pub vector: Option<VectorView>,
    /// The lexical leg's word, if it found it.
    pub lexical: Option<LexicalView>,
    /// After fusion.
    pub fused: Option<FusedView>,
    /// The deciding cross-encoder's word, if one read it.
    pub rerank: Option<RerankView>,
    /// What the first cross-encoder said, where a second one decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub first_rerank: Option<RerankView>,
    /// Its place when both orders count, where that is the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub blend: Option<BlendView>,
    /// Where it stands now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub place: Option<PlaceView>,
    /// `kept`, `below_threshold`, `beyond_top`, `duplicate`, `did_not_fit`, `not_reranked`.
    pub outcome: String,
}

/// Where the cut was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ThresholdView {
    /// The value, if anything was cut.
    pub value: Option<f32>,
    /// Which score it cuts.
    pub on: String,
    /// Why this value.
    pub why: String,
    /// The same as a code, for translation.
    pub rule: String,
}

/// A citation of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CitationRow {
    /// As in `[1]`.
    pub number: u32,
    /// The chunk.
    pub chunk: String,
    /// Its document.
    #[ts(type = "number")]
    pub document: i64,
    /// File name; empty in a kept answer once its document was removed from the library.
    pub name: String,
    /// Whether its document's file could not be reached then: its text is as it was last read.
    #[serde(default, skip_serializing_if = "is_false")]
    #[ts(as = "Option<bool>", optional)]
    pub offline: bool,
    /// The page's own number.
    pub page: Option<u32>,
    /// The words quoted; empty in a kept answer once its document was removed from the library.
    pub quote: String,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AnswerView {
    /// The words, with `[1]`-like numbers.
    pub text: String,
    /// `extractive`, `written`, `refused`, `none`; in a kept answer also `withdrawn`: it quoted a
    /// document that was removed from the library, so its words are gone with it.
    pub kind: String,
    /// One for each number.
    pub citations: Vec<CitationRow>,
    /// Whether nothing was good enough to answer from.
    pub refused: bool,
}

/// How a stage went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StageRow {
    /// `embed`, `vector`, `lexical`, `fuse`, `rerank`, `keep`, `answer`.
    pub name: String,
    /// Wall-clock milliseconds.
    pub ms: f64,
    /// `done`, `skipped`, `fell_back`, `failed`, `stopped`.
    pub state: String,
    /// Why, for any state but `done`.
    pub reason: Option<String>,
    /// The same as a code, for translation.
    pub code: Option<String>,
    /// What each cross-encoder did in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<ScoresRow>>", optional)]
    pub scores: Vec<ScoresRow>,
}

/// What one cross-encoder did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScoresRow {
    /// Its name.
    pub model: String,
    /// `f32`, `bf16`, `int8`.
    pub precision: String,
    /// Passages scored now.
    pub computed: u32,
    /// Passages whose score was kept from before.
    pub cached: u32,
    /// Milliseconds until the token ids were there.
    pub tokenizing_ms: f64,
}

/// The models that took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelsUsed {
    /// Bi-encoder.
    pub embedder: String,
    /// Cross-encoder, if one was open.
    pub reranker: Option<String>,
    /// The one that reads the best of the first one's order, if one was open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second_reranker: Option<String>,
    /// What wrote the answer, if anything did.
    pub writer: Option<String>,
    /// What the rerank logits are: `logit`, or `log_odds` of the relevance that a host gave.
    #[serde(default)]
    pub rerank_scale: Option<String>,
}

/// `assay ask --json`, and the window's final word on a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AskReply {
    /// The question as asked.
    pub question: String,
    /// Device in use, and why a faster one is not.
    pub device: String,
    /// The models that took part.
    pub models: ModelsUsed,
    /// Every candidate that was retrieved: reranked ones by the rule that each row's place names,
    /// then the rest by fused rank.
    pub candidates: Vec<CandidateRow>,
    /// Where the cut was made.
    pub threshold: ThresholdView,
    /// The answer.
    pub answer: AnswerView,
    /// How each stage went.
    pub stages: Vec<StageRow>,
    /// The conversation it was saved in, if it was.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub conversation: Option<i64>,
}

/// What happens to a question, as it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AskEvent {
    /// A stage ended.
    Stage {
        /// How it went.
        stage: StageRow,
    },
    /// Both legs are in and fused.
    Retrieved {
        /// In fused order, without rerank scores.
        candidates: Vec<CandidateRow>,
    },
    /// A batch was scored. Ranks are among those scored so far.
    Scored {
        /// Chunk and score.
        scores: Vec<ScoredRow>,
        /// Readings so far, of all cross-encoders.
        done: u32,
        /// Readings to come to in all.
        total: u32,
    },
    /// Outcomes are settled.
    Settled {
        /// All candidates, in final order.
        candidates: Vec<CandidateRow>,
        /// Where the cut was made.
        threshold: ThresholdView,
    },
    /// More of the answer.
    Text {
        /// The words.
        text: String,
    },
    /// The way ended early.
    Failed {
        /// Why.
        problem: ProblemView,
    },
}

/// A score that just came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScoredRow {
    /// The chunk.
    pub chunk: String,
    /// Its score.
    pub rerank: RerankView,
    /// What the first cross-encoder said, where a second one decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub first_rerank: Option<RerankView>,
}

/// A saved conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConversationRow {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// Its first question.
    pub title: String,
    /// Seconds since 1970.
    #[ts(type = "number")]
    pub created: i64,
    /// Questions in it.
    pub turns: u32,
}

/// A question of a conversation with its whole reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TurnRow {
    /// Seconds since 1970.
    #[ts(type = "number")]
    pub created: i64,
    /// As it was given.
    pub reply: AskReply,
}

/// Only what is out of the ordinary is said.
fn is_false(value: &bool) -> bool {
    !value
}
