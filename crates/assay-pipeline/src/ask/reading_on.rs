//! kept passages -> all passages of their documents, for a list; else what finishes their sentences on the next page

use std::collections::HashSet;
use std::time::Instant;

use assay_domain::{
    Candidate, Failure, Outcome, PassageRole, Question, Reason, ReasonCode, StageName, StageState, Unread, Wanted,
};

use super::continuing::continued;
use super::inputs::Ask;
use super::stages::Stages;
use crate::prompt::{MorePassage, ReadOn};

/// Most documents that are read on.
const DOCUMENTS: usize = 8;
/// Most passages that are read on.
const PASSAGES: usize = 1_000;
/// A table counts as near if one of so many best candidates is of it.
const NEAR: usize = 10;

/// Passages that were not kept themselves and belong to the answer: five kept passages hold a part of a table, and a list is
/// to hold all of it; a sentence may go on on the next page. Rows are short and say little by themselves, so a cross-encoder
/// may put all of them below the threshold: for a list, the nearest table is read then. A question for which there are none
/// has no such stage.
pub(super) async fn read_on(
    with: &Ask<'_>,
    question: &Question,
    candidates: &[Candidate],
    wanted: Wanted,
    stages: &mut Stages<'_>,
) -> ReadOn {
    if !question.answer {
        return ReadOn::default();
    }
    let list = List::of(candidates, wanted);
    if !question.steps.read_on {
        if !list.is_empty() {
            stages.skipped(StageName::ReadOn, Reason::new(ReasonCode::SwitchedOff, "only the kept passages are read"));
        }
        return ReadOn::default();
    }
    let begun = Instant::now();
    let read = if list.is_empty() { continued(with, candidates).await } else { all(with, candidates, &list).await };
    match read {
        Ok(read_on) => {
            if let Some(text) = told(&read_on, &list) {
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

/// What is read for a list; nothing for any other question.
#[derive(Default)]
struct List<'a> {
    /// A kept candidate of each document to read, the best first. Counts and conditions are read off tables alone.
    documents: Vec<&'a Candidate>,
    /// How many more documents there are.
    more: usize,
    /// A candidate of the nearest table, if no table is kept.
    nearest: Option<&'a Candidate>,
}

impl<'a> List<'a> {
    fn of(candidates: &'a [Candidate], wanted: Wanted) -> Self {
        if wanted == Wanted::Best {
            return Self::default();
        }
        let mut seen = HashSet::new();
        let kept = candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept);
        let fits = |candidate: &&Candidate| wanted == Wanted::Everything || is_table(candidate);
        let mut documents: Vec<&Candidate> =
            kept.filter(fits).filter(|candidate| seen.insert(candidate.passage.document)).collect();
        let nearest = nearest_table(candidates).filter(|table| !seen.contains(&table.passage.document));
        let more = documents.len().saturating_sub(DOCUMENTS);
        documents.truncate(DOCUMENTS);
        Self { documents, more, nearest }
    }

    fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.nearest.is_none()
    }
}

/// The nearest candidate that is of a table and below the threshold, if no table is kept.
fn nearest_table(candidates: &[Candidate]) -> Option<&Candidate> {
    if candidates.iter().any(|candidate| candidate.outcome == Outcome::Kept && is_table(candidate)) {
        return None;
    }
    let near = candidates.iter().filter(|candidate| candidate.copy_of.is_none()).take(NEAR);
    let below = |candidate: &&Candidate| candidate.outcome == Outcome::BelowThreshold && candidate.lexical.is_some();
    near.filter(below).find(|candidate| is_table(candidate))
}

fn is_table(candidate: &Candidate) -> bool {
    candidate.passage.text.contains(" | ")
}

/// What was read and why; `None` if no sentence was cut and no list is wanted.
fn told(read_on: &ReadOn, list: &List<'_>) -> Option<String> {
    let many = |count: usize, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    let count = read_on.passages.len();
    let (passages, were) = (many(count, "more passage"), if count == 1 { "was" } else { "were" });
    if list.is_empty() {
        let cut = format!("{passages} {were} read, because a page break cuts a sentence of a kept one");
        return (!read_on.joined.is_empty()).then_some(cut);
    }
    let files = many(list.documents.len() + usize::from(list.nearest.is_some()), "file");
    let mut text = format!("{passages} of {files} {were} read, because the question asks for a list");
    let Unread { passages, documents } = read_on.unread;
    if passages > 0 || documents > 0 {
        text += &format!("; {} and {} were not read", many(passages, "passage"), many(documents, "file"));
    }
    if let Some(table) = list.nearest {
        text += &format!("; {} is the nearest table and below the threshold", table.name);
    }
    Some(text)
}

async fn all(with: &Ask<'_>, candidates: &[Candidate], list: &List<'_>) -> Result<ReadOn, Failure> {
    let kept = candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept);
    let kept: HashSet<_> = kept.map(|candidate| candidate.passage.chunk).collect();
    let mut read_on = ReadOn::default();
    read_on.unread.documents = list.more;
    let documents = list.documents.iter().map(|document| (*document, PassageRole::ReadOn));
    let nearest = list.nearest.map(|table| (table, PassageRole::NearestTable));
    for (document, role) in documents.chain(nearest) {
        let passages = with.index.passages_of(document.passage.chunk.generation).await?;
        let others: Vec<_> = passages.into_iter().filter(|passage| !kept.contains(&passage.chunk)).collect();
        let room = PASSAGES.saturating_sub(read_on.passages.len());
        read_on.unread.passages += others.len().saturating_sub(room);
        read_on.passages.extend(others.into_iter().take(room).map(|passage| {
            let (folder, name) = (document.folder.clone(), document.name.clone());
            MorePassage { folder, name, passage, role }
        }));
    }
    Ok(read_on)
}
