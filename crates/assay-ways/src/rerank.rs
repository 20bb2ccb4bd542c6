//! The cross-encoder over the head of the fused order.

use assay_domain::score::{RerankScore, sigmoid};
use assay_domain::socket::{PairScore, Reranker};
use assay_domain::{Cancel, Candidate, Failure, Question, Reason, RerankMode};
use futures::stream::StreamExt;

use crate::words::is_foreign_to;

/// Why the cross-encoder is not to run, if it is not.
pub fn reason_against(question: &Question, candidates: &[Candidate], reranker: &dyn Reranker) -> Option<Reason> {
    if candidates.is_empty() {
        return Some(Reason::new("nothing_retrieved", "nothing was retrieved, so there is nothing to rerank"));
    }
    match question.rerank {
        RerankMode::On => None,
        RerankMode::Off => Some(Reason::new("reranking_off", "reranking is switched off")),
        RerankMode::Auto => {
            let identity = reranker.identity();
            is_foreign_to(&identity.languages, &question.text).then(|| {
                let name = &identity.name;
                Reason::new(
                    "language_unknown_to_model",
                    format!("{name} was not trained on Chinese; set reranking to on to use it all the same"),
                )
            })
        }
    }
}

/// How far reranking came.
pub enum Reranked {
    /// Everything in the pool was scored.
    All,
    /// The stop button came first.
    Stopped,
    /// The model failed.
    Failed(Failure),
}

/// Scores the first `pool` candidates and puts them in order of their logits; `on` hears of each
/// batch with the candidates scored so far in that order.
pub async fn rerank(
    question: &str,
    candidates: &mut [Candidate],
    pool: usize,
    reranker: &dyn Reranker,
    cancel: &Cancel,
    on: &mut (dyn FnMut(&[Candidate], &[usize], usize) + Send),
) -> Reranked {
    let total = pool.min(candidates.len());
    let passages = candidates.iter().take(total).map(|candidate| candidate.passage.text.clone()).collect();
    let mut batches = reranker.score(question.to_owned(), passages);
    let mut end = Reranked::All;
    let mut scored = 0;
    while let Some(batch) = batches.next().await {
        let batch = match batch {
            Ok(batch) => batch,
            Err(failure) => {
                end = Reranked::Failed(failure);
                break;
            }
        };
        let fresh: Vec<usize> = batch.iter().filter(|pair| pair.index < total).map(|pair| pair.index).collect();
        scored += fresh.len();
        for pair in batch {
            if let Some(candidate) = candidates.get_mut(pair.index).filter(|_| pair.index < total) {
                candidate.rerank = Some(unranked(pair));
            }
        }
        rank(candidates);
        on(candidates, &fresh, total);
        if cancel.is_stopped() && scored < total {
            end = Reranked::Stopped;
            break;
        }
    }
    drop(batches);
    if scored < total && matches!(end, Reranked::All) {
        end = Reranked::Failed(Failure::bug(format!("the reranker scored {scored} of {total} passages")));
    }
    end
}

/// Puts reranked candidates first, by rank, and the rest after them in fused order.
pub fn put_in_order(candidates: &mut [Candidate]) {
    candidates.sort_by_key(|candidate| {
        let rank = candidate.rerank.map_or(u32::MAX, |score| score.rank);
        (rank, candidate.fused.rank)
    });
}

fn unranked(pair: PairScore) -> RerankScore {
    RerankScore {
        logit: pair.logit,
        probability: sigmoid(pair.logit),
        rank: 0,
        tokens_read: pair.tokens_read,
        tokens_total: pair.tokens_total,
    }
}

/// Ranks on logits, never on their sigmoids, which saturate; ties keep the fused order.
fn rank(candidates: &mut [Candidate]) {
    let mut order: Vec<usize> = (0..candidates.len()).filter(|&index| candidates[index].rerank.is_some()).collect();
    let logit = |index: usize| candidates[index].rerank.map_or(f32::NEG_INFINITY, |score| score.logit);
    order.sort_by(|&a, &b| logit(b).total_cmp(&logit(a)).then(a.cmp(&b)));
    for (place, index) in order.into_iter().enumerate() {
        if let Some(score) = &mut candidates[index].rerank {
            score.rank = place as u32 + 1;
        }
    }
}
