//! fused -> reranked

use std::time::Instant;

use assay_domain::port::Reranker;
use assay_domain::{
    Cancel, Candidate, OrderRule, Question, Reason, ReasonCode, RerankMode, Stage, StageName, StageState,
};

use super::stages::Stages;
use super::{Ask, AskEvent};
use crate::cached_scorer::CachedScorer;
use crate::order::put_in_order;
use crate::rerank::{Batch, Cascade, Progress, Second, reason_against, reason_against_language, rerank};
use crate::watch::Watch;

/// Reranks and puts the candidates in order. Returns the order in force afterwards.
pub(super) async fn rerank_stage(
    with: &Ask<'_>,
    question: &Question,
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
    if let Some(reason) = reason_against(question, candidates, first) {
        stages.skipped(StageName::Rerank, reason);
        return OrderRule::Fused;
    }

    let begun = Instant::now();
    let judge = |reranker| CachedScorer { reranker, pairs: with.pairs };
    let (second, without_second) = second(with, question);
    let until_settled = question.early_stop.then_some(question.keep);
    let second = second.map(|second| Second { judge: judge(second), pool: question.second_pool, until_settled });
    let cascade = Cascade { first: judge(first), pool: question.rerank_pool, second };
    let watch = Watch::new(cancel, question.budget);
    let on = &mut stages.on;
    let mut tell = |batch: Batch<'_>| on(AskEvent::Scored(batch));
    let reranked = rerank(&question.text, candidates, &cascade, &watch, &mut tell).await;

    let second_failed = |why: &dyn std::fmt::Display| {
        let text = format!("what the second model did not read stands by the first one's scores: {why}");
        Some(Reason::new(ReasonCode::SecondRerankerFailed, text))
    };
    let (state, reason) = match reranked.progress {
        Progress::All if without_second.is_some() => (StageState::FellBack, without_second),
        Progress::All => (StageState::Done, None),
        Progress::Stopped(reason) => (StageState::Stopped, Some(reason)),
        Progress::FirstAlone(failure) => (StageState::FellBack, second_failed(&failure)),
        Progress::Failed(failure) => {
            (StageState::Failed, Some(Reason::new(ReasonCode::RerankerFailed, failure.to_string())))
        }
    };
    // A stop that came before the first score leaves the fused order, so that there is an answer.
    let scored = candidates.iter().any(|candidate| candidate.rerank.is_some());
    let order = if state == StageState::Failed || !scored { OrderRule::Fused } else { question.order };
    put_in_order(candidates, order);
    stages.push(Stage { name: StageName::Rerank, time: begun.elapsed(), state, reason, scores: reranked.scores });
    order
}

/// The second model, or why one that was asked for is not to run.
fn second<'a>(with: &Ask<'a>, question: &Question) -> (Option<&'a dyn Reranker>, Option<Reason>) {
    match &with.second_reranker {
        None => (None, None),
        Some(Err(failure)) => (None, Some(Reason::new(ReasonCode::NoSecondReranker, failure.to_string()))),
        Some(Ok(reranker)) => {
            let foreign = reason_against_language(&question.text, *reranker);
            match foreign.filter(|_| question.rerank == RerankMode::Auto) {
                Some(reason) => (None, Some(reason)),
                None => (Some(*reranker), None),
            }
        }
    }
}
