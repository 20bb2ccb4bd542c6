//! kept passages -> all passages of their documents, for a list

use std::collections::HashSet;
use std::time::Instant;

use assay_domain::{Candidate, Failure, Outcome, Question, Reason, ReasonCode, StageName, StageState, Wanted};

use super::inputs::Ask;
use super::stages::Stages;
use crate::prompt::MorePassage;

/// Most documents that are read on.
const DOCUMENTS: usize = 8;
/// Most passages that are read on.
const PASSAGES: usize = 1_000;

/// Passages of a list's documents that were not kept themselves: five kept passages hold a
/// part of a table, and a list is to hold all of it. Any question but one for a list has none and no such stage.
pub(super) async fn read_on(
    with: &Ask<'_>,
    question: &Question,
    candidates: &[Candidate],
    wanted: Wanted,
    stages: &mut Stages<'_>,
) -> Vec<MorePassage> {
    let documents = documents(candidates, wanted);
    if wanted == Wanted::Best || documents.is_empty() || !question.answer {
        return Vec::new();
    }
    if !question.steps.read_on {
        stages.skipped(StageName::ReadOn, Reason::new(ReasonCode::SwitchedOff, "only the kept passages are read"));
        return Vec::new();
    }
    let begun = Instant::now();
    match passages(with, candidates, &documents).await {
        Ok(passages) => {
            let (count, files) = (passages.len(), documents.len());
            let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
            let text = format!("{count} more passages of {files} were read, because the question asks for a list");
            stages.finished(StageName::ReadOn, begun, StageState::Done, Some(Reason::new(ReasonCode::ReadOn, text)));
            passages
        }
        Err(failure) => {
            let reason = Reason::new(ReasonCode::LexicalFailed, failure.to_string());
            stages.finished(StageName::ReadOn, begun, StageState::Failed, Some(reason));
            Vec::new()
        }
    }
}

/// A kept candidate of each document to read on, the best first. Counts and conditions are read off tables alone.
fn documents(candidates: &[Candidate], wanted: Wanted) -> Vec<&Candidate> {
    let mut seen = HashSet::new();
    let kept = candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept);
    let table = |candidate: &&Candidate| wanted == Wanted::Everything || candidate.passage.text.contains(" | ");
    kept.filter(table).filter(|candidate| seen.insert(candidate.passage.document)).take(DOCUMENTS).collect()
}

async fn passages(
    with: &Ask<'_>,
    candidates: &[Candidate],
    documents: &[&Candidate],
) -> Result<Vec<MorePassage>, Failure> {
    let kept = candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept);
    let kept: HashSet<_> = kept.map(|candidate| candidate.passage.chunk).collect();
    let mut all = Vec::new();
    for document in documents {
        let passages = with.index.passages_of(document.passage.chunk.generation).await?;
        let others = passages.into_iter().filter(|passage| !kept.contains(&passage.chunk));
        let (folder, name) = (&document.folder, &document.name);
        all.extend(others.map(|passage| MorePassage { folder: folder.clone(), name: name.clone(), passage }));
        if all.len() >= PASSAGES {
            all.truncate(PASSAGES);
            break;
        }
    }
    Ok(all)
}
