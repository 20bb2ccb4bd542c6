//! Candidates with their scores, and the threshold.

use assay_contract as contract;
use assay_contract::{
    BlendView, CandidateRow, DraftedView, FusedView, LexicalView, PlaceView, RerankView, ThresholdOn, ThresholdRule,
    ThresholdView, VectorView, WindowView,
};
use assay_domain::score::{LexicalScore, RerankScore, VectorScore};
use assay_domain::{Candidate, Cut, CutOn, CutRule, DraftedScore, OrderRule, Outcome};

use super::stage::drafted_query;

/// Candidates in the order in force.
pub fn candidates(candidates: &[Candidate], order: OrderRule) -> Vec<CandidateRow> {
    let copies = |of: &Candidate| {
        let copies = candidates.iter().filter(|each| each.copy_of == Some(of.passage.chunk));
        copies.map(|each| each.name.clone()).collect()
    };
    (1..)
        .zip(candidates)
        .map(|(rank, each)| CandidateRow { copies: copies(each), ..candidate(each, rank, order) })
        .collect()
}

fn candidate(candidate: &Candidate, rank: u32, order: OrderRule) -> CandidateRow {
    let passage = &candidate.passage;
    CandidateRow {
        chunk: passage.chunk.to_string(),
        document: passage.document.0,
        name: candidate.name.clone(),
        folder: candidate.folder.clone(),
        offline: candidate.offline,
        page: passage.page,
        heading: passage.heading.clone(),
        text: passage.text.clone(),
        vector: candidate.vector.map(vector),
        lexical: candidate.lexical.map(lexical),
        drafted: candidate.drafted.iter().map(drafted).collect(),
        fused: Some(FusedView { score: candidate.fused.score, rank: candidate.fused.rank }),
        rerank: candidate.rerank.as_ref().map(rerank),
        first_rerank: candidate.first_rerank.as_ref().map(rerank),
        blend: candidate.blend.map(|score| BlendView { score: score.score, rank: score.rank }),
        place: Some(PlaceView { rank, rule: order_rule(order) }),
        copies: Vec::new(),
        outcome: outcome(candidate.outcome),
    }
}

/// The score of a search by vectors.
pub fn vector(score: VectorScore) -> VectorView {
    VectorView { similarity: score.similarity, rank: score.rank }
}

/// The score of a search by words.
pub fn lexical(score: LexicalScore) -> LexicalView {
    LexicalView { score: score.score, rank: score.rank }
}

/// How a drafted query found a passage.
pub fn drafted(score: &DraftedScore) -> DraftedView {
    DraftedView {
        query: drafted_query(score.query),
        rank: score.rank,
        vector: score.vector.map(vector),
        lexical: score.lexical.map(lexical),
    }
}

/// A cross-encoder's score.
pub fn rerank(score: &RerankScore) -> RerankView {
    RerankView {
        logit: score.logit,
        probability: score.probability,
        rank: score.rank,
        tokens_read: score.tokens_read,
        tokens_total: score.tokens_total,
        model: score.model.to_string(),
        window: (score.windows > 1).then_some(WindowView { best: score.window, of: score.windows }),
    }
}

/// Which order is in force.
pub fn order_rule(order: OrderRule) -> contract::OrderRule {
    match order {
        OrderRule::Fused => contract::OrderRule::Fused,
        OrderRule::Rerank => contract::OrderRule::Rerank,
        OrderRule::Blend => contract::OrderRule::Blend,
    }
}

/// What became of a candidate.
pub fn outcome(outcome: Outcome) -> contract::Outcome {
    match outcome {
        Outcome::Kept => contract::Outcome::Kept,
        Outcome::BelowThreshold => contract::Outcome::BelowThreshold,
        Outcome::BeyondTop => contract::Outcome::BeyondTop,
        Outcome::Duplicate => contract::Outcome::Duplicate,
        Outcome::DidNotFit => contract::Outcome::DidNotFit,
        Outcome::NotReranked => contract::Outcome::NotReranked,
    }
}

/// The threshold that was applied.
pub fn threshold(cut: &Cut) -> ThresholdView {
    let on = match cut.on {
        CutOn::RerankProbability => ThresholdOn::RerankProbability,
        CutOn::None => ThresholdOn::None,
    };
    let rule = match cut.rule {
        CutRule::NotReranked => ThresholdRule::NotReranked,
        CutRule::Fixed => ThresholdRule::Fixed,
        CutRule::Measured => ThresholdRule::Measured,
        CutRule::NarrowSpread => ThresholdRule::NarrowSpread,
        CutRule::MiddleSpread => ThresholdRule::MiddleSpread,
        CutRule::WideSpread => ThresholdRule::WideSpread,
    };
    ThresholdView { value: cut.value, on, why: cut.why.clone(), rule }
}
