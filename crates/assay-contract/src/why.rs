//! Why a passage was not found: where a text stands at every stage of a question, and where it was cut.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;
use crate::{ReasonCode, RerankChoice, ScopeChoice, ThresholdView};

/// A question and a text to follow through its stages; what is absent comes from the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WhyRequest {
    /// The question.
    pub question: String,
    /// A quote of a document.
    pub text: String,
    /// Look for the text in this document alone.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub document: Option<i64>,
    /// The question searches only this collection.
    #[serde(default)]
    pub collection: Option<String>,
    /// What else limits the documents that the question searches.
    #[serde(default)]
    #[ts(optional)]
    pub scope: Option<ScopeChoice>,
    /// Reranking for this question.
    #[serde(default)]
    pub rerank: Option<RerankChoice>,
    /// Passages kept.
    #[serde(default)]
    pub keep: Option<u32>,
    /// Candidates per retriever.
    #[serde(default)]
    pub retrieve: Option<u32>,
}

closed_set! {
    /// How a text was found in the library.
    WhyMatch {
        /// Word for word, but for case, accents, script, white space and the form of quotation marks.
        Exact = "exact",
        /// With differences; `likeness` says how like it is.
        Nearest = "nearest",
        /// Not at all.
        Nowhere = "nowhere",
    }
}

closed_set! {
    /// A stage that a text is followed through, in the order of the pipeline.
    WhyStageName {
        /// The vector retriever; the score is the cosine similarity.
        Vector = "vector",
        /// The lexical retriever; the score is BM25F or BM25.
        Lexical = "lexical",
        /// The queries that the language model drafted; the rank is the best of theirs, and there is no score. Absent unless one
        /// of them found the text.
        Drafted = "drafted",
        /// Reciprocal rank fusion.
        Fused = "fused",
        /// Copies are put behind; the rank counts passages that are no copies.
        Fold = "fold",
        /// The cross-encoder; the score is its logit.
        Rerank = "rerank",
        /// Threshold, top and the writer's context; the rank is the final one.
        Kept = "kept",
    }
}

closed_set! {
    /// How the text stands at a stage.
    WhyStanding {
        /// The stage ranked it.
        Ranked = "ranked",
        /// It was not in the stage's pool; its rank and score were computed for this reply alone.
        Outside = "outside",
        /// The stage finds nothing of the question in it.
        NoMatch = "no_match",
        /// It was cut before this stage.
        CutBefore = "cut_before",
        /// The stage did not run, or did not reach it.
        NotRun = "not_run",
        /// It is not among what the question searches.
        NotSearched = "not_searched",
    }
}

closed_set! {
    /// What became of the text.
    WhyOutcome {
        /// It was kept for the answer.
        Kept = "kept",
        /// It is not among the retriever's best; as the outcome, among those of neither.
        NotInPool = "not_in_pool",
        /// The cross-encoder did not score it.
        NotReranked = "not_reranked",
        /// It is below the threshold.
        BelowThreshold = "below_threshold",
        /// It passed the threshold, but enough better ones were kept.
        BeyondTop = "beyond_top",
        /// It is a copy of a better candidate.
        Duplicate = "duplicate",
        /// It would be kept, but does not fit into the writer's context.
        DidNotFit = "did_not_fit",
        /// It is in a collection that the question does not search.
        OtherCollection = "other_collection",
        /// Its document is not among those that the question searches.
        OutOfScope = "out_of_scope",
        /// Its document is missing, or a rule leaves it out by now, so it answers nothing.
        DocumentMissing = "document_missing",
        /// Its page was read, but no chunk of the index holds it.
        InNoChunk = "in_no_chunk",
        /// The question is about the list of files, and no passage was searched.
        NotSearched = "not_searched",
        /// It is on no page that was read, and some pages could not be read.
        PageNotRead = "page_not_read",
        /// It is on no page that was read, and some documents could not be read.
        DocumentNotRead = "document_not_read",
        /// It is in no document.
        InNoDocument = "in_no_document",
    }
}

/// One stage and the text. A stage without a rank says why in `reason`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WhyStage {
    /// Which stage.
    pub name: WhyStageName,
    /// How the text stands there.
    pub standing: WhyStanding,
    /// Its rank among all, from 1, also beyond the pool.
    pub rank: Option<u32>,
    /// Its raw score; `name` says which.
    pub score: Option<f64>,
    /// Passages that are ranked there.
    pub of: Option<u32>,
    /// How many of them go on.
    pub limit: Option<u32>,
    /// Sigmoid of the logit.
    pub probability: Option<f32>,
    /// The cross-encoder.
    pub model: Option<String>,
    /// The threshold that applies to it.
    pub threshold: Option<f32>,
    /// What became of it here, if it went no further.
    pub cut: Option<WhyOutcome>,
    /// Why it has no rank, or was cut.
    pub reason: Option<String>,
    /// The code of a stage's reason, for translation.
    pub code: Option<ReasonCode>,
}

/// A place of the text in the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WhyPassage {
    /// Its chunk; absent if the text is in none.
    pub chunk: Option<String>,
    /// Its document.
    #[ts(type = "number")]
    pub document: i64,
    /// File name.
    pub name: String,
    /// The page's own number.
    pub page: Option<u32>,
    /// Heading path of the passage that was followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub heading: Option<String>,
    /// Text of the passage that was followed; absent for the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub text: Option<String>,
}

/// A page or a document that was not read, so that the text may be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WhyUnread {
    /// The document.
    #[ts(type = "number")]
    pub document: i64,
    /// File name.
    pub name: String,
    /// Whether the document as a whole was not read.
    pub whole: bool,
    /// The page's own number.
    pub page: Option<u32>,
    /// Why it was not read, or only in part.
    pub reason: String,
}

/// Where a text stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WhyReply {
    /// The question.
    pub question: String,
    /// The text.
    pub text: String,
    /// Whether the text is on a page of the library, word for word or nearly so.
    pub found: bool,
    /// How it was found.
    pub matched: WhyMatch,
    /// For `nearest`: the share of the text's shingles that stands in the passage.
    pub likeness: Option<f64>,
    /// The passage that was followed: of those that hold the text, the one that got furthest.
    pub passage: Option<WhyPassage>,
    /// Other passages that hold the text.
    pub others: Vec<WhyPassage>,
    /// The stages in order.
    pub stages: Vec<WhyStage>,
    /// The threshold that was applied.
    pub threshold: ThresholdView,
    /// What became of the text.
    pub outcome: WhyOutcome,
    /// The same in English, with the numbers of the case and what to do.
    pub reason: String,
    /// For `duplicate`: the passage before it.
    pub duplicate_of: Option<WhyPassage>,
    /// If the text was not found: pages and documents that were not read.
    pub unread: Vec<WhyUnread>,
}
