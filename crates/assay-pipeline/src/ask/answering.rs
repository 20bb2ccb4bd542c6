//! kept -> prompt -> answer

use std::time::Instant;

use assay_domain::{
    Answer, AnswerKind, Cancel, Candidate, Cut, NumberedPassage, OrderRule, Outcome, PassageRole, Question, Reason,
    ReasonCode, StageName, StageState, Wanted as Amount,
};

use super::filling::fill;
use super::inputs::Ask;
use super::library::files_about;
use super::reading_on::read_on;
use super::report::AskEvent;
use super::stages::Stages;
use super::unnamed::unnamed;
use crate::answer::{AnswerOutcome, Written, answer, refusal, refusal_of_unnamed};
use crate::intent::Intent;
use crate::prompt::prompt;

/// What the question is after, and its text as it was searched.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub intent: &'a Intent,
    pub asked: &'a str,
}

/// An answer and the passages that were given for it.
#[derive(Default)]
pub(super) struct Given {
    pub answer: Option<Answer>,
    pub passages: Vec<NumberedPassage>,
}

impl From<Answer> for Given {
    /// An answer that no writer wrote.
    fn from(answer: Answer) -> Self {
        Self { answer: Some(answer), passages: Vec::new() }
    }
}

/// Writes the answer, or says why there is none. Reports the outcomes first, because only the
/// prompt shows which kept passages fit the writer's context.
pub(super) async fn answer_stage(
    with: &Ask<'_>,
    question: &Question,
    candidates: &mut [Candidate],
    wanted: Wanted<'_>,
    (cut, order): (&Cut, OrderRule),
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> Given {
    let (writer, fallback) = (with.writer.0, &with.writer.1);
    let amount = if let Intent::Passages(amount) = wanted.intent { *amount } else { Amount::Best };
    let more = read_on(with, question, candidates, amount, stages).await;
    let begun = Instant::now();
    let about_files = matches!(wanted.intent, Intent::Files { .. });
    let kept = candidates.iter().any(|candidate| candidate.outcome == Outcome::Kept) || !more.passages.is_empty();
    let prompt = match kept && !about_files {
        true => Some(prompt(&question.text, candidates, &more, amount, writer).await),
        false => None,
    };
    (stages.on)(AskEvent::Decided(candidates, cut, order));
    if !question.answer {
        stages.skipped(StageName::Answer, Reason::new(ReasonCode::NotAsked, "only the candidates were asked for"));
        return Given::default();
    }
    if cancel.is_stopped() {
        stages.skipped(StageName::Answer, Reason::new(ReasonCode::Stopped, "stopped before the answer"));
        return Given::default();
    }
    if let Some(answer) = without_writer(question, candidates, wanted, (cut, kept), writer.kind()) {
        (stages.on)(AskEvent::Text(&answer.text));
        stages.finished(StageName::Answer, begun, StageState::Done, None);
        return answer.into();
    }
    let prompt = match prompt {
        None => return Given::default(),
        Some(Err(failure)) => {
            stages.ended(StageName::Answer, begun, Some(&failure), ReasonCode::WriterFailed);
            return Given::default();
        }
        Some(Ok(prompt)) => fill(with, question, candidates, prompt, stages).await,
    };
    let begun = Instant::now();
    let passages = prompt.passages.clone();
    let only_a_table = prompt.passages.iter().all(|passage| passage.role == PassageRole::NearestTable);
    let on = &mut stages.on;
    let outcome = answer(prompt, writer, cancel, &mut |written| match written {
        Written::Text(text) => on(AskEvent::Text(text)),
        Written::Thinking(text) => on(AskEvent::Thinking(text)),
    })
    .await;
    let (answer, state, reason) = match outcome {
        // No row of the nearest table fulfils the question.
        AnswerOutcome::Complete(answer) if only_a_table && answer.text.trim().is_empty() => {
            let refusal = refusal(&question.text, candidates.len());
            on(AskEvent::Text(&refusal.text));
            (Some(refusal), StageState::Done, None)
        }
        AnswerOutcome::Complete(answer) if fallback.is_some() => (Some(answer), StageState::FellBack, fallback.clone()),
        AnswerOutcome::Complete(answer) => (Some(answer), StageState::Done, None),
        AnswerOutcome::Cut(answer) => {
            let text = "the answer reached the length of the settings before its end";
            (Some(answer), StageState::Stopped, Some(Reason::new(ReasonCode::AnswerCut, text)))
        }
        AnswerOutcome::Stopped(answer) => (
            Some(answer),
            StageState::Stopped,
            Some(Reason::new(ReasonCode::Stopped, "stopped before the answer was complete")),
        ),
        AnswerOutcome::Failed(failure) => {
            (None, StageState::Failed, Some(Reason::new(ReasonCode::WriterFailed, failure.to_string())))
        }
    };
    stages.finished(StageName::Answer, begun, state, reason);
    Given { answer, passages }
}

/// An answer that needs no writer: a list of files, or a refusal. Only quotes are refused for a name that is missing; a
/// language model says itself what the passages do not hold.
fn without_writer(
    question: &Question,
    candidates: &[Candidate],
    wanted: Wanted<'_>,
    (cut, kept): (&Cut, bool),
    writes: AnswerKind,
) -> Option<Answer> {
    if let Intent::Files { topic } = wanted.intent {
        let found = candidates.iter().filter(|candidate| candidate.lexical.is_some()).count();
        return Some(files_about(wanted.asked, topic, candidates, (cut, found >= question.retrieve)));
    }
    if !kept {
        return Some(refusal(&question.text, candidates.len()));
    }
    if writes != AnswerKind::Extractive {
        return None;
    }
    let unnamed = unnamed(&question.text, candidates.iter().flat_map(Candidate::texts));
    (!unnamed.is_empty()).then(|| refusal_of_unnamed(&question.text, unnamed))
}
