//! Retrieval metrics over graded judgements, as trec_eval defines them, and their intervals.
//!
//! `ranked` has the grade of each returned passage in order (0 for unjudged), `all` the grades of
//! everything judged for the question.

/// Share of the relevant passages that are among the first `k`: `recall` of trec_eval. 0 if nothing
/// is relevant.
pub fn recall(ranked: &[u32], all: &[u32], k: usize) -> f64 {
    let relevant = all.iter().filter(|&&grade| grade > 0).count();
    if relevant == 0 {
        return 0.0;
    }
    ranked.iter().take(k).filter(|&&grade| grade > 0).count() as f64 / relevant as f64
}

/// One over the rank of the first relevant passage, 0 if none is among the first `k`: `recip_rank` of
/// trec_eval with a cutoff, as for MS MARCO's MRR@10.
pub fn reciprocal_rank(ranked: &[u32], k: usize) -> f64 {
    ranked.iter().take(k).position(|&grade| grade > 0).map_or(0.0, |place| 1.0 / (place + 1) as f64)
}

/// Discounted cumulative gain of the first `k` over that of the ideal order (Järvelin and Kekäläinen,
/// TOIS 2002). The gain is the grade and the discount log2(rank + 1): `ndcg_cut` of trec_eval. 0 if
/// nothing is relevant.
pub fn ndcg(ranked: &[u32], all: &[u32], k: usize) -> f64 {
    let mut ideal = all.to_vec();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = gain(&ideal, k);
    if best == 0.0 { 0.0 } else { gain(ranked, k) / best }
}

fn gain(grades: &[u32], k: usize) -> f64 {
    let discounted = |(place, &grade): (usize, &u32)| f64::from(grade) / (place as f64 + 2.0).log2();
    grades.iter().take(k).enumerate().map(discounted).sum()
}

/// A mean with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Mean over the questions.
    pub mean: f64,
    /// 2.5th percentile of the resampled means.
    pub low: f64,
    /// 97.5th percentile of the resampled means.
    pub high: f64,
}

/// Mean with its percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13): 1,000
/// resamples of the questions from a fixed seed, so that the same values give the same interval.
pub fn bootstrap(values: &[f64]) -> Interval {
    const RESAMPLES: usize = 1_000;
    if values.is_empty() {
        return Interval { mean: 0.0, low: 0.0, high: 0.0 };
    }
    let count = values.len();
    let mean = values.iter().sum::<f64>() / count as f64;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = || {
        // xorshift64* (Vigna, TOMS 2016): small, seeded, and good enough to draw indexes.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % count
    };
    let mut means: Vec<f64> =
        (0..RESAMPLES).map(|_| (0..count).map(|_| values[draw()]).sum::<f64>() / count as f64).collect();
    means.sort_by(f64::total_cmp);
    Interval { mean, low: percentile(&means, 0.025), high: percentile(&means, 0.975) }
}

/// The value at a share, 0 to 1, of sorted values: the one whose index is nearest, without
/// interpolation. 0 of no values.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get(((last as f64) * share).round() as usize).copied().unwrap_or(0.0)
}
