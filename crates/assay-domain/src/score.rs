//! The scores a candidate can carry. Each is a type of its own, because no one of them means
//! what another means: none is ever overwritten by, scaled to, or shown as another.

use std::sync::Arc;

/// Likeness of the question's and the passage's vectors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorScore {
    /// Cosine similarity, -1 to 1; higher is nearer.
    pub similarity: f32,
    /// Place in the vector leg, from 1.
    pub rank: u32,
}

/// How well the words match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LexicalScore {
    /// BM25, 0 and up, unbounded; comparable only within one question.
    pub score: f32,
    /// Place in the lexical leg, from 1.
    pub rank: u32,
}

/// Reciprocal rank fusion of the two legs (Cormack, Clarke and Buettcher, SIGIR 2009).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FusedScore {
    /// Sum over the legs of 1 / (60 + rank).
    pub score: f64,
    /// Place in the fused order, from 1.
    pub rank: u32,
}

/// What a cross-encoder said of the pair (question, passage).
#[derive(Debug, Clone, PartialEq)]
pub struct RerankScore {
    /// Name of the model. Scores of two models are never compared with each other.
    pub model: Arc<str>,
    /// The model's raw output, in f32; the order is made on this.
    pub logit: f32,
    /// Sigmoid of the logit. Not a probability of being right unless it was calibrated.
    pub probability: f32,
    /// Place in the reranked order, from 1: what the deciding model read stands in its order
    /// before what only the first one read. A first score that another decides over keeps its
    /// place in its own model's order.
    pub rank: u32,
    /// Tokens of the passage that the model read.
    pub tokens_read: u32,
    /// Tokens that the passage has.
    pub tokens_total: u32,
    /// Windows that the passage was read in; the logit is the best one's.
    pub windows: u32,
    /// Which of them that was, from 1.
    pub window: u32,
}

/// Reciprocal rank fusion of the fused order with the reranked one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlendScore {
    /// 1 / (60 + fused rank) + 1 / (60 + rerank rank).
    pub score: f64,
    /// Place in the blended order, from 1.
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
