//! What a cut on the sigmoid would keep, and how often each band of it was right.

use super::Point;
use crate::metrics::Interval;

/// Precision and recall of a cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Passages at or over it are kept.
    pub at: f32,
    /// Share of the kept that is relevant; 1 if nothing is kept.
    pub precision: f64,
    /// Share of the relevant that is kept.
    pub recall: f64,
}

/// A band of the sigmoid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Its lower end.
    pub from: f32,
    /// Mean sigmoid of its passages.
    pub mean: f64,
    /// How many they are.
    pub passages: u32,
    /// Share that is relevant, with the Wilson interval (Wilson 1927).
    pub relevant: Interval,
}

/// The points that count: those that were judged, or all of them with the unjudged as not
/// relevant where nobody judged anything as not relevant. The flag says which.
fn settled(points: &[Point]) -> (Vec<(f32, bool)>, bool) {
    let judged: Vec<(f32, bool)> =
        points.iter().filter_map(|point| Some((point.probability, point.relevant?))).collect();
    if judged.iter().any(|(_, relevant)| !relevant) {
        return (judged, false);
    }
    (points.iter().map(|point| (point.probability, point.relevant.unwrap_or(false))).collect(), true)
}

/// Every cut that keeps something else than the one before, thinned to at most 60, lowest first;
/// and whether unjudged passages had to count.
pub fn cuts(points: &[Point]) -> (Vec<Cut>, bool) {
    const MOST: usize = 60;
    let (points, counted) = settled(points);
    let relevant = points.iter().filter(|(_, relevant)| *relevant).count();
    if relevant == 0 {
        return (Vec::new(), counted);
    }
    let mut at: Vec<f32> = points.iter().map(|(probability, _)| *probability).collect();
    at.sort_by(f32::total_cmp);
    at.dedup();
    let step = at.len().div_ceil(MOST).max(1);
    let cut = |at: f32| {
        let kept = points.iter().filter(|(probability, _)| *probability >= at);
        let (all, right) = kept.fold((0_u32, 0_u32), |(all, right), (_, good)| (all + 1, right + u32::from(*good)));
        let precision = if all == 0 { 1.0 } else { f64::from(right) / f64::from(all) };
        Cut { at, precision, recall: f64::from(right) / relevant as f64 }
    };
    // The highest values decide most, so thinning begins at the low end.
    let mut thinned: Vec<f32> = at.iter().rev().step_by(step).copied().collect();
    thinned.reverse();
    (thinned.into_iter().map(cut).collect(), counted)
}

/// The cut with the best F1; of equals the highest.
pub fn suggested(cuts: &[Cut]) -> Option<f32> {
    let f1 = |cut: &Cut| {
        let sum = cut.precision + cut.recall;
        if sum == 0.0 { 0.0 } else { 2.0 * cut.precision * cut.recall / sum }
    };
    cuts.iter().max_by(|a, b| f1(a).total_cmp(&f1(b)).then(a.at.total_cmp(&b.at))).map(|cut| cut.at)
}

/// Ten bands of equal width; empty ones are left out.
pub fn bands(points: &[Point]) -> Vec<Band> {
    let (points, _) = settled(points);
    let band = |place: u8| {
        let (from, to) = (f32::from(place) / 10.0, f32::from(place + 1) / 10.0);
        let last = place == 9;
        let inside: Vec<&(f32, bool)> =
            points.iter().filter(|(value, _)| *value >= from && (*value < to || last)).collect();
        let count = inside.len();
        let right = inside.iter().filter(|(_, relevant)| *relevant).count();
        let sum: f64 = inside.iter().map(|(value, _)| f64::from(*value)).sum();
        (count > 0).then(|| Band {
            from,
            mean: sum / count as f64,
            passages: count as u32,
            relevant: wilson(right, count),
        })
    };
    (0..10).filter_map(band).collect()
}

fn wilson(right: usize, count: usize) -> Interval {
    const Z: f64 = 1.959_964;
    let (n, share) = (count as f64, right as f64 / count as f64);
    let centre = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Interval { mean: share, low: ((centre - spread) / scale).max(0.0), high: ((centre + spread) / scale).min(1.0) }
}
