//! Whether the second cross-encoder of a cascade can stop before it has read its whole pool.
//!
//! The rule: fit a least squares line from the first model's logits to the second's over the
//! passages that both have scored. A passage that the second model has not scored is expected to
//! reach at most the line's value plus three standard deviations of the residuals. If none of them
//! reaches the last place of the top even so, more scores are not expected to change the top.
//!
//! This is a heuristic of our own, not a bound. The residuals need not be normal, and the line is
//! fitted to the passages that the first model ranked highest, so it says least about those it
//! misjudged, which are the ones a second model is there for.

/// Pairs needed before the line is trusted.
const LEAST_PAIRS: usize = 8;

/// Standard deviations above the line.
const DEVIATIONS: f64 = 3.0;

/// Whether no unscored passage is expected among the best `top`. `scored` has both logits (first
/// model, second model) of each passage that both models scored, `unscored` the first model's
/// logits of the rest.
pub fn can_stop(scored: &[(f32, f32)], unscored: &[f32], top: usize) -> bool {
    if scored.len() < LEAST_PAIRS.max(top) || top == 0 {
        return false;
    }
    let mut seconds: Vec<f32> = scored.iter().map(|(_, second)| *second).collect();
    seconds.sort_by(|a, b| b.total_cmp(a));
    let Some(last) = seconds.get(top - 1) else { return false };
    let line = Line::through(scored);
    unscored.iter().all(|first| line.at(f64::from(*first)) + DEVIATIONS * line.deviation < f64::from(*last))
}

struct Line {
    slope: f64,
    offset: f64,
    deviation: f64,
}

impl Line {
    fn through(points: &[(f32, f32)]) -> Self {
        let count = points.len() as f64;
        let points = || points.iter().map(|(x, y)| (f64::from(*x), f64::from(*y)));
        let (x, y) = (points().map(|(x, _)| x).sum::<f64>() / count, points().map(|(_, y)| y).sum::<f64>() / count);
        let spread: f64 = points().map(|(a, _)| (a - x).powi(2)).sum();
        let shared: f64 = points().map(|(a, b)| (a - x) * (b - y)).sum();
        // A falling line is noise (both models rank for relevance), so it is taken as level.
        let slope = if spread > 0.0 { (shared / spread).max(0.0) } else { 0.0 };
        let offset = y - slope * x;
        let residuals: f64 = points().map(|(a, b)| (b - slope * a - offset).powi(2)).sum();
        Self { slope, offset, deviation: (residuals / (count - 2.0).max(1.0)).sqrt() }
    }

    fn at(&self, x: f64) -> f64 {
        self.slope * x + self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::can_stop;

    #[test]
    fn the_second_model_stops_only_when_no_unscored_passage_is_expected_in_the_top() {
        let agree: Vec<(f32, f32)> =
            (0..10).map(|n| (10.0 - n as f32, 9.8 - n as f32 + 0.2 * (n % 2) as f32)).collect();
        let noisy: Vec<(f32, f32)> = (0..10).map(|n| (10.0 - n as f32, [5.0, -5.0][n % 2])).collect();
        let cases: [(&[(f32, f32)], &[f32], usize, bool); 6] = [
            (&agree, &[0.0, -3.0], 3, true),
            (&agree, &[0.0, 9.0], 3, false),
            (&noisy, &[-3.0], 3, false),
            (&agree[..7], &[-9.0], 3, false),
            (&agree, &[-9.0], 0, false),
            (&agree, &[], 3, true),
        ];
        for (scored, unscored, top, stops) in cases {
            assert_eq!(can_stop(scored, unscored, top), stops, "{scored:?} {unscored:?}");
        }
    }
}
