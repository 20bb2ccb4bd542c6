//! fused -> reranked

use std::fmt::Display;
use std::time::Instant;

use assay_domain::port::Reranker;
use assay_domain::{
    Cancel, Candidate, OrderRule, Question, Reason, ReasonCode, RerankMode, Stage, StageName, StageState,
};

use super::inputs::Ask;
use super::report::AskEvent;
use super::stages::Stages;
use crate::cached_scorer::CachedScorer;
use crate::deadline::Deadline;
use crate::order::put_in_order;
use crate::rerank::{Batch, Cascade, RerankOutcome, Second, language_mismatch, reason_to_skip, rerank};

/// Reranks the candidates against the question as it is read (`read_as`) and sorts them. Returns the order that they are in afterwards: the fused
/// one if nothing was scored.
pub(super) async fn rerank_stage(
    with: &Ask<'_>,
    (question, read_as): (&Question, &str),
    candidates: &mut [Candidate],
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> OrderRule {
    let first = match &with.reranker {
        Ok(reranker) => *reranker,
        Err(failure) => {
            stages.skipped(StageName::Rerank, Reason::new(ReasonCode::NoReranker, failure.to_string()));
            return OrderRule::Fused;
        }
    };
    if let Some(reason) = reason_to_skip(question, candidates, first) {
        stages.skipped(StageName::Rerank, reason);
        return OrderRule::Fused;
    }

    let begun = Instant::now();
    let scorer = |reranker| CachedScorer { reranker, cache: with.score_cache };
    let (second, reason_without_second) = second_reranker(with, question);
    let stop_for_top = question.early_stop.then_some(question.keep);
    let second = second.map(|second| Second { scorer: scorer(second), pool: question.second_pool, stop_for_top });
    let cascade = Cascade { first: scorer(first), pool: question.rerank_pool, second, context: question.context };
    let deadline = Deadline::new(cancel, question.budget);
    let on = &mut stages.on;
    let mut report = |batch: Batch<'_>| on(AskEvent::Scored(batch));
    let (outcome, stats) = rerank(read_as, candidates, &cascade, &deadline, &mut report).await;

    let (state, reason) = match outcome {
        RerankOutcome::Complete if reason_without_second.is_some() => (StageState::FellBack, reason_without_second),
        RerankOutcome::Complete => (StageState::Done, None),
        RerankOutcome::Stopped(reason) => (StageState::Stopped, Some(reason)),
        RerankOutcome::SecondFailed(failure) => (StageState::FellBack, Some(second_failed(&failure))),
        RerankOutcome::Failed(failure) => {
            (StageState::Failed, Some(Reason::new(ReasonCode::RerankerFailed, failure.to_string())))
        }
    };
    // A stop before the first score leaves the fused order, so that there is an answer.
    let scored = candidates.iter().any(|candidate| candidate.rerank.is_some());
    let order = if state == StageState::Failed || !scored { OrderRule::Fused } else { question.order };
    put_in_order(candidates, order);
    stages.push(Stage {
        name: StageName::Rerank,
        time: begun.elapsed(),
        state,
        reason,
        reranker_stats: stats,
        also_searched: Vec::new(),
    });
    order
}

fn second_failed(why: &dyn Display) -> Reason {
    let text = format!("passages that the second model did not score keep the first model's scores: {why}");
    Reason::new(ReasonCode::SecondRerankerFailed, text)
}

/// The second model, or why one that was asked for does not run.
fn second_reranker<'a>(with: &Ask<'a>, question: &Question) -> (Option<&'a dyn Reranker>, Option<Reason>) {
    match &with.second_reranker {
        None => (None, None),
        Some(Err(failure)) => (None, Some(Reason::new(ReasonCode::NoSecondReranker, failure.to_string()))),
        Some(Ok(reranker)) => {
            let mismatch = language_mismatch(&question.text, *reranker);
            match mismatch.filter(|_| question.rerank == RerankMode::Auto) {
                Some(reason) => (None, Some(reason)),
                None => (Some(*reranker), None),
            }
        }
    }
}
