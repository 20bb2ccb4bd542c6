//! Lists, questions about the library, and copies.

use assay_domain::fakes::{EchoWriter, WordReranker};
use assay_domain::port::{AnswerPart, Catalogue};
use assay_domain::{
    AnswerKind, Cancel, DocumentState, Outcome, Question, ReasonCode, StageName, StageState, Steps, Threshold,
};

use super::{Fixture, asked_with, question};
use crate::ask::AskReport;

fn run(fixture: &Fixture, question: &Question) -> AskReport {
    let writer = EchoWriter { quotes: true, ..EchoWriter::default() };
    asked_with(fixture, question, (&WordReranker::default(), None), &Cancel::default(), &writer)
}

fn stage(asked: &AskReport, name: StageName) -> Option<(StageState, Option<ReasonCode>)> {
    let stage = asked.stages.iter().find(|stage| stage.name == name)?;
    Some((stage.state, stage.reason.as_ref().map(|reason| reason.code)))
}

fn library() -> Fixture {
    let rows: Vec<String> = (0..40).map(|row| format!("issue: {row} | status: open")).collect();
    let fixture = Fixture::with(&[
        ("issues.csv", &rows.join("\n")),
        ("bread.txt", "a recipe of bread with flour"),
        ("cake.txt", "a recipe of cake with sugar"),
        ("pond.txt", "the pump of the pond"),
    ]);
    fixture.ingest(&["issues.csv", "bread.txt", "cake.txt", "pond.txt"], &Cancel::default()).unwrap();
    fixture
}

#[test]
fn a_list_reads_the_documents_of_the_kept_passages_to_their_end() {
    let fixture = library();
    let chunks = fixture.index.rows.lock().unwrap().iter().filter(|row| row.chunk.text.contains("issue:")).count();
    assert!(chunks > 3, "the table has {chunks} chunks");
    let asked = run(&fixture, &question("list all issues with status open"));
    let read = asked.stages.iter().find(|stage| stage.name == StageName::ReadOn).unwrap();
    assert_eq!(read.state, StageState::Done);
    let text = &read.reason.as_ref().unwrap().text;
    assert!(text.starts_with(&format!("{} more passages of 1 file were", chunks - 2)), "{text}");
    let off = Question {
        steps: Steps { read_on: false, ..Steps::default() },
        ..question("list all issues with status open")
    };
    let asked = run(&fixture, &off);
    assert_eq!(stage(&asked, StageName::ReadOn), Some((StageState::Skipped, Some(ReasonCode::SwitchedOff))));
    assert_eq!(stage(&run(&fixture, &question("the pump of the pond")), StageName::ReadOn), None);
}

#[test]
fn the_end_of_a_sentence_on_the_next_page_is_read_and_cited() {
    let pages = "the deposit is paid back within\u{c}forty-five days after the keys are returned";
    let fixture = Fixture::with(&[("lease", pages), ("pond", "the pump of the pond")]);
    fixture.ingest(&["lease", "pond"], &Cancel::default()).unwrap();
    let second = AnswerPart::Quote { number: 2, quote: "forty-five days".into() };
    let writer = EchoWriter { quotes: true, says: Some(vec![second]), ..EchoWriter::default() };
    let strict = Question { keep: 1, ..question("the deposit is paid back") };
    let ask = |question: &Question| {
        asked_with(&fixture, question, (&WordReranker::default(), None), &Cancel::default(), &writer)
    };
    let asked = ask(&strict);
    let citations = asked.answer.clone().unwrap().citations;
    assert_eq!(citations.iter().map(|citation| citation.page).collect::<Vec<_>>(), [Some(2)]);
    assert_eq!(stage(&asked, StageName::ReadOn), Some((StageState::Done, Some(ReasonCode::ReadOn))));
    let off = ask(&Question { steps: Steps { read_on: false, ..Steps::default() }, ..strict.clone() });
    assert!(off.answer.unwrap().citations.is_empty());
    let whole = ask(&Question { text: "the pump of the pond".into(), ..strict });
    assert_eq!(stage(&whole, StageName::ReadOn), None);
}

