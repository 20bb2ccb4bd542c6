//! What was asked, and how the ask way is to treat it.

use std::time::Duration;

/// Whether the cross-encoder runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RerankMode {
    /// Always.
    On,
    /// Never.
    Off,
    /// Unless a stated reason speaks against it (a model that does not know the question's language, say).
    Auto,
}

/// Which order the candidates stand in at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderRule {
    /// As retrieval fused them.
    Fused,
    /// By the cross-encoder alone.
    Rerank,
    /// By reciprocal rank fusion of the fused order with the cross-encoder's.
    Blend,
}

impl OrderRule {
    /// The word in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fused => "fused",
            Self::Rerank => "rerank",
            Self::Blend => "blend",
        }
    }
}

/// Where the cut between kept and dropped is made, always on the sigmoid of the rerank logit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// At this value.
    Fixed(f32),
    /// Following the standard deviation of the ten best values: under `narrow` the cut is
    /// `loose`, over `wide` it is `tight`, between them it is `middle`.
    Spread {
        /// Cut when the best ten are close together.
        loose: f32,
        /// Cut in between.
        middle: f32,
        /// Cut when the best ten are far apart.
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
    /// The ten best are close together, so the cut is loose.
    NarrowSpread,
    /// The spread of the ten best lies between the two limits.
    MiddleSpread,
    /// The ten best are far apart, so the cut is tight.
    WideSpread,
}

/// The cut as it was made for one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The value, or `None` when nothing was cut.
    pub value: Option<f32>,
    /// Which score it cuts.
    pub on: CutOn,
    /// Which rule chose the value.
    pub rule: CutRule,
    /// The rule in English, with the numbers of the case.
    pub why: String,
}

/// A question with its settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The words.
    pub text: String,
    /// Only this collection, or all of them.
    pub collection: Option<String>,
    /// How many candidates each leg may bring (default 100).
    pub retrieve: usize,
    /// How many of the fused order the cross-encoder reads (default 50).
    pub rerank_pool: usize,
    /// How many of the first model's order a second one reads (default 20).
    pub second_pool: usize,
    /// Time for reranking; what is not scored by then is left out, with the reason.
    pub budget: Option<Duration>,
    /// Whether the second model may stop when no passage it has not read is expected to enter the
    /// top. A heuristic.
    pub early_stop: bool,
    /// Which order decides once passages are reranked.
    pub order: OrderRule,
    /// How many are kept (default 5).
    pub keep: usize,
    /// Whether the cross-encoder runs.
    pub rerank: RerankMode,
    /// Where the cut is made.
    pub threshold: Threshold,
    /// Whether an answer is wanted, or only the candidates.
    pub answer: bool,
}
