//! The final order of the candidates: fused, reranked, or both blended.
//!
//! A cross-encoder can be wrong where retrieval was right. The blend is reciprocal rank fusion (see
//! [`crate::fuse`]) of the fused order with the reranked one: a passage's score is
//! 1 / (60 + fused rank) + 1 / (60 + rerank rank). It uses ranks alone, so scores of different
//! kinds or of two models are never added.

use assay_domain::score::BlendScore;
use assay_domain::{Candidate, OrderRule};

use crate::fuse::reciprocal;

/// Sorts candidates by a rule. Candidates that were not reranked follow those that were, in fused order.
pub fn put_in_order(candidates: &mut [Candidate], rule: OrderRule) {
    if rule == OrderRule::Blend {
        blend(candidates);
    }
    candidates.sort_by_key(|candidate| {
        let rank = match rule {
            OrderRule::Fused => None,
            OrderRule::Rerank => candidate.rerank.as_ref().map(|score| score.rank),
            OrderRule::Blend => candidate.blend.map(|score| score.rank),
        };
        (rank.unwrap_or(u32::MAX), candidate.fused.rank)
    });
}

/// Ties go to the better rerank rank.
fn blend(candidates: &mut [Candidate]) {
    let mut scored: Vec<(f64, u32, &mut Candidate)> = Vec::new();
    for candidate in candidates {
        candidate.blend = None;
        if let Some(rank) = candidate.rerank.as_ref().map(|score| score.rank) {
            scored.push((reciprocal(candidate.fused.rank) + reciprocal(rank), rank, candidate));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (rank, (score, _, candidate)) in (1..).zip(scored) {
        candidate.blend = Some(BlendScore { score, rank });
    }
}
