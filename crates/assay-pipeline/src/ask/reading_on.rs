//! kept passages -> all passages of their documents, for a list; else what finishes their sentences on the next page

use std::collections::HashSet;
use std::time::Instant;

use assay_domain::{
    Candidate, Failure, Outcome, PassageRole, Question, Reason, ReasonCode, StageName, StageState, Wanted,
};

use super::continuing::continued;
use super::inputs::Ask;
use super::stages::Stages;
use crate::prompt::{MorePassage, ReadOn};

/// Most documents that are read on.
const DOCUMENTS: usize = 8;
/// Most passages that are read on.
const PASSAGES: usize = 1_000;

/// Passages that were not kept themselves and belong to the answer: five kept passages hold a part of a table, and a list is
/// to hold all of it; a sentence may go on on the next page. A question for which there are none has no such stage.
pub(super) async fn read_on(
    with: &Ask<'_>,
    question: &Question,
    candidates: &[Candidate],
    wanted: Wanted,
    stages: &mut Stages<'_>,
) -> ReadOn {
    let documents = if wanted == Wanted::Best { Vec::new() } else { documents(candidates, wanted) };
    if !question.answer {
        return ReadOn::default();
    }
    if !question.steps.read_on {
        if !documents.is_empty() {
            stages.skipped(StageName::ReadOn, Reason::new(ReasonCode::SwitchedOff, "only the kept passages are read"));
        }
        return ReadOn::default();
    }
    let begun = Instant::now();
    let read =
        if documents.is_empty() { continued(with, candidates).await } else { all(with, candidates, &documents).await };
    match read {
        Ok(read_on) => {
            if let Some(text) = told(&read_on, documents.len()) {
                let reason = Reason::new(ReasonCode::ReadOn, text);
                stages.finished(StageName::ReadOn, begun, StageState::Done, Some(reason));
            }
            read_on
        }
        Err(failure) => {
            let reason = Reason::new(ReasonCode::LexicalFailed, failure.to_string());
            stages.finished(StageName::ReadOn, begun, StageState::Failed, Some(reason));
            ReadOn::default()
        }
    }
}

/// What was read and why; `None` if no sentence was cut and no list is wanted.
fn told(read_on: &ReadOn, documents: usize) -> Option<String> {
    let count = read_on.passages.len();
    let passages = if count == 1 { "1 more passage".to_owned() } else { format!("{count} more passages") };
    let were = if count == 1 { "was" } else { "were" };
    if documents > 0 {
        let files = if documents == 1 { "1 file".to_owned() } else { format!("{documents} files") };
        return Some(format!("{passages} of {files} {were} read, because the question asks for a list"));
    }
    (!read_on.joined.is_empty())
        .then(|| format!("{passages} {were} read, because a page break cuts a sentence of a kept one"))
}

/// A kept candidate of each document to read on, the best first. Counts and conditions are read off tables alone.
fn documents(candidates: &[Candidate], wanted: Wanted) -> Vec<&Candidate> {
    let mut seen = HashSet::new();
    let kept = candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept);
    let table = |candidate: &&Candidate| wanted == Wanted::Everything || candidate.passage.text.contains(" | ");
    kept.filter(table).filter(|candidate| seen.insert(candidate.passage.document)).take(DOCUMENTS).collect()
}

async fn all(with: &Ask<'_>, candidates: &[Candidate], documents: &[&Candidate]) -> Result<ReadOn, Failure> {
    let kept = candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept);
    let kept: HashSet<_> = kept.map(|candidate| candidate.passage.chunk).collect();
    let mut all = Vec::new();
    for document in documents {
        let passages = with.index.passages_of(document.passage.chunk.generation).await?;
        let others = passages.into_iter().filter(|passage| !kept.contains(&passage.chunk));
        all.extend(others.map(|passage| {
            let (folder, name) = (document.folder.clone(), document.name.clone());
            MorePassage { folder, name, passage, role: PassageRole::ReadOn }
        }));
        if all.len() >= PASSAGES {
            all.truncate(PASSAGES);
            break;
        }
    }
    Ok(ReadOn { passages: all, ..ReadOn::default() })
}
