//! The scores of a candidate. Each is a type of its own, because no two mean the same: none is ever
//! overwritten by, scaled to, or shown as another.

use std::sync::Arc;

/// Similarity of the question's and the passage's vectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorScore {
    /// Cosine similarity, -1 to 1, or the dot product of a model that is compared by it
    /// ([`Metric`](crate::port::Metric)); higher is nearer.
    pub similarity: f32,
    /// Rank in the vector retriever's list, from 1.
    pub rank: u32,
}

/// Match of the question's and the passage's words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LexicalScore {
    /// BM25, 0 and up, unbounded; comparable only within one question.
    pub score: f32,
    /// Rank in the lexical retriever's list, from 1.
    pub rank: u32,
}

/// Reciprocal rank fusion of the retrievers (Cormack, Clarke and Buettcher, SIGIR 2009).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FusedScore {
    /// Sum over the retrievers of 1 / (60 + rank).
    pub score: f64,
    /// Rank in the fused order, from 1.
    pub rank: u32,
}

/// A cross-encoder's score of the pair (question, passage).
#[derive(Debug, Clone, PartialEq)]
pub struct RerankScore {
    /// Name of the model. Scores of two models are never compared with each other.
    pub model: Arc<str>,
    /// The model's raw output, in f32. Candidates are sorted by it.
    pub logit: f32,
    /// Sigmoid of the logit. Not a probability of being right unless it was calibrated.
    pub probability: f32,
    /// Rank in the reranked order, from 1. Everything that the second model scored comes before
    /// what only the first one scored. In `first_rerank` it is the rank in the first model's order.
    pub rank: u32,
    /// Tokens of the passage that the model read.
    pub tokens_read: u32,
    /// Tokens that the passage has.
    pub tokens_total: u32,
    /// Windows that the passage was read in; the logit is the best window's.
    pub windows: u32,
    /// Number of the best window, from 1.
    pub window: u32,
}

/// Reciprocal rank fusion of the fused order with the reranked one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlendScore {
    /// 1 / (60 + fused rank) + weight / (60 + rerank rank); the weight is 1 unless another was measured.
    pub score: f64,
    /// Rank in the blended order, from 1.
    pub rank: u32,
}

/// The logistic function, 1 / (1 + e^-x), without overflow at either end.
pub fn sigmoid(logit: f32) -> f32 {
    if logit >= 0.0 {
        1.0 / (1.0 + (-logit).exp())
    } else {
        let e = logit.exp();
        e / (1.0 + e)
    }
}

/// ln(p / (1 - p)): the logit whose sigmoid is `p`. A probability of exactly 0 or 1 was rounded; it is read as the nearest
/// number between them, so that the logit is finite and the order stays.
pub fn log_odds(probability: f64) -> f32 {
    let p = probability.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
    (p.ln() - (-p).ln_1p()) as f32
}

/// The cosine of the angle between two vectors; 0 if one of them has no length.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let length = (product(a, a) * product(b, b)).sqrt();
    if length > 0.0 { product(a, b) / length } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::{cosine, log_odds, sigmoid};

    #[test]
    fn log_odds_are_the_inverse_of_the_sigmoid_and_finite_at_the_ends() {
        for logit in [-6.5, -1.0, 0.0, 0.3, 9.0] {
            assert!((log_odds(f64::from(sigmoid(logit))) - logit).abs() < 1e-3, "{logit}");
        }
        assert!(log_odds(0.0).is_finite() && log_odds(1.0).is_finite());
    }

    #[test]
    fn a_cosine_is_that_of_the_angle() {
        assert!((cosine(&[1.0, 0.0], &[2.0, 2.0]) - 0.5f32.sqrt()).abs() < 1e-6);
        assert_eq!((cosine(&[3.0, 4.0], &[-6.0, -8.0]), cosine(&[0.0, 0.0], &[1.0, 0.0])), (-1.0, 0.0));
    }

    #[test]
    fn sigmoid_is_right_in_the_middle_and_finite_at_the_ends() {
        for (logit, expected) in [(0.0, 0.5), (2.0, 0.880_797), (-2.0, 0.119_203), (200.0, 1.0), (-200.0, 0.0)] {
            assert!((sigmoid(logit) - expected).abs() < 1e-6, "sigmoid({logit}) = {}", sigmoid(logit));
        }
    }
}