#[test]
fn questions_about_the_library_are_answered_from_its_list_of_files() {
    let fixture = library();
    for text in ["What is in here?", "Which files do I have?", "资料库里有哪些文件？"] {
        let asked = run(&fixture, &question(text));
        let answer = asked.answer.clone().unwrap();
        assert_eq!(answer.kind, AnswerKind::Catalogue, "{text}");
        let names = ["bread.txt", "cake.txt", "issues.csv", "pond.txt"];
        assert!(names.iter().all(|name| answer.text.contains(name)), "{}", answer.text);
        assert!(answer.text.contains('4') && asked.candidates.is_empty());
        assert_eq!(stage(&asked, StageName::Lexical), Some((StageState::Skipped, Some(ReasonCode::AboutLibrary))));
    }
}

#[test]
fn a_missing_file_is_not_listed() {
    let fixture = library();
    let missing = fixture.catalogue.find("default", "cake.txt").unwrap().unwrap();
    fixture.catalogue.set_state(missing.id, DocumentState::Missing, None).unwrap();
    let answer = run(&fixture, &question("What is in here?")).answer.unwrap();
    assert!(answer.text.starts_with("3 files") && !answer.text.contains("cake.txt"), "{}", answer.text);
}

#[test]
fn files_about_a_topic_are_named_with_their_best_passage() {
    let answer = run(&library(), &question("Which files do I have about a recipe with?")).answer.unwrap();
    assert_eq!(answer.kind, AnswerKind::Catalogue);
    assert!(answer.text.starts_with("2 files are about “a recipe with”:"), "{}", answer.text);
    assert!(answer.text.contains("- bread.txt [") && answer.text.contains("- cake.txt ["), "{}", answer.text);
    let quotes: Vec<&str> = answer.citations.iter().map(|citation| citation.quote.as_str()).collect();
    assert_eq!(quotes.len(), 2);
    assert!(quotes.iter().all(|quote| quote.contains("recipe")));
    // Nothing passes the threshold: the nearest files, and the answer says that they are no more than that.
    let strict = Question { threshold: Threshold::Fixed(0.9), ..question("Which files do I have about pump?") };
    let answer = run(&library(), &strict).answer.unwrap();
    assert!(
        answer.text.starts_with("No file is plainly about “pump”; the nearest are:\n- pond.txt"),
        "{}",
        answer.text
    );
}

#[test]
fn copies_stand_behind_all_others_and_are_not_reranked() {
    let report = "the annual report of the cooperative says that the year was good for all of its members and for the \
                  town around it and that the old hall is a store for the young";
    let edited = report.replace("young", "youth");
    let other_number = format!("{report} in 2023");
    let fixture = Fixture::with(&[
        ("a", report),
        ("b", report),
        ("c", edited.as_str()),
        ("d", other_number.as_str()),
        ("e", "the year of the hall"),
    ]);
    fixture.ingest(&["a", "b", "c", "d", "e"], &Cancel::default()).unwrap();
    let asked = run(&fixture, &question("was the year good for the cooperative"));
    let named = |outcome| {
        asked.candidates.iter().filter(|row| row.outcome == outcome).map(|row| row.name.as_str()).collect::<Vec<_>>()
    };
    let copies = named(Outcome::Duplicate);
    assert_eq!(copies.len(), 2, "{copies:?}");
    assert!(!copies.contains(&"d"), "another year is another report");
    let last: Vec<bool> = asked.candidates.iter().map(|row| row.copy_of.is_some()).collect();
    assert!(last.is_sorted(), "{last:?}");
    assert!(asked.candidates.iter().filter(|row| row.copy_of.is_some()).all(|row| row.rerank.is_none()));
    assert_eq!(stage(&asked, StageName::Fold), Some((StageState::Done, Some(ReasonCode::Folded))));
    let off = Question { steps: Steps { fold: false, ..Steps::default() }, ..question("was the year good") };
    assert!(run(&fixture, &off).candidates.iter().all(|row| row.copy_of.is_none()));
}

