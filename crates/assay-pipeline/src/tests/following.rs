//! Follow-ups, what a language model writes besides its answer, and names that nothing has.

use assay_domain::fakes::{EchoWriter, WordReranker};
use assay_domain::port::AnswerPart;
use assay_domain::{AnswerKind, Cancel, Question, ReasonCode, StageName, StageState, Steps, Threshold};

use super::{Fixture, asked_with, question};
use crate::ask::AskReport;

fn quoting() -> EchoWriter {
    EchoWriter { quotes: true, ..EchoWriter::default() }
}

fn proteins() -> Fixture {
    let fixture = Fixture::with(&[
        ("yellow", "one kilogram of yellow pea protein causes 1.9 kilograms carbon footprint"),
        ("green", "one kilogram of green pea protein causes 2.3 kilograms carbon footprint"),
        ("bread", "the green bread rises for one night"),
    ]);
    fixture.ingest(&["yellow", "green", "bread"], &Cancel::default()).unwrap();
    fixture
}

fn run(fixture: &Fixture, question: &Question, writer: &EchoWriter) -> AskReport {
    asked_with(fixture, question, (&WordReranker::default(), None), &Cancel::default(), writer)
}

fn stage(asked: &AskReport, name: StageName) -> Option<(StageState, Option<ReasonCode>)> {
    let stage = asked.stages.iter().find(|stage| stage.name == name)?;
    Some((stage.state, stage.reason.as_ref().map(|reason| reason.code)))
}

fn after(text: &str) -> Question {
    let earlier = vec!["What is the carbon footprint of yellow pea protein?".to_owned()];
    Question { earlier, ..question(text) }
}

#[test]
fn a_follow_up_is_searched_as_a_question_that_stands_alone() {
    let asked = run(&proteins(), &after("And of the green one?"), &quoting());
    assert_eq!(asked.standalone.as_deref(), Some("What is the carbon footprint of the green pea protein?"));
    assert_eq!(stage(&asked, StageName::FollowUp), Some((StageState::Done, Some(ReasonCode::Rewritten))));
    assert_eq!(asked.candidates[0].name, "green");
}

#[test]
fn follow_ups_can_be_switched_off_and_other_questions_stay_as_they_are() {
    let off = Question { steps: Steps { follow_up: false, ..Steps::default() }, ..after("And of the green one?") };
    let asked = run(&proteins(), &off, &quoting());
    assert_eq!(asked.standalone, None);
    assert_eq!(stage(&asked, StageName::FollowUp), Some((StageState::Skipped, Some(ReasonCode::SwitchedOff))));
    let asked = run(&proteins(), &after("How long does the green bread rise?"), &quoting());
    assert_eq!(asked.standalone, None);
    assert_eq!(stage(&asked, StageName::FollowUp), Some((StageState::Skipped, Some(ReasonCode::StandsAlone))));
    let first = run(&proteins(), &question("And of the green one?"), &quoting());
    assert_eq!(
        (first.standalone, stage(&run(&proteins(), &question("why green"), &quoting()), StageName::FollowUp)),
        (None, None)
    );
}

#[test]
fn a_language_model_rewrites_the_follow_up_and_rules_stand_in_for_it() {
    let says = vec![AnswerPart::Thinking("hm".into()), AnswerPart::Text("“How green is the bread?”\n".into())];
    let writer = EchoWriter { says: Some(says), ..EchoWriter::default() };
    let asked = run(&proteins(), &after("And of the green one?"), &writer);
    assert_eq!(asked.standalone.as_deref(), Some("How green is the bread?"));
    // One that leaves a number of the question out is not taken.
    let asked = run(&proteins(), &after("And of the green one in 2024?"), &writer);
    assert_eq!(stage(&asked, StageName::FollowUp), Some((StageState::FellBack, Some(ReasonCode::WriterFailed))));
    assert!(asked.standalone.unwrap().contains("2024"));
    // Without passages the fake writes nothing.
    let asked = run(&proteins(), &after("And of the green one?"), &EchoWriter::default());
    assert_eq!(asked.standalone.as_deref(), Some("What is the carbon footprint of the green pea protein?"));
    assert_eq!(stage(&asked, StageName::FollowUp), Some((StageState::FellBack, Some(ReasonCode::WriterFailed))));
}

#[test]
fn thinking_unknown_numbers_and_a_cut_are_parts_of_their_own() {
    let says = vec![
        AnswerPart::Thinking("Passage [1] says so.".into()),
        AnswerPart::Text("It is 2.3 [1] [9]".into()),
        AnswerPart::Quote { number: 1, quote: "2.3".into() },
        AnswerPart::Unknown(9),
        AnswerPart::Cut,
    ];
    let writer = EchoWriter { says: Some(says), ..EchoWriter::default() };
    let asked = run(&proteins(), &question("carbon footprint of green pea protein"), &writer);
    assert_eq!(stage(&asked, StageName::Answer), Some((StageState::Stopped, Some(ReasonCode::AnswerCut))));
    let answer = asked.answer.unwrap();
    assert_eq!((answer.text.as_str(), answer.thinking.as_str()), ("It is 2.3 [1] [9]", "Passage [1] says so."));
    assert_eq!((answer.citations.len(), answer.unknown), (1, vec![9]));
}

#[test]
fn a_year_or_code_that_nothing_names_is_refused_and_a_bound_is_not() {
    let fixture = Fixture::with(&[
        ("report-2023", "in 2023 the net profit was 1.84 million"),
        ("report-2024", "in 2024 the net profit was 2.07 million"),
    ]);
    fixture.ingest(&["report-2023", "report-2024"], &Cancel::default()).unwrap();
    for (text, kind) in [
        ("what was the net profit in 2021", AnswerKind::Refused),
        ("2021年的 net profit 是多少", AnswerKind::Refused),
        ("what was the net profit of the KX-300", AnswerKind::Refused),
        ("what was the net profit in 2024", AnswerKind::Extractive),
        ("what was the net profit after 2021", AnswerKind::Extractive),
        ("what was the net profit of 2 million", AnswerKind::Extractive),
    ] {
        let loose = Question { threshold: Threshold::Fixed(0.0), ..question(text) };
        let asked = run(&fixture, &loose, &quoting());
        let answer = asked.answer.unwrap();
        assert_eq!(answer.kind, kind, "{text}");
        assert_eq!(
            answer.text.contains("2021"),
            text.contains("in 2021") || text.contains("2021年"),
            "{}",
            answer.text
        );
        let named = if kind == AnswerKind::Refused {
            vec![if text.contains("KX") { "KX-300" } else { "2021" }]
        } else {
            vec![]
        };
        assert_eq!(answer.unnamed, named, "{text}");
    }
    // The same year or code in another written form is named.
    let other =
        Fixture::with(&[("norms", "in FY24 the heater of 1,500 W was certified to ISO/IEC 27001 under version 1.2.3")]);
    other.ingest(&["norms"], &Cancel::default()).unwrap();
    for text in [
        "was the heater certified to ISO 27001",
        "was the heater certified in 2024",
        "was the heater certified in FY2024",
        "was the heater of 1500 W certified",
        "was the heater certified under v1.2.3",
        "was the heater certified IN 2024",
    ] {
        let loose = Question { threshold: Threshold::Fixed(0.0), ..question(text) };
        assert_eq!(run(&other, &loose, &quoting()).answer.unwrap().kind, AnswerKind::Extractive, "{text}");
    }
    // A language model sees the passages and says so itself.
    let asked = run(&fixture, &question("what was the net profit in 2021"), &EchoWriter::default());
    assert_eq!(asked.answer.unwrap().kind, AnswerKind::Written);
}
