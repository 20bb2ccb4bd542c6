//! Names of the closed sets in kept turns. They are part of the file format, so they do not follow
//! the names of the contract.

use assay_domain::port::ScoreScale;
use assay_domain::{
    AnswerKind, CutOn, CutRule, DraftedQuery, OrderRule, Outcome, Precision, ReasonCode, StageName, StageState,
};
use rusqlite::Row;

use crate::error::CatalogueError;

/// A member of a closed set and its name in the file.
pub trait Named: Sized {
    /// What the set holds, for error messages.
    const SET: &'static str;

    /// The name of a member.
    fn name(self) -> &'static str;

    /// The member of a name, if there is one.
    fn named(name: &str) -> Option<Self>;
}

/// The member in a column.
pub fn named<T: Named>(row: &Row<'_>, column: usize) -> Result<T, CatalogueError> {
    let name: String = row.get(column)?;
    T::named(&name).ok_or(CatalogueError::UnknownName { what: T::SET, name })
}

/// The member in a column that may be NULL.
pub fn named_or_null<T: Named>(row: &Row<'_>, column: usize) -> Result<Option<T>, CatalogueError> {
    let name: Option<String> = row.get(column)?;
    let member = |name: String| T::named(&name).ok_or(CatalogueError::UnknownName { what: T::SET, name });
    name.map(member).transpose()
}

macro_rules! names {
    ($set:literal, $type:ty, { $($member:ident = $name:literal),+ $(,)? }) => {
        impl Named for $type {
            const SET: &'static str = $set;

            fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $name),+
                }
            }

            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$member),)+
                    _ => None,
                }
            }
        }
    };
}

names!("kind of answer", AnswerKind, {
    Extractive = "extractive",
    Written = "written",
    Refused = "refused",
    Catalogue = "catalogue",
});

names!("outcome", Outcome, {
    Kept = "kept",
    BelowThreshold = "below_threshold",
    BeyondTop = "beyond_top",
    Duplicate = "duplicate",
    DidNotFit = "did_not_fit",
    NotReranked = "not_reranked",
});

names!("drafted query", DraftedQuery, {
    Hypothetical = "hypothetical",
    Variant1 = "variant_1",
    Variant2 = "variant_2",
    Variant3 = "variant_3",
});

names!("order", OrderRule, {
    Fused = "fused",
    Rerank = "rerank",
    Blend = "blend",
});

names!("scale of scores", ScoreScale, {
    Logit = "logit",
    LogOdds = "log_odds",
});

names!("score that is cut", CutOn, {
    RerankProbability = "rerank.probability",
    None = "none",
});

names!("rule of a cut", CutRule, {
    NotReranked = "not_reranked",
    Fixed = "fixed",
    Measured = "measured",
    NarrowSpread = "narrow_spread",
    MiddleSpread = "middle_spread",
    WideSpread = "wide_spread",
});

names!("stage", StageName, {
    FollowUp = "follow_up",
    Embed = "embed",
    Vector = "vector",
    Lexical = "lexical",
    Draft = "draft",
    Hypothetical = "hypothetical",
    Variants = "variants",
    Fuse = "fuse",
    Fold = "fold",
    Rerank = "rerank",
    Keep = "keep",
    ReadOn = "read_on",
    Context = "context",
    Answer = "answer",
    CheckCitations = "check_citations",
});

names!("state of a stage", StageState, {
    Done = "done",
    Skipped = "skipped",
    FellBack = "fell_back",
    Failed = "failed",
    Stopped = "stopped",
});

names!("reason", ReasonCode, {
    StandsAlone = "stands_alone",
    Rewritten = "rewritten",
    SwitchedOff = "switched_off",
    LanguageUnknownToEmbedder = "language_unknown_to_embedder",
    EmbedderFailed = "embedder_failed",
    VectorFailed = "vector_failed",
    LexicalFailed = "lexical_failed",
    SpellingFailed = "spelling_failed",
    NothingRetrieved = "nothing_retrieved",
    RerankingOff = "reranking_off",
    LanguageUnknownToModel = "language_unknown_to_model",
    NoRerankerForLanguages = "no_reranker_for_languages",
    DecidedBySimilarity = "decided_by_similarity",
    NoReranker = "no_reranker",
    RerankerFailed = "reranker_failed",
    NoSecondReranker = "no_second_reranker",
    SecondRerankerFailed = "second_reranker_failed",
    TopSettled = "top_settled",
    TimeBudget = "time_budget",
    Stopped = "stopped",
    Folded = "folded",
    ReadOn = "read_on",
    Neighbours = "neighbours",
    PassageCut = "passage_cut",
    CitationsChecked = "citations_checked",
    CheckFailed = "check_failed",
    AboutLibrary = "about_library",
    NotAsked = "not_asked",
    WriterMissing = "writer_missing",
    NoWriter = "no_writer",
    WriterFailed = "writer_failed",
    Drafted = "drafted",
    DraftFailed = "draft_failed",
    DraftsLate = "drafts_late",
    DraftsNotNeeded = "drafts_not_needed",
    NoScoreToCompare = "no_score_to_compare",
    AnswerCut = "answer_cut",
});

names!("precision", Precision, {
    F32 = "f32",
    F16 = "f16",
    Bf16 = "bf16",
    Int8 = "int8",
    Hosted = "as the host computes it",
});
