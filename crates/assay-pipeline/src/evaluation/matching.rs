//! Matches judgements to candidates, whatever the chunking was when they were made.

use assay_domain::{Candidate, DraftedQuery, DraftedScore};

use super::inputs::Judgement;
use crate::quality::Order;

/// Whether a judgement is about this passage: one text contains the other, white space apart; or,
/// where the judgement has no text, document and page agree. A document is known by its number, and by its
/// name only where a judgement was imported.
pub(super) fn is_about(judgement: &Judgement, candidate: &Candidate) -> bool {
    let named = match judgement.document {
        Some(document) => document == candidate.passage.document,
        None => judgement.name.as_ref().is_none_or(|name| *name == candidate.name),
    };
    let paged = judgement.page.is_none() || judgement.page == candidate.passage.page;
    match &judgement.passage {
        Some(text) => {
            let (wanted, here) = (without_space(text), without_space(&candidate.passage.text));
            named && !wanted.is_empty() && !here.is_empty() && (here.contains(&wanted) || wanted.contains(&here))
        }
        None => (judgement.document.is_some() || judgement.name.is_some()) && named && paged,
    }
}

/// Chunkings differ in white space, passages do not.
fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a judgement calls the passage relevant; `None` if nobody judged it.
pub(super) fn is_relevant(candidate: &Candidate, judgements: &[Judgement]) -> Option<bool> {
    let about = judgements.iter().filter(|judgement| is_about(judgement, candidate));
    about.map(|judgement| judgement.grade > 0).reduce(|a, b| a || b)
}

/// Grade of each passage of an order. A judgement counts once, for the first passage that it is
/// about, so a passage cut in two is not found twice.
pub(super) fn grades(order: &[&Candidate], judgements: &[Judgement]) -> Vec<u32> {
    let mut used = vec![false; judgements.len()];
    let grade = |candidate: &&Candidate| {
        let unused =
            judgements.iter().zip(&mut used).filter(|(judgement, used)| !**used && is_about(judgement, candidate));
        let (judgement, used) = unused.max_by_key(|(judgement, _)| judgement.grade)?;
        *used = true;
        Some(judgement.grade)
    };
    order.iter().map(grade).map(Option::unwrap_or_default).collect()
}

/// The candidates of one order, best first; those that its retriever did not find are left out. Candidates
/// come in the reranked order.
pub(super) fn in_order(candidates: &[Candidate], order: Order) -> Vec<&Candidate> {
    let rank = |candidate: &Candidate| match order {
        Order::Vector => candidate.vector.map(|score| score.rank),
        Order::Lexical => candidate.lexical.map(|score| score.rank),
        Order::Hybrid | Order::Drafted => Some(candidate.fused.rank),
        Order::Hypothetical | Order::Variants => {
            let of_passage = order == Order::Hypothetical;
            let of_order = |score: &&DraftedScore| (score.query == DraftedQuery::Hypothetical) == of_passage;
            candidate.drafted.iter().filter(of_order).map(|score| score.rank).min()
        }
        Order::Reranked | Order::DraftedReranked | Order::Blended | Order::Given => Some(0),
    };
    let mut ranked: Vec<(u32, &Candidate)> =
        candidates.iter().filter_map(|candidate| Some((rank(candidate)?, candidate))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}
