//! The stages of a question and how each went.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;

closed_set! {
    /// A stage of a question. Members are in the order of the pipeline.
    StageName {
        /// A follow-up becomes a question that stands alone. Absent for the first question of a conversation.
        FollowUp = "follow_up",
        /// The question becomes a vector.
        Embed = "embed",
        /// Vector search.
        Vector = "vector",
        /// Lexical search.
        Lexical = "lexical",
        /// The language model drafts more queries. Absent unless that is switched on.
        Draft = "draft",
        /// Search by the vector of the drafted passage. Absent without one.
        Hypothetical = "hypothetical",
        /// Searches by the drafted wordings of the question. Absent without any.
        Variants = "variants",
        /// Reciprocal rank fusion.
        Fuse = "fuse",
        /// Copies of a passage are put behind it.
        Fold = "fold",
        /// The cross-encoder.
        Rerank = "rerank",
        /// Threshold, duplicates, top.
        Keep = "keep",
        /// The documents of the kept passages are read to their end. Absent unless the question asks for a list.
        ReadOn = "read_on",
        /// Neighbours of the kept passages fill a language model's context. Absent for quoted answers.
        Context = "context",
        /// The answer.
        Answer = "answer",
        /// Each sentence of a written answer is compared with the passages that it cites.
        CheckCitations = "check_citations",
    }
}

closed_set! {
    /// How a stage went.
    StageState {
        /// As it should.
        Done = "done",
        /// It did not run.
        Skipped = "skipped",
        /// Another engine took its place.
        FellBack = "fell_back",
        /// It failed, and the pipeline went on without it.
        Failed = "failed",
        /// The user or the time budget stopped it before its end.
        Stopped = "stopped",
    }
}

closed_set! {
    /// Why a stage ended in another state than `done`, or what it did.
    ReasonCode {
        /// The question leans on no question before.
        StandsAlone = "stands_alone",
        /// The follow-up was rewritten.
        Rewritten = "rewritten",
        /// The step is switched off.
        SwitchedOff = "switched_off",
        /// The bi-encoder was not trained on the question's language.
        LanguageUnknownToEmbedder = "language_unknown_to_embedder",
        /// The bi-encoder failed.
        EmbedderFailed = "embedder_failed",
        /// The vector search failed.
        VectorFailed = "vector_failed",
        /// The lexical search failed.
        LexicalFailed = "lexical_failed",
        /// Misspelt words could not be corrected.
        SpellingFailed = "spelling_failed",
        /// There is nothing to rerank.
        NothingRetrieved = "nothing_retrieved",
        /// Reranking is switched off.
        RerankingOff = "reranking_off",
        /// The cross-encoder was not trained on the question's language.
        LanguageUnknownToModel = "language_unknown_to_model",
        /// No cross-encoder was measured to judge the language of some passages for this question.
        NoRerankerForLanguages = "no_reranker_for_languages",
        /// Passages that no cross-encoder judges were kept or dropped by their similarity.
        DecidedBySimilarity = "decided_by_similarity",
        /// No cross-encoder is open.
        NoReranker = "no_reranker",
        /// The cross-encoder failed.
        RerankerFailed = "reranker_failed",
        /// The second cross-encoder is not open.
        NoSecondReranker = "no_second_reranker",
        /// The second cross-encoder failed.
        SecondRerankerFailed = "second_reranker_failed",
        /// The second cross-encoder stopped early: no other passage was expected in the top.
        TopSettled = "top_settled",
        /// The time budget was used up.
        TimeBudget = "time_budget",
        /// The user stopped it.
        Stopped = "stopped",
        /// Copies of passages were put behind them.
        Folded = "folded",
        /// Documents were read to their end.
        ReadOn = "read_on",
        /// Neighbours of kept passages were added.
        Neighbours = "neighbours",
        /// The best passage was cut to fit the language model's context.
        PassageCut = "passage_cut",
        /// The sentences of the answer were compared with the passages that they cite.
        CitationsChecked = "citations_checked",
        /// The model that compares sentences with passages failed.
        CheckFailed = "check_failed",
        /// The question is about the list of files, so no passage was searched.
        AboutLibrary = "about_library",
        /// No answer was asked for.
        NotAsked = "not_asked",
        /// The language model of the settings is not available.
        WriterMissing = "writer_missing",
        /// No language model is chosen.
        NoWriter = "no_writer",
        /// The writer failed.
        WriterFailed = "writer_failed",
        /// The language model drafted queries.
        Drafted = "drafted",
        /// The language model drafted nothing that can be searched.
        DraftFailed = "draft_failed",
        /// The language model did not draft in time.
        DraftsLate = "drafts_late",
        /// A passage reaches the threshold without drafted queries.
        DraftsNotNeeded = "drafts_not_needed",
        /// No passage has a rerank score that could be compared with the threshold.
        NoScoreToCompare = "no_score_to_compare",
        /// The answer reached its limit before its end.
        AnswerCut = "answer_cut",
    }
}

closed_set! {
    /// A query that the language model drafted. Each is a retriever of its own.
    DraftedQuery {
        /// A passage as it might answer the question, searched by its vector (HyDE).
        Hypothetical = "hypothetical",
        /// The question in other words, searched by vector and by words.
        Variant1 = "variant_1",
        /// A second wording.
        Variant2 = "variant_2",
        /// A third wording.
        Variant3 = "variant_3",
    }
}

/// A drafted query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftRow {
    /// Which one.
    pub query: DraftedQuery,
    /// What is searched.
    pub text: String,
}

closed_set! {
    /// Precision of an encoder's linear layers.
    Precision {
        /// Single precision.
        F32 = "f32",
        /// Half precision, on a graphics card.
        F16 = "f16",
        /// bfloat16 products with sums in f32.
        Bf16 = "bf16",
        /// 8-bit integer products.
        Int8 = "int8",
        /// The server of a hosted model chooses it and does not state it.
        Hosted = "as the host computes it",
    }
}

/// How a stage went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StageRow {
    /// Which stage.
    pub name: StageName,
    /// Wall-clock milliseconds.
    pub ms: f64,
    /// How it went.
    pub state: StageState,
    /// Why, for any state but `done`; for `done`, what it left to another stage or what it did.
    pub reason: Option<String>,
    /// The same as a code, for translation.
    pub code: Option<ReasonCode>,
    /// How many candidates the reason is about, where it is about some of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub count: Option<u32>,
    /// What each cross-encoder did in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<ScoresRow>>", optional)]
    pub scores: Vec<ScoresRow>,
    /// Words that the lexical retriever searched besides the question's own, because no file has those as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub also_searched: Vec<String>,
    /// Queries that the language model drafted, which are searched too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<DraftRow>>", optional)]
    pub drafts: Vec<DraftRow>,
}

/// What one cross-encoder did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScoresRow {
    /// Its name.
    pub model: String,
    /// Its precision.
    pub precision: Precision,
    /// Passages scored now.
    pub computed: u32,
    /// Passages whose score was in the cache.
    pub cached: u32,
    /// Milliseconds until the token ids were there.
    pub tokenizing_ms: f64,
}
