//! question + a text -> where the text stands at every stage, and where it was cut
//!
//! [`why`] answers "why was my passage not found?". The text is found in the pages as they were read ([`locate`]), the
//! question is asked without an answer, and the passage that holds the text is followed through the stages (`ladder.rs`).
//! Ranks and scores of the retrievers are exact and go on beyond the pool; a passage that was not in the reranker's pool
//! is judged by itself and marked so. A stage that did not run has no rank and no score.

mod report;
mod squeezed;
mod unread;
mod locate;
mod search;
mod judge;
mod ladder;
mod reason;

use assay_domain::{Cancel, DocumentState, Failure, Problem, Question, Scoped};
use assay_text::tell_language;

use crate::ask::{Ask, AskReport, ask, thresholds};
use crate::intent::{Intent, intent};
use crate::keep::threshold_on;
use crate::language::has_words;
use judge::{Judgement, judge};
use ladder::{Followed, about_library, climb, not_searched};
use locate::{Holder, Located, locate};
use reason::reason;
use search::{Search, search};

pub use report::{Matched, Rung, RungName, Sought, Standing, Twin, Unread, WhyOutcome, WhyReport};

/// Passages that hold the text and are named in the report, at most.
const TWINS: usize = 20;

/// Longest text that is looked for, in characters.
const LONGEST_TEXT: usize = 20_000;

/// Follows a text through the stages of a question.
///
/// # Errors
/// A text without words or over [`LONGEST_TEXT`]; what [`ask()`] reports; [`Failure::stopped`] when `cancel` is set.
pub async fn why(
    with: &Ask<'_>,
    question: &Question,
    sought: Sought<'_>,
    cancel: &Cancel,
) -> Result<WhyReport, Failure> {
    check(sought.text)?;
    let question = Question { answer: false, ..question.clone() };
    let asked = ask(with, &question, cancel, &mut |_| ()).await?;
    cancel.check()?;
    let Located { matched, holders, unread } = locate(with, sought, cancel).await?;
    let mut report = WhyReport {
        matched,
        passage: None,
        page: None,
        document: None,
        rungs: not_searched(&asked),
        outcome: WhyOutcome::of_absent(&unread),
        reason: String::new(),
        copy_of: None,
        twins: Vec::new(),
        unread,
        cut: asked.cut.clone(),
    };
    if matched == Matched::Nowhere || holders.is_empty() {
        report.reason = reason(&report, &asked, &question);
        return Ok(report);
    }

    let text = match intent(&question.text) {
        Intent::Files { topic } => topic,
        Intent::Library | Intent::Passages(_) => question.text.clone(),
    };
    let searched = Question { text, ..question.clone() };
    let search = search(with, &searched, &asked, &holders).await?;
    let best = search.best(&holders, &asked);
    let Some(holder) = holders.get(best) else { return Err(Failure::bug("no passage holds the text")) };
    report.document = Some(holder.document.clone());
    report.page = holder.page;
    report.passage = holder.passage.clone();
    report.twins = twins(&holders, best);
    report.outcome = match unreachable(holder, &question) {
        Some(outcome) => outcome,
        None if about_library(&asked).is_some() => WhyOutcome::NotSearched,
        None => followed(with, (&question, &searched), &asked, (holder, &search), &mut report, cancel).await?,
    };
    report.reason = reason(&report, &asked, &question);
    Ok(report)
}

/// Follows a passage that was searched through the stages.
async fn followed(
    with: &Ask<'_>,
    (question, searched): (&Question, &Question),
    asked: &AskReport,
    (holder, search): (&Holder, &Search),
    report: &mut WhyReport,
    cancel: &Cancel,
) -> Result<WhyOutcome, Failure> {
    let Some(passage) = &holder.passage else { return Ok(WhyOutcome::InNoChunk) };
    let place = asked.candidates.iter().position(|candidate| candidate.passage.chunk == passage.chunk);
    let candidate = place.and_then(|place| asked.candidates.get(place));
    let read_as = (searched, search.read_as.as_str());
    let judgement = judge(with, read_as, (passage, candidate), asked, cancel).await?;
    let scored = if let Judgement::Alone { candidate, .. } = &judgement { Some(&**candidate) } else { candidate };
    let with_thresholds = thresholds(with, tell_language(&searched.text), &asked.candidates);
    let followed = Followed {
        asked,
        question,
        passage,
        place,
        judgement: &judgement,
        threshold: scored.and_then(|it| threshold_on(&asked.cut, &question.threshold, it, &with_thresholds)),
    };
    (report.rungs, report.copy_of) = (climb(&followed, search), followed.original());
    Ok(followed.outcome())
}

/// Why a passage is not searched at all, if it is not.
fn unreachable(holder: &Holder, question: &Question) -> Option<WhyOutcome> {
    if holder.document.state == DocumentState::Missing {
        return Some(WhyOutcome::DocumentMissing);
    }
    if question.scope.collection.as_ref().is_some_and(|name| *name != holder.document.collection) {
        return Some(WhyOutcome::OtherCollection);
    }
    if !question.scope.takes(&Scoped::from(&holder.document)) {
        return Some(WhyOutcome::OutOfScope);
    }
    holder.passage.is_none().then_some(WhyOutcome::InNoChunk)
}

/// The other places of the text.
fn twins(holders: &[Holder], best: usize) -> Vec<Twin> {
    let others = holders.iter().enumerate().filter(|(place, _)| *place != best);
    let twin = |(_, holder): (usize, &Holder)| Twin {
        chunk: holder.passage.as_ref().map(|passage| passage.chunk),
        document: holder.document.id,
        name: holder.document.name.clone(),
        page: holder.page,
    };
    others.map(twin).take(TWINS).collect()
}

fn check(text: &str) -> Result<(), Failure> {
    let bad = |message: String, action| Err(Failure::new(Problem::BadSetting, message, action));
    if !has_words(text) {
        return bad("the text to look for has no words".into(), "paste a sentence of the passage");
    }
    let length = text.chars().count();
    if length > LONGEST_TEXT {
        let message =
            format!("the text to look for has {length} characters, and at most {LONGEST_TEXT} are looked for");
        return bad(message, "paste a sentence or a paragraph of it");
    }
    Ok(())
}
