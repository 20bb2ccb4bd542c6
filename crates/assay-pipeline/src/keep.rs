//! Which candidates are kept: **the threshold is applied here**, then duplicates are dropped and the
//! top is cut off. The threshold is on the sigmoid of the rerank logit and on no other score.

use std::collections::{BTreeSet, HashSet};

use assay_domain::{
    Assignment, Candidate, Cut, CutOn, CutRule, Language, LanguagePair, Measured, Outcome, Question, Reason,
    ReasonCode, Threshold,
};

/// The spread rule looks at this many of the best candidates.
const SPREAD_OVER: usize = 10;

/// What was measured for the models of one question.
#[derive(Default)]
pub struct Thresholds<'a> {
    /// The question's language.
    pub question: Option<Language>,
    /// Measurements of the cross-encoders, by name.
    pub rerankers: Vec<(&'a str, &'a [Measured])>,
    /// Measurements of the bi-encoder.
    pub embedder: &'a [Measured],
    /// The best similarity of a candidate in the question's own language, if there is one.
    pub nearest: Option<f32>,
}

impl Thresholds<'_> {
    /// The measured threshold of the model that scored a candidate.
    fn of_score(&self, candidate: &Candidate) -> Option<f32> {
        let score = candidate.rerank.as_ref()?;
        let (_, measured) = self.rerankers.iter().find(|(name, _)| **name == *score.model)?;
        self.of(measured, candidate)
    }

    /// The measured threshold on the similarity of a candidate that no cross-encoder judges: a value of its own, or one
    /// below the nearest candidate in the question's language. The latter does not count for a candidate that holds words of
    /// the question: those are names and numbers, which are written alike in both languages.
    fn of_similarity(&self, candidate: &Candidate) -> Option<f32> {
        let measured = self.measured(self.embedder, candidate)?;
        let gap = measured.gap.filter(|_| candidate.lexical.is_none());
        let below_nearest = self.nearest.zip(gap).map(|(nearest, gap)| nearest - gap);
        [measured.threshold, below_nearest].into_iter().flatten().max_by(f32::total_cmp)
    }

    fn of(&self, measured: &[Measured], candidate: &Candidate) -> Option<f32> {
        self.measured(measured, candidate)?.threshold
    }

    fn measured<'m>(&self, measured: &'m [Measured], candidate: &Candidate) -> Option<&'m Measured> {
        Measured::find(measured, LanguagePair::of(self.question?, candidate.language))
    }
}

/// What [`keep`] did.
pub struct Kept {
    /// The threshold on rerank scores.
    pub cut: Cut,
    /// What decided on the candidates that no cross-encoder judges, if there are any.
    pub unjudged: Option<Reason>,
}

/// Sets every candidate's outcome; the candidates are in final order. The threshold applies only
/// where `reranked` says that the candidates are in an order of the cross-encoder. A candidate that no
/// cross-encoder judges is kept by its place, if its similarity reaches what was measured for its
/// languages. Where a second cross-encoder drops a candidate, those behind it that only the first one
/// read are dropped, too: the sigmoids of two models are not compared by one threshold.
pub fn keep(question: &Question, candidates: &mut [Candidate], reranked: bool, thresholds: &Thresholds<'_>) -> Kept {
    let cut = if reranked { cut(&question.threshold, candidates, thresholds) } else { no_cut() };
    let mut texts = HashSet::new();
    let (mut kept, mut unjudged, mut closed) = (0, Unjudged::default(), HashSet::new());
    for candidate in candidates {
        let text = candidate.passage.text.trim().to_owned();
        let judged = candidate.assignment != Assignment::NoReranker;
        candidate.threshold = threshold_on(&cut, &question.threshold, candidate, thresholds);
        let below = is_below(candidate);
        candidate.outcome = match (reranked && judged, &candidate.rerank) {
            _ if candidate.copy_of.is_some() => Outcome::Duplicate,
            (true, None) => Outcome::NotReranked,
            _ if candidate.first_rerank.is_none() && group(candidate).is_some_and(|group| closed.contains(&group)) => {
                Outcome::NotReranked
            }
            _ if !texts.insert(text) => Outcome::Duplicate,
            _ if below => Outcome::BelowThreshold,
            _ if kept >= question.keep => Outcome::BeyondTop,
            _ => {
                kept += 1;
                Outcome::Kept
            }
        };
        if candidate.first_rerank.is_some() && candidate.outcome == Outcome::BelowThreshold {
            closed.extend(group(candidate));
        }
        if !judged {
            unjudged.add(candidate, thresholds);
        }
    }
    Kept { cut, unjudged: unjudged.reason() }
}

/// The group of cross-encoders that reads a candidate.
fn group(candidate: &Candidate) -> Option<usize> {
    match candidate.assignment {
        Assignment::Reranker { group, .. } => Some(group),
        Assignment::NoReranker | Assignment::BeyondPool => None,
    }
}

