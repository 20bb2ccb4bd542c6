//! question about the library -> its list of files

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use assay_domain::{
    Answer, AnswerKind, Candidate, Citation, Cut, Document, DocumentState, Failure, OrderRule, Question, Reason,
    ReasonCode, Scoped, StageName, StageState, one_line,
};

use super::inputs::Ask;
use super::report::{AskEvent, AskReport};
use super::stages::Stages;
use crate::keep::{Thresholds, keep};
use crate::language::has_han;

/// Most files that an answer names.
const MOST: usize = 40;

/// Answers `What is in here?` from the catalogue: no passage is searched. `standalone` is the question where it is a follow-up
/// that was rewritten.
///
/// # Errors
/// What the catalogue reports.
pub(super) fn list_library(
    with: &Ask<'_>,
    question: &Question,
    standalone: Option<String>,
    mut stages: Stages<'_>,
) -> Result<AskReport, Failure> {
    let begun = Instant::now();
    let mut documents = with.catalogue.documents()?;
    documents.retain(|row: &Document| {
        // A missing file keeps its reading, which answers nothing until the file is back.
        let answers = row.generation.is_some() && row.state != DocumentState::Missing;
        answers && question.scope.takes(&Scoped::from(row))
    });
    documents.sort_by(|a, b| a.name.cmp(&b.name));
    let about = Reason::new(ReasonCode::AboutLibrary, "the question is about the list of files");
    stages.skipped(StageName::Lexical, about);
    let cut = keep(question, &mut [], false, &Thresholds::default()).cut;
    (stages.on)(AskEvent::Decided(&[], &cut, OrderRule::Fused));
    let answer = question.answer.then(|| Answer::of(AnswerKind::Catalogue, whole(&question.text, &documents)));
    if let Some(answer) = &answer {
        (stages.on)(AskEvent::Text(&answer.text));
        stages.finished(StageName::Answer, begun, StageState::Done, None);
    } else {
        stages.skipped(StageName::Answer, Reason::new(ReasonCode::NotAsked, "only the candidates were asked for"));
    }
    Ok(AskReport { candidates: Vec::new(), order: OrderRule::Fused, cut, answer, standalone, stages: stages.list })
}

fn whole(question: &str, documents: &[Document]) -> String {
    let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
    for document in documents {
        *formats.entry(document.format.as_deref().unwrap_or("?")).or_default() += 1;
    }
    let formats: Vec<String> = formats.iter().map(|(format, count)| format!("{count} {format}")).collect();
    let (count, formats) = (documents.len(), formats.join(", "));
    let lead = match (has_han(question), count) {
        (true, 0) => "资料库中还没有可以检索的文件。".to_owned(),
        (true, _) => format!("资料库中有 {count} 个可以检索的文件（{formats}）："),
        (false, 0) => "No file of the library can be searched yet.".to_owned(),
        (false, 1) => format!("1 file of the library can be searched ({formats}):"),
        (false, _) => format!("{count} files of the library can be searched ({formats}):"),
    };
    let names = documents.iter().take(MOST).map(|document| {
        let pages = if document.pages > 1 { format!(" ({} p.)", document.pages) } else { String::new() };
        format!("\n- {}{pages}", one_line(&document.name))
    });
    format!("{lead}{}{}", names.collect::<String>(), left_out(question, count))
}

/// Where a list of so many files stops before its end.
fn left_out(question: &str, count: usize) -> String {
    match has_han(question) {
        _ if count <= MOST => String::new(),
        true => format!("\n……以上是 {count} 个文件中的 {MOST} 个，其余见文件列表"),
        false => format!("\n… {MOST} of {count} files; the others are in the list of files"),
    }
}

/// Answers `Which files do I have about recipes?`: the files of the passages that were kept for the topic or whose name
/// holds it; without any, the nearest ones, which the answer calls so. `full` says that a retriever found as many passages as
/// it may, so that there can be more files.
pub(super) fn files_about(question: &str, topic: &str, candidates: &[Candidate], (cut, full): (&Cut, bool)) -> Answer {
    let asked: Vec<String> = words(topic).filter(|word| !LITTLE.contains(&word.as_str())).collect();
    let named = |candidate: &Candidate| {
        let there: Vec<String> = words(&candidate.name).collect();
        asked.iter().any(|word| there.contains(word) || (has_han(word) && candidate.name.contains(word)))
    };
    let passes = |candidate: &Candidate| match (&candidate.rerank, cut.value) {
        (Some(score), Some(value)) => score.probability >= value,
        _ => candidate.lexical.is_some(),
    };
    let mut about = best_of_each(candidates.iter().filter(|candidate| passes(candidate) || named(candidate)));
    let near = about.is_empty();
    if near {
        about = best_of_each(candidates.iter());
        about.truncate(NEAREST);
    }
    let count = about.len();
    let mut answer = Answer::of(AnswerKind::Catalogue, lead(question, topic, count, near));
    for (number, candidate) in (1..).zip(about.into_iter().take(MOST)) {
        let passage = &candidate.passage;
        let heading = passage.heading.as_deref().map(|heading| format!(" ({})", one_line(heading))).unwrap_or_default();
        let place = if candidate.folder.is_empty() { String::new() } else { format!("{}/", candidate.folder) };
        let name = format!("{place}{}", candidate.name);
        answer.text.push_str(&format!("\n- {}{heading} [{number}]", one_line(&name)));
        let (chunk, document, page, quote) = (passage.chunk, passage.document, passage.page, passage.text.clone());
        answer.citations.push(Citation { number, chunk, document, page, quote });
    }
    answer.text.push_str(&left_out(question, count));
    if full && !near {
        answer.text.push_str(&searched(question, candidates.len()));
    }
    answer
}

/// Words of a topic that name no file.
const LITTLE: [&str; 14] = ["the", "a", "an", "of", "in", "on", "for", "with", "and", "or", "to", "my", "our", "from"];

/// The words of a topic or of a file's name in small letters, without the `s` of a plural.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.map(|word| match word.strip_suffix('s') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one.to_owned(),
        _ => word,
    })
}

/// That more files may be about a topic than the passages that were found show.
fn searched(question: &str, passages: usize) -> String {
    if has_han(question) {
        format!("\n只检索了最接近的 {passages} 个段落，可能还有其他文件。")
    } else {
        format!("\nOnly the {passages} nearest passages were searched, so there may be more files.")
    }
}

/// Most files that are named where none is about the topic.
const NEAREST: usize = 3;

fn best_of_each<'a>(candidates: impl Iterator<Item = &'a Candidate>) -> Vec<&'a Candidate> {
    let mut seen = HashSet::new();
    candidates.filter(|candidate| seen.insert(candidate.passage.document)).collect()
}

fn lead(question: &str, topic: &str, count: usize, near: bool) -> String {
    match (has_han(question), near, count) {
        (true, _, 0) => format!("资料库中没有找到与“{topic}”有关的文件。"),
        (true, true, _) => format!("没有文件明确提到“{topic}”，最接近的是："),
        (true, false, _) => format!("有 {count} 个文件与“{topic}”有关："),
        (false, _, 0) => format!("No file about “{topic}” was found in the library."),
        (false, true, _) => format!("No file is plainly about “{topic}”; the nearest are:"),
        (false, false, 1) => format!("1 file is about “{topic}”:"),
        (false, false, _) => format!("{count} files are about “{topic}”:"),
    }
}
