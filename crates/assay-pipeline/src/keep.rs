//! Who is handed on: threshold, duplicates, top.

use std::collections::HashSet;

use assay_domain::{Candidate, Cut, CutOn, CutRule, Outcome, Question, Threshold};

/// How many of the best the spread is taken over.
const SPREAD_OVER: usize = 10;

/// Decides every candidate's outcome; they are in final order. The threshold cuts only what the
/// cross-encoder scored, and only when `reranked` says that its order is the one in force.
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
    let why = "without rerank scores there is nothing that a threshold could cut".to_owned();
    Cut { value: None, on: CutOn::None, rule: CutRule::NotReranked, why }
}

/// The threshold for these candidates.
pub fn cut(threshold: &Threshold, candidates: &[Candidate]) -> Cut {
    let on = CutOn::RerankProbability;
    let (loose, middle, tight, narrow, wide) = match *threshold {
        Threshold::Fixed(value) => {
            let why = format!("fixed at {value} in the settings");
            return Cut { value: Some(value), on, rule: CutRule::Fixed, why };
        }
        Threshold::Spread { loose, middle, tight, narrow, wide } => (loose, middle, tight, narrow, wide),
    };
    // Of the deciding model alone: the spread of two models' scores together would mean nothing.
    let scores = || candidates.iter().filter_map(|candidate| candidate.rerank.as_ref());
    let leading = scores().min_by_key(|score| score.rank).map(|score| score.model.clone());
    let of_leading = scores().filter(|score| Some(&score.model) == leading.as_ref());
    let mut best: Vec<f32> = of_leading.map(|score| score.probability).collect();
    best.sort_by(|a, b| b.total_cmp(a));
    best.truncate(SPREAD_OVER);
    let spread = standard_deviation(&best);
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

/// Of the whole set, not of a sample: these are all there are.
fn standard_deviation(values: &[f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let count = values.len() as f32;
    let mean = values.iter().sum::<f32>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt()
}
