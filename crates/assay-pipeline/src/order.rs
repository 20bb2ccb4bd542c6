//! The order in force: the cross-encoder's, or that blended with the order of retrieval.
//!
//! A cross-encoder can be wrong where retrieval was right. The blend is a reciprocal rank fusion
//! (as in [`crate::retrieve`]) of the fused order with the reranked one: a passage's score is
//! 1 / (60 + fused rank) + 1 / (60 + rerank rank). It is made of ranks alone, so scores of different
//! kinds, or of two models, are never added up.

use assay_domain::score::BlendScore;
use assay_domain::{Candidate, OrderRule};

use crate::retrieve::RANK_CONSTANT;

/// Puts candidates in the order of a rule. What was not reranked follows what was, in fused order.
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
    let part = |rank: u32| 1.0 / (RANK_CONSTANT + f64::from(rank));
    let mut scored: Vec<(f64, u32, &mut Candidate)> = Vec::new();
    for candidate in candidates {
        candidate.blend = None;
        if let Some(rank) = candidate.rerank.as_ref().map(|score| score.rank) {
            scored.push((part(candidate.fused.rank) + part(rank), rank, candidate));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (rank, (score, _, candidate)) in (1..).zip(scored) {
        candidate.blend = Some(BlendScore { score, rank });
    }
}