#[test]
fn a_count_reads_the_nearest_table_below_the_threshold_and_is_refused_if_no_row_fulfils_it() {
    let fixture = library();
    let ask = |text: &str, writer: &EchoWriter| {
        let strict = Question { threshold: Threshold::Fixed(0.999), ..question(text) };
        asked_with(&fixture, &strict, (&WordReranker::default(), None), &Cancel::default(), writer)
    };
    let quotes = EchoWriter { quotes: true, ..EchoWriter::default() };
    let asked = ask("how many issues have the status open", &quotes);
    assert!(asked.candidates.iter().all(|row| row.outcome != Outcome::Kept));
    let read = asked.stages.iter().find(|stage| stage.name == StageName::ReadOn).unwrap();
    let text = &read.reason.as_ref().unwrap().text;
    assert!(text.ends_with("issues.csv is the nearest table and below the threshold"), "{text}");
    let answer = asked.answer.unwrap();
    assert_eq!(answer.kind, AnswerKind::Extractive);
    assert!(answer.text.contains("issue:"), "{}", answer.text);
    // A writer of quotes writes nothing if no row fulfils the question.
    let silent = EchoWriter { quotes: true, says: Some(Vec::new()), ..EchoWriter::default() };
    let answer = ask("how many issues have the status lost", &silent).answer.unwrap();
    assert_eq!(answer.kind, AnswerKind::Refused);
    assert!(answer.text.contains("none passed the threshold"), "{}", answer.text);
    // What is no list is refused as ever, and so is a list without a table.
    for text in ["what is the status of the issue", "which recipe has flour"] {
        let asked = ask(text, &quotes);
        assert_eq!(asked.answer.as_ref().unwrap().kind, AnswerKind::Refused, "{text}");
    }
}

#[test]
fn a_list_of_files_says_how_many_it_leaves_out() {
    let names: Vec<String> = (10..55).map(|number| format!("note-{number}.txt")).collect();
    let texts: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "a note of the club")).collect();
    let fixture = Fixture::with(&texts);
    fixture.ingest(&names.iter().map(String::as_str).collect::<Vec<_>>(), &Cancel::default()).unwrap();
    for (text, said) in
        [("What is in here?", "… 40 of 45 files"), ("资料库里有哪些文件？", "以上是 45 个文件中的 40 个")]
    {
        let answer = run(&fixture, &question(text)).answer.unwrap();
        assert!(answer.text.contains(said), "{}", answer.text);
    }
    let few =
        Question { retrieve: 5, threshold: Threshold::Fixed(0.0), ..question("Which files do I have about the club?") };
    let answer = run(&fixture, &few).answer.unwrap();
    assert!(answer.text.contains("nearest passages were searched"), "{}", answer.text);
}

#[test]
fn a_topic_is_looked_up_in_file_names_by_words() {
    let texts = [("party.txt", "art and cake"), ("art.txt", "oil and art"), ("arts-2.txt", "more of art")];
    let fixture = Fixture::with(&texts);
    fixture.ingest(&texts.map(|(name, _)| name), &Cancel::default()).unwrap();
    let strict = Question { threshold: Threshold::Fixed(0.999), ..question("Which files do I have about the art?") };
    let answer = run(&fixture, &strict).answer.unwrap();
    assert!(answer.text.starts_with("2 files are about “the art”:"), "{}", answer.text);
    assert!(!answer.text.contains("party"), "{}", answer.text);
}

#[test]
fn a_rewritten_question_about_the_library_is_told() {
    let says = vec![assay_domain::port::AnswerPart::Text("What is in here?".into())];
    let writer = EchoWriter { says: Some(says), ..EchoWriter::default() };
    let follow_up = Question { earlier: vec!["Where is the pump?".into()], ..question("What about it?") };
    let asked = asked_with(&library(), &follow_up, (&WordReranker::default(), None), &Cancel::default(), &writer);
    assert_eq!(asked.standalone.as_deref(), Some("What is in here?"));
    assert_eq!(asked.answer.unwrap().kind, AnswerKind::Catalogue);
}
