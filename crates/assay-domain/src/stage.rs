//! The stages of a question and how each went. A stage that was skipped, fell back or failed
//! is a state with a reason, never only a log line.

use std::time::Duration;

use crate::Precision;

/// The stages of the ask way, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageName {
    /// The question becomes a vector.
    Embed,
    /// The vector leg.
    Vector,
    /// The lexical leg.
    Lexical,
    /// Reciprocal rank fusion.
    Fuse,
    /// The cross-encoder.
    Rerank,
    /// Threshold, duplicates, top.
    Keep,
    /// The writer.
    Answer,
}

impl StageName {
    /// The word in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Embed => "embed",
            Self::Vector => "vector",
            Self::Lexical => "lexical",
            Self::Fuse => "fuse",
            Self::Rerank => "rerank",
            Self::Keep => "keep",
            Self::Answer => "answer",
        }
    }
}

/// How a stage went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageState {
    /// As it should.
    Done,
    /// Not run, for the reason given.
    Skipped,
    /// Another engine did it, for the reason given.
    FellBack,
    /// It failed, for the reason given; the way went on without it.
    Failed,
    /// The user or the time budget stopped it part of the way.
    Stopped,
}

impl StageState {
    /// The word in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::FellBack => "fell_back",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// A stage as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Which one.
    pub name: StageName,
    /// Wall-clock time.
    pub time: Duration,
    /// How it went.
    pub state: StageState,
    /// Why, for any state but `Done`.
    pub reason: Option<Reason>,
    /// What each cross-encoder did in it.
    pub reranker_stats: Vec<RerankerStats>,
}

/// What one cross-encoder did in a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RerankerStats {
    /// Name of the model.
    pub model: String,
    /// Arithmetic of its linear layers.
    pub precision: Precision,
    /// Passages that it scored.
    pub computed: usize,
    /// Passages whose score was known from before.
    pub cached: usize,
    /// Time until the token ids of the question and of the passages to score were there.
    pub tokenizing: Duration,
}

/// Why a stage ended in a state other than [`StageState::Done`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReasonCode {
    /// The bi-encoder was not trained on the question's language.
    LanguageUnknownToEmbedder,
    /// The bi-encoder failed.
    EmbedderFailed,
    /// The vector search failed.
    VectorFailed,
    /// The lexical search failed.
    LexicalFailed,
    /// There is nothing to rerank.
    NothingRetrieved,
    /// Reranking is switched off.
    RerankingOff,
    /// The cross-encoder was not trained on the question's language.
    LanguageUnknownToModel,
    /// No cross-encoder is open.
    NoReranker,
    /// The cross-encoder failed.
    RerankerFailed,
    /// The second cross-encoder is not open.
    NoSecondReranker,
    /// The second cross-encoder failed.
    SecondRerankerFailed,
    /// The second cross-encoder stopped early: no other passage was expected in the top.
    TopSettled,
    /// The time budget was used up.
    TimeBudget,
    /// The user stopped it.
    Stopped,
    /// No answer was asked for.
    NotAsked,
    /// The language model of the settings is not available.
    WriterMissing,
    /// The writer failed.
    WriterFailed,
}

/// Why a stage did not simply run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which reason, for screens in any language.
    pub code: ReasonCode,
    /// In English, with the names and numbers of the case.
    pub text: String,
}

impl Reason {
    /// A reason from its two parts.
    pub fn new(code: ReasonCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}
