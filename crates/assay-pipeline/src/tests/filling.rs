//! What a language model's context is filled with besides the kept passages.

use std::sync::Mutex;

use assay_domain::fakes::{EchoWriter, WordReranker, words};
use assay_domain::port::{AnswerPart, Writer};
use assay_domain::{
    AnswerKind, Cancel, Failure, Outcome, PassageRole, Prompt, Question, ReasonCode, Stage, StageName, StageState,
    Steps, Threshold,
};
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use super::{Fixture, block_on, question};
use crate::ask::{AskReport, ask};

/// Keeps the prompts that an [`EchoWriter`] gets.
struct Listening {
    echo: EchoWriter,
    heard: Mutex<Vec<Prompt>>,
}

impl Listening {
    fn with(budget: usize) -> Self {
        Self { echo: EchoWriter { budget: Some(budget), ..EchoWriter::default() }, heard: Mutex::default() }
    }

    fn prompt(&self) -> Prompt {
        self.heard.lock().unwrap().last().unwrap().clone()
    }
}

impl Writer for Listening {
    fn name(&self) -> String {
        self.echo.name()
    }

    fn kind(&self) -> AnswerKind {
        self.echo.kind()
    }

    fn budget(&self) -> Option<usize> {
        self.echo.budget()
    }

    fn count_tokens(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<usize>, Failure>> {
        self.echo.count_tokens(texts)
    }

    fn write(&self, prompt: Prompt) -> BoxStream<'_, Result<AnswerPart, Failure>> {
        self.heard.lock().unwrap().push(prompt.clone());
        self.echo.write(prompt)
    }
}

/// A document of six chunks, of which the fourth is about the pump, and another one.
fn fixture() -> Fixture {
    let part = |what: &str| format!("{what} ").repeat(18);
    let text =
        ["ducks swim", "reeds grow", "frogs jump", "pump cleaned", "carp sleep", "herons wait"].map(part).concat();
    let fixture = Fixture::with(&[("/pond", text.trim()), ("/other", "pears and plums in jars")]);
    fixture.ingest(&["/pond", "/other"], &Cancel::default()).unwrap();
    fixture
}

fn one() -> Question {
    Question { keep: 1, threshold: Threshold::Fixed(0.0), ..question("When is the pump cleaned") }
}

fn asked(question: &Question, writer: &dyn Writer) -> AskReport {
    let (fixture, reranker) = (fixture(), WordReranker::default());
    let with = fixture.models(&reranker, writer);
    block_on(ask(&with, question, &Cancel::default(), &mut |_| ())).unwrap()
}

fn context(asked: &AskReport) -> Option<&Stage> {
    asked.stages.iter().find(|stage| stage.name == StageName::Context)
}

fn told(asked: &AskReport) -> Option<(StageState, Option<ReasonCode>, Option<usize>)> {
    let stage = context(asked)?;
    let reason = stage.reason.as_ref();
    Some((stage.state, reason.map(|reason| reason.code), reason.and_then(|reason| reason.count)))
}

/// Words of a prompt.
fn size(prompt: &Prompt) -> usize {
    words(&prompt.system).len() + words(&prompt.user).len()
}

#[test]
fn room_that_is_left_goes_to_the_neighbours_and_the_citation_stays() {
    let writer = Listening::with(10_000);
    let reply = asked(&one(), &writer);
    let prompt = writer.prompt();
    let roles: Vec<PassageRole> = prompt.passages.iter().map(|passage| passage.role).collect();
    assert_eq!(roles[0], PassageRole::Kept);
    assert!(roles.len() > 2 && roles[1..].iter().all(|role| *role == PassageRole::Neighbour), "{roles:?}");
    assert!(
        prompt.passages.iter().all(|passage| passage.number == 1 && passage.document == prompt.passages[0].document)
    );
    assert_eq!(told(&reply), Some((StageState::Done, Some(ReasonCode::Neighbours), Some(roles.len() - 1))));
    assert_eq!(prompt.user.matches("<passage ").count(), 1);
    assert_eq!(prompt.user.matches("<neighbour of=\"1\">").count(), roles.len() - 1);
    assert!(prompt.system.contains("<neighbour>"));
    // They stand in the order of the file.
    let places = ["ducks", "reeds", "frogs", "pump cleaned", "carp", "herons"].map(|word| prompt.user.find(word));
    assert!(places.iter().flatten().is_sorted(), "{places:?}");
    let citation = &reply.answer.unwrap().citations[0];
    assert_eq!(citation.chunk, prompt.passages[0].chunk);
    let kept: Vec<Outcome> =
        reply.candidates.iter().map(|each| each.outcome).filter(|each| *each == Outcome::Kept).collect();
    assert_eq!(kept.len(), 1);
}

#[test]
fn a_neighbour_takes_no_kept_passage_its_place() {
    let free = Listening::with(10_000);
    let off = Question { steps: Steps { neighbours: false, ..Steps::default() }, ..one() };
    let reply = asked(&off, &free);
    assert_eq!(told(&reply), Some((StageState::Skipped, Some(ReasonCode::SwitchedOff), None)));
    assert!(free.prompt().passages.iter().all(|passage| passage.role == PassageRole::Kept));
    let alone = size(&free.prompt());
    // No room but for the passage itself.
    let tight = Listening::with(alone);
    let reply = asked(&one(), &tight);
    assert_eq!(tight.prompt().passages.len(), 1);
    assert_eq!(told(&reply), Some((StageState::Done, None, None)));
    // Every prompt is within its budget.
    for budget in (alone..alone + 300).step_by(20) {
        let writer = Listening::with(budget);
        asked(&one(), &writer);
        assert!(size(&writer.prompt()) <= budget, "{budget}");
    }
    // A writer without a budget quotes; a list reads whole documents.
    let quotes = EchoWriter { quotes: true, budget: Some(10_000), ..EchoWriter::default() };
    assert!(context(&asked(&one(), &quotes)).is_none());
}

#[test]
fn the_best_passage_is_cut_to_its_best_window_where_it_does_not_fit() {
    let free = Listening::with(10_000);
    asked(&Question { steps: Steps { neighbours: false, ..Steps::default() }, ..one() }, &free);
    let whole = free.prompt();
    let writer = Listening::with(size(&whole) - 10);
    let reply = asked(&one(), &writer);
    let prompt = writer.prompt();
    assert_eq!(
        told(&reply).map(|(state, code, _)| (state, code)),
        Some((StageState::Done, Some(ReasonCode::PassageCut)))
    );
    assert_eq!(prompt.passages.len(), 1);
    assert!(whole.passages[0].text.contains(&prompt.passages[0].text), "it is a slice");
    assert!(prompt.passages[0].text.contains("pump cleaned") && size(&prompt) <= size(&whole) - 10);
    assert!(reply.candidates.iter().any(|candidate| candidate.outcome == Outcome::Kept));
    // Without room for anything the writer is not asked.
    let writer = Listening::with(20);
    let reply = asked(&one(), &writer);
    let stage = reply.stages.iter().find(|stage| stage.name == StageName::Answer).unwrap();
    assert_eq!((stage.state, reply.answer), (StageState::Failed, None));
    assert!(stage.reason.as_ref().unwrap().text.contains("longer context"), "{stage:?}");
    assert!(writer.heard.lock().unwrap().is_empty());
    assert!(reply.candidates.iter().all(|candidate| candidate.outcome != Outcome::Kept));
}
