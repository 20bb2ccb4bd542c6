//! hits -> fused -> reranked -> kept

use std::time::Instant;

use assay_domain::{
    Cancel, Candidate, Cut, Failure, Language, LanguagePair, OrderRule, Question, StageName, StageState,
};
use assay_text::tell_language;

use super::folding::fold_copies;
use super::inputs::Ask;
use super::naming::name;
use super::report::AskEvent;
use super::reranking::rerank_stage;
use super::retrieving::Retrieved;
use super::stages::Stages;
use crate::fuse::fuse_with_drafts;
use crate::keep::{Kept, Thresholds, keep};

/// Candidates in their final order, each with its outcome.
pub(super) struct Ranked {
    pub(super) candidates: Vec<Candidate>,
    pub(super) order: OrderRule,
    pub(super) cut: Cut,
}

/// Joins what the retrievers found, and ranks it against the user's own question, whatever else was searched.
///
/// # Errors
/// What the catalogue reports.
pub(super) async fn rank(
    with: &Ask<'_>,
    question: &Question,
    found: &Retrieved,
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> Result<Ranked, Failure> {
    let Retrieved { vector, lexical, drafted, question: read_as } = found;
    let mut candidates = stages.timed(StageName::Fuse, || {
        fuse_with_drafts(vector.clone(), lexical.clone(), drafted.clone(), question.retrieve)
    });
    name(&mut candidates, with.catalogue)?;
    let distinct = fold_copies(question, &mut candidates, stages);
    (stages.on)(AskEvent::Retrieved(&candidates));

    let language = tell_language(&question.text);
    let read_as = (question, read_as.as_str(), language);
    let order = rerank_stage(with, read_as, &mut candidates, distinct, cancel, stages).await;
    let begun = Instant::now();
    let thresholds = thresholds(with, language, &candidates);
    let Kept { cut, unjudged } = keep(question, &mut candidates, order != OrderRule::Fused, &thresholds);
    stages.finished(StageName::Keep, begun, StageState::Done, unjudged);
    Ok(Ranked { candidates, order, cut })
}

/// The measured thresholds of the models that take part, for these candidates.
pub(crate) fn thresholds<'a>(with: &'a Ask<'_>, question: Language, candidates: &[Candidate]) -> Thresholds<'a> {
    let mut rerankers = with.rerankers.thresholds();
    rerankers.extend(with.second_reranker.as_ref().and_then(|second| second.threshold()));
    let own = candidates.iter().filter(|candidate| LanguagePair::of(question, candidate.language).is_one());
    let nearest = own.filter_map(|candidate| Some(candidate.vector.as_ref()?.similarity)).max_by(f32::total_cmp);
    Thresholds { question: Some(question), rerankers, embedder: with.embedder_measured, nearest }
}
