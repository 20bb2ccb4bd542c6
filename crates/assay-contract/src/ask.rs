//! Questions, their answers and the conversations that keep them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::candidate::is_false;
use crate::closed_set::closed_set;
use crate::{
    CandidateRow, DraftChoice, Metric, OrderChoice, ProblemView, RerankChoice, RerankView, ScopeChoice, ScopeView,
    StageRow, ThresholdView,
};

/// A question; what is absent comes from the settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct AskRequest {
    /// Its text.
    pub question: String,
    /// Only this collection.
    pub collection: Option<String>,
    /// What else limits the documents that are searched.
    #[serde(default)]
    #[ts(optional)]
    pub scope: Option<ScopeChoice>,
    /// The conversation to continue.
    #[ts(type = "number | null")]
    pub conversation: Option<i64>,
    /// Reranking for this question.
    pub rerank: Option<RerankChoice>,
    /// Passages kept.
    pub keep: Option<u32>,
    /// Candidates retrieved.
    pub retrieve: Option<u32>,
    /// Whether a follow-up is rewritten into a question that stands alone.
    #[serde(default)]
    #[ts(optional)]
    pub follow_up: Option<bool>,
}

/// Options of a question that the window does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskOptions {
    /// Return the candidates without an answer.
    pub no_answer: bool,
    /// Save the question in no conversation.
    pub forget: bool,
    /// Time budget of reranking in milliseconds, in place of the setting; 0 for no limit.
    pub rerank_milliseconds: Option<u32>,
    /// Candidates that the second cross-encoder reads, in place of the setting.
    pub second_pool: Option<u32>,
    /// Whether the second cross-encoder may stop early, in place of the setting.
    pub early_stop: Option<bool>,
    /// Which order is in force after reranking, in place of the setting.
    pub order: Option<OrderChoice>,
    /// Whether the language model drafts more queries, in place of the setting.
    #[serde(default)]
    pub drafts: Option<DraftChoice>,
    /// Neither read nor write the cache of scores and token ids.
    pub no_cache: bool,
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
    /// Heading path of its passage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub heading: Option<String>,
    /// The quoted text; empty in a kept answer once its document was removed from the library.
    pub quote: String,
}

closed_set! {
    /// How an answer came about.
    AnswerKind {
        /// Sentences of the passages, word for word.
        Extractive = "extractive",
        /// Written by a language model.
        Written = "written",
        /// No passage was good enough to answer from.
        Refused = "refused",
        /// From the library's list of files: the question is about the files and not about what they say.
        Catalogue = "catalogue",
        /// No answer was asked for, or it failed.
        None = "none",
        /// A kept answer that quoted a document which was removed from the library: its text is gone.
        Withdrawn = "withdrawn",
    }
}

closed_set! {
    /// What is known of a sentence of a written answer and the passages that it cites.
    CitationVerdict {
        /// It cites no passage.
        Uncited = "uncited",
        /// It was not compared.
        Unchecked = "unchecked",
        /// Its score reaches the limit.
        Found = "found",
        /// Its score is below the limit.
        NotFound = "not_found",
    }
}

closed_set! {
    /// What compared a sentence with passages.
    CheckedBy {
        /// A cross-encoder; the score is the sigmoid of its logit.
        Reranker = "reranker",
        /// The bi-encoder; the score is the cosine of both vectors.
        Embedder = "embedder",
    }
}

/// How near a sentence is to the passages that it cites: a score of a model, and no proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CitationCheckView {
    /// Name of the model.
    pub model: String,
    /// What the model is.
    pub by: CheckedBy,
    /// The best score of the cited passages: sigmoid or cosine.
    pub score: f32,
    /// The cross-encoder's raw output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub logit: Option<f32>,
    /// Below it the sentence counts as not found.
    pub limit: f32,
}

/// A sentence of a written answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AnswerSentenceView {
    /// Its words.
    pub text: String,
    /// The numbers that it cites and that name a passage.
    #[ts(type = "readonly number[]")]
    pub cites: Vec<u32>,
    /// What is known of it.
    pub verdict: CitationVerdict,
    /// The score, if it was compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub check: Option<CitationCheckView>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AnswerView {
    /// Its text, with numbers like `[1]`.
    pub text: String,
    /// How it came about.
    pub kind: AnswerKind,
    /// One for each number.
    pub citations: Vec<CitationRow>,
    /// Whether no passage was good enough to answer from.
    pub refused: bool,
    /// Numbers in the text that name no passage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(type = "readonly number[]", optional)]
    pub unknown: Vec<u32>,
    /// Codes and years of the question that no passage that was found names; only a refusal has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(type = "readonly string[]", optional)]
    pub unnamed: Vec<String>,
    /// Its sentences, if a language model wrote them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(type = "readonly AnswerSentenceView[]", optional)]
    pub sentences: Vec<AnswerSentenceView>,
    /// What a model wrote to itself before the answer. Nothing is cited from it, and no conversation keeps it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(as = "Option<String>", optional)]
    pub thinking: String,
}

