//! Whether a second model may stop early.
//!
//! The rule: a least squares line is drawn from the first model's logits to the second's over the
//! passages that both have read; a passage that the second has not read is taken to reach at most
//! what the line says plus three standard deviations of the residuals. If even so none of them
//! reaches the last place of the top, reading on is not expected to change the top.
//!
//! This is a heuristic and no bound in the strict sense. The residuals need not be normal, and the
//! line is drawn from the passages that the first model liked best, so it says least of those it
//! misjudged: exactly the ones that a second model is there for.

/// Pairs needed before the line is trusted at all.
const LEAST: usize = 8;

/// Standard deviations above the line.
const DEVIATIONS: f64 = 3.0;

/// Whether no unread passage is expected among the best `top`. `read` holds both logits of each
/// passage that both models scored, `unread` the first model's logits of the rest.
pub fn top_is_settled(read: &[(f32, f32)], unread: &[f32], top: usize) -> bool {
    if read.len() < LEAST.max(top) || top == 0 {
        return false;
    }
    let mut seconds: Vec<f32> = read.iter().map(|(_, second)| *second).collect();
    seconds.sort_by(|a, b| b.total_cmp(a));
    let Some(last) = seconds.get(top - 1) else { return false };
    let line = Line::through(read);
    unread.iter().all(|first| line.at(f64::from(*first)) + DEVIATIONS * line.deviation < f64::from(*last))
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
        // A falling line would promise least to what the first model liked least: level is safer.
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
    use super::top_is_settled;

    #[test]
    fn the_top_is_settled_only_when_nothing_is_expected_to_reach_it() {
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
        for (read, unread, top, settled) in cases {
            assert_eq!(top_is_settled(read, unread, top), settled, "{read:?} {unread:?}");
        }
    }
}
