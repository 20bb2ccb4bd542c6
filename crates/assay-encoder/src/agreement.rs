//! Agreement of two scorings of the same candidates.

/// Kendall's tau-a (1938): concordant pairs minus discordant pairs, divided by all pairs. Tied pairs are
/// neither.
pub(crate) fn kendall_tau(a: &[f32], b: &[f32]) -> f64 {
    let (mut sum, mut pairs) = (0i64, 0i64);
    for first in 0..a.len().min(b.len()) {
        for second in 0..first {
            let sign = |x: f32, y: f32| i64::from(x > y) - i64::from(x < y);
            sum += sign(a[first], a[second]) * sign(b[first], b[second]);
            pairs += 1;
        }
    }
    if pairs == 0 { 1.0 } else { sum as f64 / pairs as f64 }
}

/// The share of the `count` best of `a` that are among the `count` best of `b`.
pub(crate) fn shared_top(a: &[f32], b: &[f32], count: usize) -> f64 {
    let best = |scores: &[f32]| {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|x, y| scores[*y].total_cmp(&scores[*x]));
        order.truncate(count);
        order
    };
    let (a, b) = (best(a), best(b));
    if a.is_empty() {
        return 1.0;
    }
    a.iter().filter(|index| b.contains(index)).count() as f64 / a.len() as f64
}

/// The largest difference of two scorings; NaN where one of them has NaN.
pub(crate) fn furthest(a: &[f32], b: &[f32]) -> f64 {
    let differences = a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs());
    differences.fold(0.0, |most, difference| if difference > most || difference.is_nan() { difference } else { most })
}

/// The distance of the highest score from the lowest; zero without scores.
pub(crate) fn range(scores: &[f32]) -> f64 {
    let high = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let low = scores.iter().copied().fold(f32::INFINITY, f32::min);
    (f64::from(high) - f64::from(low)).max(0.0)
}

/// The cosine of the angle between two vectors.
pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{cosine, furthest, kendall_tau, range, shared_top};

    #[test]
    fn measures_agree_with_results_by_hand() {
        let scores = [4.0, 3.0, 2.0, 1.0];
        assert_eq!(kendall_tau(&scores, &scores), 1.0);
        assert_eq!(kendall_tau(&scores, &[1.0, 2.0, 3.0, 4.0]), -1.0);
        // One of six pairs swapped, then one tied.
        assert!((kendall_tau(&scores, &[3.0, 4.0, 2.0, 1.0]) - 4.0 / 6.0).abs() < 1e-12);
        assert!((kendall_tau(&scores, &[4.0, 4.0, 2.0, 1.0]) - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(shared_top(&scores, &[1.0, 3.0, 2.0, 4.0], 2), 0.5);
        assert_eq!(shared_top(&[], &[], 2), 1.0);
        assert_eq!((furthest(&scores, &[4.0, 2.5, 2.0, 1.5]), range(&scores), range(&[])), (0.5, 3.0, 0.0));
        assert!(furthest(&[f32::NAN, 1.0], &[1.0, 2.0]).is_nan());
        assert!((cosine(&[1.0, 0.0], &[1.0, 1.0]) - 0.5f64.sqrt()).abs() < 1e-12);
    }
}
