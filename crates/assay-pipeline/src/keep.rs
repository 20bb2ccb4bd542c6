//! Which candidates are kept: **the threshold is applied here**, then duplicates are dropped and the
//! top is cut off. The threshold is on the sigmoid of the rerank logit and on no other score.

use std::collections::HashSet;

use assay_domain::{Candidate, Cut, CutOn, CutRule, Outcome, Question, Threshold};

/// The spread rule looks at this many of the best candidates.
const SPREAD_OVER: usize = 10;

/// Sets every candidate's outcome; the candidates are in final order. The threshold applies only
/// where `reranked` says that the candidates are in an order of the cross-encoder.
pub fn keep(question: &Question, candidates: &mut [Candidate], reranked: bool) -> Cut {
    let cut = if reranked { cut(&question.threshold, candidates) } else { no_cut() };
    let mut texts = HashSet::new();
    let mut kept = 0;
    for candidate in candidates {
        let text = candidate.passage.text.trim().to_owned();
        candidate.outcome = match (reranked, &candidate.rerank) {
            (true, None) => Outcome::NotReranked,
            _ if !texts.insert(text) => Outcome::Duplicate,
            (true, Some(score)) if cut.value.is_some_and(|value| score.probability < value) => Outcome::BelowThreshold,
            _ if kept >= question.keep => Outcome::BeyondTop,
            _ => {
                kept += 1;
                Outcome::Kept
            }
        };
    }
    cut
}

fn no_cut() -> Cut {
    let why = "the threshold applies to rerank scores, and there are none".to_owned();
    Cut { value: None, on: CutOn::None, rule: CutRule::NotReranked, why }
}

/// The threshold's value for these candidates. The spread rule is a heuristic of our own.
pub fn cut(threshold: &Threshold, candidates: &[Candidate]) -> Cut {
    let on = CutOn::RerankProbability;
    let (loose, middle, tight, narrow, wide) = match *threshold {
        Threshold::Fixed(value) => {
            let why = format!("fixed at {value} in the settings");
            return Cut { value: Some(value), on, rule: CutRule::Fixed, why };
        }
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