/// The threshold on a candidate: on its probability, or on its similarity where no cross-encoder judges it; `None` if
/// none applies to it.
pub fn threshold_on(cut: &Cut, rule: &Threshold, candidate: &Candidate, thresholds: &Thresholds<'_>) -> Option<f32> {
    if candidate.assignment == Assignment::NoReranker {
        return thresholds.of_similarity(candidate);
    }
    candidate.rerank.as_ref()?;
    match rule {
        Threshold::Measured { otherwise } if cut.rule == CutRule::Measured => {
            Some(thresholds.of_score(candidate).unwrap_or(*otherwise))
        }
        _ => cut.value,
    }
}

/// Whether a candidate is below its threshold. One that words alone found has no similarity, and across languages
/// words say little.
fn is_below(candidate: &Candidate) -> bool {
    let Some(value) = candidate.threshold else { return false };
    match (&candidate.rerank, candidate.assignment) {
        (_, Assignment::NoReranker) => candidate.vector.is_none_or(|score| score.similarity < value),
        (Some(score), _) => score.probability < value,
        (None, _) => false,
    }
}

/// The candidates that no cross-encoder judges.
#[derive(Default)]
struct Unjudged {
    all: usize,
    kept: usize,
    values: BTreeSet<String>,
}

impl Unjudged {
    fn add(&mut self, candidate: &Candidate, thresholds: &Thresholds<'_>) {
        self.all += 1;
        self.kept += usize::from(candidate.outcome == Outcome::Kept);
        self.values.extend(thresholds.of_similarity(candidate).map(|value| format!("{value:.3}")));
    }

    fn reason(self) -> Option<Reason> {
        let Self { all, kept, values } = self;
        let by = match values.into_iter().collect::<Vec<_>>() {
            none if none.is_empty() => "their places in the order of retrieval decided".to_owned(),
            values => format!("their places, and a similarity of at least {}, decided", values.join(" or ")),
        };
        let text = format!(
            "{all} candidates are in languages that no reranker judges for this question: {by}, and {kept} were kept"
        );
        (all > 0).then(|| Reason::new(ReasonCode::DecidedBySimilarity, text).about(all))
    }
}

fn no_cut() -> Cut {
    let why = "the threshold applies to rerank scores, and there are none".to_owned();
    Cut { value: None, on: CutOn::None, rule: CutRule::NotReranked, why }
}

/// The threshold's value for these candidates: that of the best one where each model has its own. The
/// spread rule is a heuristic of our own.
pub fn cut(threshold: &Threshold, candidates: &[Candidate], thresholds: &Thresholds<'_>) -> Cut {
    let on = CutOn::RerankProbability;
    let (loose, middle, tight, narrow, wide) = match *threshold {
        Threshold::Fixed(value) => {
            let why = format!("fixed at {value} in the settings");
            return Cut { value: Some(value), on, rule: CutRule::Fixed, why };
        }
        Threshold::Measured { otherwise } => return measured_cut(otherwise, candidates, thresholds),
        Threshold::Spread { loose, middle, tight, narrow, wide } => (loose, middle, tight, narrow, wide),
    };
    let spread = standard_deviation(&best_probabilities(candidates));
    let (value, rule, words) = if spread < narrow {
        (loose, CutRule::NarrowSpread, format!("under {narrow}: the passages are close together, so the cut is loose"))
    } else if spread > wide {
        (tight, CutRule::WideSpread, format!("over {wide}: the passages are far apart, so the cut is tight"))
    } else {
        (middle, CutRule::MiddleSpread, format!("between {narrow} and {wide}"))
    };
    let why = format!("the standard deviation of the ten best is {spread:.3}, {words}");
    Cut { value: Some(value), on, rule, why }
}

fn measured_cut(otherwise: f32, candidates: &[Candidate], thresholds: &Thresholds<'_>) -> Cut {
    let (on, rule) = (CutOn::RerankProbability, CutRule::Measured);
    let scored: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.rerank.is_some()).collect();
    let named = |candidate: &&Candidate| {
        let model = candidate.rerank.as_ref().map(|score| score.model.to_string()).unwrap_or_default();
        match thresholds.of_score(candidate) {
            Some(value) => format!("{value} was measured for {model}"),
            None => format!("{otherwise} of the settings, because {model} was not measured"),
        }
    };
    let why: BTreeSet<String> = scored.iter().map(named).collect();
    let value = scored.first().map(|candidate| thresholds.of_score(candidate).unwrap_or(otherwise));
    Cut { value: value.or(Some(otherwise)), on, rule, why: why.into_iter().collect::<Vec<_>>().join("; ") }
}

/// The best probabilities of the deciding model, because the spread of two models' scores together
/// would mean nothing.
fn best_probabilities(candidates: &[Candidate]) -> Vec<f32> {
    let scores = || candidates.iter().filter_map(|candidate| candidate.rerank.as_ref());
    let deciding = scores().min_by_key(|score| score.rank).map(|score| score.model.clone());
    let of_deciding = scores().filter(|score| Some(&score.model) == deciding.as_ref());
    let mut best: Vec<f32> = of_deciding.map(|score| score.probability).collect();
    best.sort_by(|a, b| b.total_cmp(a));
    best.truncate(SPREAD_OVER);
    best
}

/// Of a population, not of a sample, because these values are all there are.
fn standard_deviation(values: &[f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let count = values.len() as f32;
    let mean = values.iter().sum::<f32>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt()
}
