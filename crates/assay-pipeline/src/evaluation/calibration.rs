//! What each threshold on the sigmoid keeps, and how often the sigmoid is right.

use crate::metrics::Interval;

/// Most points of a threshold curve: enough for a smooth plot.
const CURVE_POINTS: usize = 60;

/// A passage that the cross-encoder scored, and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPassage {
    /// Sigmoid of its logit.
    pub probability: f32,
    /// Whether it was judged relevant; `None` if nobody judged it.
    pub relevant: Option<bool>,
}

/// Precision and recall at one threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ThresholdPoint {
    /// The threshold: passages at or over it are kept.
    pub at: f32,
    /// Share of the kept passages that are relevant; 1 if nothing is kept.
    pub precision: f64,
    /// Share of the relevant passages that are kept.
    pub recall: f64,
}

/// A bin of the reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// Its lower end.
    pub from: f32,
    /// Mean sigmoid of its passages.
    pub mean: f64,
    /// Number of its passages.
    pub passages: u32,
    /// Share of its passages that are relevant, with the Wilson score interval (Wilson, JASA 1927).
    pub relevant: Interval,
}

/// The precision-recall curve over every threshold that changes what is kept, thinned to at most
/// 60 points, lowest first; and whether unjudged passages counted as not relevant.
pub fn threshold_curve(passages: &[ScoredPassage]) -> (Vec<ThresholdPoint>, bool) {
    let (labels, unjudged_counted) = labelled(passages);
    let relevant = labels.iter().filter(|(_, relevant)| *relevant).count();
    if relevant == 0 {
        return (Vec::new(), unjudged_counted);
    }
    let mut thresholds: Vec<f32> = labels.iter().map(|(probability, _)| *probability).collect();
    thresholds.sort_by(f32::total_cmp);
    thresholds.dedup();
    let step = thresholds.len().div_ceil(CURVE_POINTS).max(1);
    let point = |at: f32| {
        let kept = labels.iter().filter(|(probability, _)| *probability >= at);
        let (all, right) = kept.fold((0_u32, 0_u32), |(all, right), (_, good)| (all + 1, right + u32::from(*good)));
        let precision = if all == 0 { 1.0 } else { f64::from(right) / f64::from(all) };
        ThresholdPoint { at, precision, recall: f64::from(right) / relevant as f64 }
    };
    // Thinning keeps the highest threshold: few passages lie there, so each point changes much.
    let mut thinned: Vec<f32> = thresholds.iter().rev().step_by(step).copied().collect();
    thinned.reverse();
    (thinned.into_iter().map(point).collect(), unjudged_counted)
}

/// The threshold with the highest F1; of several, the highest threshold.
pub fn best_f1(curve: &[ThresholdPoint]) -> Option<f32> {
    let f1 = |point: &ThresholdPoint| {
        let sum = point.precision + point.recall;
        if sum == 0.0 { 0.0 } else { 2.0 * point.precision * point.recall / sum }
    };
    curve.iter().max_by(|a, b| f1(a).total_cmp(&f1(b)).then(a.at.total_cmp(&b.at))).map(|point| point.at)
}

/// The reliability diagram in ten bins of equal width, as in Guo et al. (ICML 2017); empty bins are
/// left out.
pub fn calibration_bins(passages: &[ScoredPassage]) -> Vec<CalibrationBin> {
    let (labels, _) = labelled(passages);
    let bin = |place: u8| {
        let (from, to) = (f32::from(place) / 10.0, f32::from(place + 1) / 10.0);
        let last = place == 9;
        let inside: Vec<&(f32, bool)> =
            labels.iter().filter(|(value, _)| *value >= from && (*value < to || last)).collect();
        let count = inside.len();
        let right = inside.iter().filter(|(_, relevant)| *relevant).count();
        let sum: f64 = inside.iter().map(|(value, _)| f64::from(*value)).sum();
        (count > 0).then(|| CalibrationBin {
            from,
            mean: sum / count as f64,
            passages: count as u32,
            relevant: wilson(right, count),
        })
    };
    (0..10).filter_map(bin).collect()
}

/// Probability and relevance of the judged passages. Where nothing was judged as not relevant, all
/// passages count and the unjudged ones are taken as not relevant; the flag says so.
fn labelled(passages: &[ScoredPassage]) -> (Vec<(f32, bool)>, bool) {
    let judged: Vec<(f32, bool)> =
        passages.iter().filter_map(|passage| Some((passage.probability, passage.relevant?))).collect();
    if judged.iter().any(|(_, relevant)| !relevant) {
        return (judged, false);
    }
    (passages.iter().map(|passage| (passage.probability, passage.relevant.unwrap_or(false))).collect(), true)
}

fn wilson(right: usize, count: usize) -> Interval {
    const Z: f64 = 1.959_964; // 97.5th percentile of the standard normal distribution
    let (n, share) = (count as f64, right as f64 / count as f64);
    let centre = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Interval { mean: share, low: ((centre - spread) / scale).max(0.0), high: ((centre + spread) / scale).min(1.0) }
}
