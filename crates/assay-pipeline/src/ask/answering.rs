//! kept -> prompt -> answer

use std::time::Instant;

use assay_domain::{
    Answer, Cancel, Candidate, Cut, OrderRule, Outcome, Question, Reason, ReasonCode, StageName, StageState,
};

use super::inputs::Ask;
use super::report::AskEvent;
use super::stages::Stages;
use crate::answer::{AnswerOutcome, answer, refusal};
use crate::prompt::prompt;

/// Writes the answer, or says why there is none. Reports the outcomes first, because only the
/// prompt shows which kept passages fit the writer's context.
pub(super) async fn answer_stage(
    with: &Ask<'_>,
    question: &Question,
    candidates: &mut [Candidate],
    (cut, order): (&Cut, OrderRule),
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> Option<Answer> {
    let (writer, fallback) = (with.writer.0, &with.writer.1);
    let begun = Instant::now();
    let kept = candidates.iter().any(|candidate| candidate.outcome == Outcome::Kept);
    let prompt = if kept { Some(prompt(&question.text, candidates, writer).await) } else { None };
    (stages.on)(AskEvent::Decided(candidates, cut, order));
    if !question.answer {
        stages.skipped(StageName::Answer, Reason::new(ReasonCode::NotAsked, "only the candidates were asked for"));
        return None;
    }
    if cancel.is_stopped() {
        stages.skipped(StageName::Answer, Reason::new(ReasonCode::Stopped, "stopped before the answer"));
        return None;
    }
    let prompt = match prompt {
        None => {
            let refusal = refusal(&question.text, candidates.len());
            (stages.on)(AskEvent::Text(&refusal.text));
            stages.finished(StageName::Answer, begun, StageState::Done, None);
            return Some(refusal);
        }
        Some(Err(failure)) => {
            stages.ended(StageName::Answer, begun, Some(&failure), ReasonCode::WriterFailed);
            return None;
        }
        Some(Ok(prompt)) => prompt,
    };
    let on = &mut stages.on;
    let outcome = answer(prompt, writer, cancel, &mut |text| on(AskEvent::Text(text))).await;
    let (answer, state, reason) = match outcome {
        AnswerOutcome::Complete(answer) if fallback.is_some() => (Some(answer), StageState::FellBack, fallback.clone()),
        AnswerOutcome::Complete(answer) => (Some(answer), StageState::Done, None),
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
    answer
}
