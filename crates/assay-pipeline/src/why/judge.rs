//! a passage outside the reranker's pool -> the score that the reranker gives it alone

use assay_domain::port::ScoreCache;
use assay_domain::{Assignment, Cancel, Candidate, Failure, Passage, Question, Reason, ReasonCode, StageName};
use assay_text::tell_language;

use super::search::not_run;
use crate::ask::{Ask, AskReport, name};
use crate::cached_scorer::CachedScorer;
use crate::deadline::Deadline;
use crate::fuse::unscored;
use crate::rerank::plan::Group;
use crate::rerank::{Cascade, RerankOutcome, rerank};

/// How the cross-encoder judges a passage.
pub(super) enum Judgement {
    /// It did so in the pool.
    InPool,
    /// It did so for this report alone.
    Alone {
        /// The passage with its score.
        candidate: Box<Candidate>,
        /// The rank that its score would have among those that the same model scored.
        rank: u32,
        /// Those, and the passage.
        of: u32,
    },
    /// It does not, for this reason.
    Not(Reason),
}

/// Judges a passage that the cross-encoder did not score although the stage ran.
///
/// # Errors
/// [`Failure::stopped`] when `cancel` is set, and what the catalogue reports.
pub(super) async fn judge(
    with: &Ask<'_>,
    (question, read_as): (&Question, &str),
    (passage, candidate): (&Passage, Option<&Candidate>),
    asked: &AskReport,
    cancel: &Cancel,
) -> Result<Judgement, Failure> {
    if candidate.is_some_and(|candidate| candidate.rerank.is_some()) {
        return Ok(Judgement::InPool);
    }
    if let Some(reason) = not_run(asked, StageName::Rerank) {
        return Ok(Judgement::Not(reason));
    }
    match candidate.map(|candidate| candidate.assignment) {
        Some(Assignment::NoReranker) => return Ok(Judgement::Not(no_model())),
        Some(Assignment::Reranker { .. }) => return Ok(Judgement::Not(not_reached(asked))),
        Some(Assignment::BeyondPool) | None => (),
    }
    let mut alone = [candidate.cloned().unwrap_or_else(|| unscored(passage))];
    name(&mut alone, with.catalogue)?;
    let assigned = with.rerankers.assign((question.rerank, tell_language(&question.text)), &mut alone, 1);
    let Some(group) = assigned.groups.into_iter().next() else {
        let failed = assigned.failure.map(|failure| Reason::new(ReasonCode::NoReranker, failure.to_string()));
        return Ok(Judgement::Not(failed.unwrap_or_else(no_model)));
    };
    let groups = [cascade(group, with.score_cache, question.context)];
    match rerank(read_as, &mut alone, &groups, &Deadline::new(cancel, None), &mut |_| ()).await.0 {
        RerankOutcome::Complete => (),
        RerankOutcome::Stopped(_) => return Err(Failure::stopped()),
        RerankOutcome::Failed(failure) | RerankOutcome::SecondFailed(failure) => {
            return Ok(Judgement::Not(Reason::new(ReasonCode::RerankerFailed, failure.to_string())));
        }
    }
    let [candidate] = alone;
    Ok(match among(&candidate, asked) {
        Some((rank, of)) => Judgement::Alone { candidate: Box::new(candidate), rank, of },
        None => Judgement::Not(not_reached(asked)),
    })
}

fn cascade<'a>(group: Group<'a>, cache: Option<&'a dyn ScoreCache>, context: bool) -> Cascade<'a> {
    let first = CachedScorer { reranker: group.reranker, cache };
    Cascade { context, first, places: group.places, second: None }
}

/// The rank of a score among those of the same model, and their number.
fn among(candidate: &Candidate, asked: &AskReport) -> Option<(u32, u32)> {
    let score = candidate.rerank.as_ref()?;
    let by_model = asked.candidates.iter().filter_map(|other| {
        let scores = [&other.first_rerank, &other.rerank];
        scores.into_iter().flatten().find(|other| other.model == score.model)
    });
    let logits: Vec<f32> = by_model.map(|other| other.logit).collect();
    let better = logits.iter().filter(|logit| **logit > score.logit).count();
    Some((better as u32 + 1, logits.len() as u32 + 1))
}

fn no_model() -> Reason {
    let text = "no reranker judges its language for this question; retrieval decides on it";
    Reason::new(ReasonCode::NoRerankerForLanguages, text)
}

fn not_reached(asked: &AskReport) -> Reason {
    let stage = asked.stages.iter().find(|stage| stage.name == StageName::Rerank);
    let reason = stage.and_then(|stage| stage.reason.clone());
    reason.unwrap_or_else(|| Reason::new(ReasonCode::Stopped, "the reranker did not reach it"))
}
