//! The final order of the candidates: fused, reranked, or both blended.
//!
//! Candidates of one cross-encoder change places among themselves: the best of them stands where
//! retrieval had put the first of them, and so on. A candidate that no cross-encoder judges keeps its
//! place, and logits of two models are never compared.
//!
//! A cross-encoder can be wrong where retrieval was right. The blend is reciprocal rank fusion (see
//! [`crate::fuse`]) of the fused order with the reranked one: a passage's score is
//! 1 / (60 + fused rank) + weight / (60 + rerank rank); the weight is 1 unless another was measured. It uses ranks alone, so scores of different
//! kinds or of two models are never added.

use std::collections::{BTreeMap, HashMap};

use assay_domain::score::BlendScore;
use assay_domain::{Assignment, Candidate, ChunkId, OrderRule};

use crate::fuse::reciprocal;

/// The weight of the rerank ranks where the settings ask for a blend.
const EVEN: f32 = 1.0;

/// Sorts candidates by a rule. Those of a group that were not scored follow the others of the group, and copies
/// follow all others. Returns
/// the rule in force: a group may be blended where that was measured better than its model's own order.
pub fn put_in_order(candidates: &mut [Candidate], rule: OrderRule) -> OrderRule {
    candidates.sort_by_key(|candidate| candidate.fused.rank);
    let groups = if rule == OrderRule::Fused { BTreeMap::new() } else { groups(candidates) };
    let mut in_force = rule;
    let mut place_of: HashMap<ChunkId, usize> = HashMap::new();
    for (measured, places) in groups.into_values() {
        let weight = measured.or((rule == OrderRule::Blend).then_some(EVEN));
        if let Some(weight) = weight {
            in_force = OrderRule::Blend;
            blend(candidates, &places, weight);
        }
        let rank = |candidate: &Candidate| match weight {
            None => candidate.rerank.as_ref().map(|score| score.rank),
            Some(_) => candidate.blend.map(|score| score.rank),
        };
        let mut members: Vec<&Candidate> = places.iter().filter_map(|&place| candidates.get(place)).collect();
        members.sort_by_key(|candidate| rank(candidate).unwrap_or(u32::MAX));
        place_of.extend(members.iter().map(|candidate| candidate.passage.chunk).zip(places.iter().copied()));
    }
    let kept = candidates.iter().map(|candidate| candidate.passage.chunk).enumerate();
    for (place, chunk) in kept {
        place_of.entry(chunk).or_insert(place);
    }
    candidates.sort_by_key(|candidate| (candidate.copy_of.is_some(), place_of.get(&candidate.passage.chunk).copied()));
    in_force
}

/// The weight and the places of each cross-encoder's candidates.
fn groups(candidates: &[Candidate]) -> BTreeMap<usize, (Option<f32>, Vec<usize>)> {
    let mut groups: BTreeMap<usize, (Option<f32>, Vec<usize>)> = BTreeMap::new();
    for (place, candidate) in candidates.iter().enumerate() {
        if let Assignment::Reranker { group, weight } = candidate.assignment {
            groups.entry(group).or_insert_with(|| (weight, Vec::new())).1.push(place);
        }
    }
    groups
}

/// Ties go to the better rerank rank.
fn blend(candidates: &mut [Candidate], places: &[usize], weight: f32) {
    let mut scored: Vec<(f64, u32, usize)> = Vec::new();
    for &place in places {
        let Some(candidate) = candidates.get_mut(place) else { continue };
        candidate.blend = None;
        if let Some(rank) = candidate.rerank.as_ref().map(|score| score.rank) {
            let score = reciprocal(candidate.fused.rank) + f64::from(weight) * reciprocal(rank);
            scored.push((score, rank, place));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (rank, (score, _, place)) in (1..).zip(scored) {
        if let Some(candidate) = candidates.get_mut(place) {
            candidate.blend = Some(BlendScore { score, rank });
        }
    }
}
