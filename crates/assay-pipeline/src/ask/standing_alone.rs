//! a follow-up -> a question that stands alone

use std::time::Instant;

use assay_domain::port::AnswerPart;
use assay_domain::{
    AnswerKind, Cancel, Failure, Prompt, Question, Reason, ReasonCode, StageName, StageState, Unread, Wanted,
};
use futures::StreamExt;

use super::inputs::Ask;
use super::report::AskEvent;
use super::stages::Stages;
use crate::follow_up::{keeps_names, leans, stand_alone};

/// The question to search for. A question that leans on the ones before it in its conversation is rewritten, by the
/// language model where one writes the answers, by rules otherwise. The first question of a conversation has no such stage.
pub(super) async fn standing_alone(
    with: &Ask<'_>,
    question: &Question,
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> Question {
    if question.earlier.is_empty() {
        return question.clone();
    }
    if !question.steps.follow_up {
        let off = Reason::new(ReasonCode::SwitchedOff, "the question is searched as it was typed");
        stages.skipped(StageName::FollowUp, off);
        return question.clone();
    }
    if !leans(&question.text) {
        let alone = Reason::new(ReasonCode::StandsAlone, "the question does not lean on the one before");
        stages.skipped(StageName::FollowUp, alone);
        return question.clone();
    }
    let begun = Instant::now();
    let by_rules = || stand_alone(&question.text, &question.earlier);
    let (text, state, failure) = match by_writer(with, question, cancel).await {
        None => (by_rules(), StageState::Done, None),
        Some(Ok(text)) => (text, StageState::Done, None),
        Some(Err(failure)) => (by_rules(), StageState::FellBack, Some(failure)),
    };
    let reason = match failure {
        Some(failure) => Reason::new(ReasonCode::WriterFailed, format!("rewritten by rules: {failure}")),
        None => Reason::new(ReasonCode::Rewritten, format!("searched as: {text}")),
    };
    stages.finished(StageName::FollowUp, begun, state, Some(reason));
    (stages.on)(AskEvent::StandsAlone(&text));
    Question { text, ..question.clone() }
}

const RULES: &str = "\
Rewrite the last question so that it can be understood without the questions before it.
Carry over names, numbers and subjects that it refers to. Keep its language. Answer with the question alone.";

/// Longest rewritten question in characters; a longer one is an answer.
const LONGEST: usize = 400;

/// The question as the language model rewrites it; `None` if no language model writes.
async fn by_writer(with: &Ask<'_>, question: &Question, cancel: &Cancel) -> Option<Result<String, Failure>> {
    let writer = with.writer.0;
    if writer.kind() != AnswerKind::Written {
        return None;
    }
    let earlier: String = question.earlier.iter().map(|before| format!("Question: {before}\n")).collect();
    let prompt = Prompt {
        question: question.text.clone(),
        passages: Vec::new(),
        unread: Unread::default(),
        wanted: Wanted::Best,
        system: RULES.to_owned(),
        user: format!("{earlier}Last question: {}\n\nRewritten question:", question.text),
        limit: None,
    };
    let mut written = String::new();
    let mut parts = writer.write(prompt);
    while let Some(part) = parts.next().await {
        match part {
            Ok(AnswerPart::Text(text)) => written.push_str(&text),
            Ok(_) => (),
            Err(failure) => return Some(Err(failure)),
        }
        if cancel.is_stopped() {
            return Some(Err(Failure::stopped()));
        }
    }
    let line = written.lines().map(|line| line.trim().trim_matches(['"', '“', '”'])).find(|line| !line.is_empty());
    let usable = line.filter(|line| line.chars().count() <= LONGEST && line.chars().any(char::is_alphanumeric));
    let Some(line) = usable else { return Some(Err(Failure::bug("the language model wrote no question"))) };
    if !keeps_names(&question.text, line) {
        return Some(Err(Failure::bug("the language model left a number or a code of the question out")));
    }
    Some(Ok(line.to_owned()))
}
