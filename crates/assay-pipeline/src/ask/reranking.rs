//! fused -> reranked

use std::fmt::Display;
use std::time::Instant;

use assay_domain::port::Reranker;
use assay_domain::{
    Cancel, Candidate, Failure, Language, OrderRule, Question, Reason, ReasonCode, RerankMode, Stage, StageName,
    StageState,
};

use super::inputs::Ask;
use super::report::AskEvent;
use super::stages::Stages;
use crate::cached_scorer::CachedScorer;
use crate::deadline::Deadline;
use crate::order::put_in_order;
use crate::rerank::plan::RerankPlan;
use crate::rerank::{Batch, Cascade, RerankOutcome, Second, language_mismatch, reason_to_skip, rerank};

/// Reranks the candidates, of which the first `distinct` are no copies, against the question as it is read (`read_as`) and
/// sorts them. Returns the order that they are in afterwards: the fused one if nothing was scored.
pub(super) async fn rerank_stage(
    with: &Ask<'_>,
    (question, read_as, language): (&Question, &str, Language),
    candidates: &mut [Candidate],
    distinct: usize,
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> OrderRule {
    let skipped = reason_to_skip(question, candidates).or_else(|| unusable(with, question, language));
    if let Some(reason) = skipped {
        stages.skipped(StageName::Rerank, reason);
        return OrderRule::Fused;
    }
    let begun = Instant::now();
    let pool = question.rerank_pool.min(distinct);
    let assigned = with.rerankers.assign((question.rerank, language), candidates, pool);
    let unread = (assigned.unread > 0).then(|| unread(assigned.unread, language, assigned.failure.as_ref()));
    if assigned.groups.is_empty() {
        let reason = unread.unwrap_or_else(|| Reason::new(ReasonCode::NoReranker, "no reranker is open"));
        stages.skipped(StageName::Rerank, reason);
        return OrderRule::Fused;
    }

    let (second, reason_without_second) = second_reranker(with, question, language);
    let scorer = |reranker| CachedScorer { reranker, cache: with.score_cache };
    let stop_for_top = question.early_stop.then_some(question.keep);
    let groups = assigned.groups.into_iter().map(|group| Cascade {
        first: scorer(group.reranker),
        places: group.places,
        second: second.map(|second| Second { scorer: scorer(second), pool: question.second_pool, stop_for_top }),
        context: question.context,
    });
    let groups: Vec<Cascade<'_>> = groups.collect();
    let deadline = Deadline::new(cancel, question.budget);
    let on = &mut stages.on;
    let mut report = |batch: Batch<'_>| on(AskEvent::Scored(batch));
    let (outcome, stats) = rerank(read_as, candidates, &groups, &deadline, &mut report).await;

    let (state, reason) = match outcome {
        RerankOutcome::Complete if reason_without_second.is_some() => (StageState::FellBack, reason_without_second),
        RerankOutcome::Complete if assigned.failure.is_some() => (StageState::FellBack, unread),
        RerankOutcome::Complete => (StageState::Done, unread),
        RerankOutcome::Stopped(reason) => (StageState::Stopped, Some(reason)),
        RerankOutcome::SecondFailed(failure) => (StageState::FellBack, Some(second_failed(&failure))),
        RerankOutcome::Failed(failure) => {
            (StageState::Failed, Some(Reason::new(ReasonCode::RerankerFailed, failure.to_string())))
        }
    };
    // A stop before the first score leaves the fused order, so that there is an answer.
    let scored = candidates.iter().any(|candidate| candidate.rerank.is_some());
    let order = if state == StageState::Failed || !scored { OrderRule::Fused } else { question.order };
    let order = put_in_order(candidates, order);
    stages.push(Stage {
        name: StageName::Rerank,
        time: begun.elapsed(),
        state,
        reason,
        reranker_stats: stats,
        also_searched: Vec::new(),
        drafts: Vec::new(),
    });
    order
}

/// Why the model that the settings name does not run, if it does not.
fn unusable(with: &Ask<'_>, question: &Question, language: Language) -> Option<Reason> {
    let RerankPlan::Named(model) = &with.rerankers else { return None };
    match &model.reranker {
        Err(failure) => Some(Reason::new(ReasonCode::NoReranker, failure.to_string())),
        Ok(reranker) if question.rerank == RerankMode::Auto => language_mismatch(language, *reranker),
        Ok(_) => None,
    }
}

/// What is said of candidates that no model reads.
fn unread(count: usize, question: Language, failure: Option<&Failure>) -> Reason {
    if let Some(failure) = failure {
        let text = format!("{count} candidates keep the order of retrieval: {failure}");
        return Reason::new(ReasonCode::NoReranker, text).about(count);
    }
    let text = format!(
        "no reranker here was measured to judge the language of {count} candidates for a question in {} better than \
         retrieval does; they keep its order",
        question.name()
    );
    Reason::new(ReasonCode::NoRerankerForLanguages, text).about(count)
}

fn second_failed(why: &dyn Display) -> Reason {
    let text = format!("passages that the second model did not score keep the first model's scores: {why}");
    Reason::new(ReasonCode::SecondRerankerFailed, text)
}

/// The second model, or why one that was asked for does not run.
fn second_reranker<'a>(
    with: &Ask<'a>,
    question: &Question,
    language: Language,
) -> (Option<&'a dyn Reranker>, Option<Reason>) {
    match with.second_reranker.as_ref().map(|second| &second.reranker) {
        None => (None, None),
        Some(Err(failure)) => (None, Some(Reason::new(ReasonCode::NoSecondReranker, failure.to_string()))),
        Some(Ok(reranker)) => {
            let mismatch = language_mismatch(language, *reranker);
            match mismatch.filter(|_| question.rerank == RerankMode::Auto) {
                Some(reason) => (None, Some(reason)),
                None => (Some(*reranker), None),
            }
        }
    }
}