closed_set! {
    /// What a reranker's logit is.
    ScoreScale {
        /// The model's raw output.
        Logit = "logit",
        /// ln(p / (1 - p)) of the relevance p that a hosted model's server returned.
        LogOdds = "log_odds",
    }
}

closed_set! {
    /// What the lexical retriever's score is the score of.
    LexicalFields {
        /// BM25 over the text as it is written: an earlier version filled the index.
        Text = "text",
        /// BM25 over folded words of the text.
        Words = "words",
        /// BM25F over folded words of text and headings, and of the names of file and folder.
        WordsAndNames = "words_and_names",
    }
}

/// The models that took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelsUsed {
    /// Bi-encoder.
    pub embedder: String,
    /// Cross-encoder, if one was open.
    pub reranker: Option<String>,
    /// Second cross-encoder, which reads the best of the first one's order, if one was open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub second_reranker: Option<String>,
    /// What wrote the answer, if anything did.
    pub writer: Option<String>,
    /// What the rerank logits are.
    #[serde(default)]
    pub rerank_scale: Option<ScoreScale>,
    /// What the lexical scores are; absent in a kept answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lexical: Option<LexicalFields>,
    /// What the similarities are; absent in a kept answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub metric: Option<Metric>,
}

/// `assay ask --json`, and the window's last message about a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AskReply {
    /// The question as asked.
    pub question: String,
    /// The question as it was searched, where a follow-up was rewritten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub standalone: Option<String>,
    /// The collection that it was limited to; absent if all were searched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub collection: Option<String>,
    /// How many documents it searched, if more than the collection limited it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub scope: Option<ScopeView>,
    /// Device in use, and why a faster one is not.
    pub device: String,
    /// The models that took part.
    pub models: ModelsUsed,
    /// Every candidate that was retrieved: reranked ones in the order that each row's place names,
    /// then the rest by fused rank.
    pub candidates: Vec<CandidateRow>,
    /// The threshold that was applied.
    pub threshold: ThresholdView,
    /// The answer.
    pub answer: AnswerView,
    /// How each stage went.
    pub stages: Vec<StageRow>,
    /// The conversation it was saved in, if it was.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub conversation: Option<i64>,
    /// Why it was not saved, if saving failed. The answer is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unsaved: Option<ProblemView>,
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
    /// A follow-up was rewritten.
    StandsAlone {
        /// The question that is searched.
        question: String,
    },
    /// Both retrievers are done and fused.
    Retrieved {
        /// In fused order, without rerank scores.
        candidates: Vec<CandidateRow>,
    },
    /// A batch was scored. Ranks are among those scored so far.
    Scored {
        /// Chunk and score.
        scores: Vec<ScoredRow>,
        /// Passages scored so far, counted once for each cross-encoder.
        done: u32,
        /// Passages to score in all, counted the same way.
        total: u32,
    },
    /// Outcomes are final.
    Settled {
        /// All candidates, in final order.
        candidates: Vec<CandidateRow>,
        /// The threshold that was applied.
        threshold: ThresholdView,
    },
    /// More of what a model writes to itself before the answer.
    Thinking {
        /// Its text.
        text: String,
    },
    /// More of the answer.
    Text {
        /// Its text.
        text: String,
    },
    /// The pipeline ended early.
    Failed {
        /// Why.
        problem: ProblemView,
    },
}

/// A new score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScoredRow {
    /// The chunk.
    pub chunk: String,
    /// Its score.
    pub rerank: RerankView,
    /// The first cross-encoder's score, where a second one decides.
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

/// A question of a conversation with its reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TurnRow {
    /// Seconds since 1970.
    #[ts(type = "number")]
    pub created: i64,
    /// The reply as it was given.
    pub reply: AskReply,
    /// Whether only the question and the answer could be read.
    pub unreadable: bool,
}
