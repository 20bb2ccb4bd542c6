//! question -> queries that the writer drafts -> their hits

use std::time::Instant;

use assay_domain::port::Filter;
use assay_domain::{
    AnswerKind, Cancel, Candidate, Draft, DraftedQuery, Failure, OrderRule, Outcome, Question, Reason, ReasonCode,
    StageName, StageState,
};
use assay_text::tell_language;

use super::inputs::Ask;
use super::ranking::Ranked;
use super::stages::Stages;
use crate::draft::{Drafts, drafts};
use crate::fuse::DraftedHits;
use crate::retrieve::{reason_to_skip_vectors, search_draft};

/// Lets the writer draft queries for the question as it is read (`read_as`) and searches each of them. Without a language
/// model, or if it fails or is slow, there are none or fewer, and the stage says why.
///
/// # Errors
/// What the catalogue reports.
pub(super) async fn drafted(
    with: &Ask<'_>,
    (question, read_as): (&Question, &str),
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> Result<Vec<DraftedHits>, Failure> {
    let (writer, missing) = (with.writer.0, &with.writer.1);
    if writer.kind() != AnswerKind::Written {
        let none = || Reason::new(ReasonCode::NoWriter, "no language model is chosen that could draft queries");
        stages.skipped(StageName::Draft, missing.clone().unwrap_or_else(none));
        return Ok(Vec::new());
    }
    if cancel.is_stopped() {
        let stopped = Reason::new(ReasonCode::Stopped, "stopped before queries were drafted");
        stages.skipped(StageName::Draft, stopped);
        return Ok(Vec::new());
    }
    let begun = Instant::now();
    let Drafts { list, ended } = drafts(read_as, writer, cancel).await;
    let (state, reason) = match ended {
        Some(reason) if reason.code == ReasonCode::DraftFailed => (StageState::Failed, reason),
        Some(reason) => (StageState::Stopped, reason),
        None if list.is_empty() => {
            let text = "the language model wrote nothing that can be searched";
            (StageState::Failed, Reason::new(ReasonCode::DraftFailed, text))
        }
        None => {
            let text = format!("queries drafted by {} are searched too", writer.name());
            (StageState::Done, Reason::new(ReasonCode::Drafted, text).about(list.len()))
        }
    };
    stages.drafts.clone_from(&list);
    stages.finished(StageName::Draft, begun, state, Some(reason));
    search(with, question, list, stages).await
}

/// Whether queries are drafted after a first pass without them: if its best passage stays below the threshold. Otherwise the
/// stage says why not.
pub(super) fn are_needed(first: &Ranked, stages: &mut Stages<'_>) -> bool {
    let Ranked { candidates, order, cut } = first;
    let of = |candidate: &Candidate| candidate.rerank.as_ref().map(|score| score.probability);
    let best = candidates.iter().filter_map(of).max_by(f32::total_cmp);
    let reason = match (best, cut.value) {
        _ if candidates.is_empty() => return true,
        (Some(best), Some(value)) if *order != OrderRule::Fused => {
            if candidates.iter().all(|candidate| candidate.outcome != Outcome::Kept) {
                return true;
            }
            let text = format!("a passage reaches the threshold (best sigmoid {best:.3}, threshold {value})");
            Reason::new(ReasonCode::DraftsNotNeeded, text)
        }
        _ => Reason::new(ReasonCode::NoScoreToCompare, "no passage has a rerank score to compare with the threshold"),
    };
    stages.skipped(StageName::Draft, reason);
    false
}

/// The hits of each draft. One that finds nothing is left out.
async fn search(
    with: &Ask<'_>,
    question: &Question,
    drafts: Vec<Draft>,
    stages: &mut Stages<'_>,
) -> Result<Vec<DraftedHits>, Failure> {
    let filter = Filter::from(with.catalogue.answering(&question.scope)?);
    let no_vectors =
        reason_to_skip_vectors(with.embedder.identity(), with.embedder_measured, tell_language(&question.text));
    let (passages, wordings): (Vec<Draft>, Vec<Draft>) =
        drafts.into_iter().partition(|draft| draft.query == DraftedQuery::Hypothetical);
    let mut all = Vec::new();
    for (name, of_stage) in [(StageName::Hypothetical, passages), (StageName::Variants, wordings)] {
        match &no_vectors {
            _ if of_stage.is_empty() => continue,
            Some(reason) if name == StageName::Hypothetical => {
                stages.skipped(name, reason.clone());
                continue;
            }
            _ => (),
        }
        let begun = Instant::now();
        let mut failed = None;
        for draft in of_stage {
            let limits = (question.retrieve, &filter);
            let (hits, failure) = search_draft((with.embedder, with.index), &draft, limits, no_vectors.is_none()).await;
            failed = failed.or(failure);
            all.extend(Some(hits).filter(|hits| !hits.vector.is_empty() || !hits.lexical.is_empty()));
        }
        let (code, failure) = failed.unzip();
        stages.ended(name, begun, failure.as_ref(), code.unwrap_or(ReasonCode::VectorFailed));
    }
    Ok(all)
}
