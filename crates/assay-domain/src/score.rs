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

#[cfg(test)]
mod tests {
    use super::sigmoid;

    #[test]
    fn sigmoid_is_right_in_the_middle_and_finite_at_the_ends() {
        for (logit, expected) in [(0.0, 0.5), (2.0, 0.880_797), (-2.0, 0.119_203), (200.0, 1.0), (-200.0, 0.0)] {
            assert!((sigmoid(logit) - expected).abs() < 1e-6, "sigmoid({logit}) = {}", sigmoid(logit));
        }
    }
}
