//! The stages of a question and how each went. A stage that was skipped, fell back or failed has a
//! state and a reason.

use std::time::Duration;

use crate::{Draft, Precision};

/// The stages of the ask pipeline, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageName {
    /// A follow-up becomes a question that stands alone.
    FollowUp,
    /// The question becomes a vector.
    Embed,
    /// The vector retriever.
    Vector,
    /// The lexical retriever.
    Lexical,
    /// The writer drafts more queries.
    Draft,
    /// The search by the vector of the drafted passage.
    Hypothetical,
    /// The searches by the drafted wordings of the question.
    Variants,
    /// Reciprocal rank fusion.
    Fuse,
    /// Copies of a passage are put behind it.
    Fold,
    /// The cross-encoder.
    Rerank,
    /// The threshold, duplicates and the top.
    Keep,
    /// The documents of the kept passages are read to their end, for a list.
    ReadOn,
    /// Neighbours of the kept passages fill what room is left in a language model's context.
    Context,
    /// The writer.
    Answer,
    /// Each cited sentence of a written answer is compared with its passages.
    CheckCitations,
}

impl StageName {
    /// The code in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FollowUp => "follow_up",
            Self::Embed => "embed",
            Self::Vector => "vector",
            Self::Lexical => "lexical",
            Self::Draft => "draft",
            Self::Hypothetical => "hypothetical",
            Self::Variants => "variants",
            Self::Fuse => "fuse",
            Self::Fold => "fold",
            Self::Rerank => "rerank",
            Self::Keep => "keep",
            Self::ReadOn => "read_on",
            Self::Context => "context",
            Self::Answer => "answer",
            Self::CheckCitations => "check_citations",
        }
    }
}

/// How a stage went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StageState {
    /// It did its work.
    Done,
    /// It did not run.
    Skipped,
    /// Another engine did its work.
    FellBack,
    /// It failed, and the pipeline went on without it.
    Failed,
    /// The user or the time budget stopped it before its end.
    Stopped,
}

impl StageState {
    /// The code in JSON and on screen.
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

/// How a stage went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Which one.
    pub name: StageName,
    /// Wall-clock time.
    pub time: Duration,
    /// How it went.
    pub state: StageState,
    /// Why, for any state but `Done`; for `Done`, what it left to another stage or what it did.
    pub reason: Option<Reason>,
    /// What each cross-encoder did in it; empty in other stages.
    pub reranker_stats: Vec<RerankerStats>,
    /// Words that the lexical retriever searched besides the question's own; empty in other stages.
    pub also_searched: Vec<String>,
    /// Queries that the writer drafted, which are searched too; empty in other stages.
    pub drafts: Vec<Draft>,
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
    /// Passages whose score came from the cache.
    pub cached: usize,
    /// Time to get the token ids of the question and of the passages to score.
    pub tokenizing: Duration,
}

/// Why a stage ended in a state other than [`StageState::Done`], or what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReasonCode {
    /// The question leans on no question before.
    StandsAlone,
    /// The follow-up was rewritten.
    Rewritten,
    /// A step is switched off.
    SwitchedOff,
    /// The bi-encoder was not trained on the question's language.
    LanguageUnknownToEmbedder,
    /// The bi-encoder failed.
    EmbedderFailed,
    /// The vector search failed.
    VectorFailed,
    /// The lexical search failed.
    LexicalFailed,
    /// The question's words could not be compared with the words of the files, so none was corrected.
    SpellingFailed,
    /// There is nothing to rerank.
    NothingRetrieved,
    /// Reranking is switched off.
    RerankingOff,
    /// The cross-encoder was not trained on the question's language.
    LanguageUnknownToModel,
    /// No cross-encoder was measured to judge the language of some passages for this question.
    NoRerankerForLanguages,
    /// Passages that no cross-encoder judges were kept or dropped by their similarity.
    DecidedBySimilarity,
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
    /// Copies of passages were put behind them.
    Folded,
    /// Documents were read to their end.
    ReadOn,
    /// Neighbours of kept passages were added.
    Neighbours,
    /// The best passage was cut to fit the language model's context.
    PassageCut,
    /// The sentences of the answer were compared with the passages that they cite.
    CitationsChecked,
    /// The model that compares sentences with passages failed.
    CheckFailed,
    /// The question is about the library's list of files, and no passage was searched.
    AboutLibrary,
    /// No answer was asked for.
    NotAsked,
    /// The language model of the settings is not available.
    WriterMissing,
    /// No language model is chosen.
    NoWriter,
    /// The writer failed.
    WriterFailed,
    /// The writer drafted queries.
    Drafted,
    /// The writer drafted nothing that can be searched.
    DraftFailed,
    /// The writer did not draft in time.
    DraftsLate,
    /// The best passage reaches the threshold without drafted queries.
    DraftsNotNeeded,
    /// No passage has a rerank score that could be compared with the threshold.
    NoScoreToCompare,
    /// The answer reached its limit before its end.
    AnswerCut,
}

/// Why a stage did not simply run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which reason, for screens in any language.
    pub code: ReasonCode,
    /// In English, with the names and numbers of the case.
    pub text: String,
    /// How many candidates it is about, where it is about some of them.
    pub count: Option<usize>,
}

impl Reason {
    /// A reason from its two parts.
    pub fn new(code: ReasonCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), count: None }
    }

    /// The same about so many candidates.
    pub fn about(self, count: usize) -> Self {
        Self { count: Some(count), ..self }
    }
}
