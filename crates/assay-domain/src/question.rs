//! A question and how the ask pipeline treats it.

use std::time::Duration;

use crate::{DraftMode, Scope};

/// Whether the cross-encoder runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RerankMode {
    /// Always.
    On,
    /// Never.
    Off,
    /// Unless a reason is against it, such as a model that does not know the question's language.
    Auto,
}

/// The final order of the candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderRule {
    /// The fused order of retrieval.
    Fused,
    /// By the cross-encoder alone.
    Rerank,
    /// By reciprocal rank fusion of the fused order with the cross-encoder's.
    Blend,
}

impl OrderRule {
    /// The code in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fused => "fused",
            Self::Rerank => "rerank",
            Self::Blend => "blend",
        }
    }
}

/// The threshold under which candidates are dropped, on the sigmoid of the rerank logit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// This value.
    Fixed(f32),
    /// The value that was measured for the model that scored and the languages.
    Measured {
        /// Threshold for a model that nobody measured.
        otherwise: f32,
    },
    /// A value chosen by the standard deviation of the ten best probabilities: `loose` if it is
    /// below `narrow`, `tight` if it is above `wide`, `middle` between them.
    Spread {
        /// Threshold when the ten best are close together.
        loose: f32,
        /// Threshold in between.
        middle: f32,
        /// Threshold when the ten best are far apart.
        tight: f32,
        /// Deviation below which they count as close together.
        narrow: f32,
        /// Deviation above which they count as far apart.
        wide: f32,
    },
}

/// The score that a cut is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CutOn {
    /// The sigmoid of the rerank logit.
    RerankProbability,
    /// None: nothing was cut.
    None,
}

/// The rule that chose the value of a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CutRule {
    /// Without rerank scores nothing is cut.
    NotReranked,
    /// The value of the settings.
    Fixed,
    /// The value that was measured for the model.
    Measured,
    /// The ten best are close together, so the cut is loose.
    NarrowSpread,
    /// The spread of the ten best lies between the two limits.
    MiddleSpread,
    /// The ten best are far apart, so the cut is tight.
    WideSpread,
}

/// The threshold as it was applied to one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The threshold; `None` if there was none.
    pub value: Option<f32>,
    /// Which score it is on.
    pub on: CutOn,
    /// Which rule chose the value.
    pub rule: CutRule,
    /// The rule in English, with the numbers of the case.
    pub why: String,
}

/// A question with its settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its text.
    pub text: String,
    /// Which documents are searched.
    pub scope: Scope,
    /// Most candidates of each retriever (default 100).
    pub retrieve: usize,
    /// Whether cross-encoders read where a passage comes from before its text (default on).
    pub context: bool,
    /// How many of the fused order the cross-encoder scores (default 50).
    pub rerank_pool: usize,
    /// How many of the first model's order a second one scores (default 20).
    pub second_pool: usize,
    /// Time for reranking. What is not scored by then is left out, with the reason.
    pub budget: Option<Duration>,
    /// Whether the second model may stop once no unscored passage is expected in the top: a
    /// heuristic.
    pub early_stop: bool,
    /// The final order once passages are reranked.
    pub order: OrderRule,
    /// Most candidates that are kept (default 5).
    pub keep: usize,
    /// Whether the cross-encoder runs.
    pub rerank: RerankMode,
    /// Under which rerank probability candidates are dropped.
    pub threshold: Threshold,
    /// Whether an answer is wanted, or only the candidates.
    pub answer: bool,
    /// The questions before it in its conversation, oldest first, as they were searched.
    pub earlier: Vec<String>,
    /// The steps that may run.
    pub steps: Steps,
}

/// Steps that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// A follow-up is rewritten into a question that stands alone.
    pub follow_up: bool,
    /// The writer drafts more queries.
    pub drafts: DraftMode,
    /// Copies of a passage are put behind it before reranking.
    pub fold: bool,
    /// For a list, the documents of the kept passages are read to their end.
    pub read_on: bool,
    /// What room is left in a language model's context goes to the neighbours of the kept passages.
    pub neighbours: bool,
    /// Each cited sentence of a written answer is compared with its passages.
    pub check_citations: bool,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            follow_up: true,
            drafts: DraftMode::Off,
            fold: true,
            read_on: true,
            neighbours: true,
            check_citations: true,
        }
    }
}
