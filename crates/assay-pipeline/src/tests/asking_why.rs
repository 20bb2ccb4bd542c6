//! Where a text stands at every stage, and where it was cut.

use assay_domain::fakes::{EchoWriter, WordReranker};
use assay_domain::port::Catalogue;
use assay_domain::{Cancel, DocumentState, Failure, Problem, Question, ReasonCode, RerankMode, Scope, Threshold};

use futures::FutureExt;

use super::{Fixture, block_on, question};
use crate::why::{Matched, Rung, RungName, Sought, Standing, WhyOutcome, WhyReport, why};

const FILES: [(&str, &str); 5] = [
    ("near", "the harbour lamp is lit at dusk by the keeper"),
    ("middle", "the harbour lamp is painted red"),
    ("far", "the harbour wall is of stone and moss"),
    ("copy", "the harbour lamp is lit at dusk by the keeper"),
    ("other", "pears and plums in jars"),
];

fn asked() -> Question {
    question("when is the harbour lamp lit")
}

fn filled(more: &[(&str, &str)]) -> Fixture {
    let files: Vec<(&str, &str)> = FILES.iter().chain(more).copied().collect();
    let fixture = Fixture::with(&files);
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    fixture.ingest(&paths, &Cancel::default()).unwrap();
    fixture
}

fn try_why(fixture: &Fixture, question: &Question, text: &str) -> Result<WhyReport, Failure> {
    block_on(why_with(fixture, question, text, &Cancel::default()))
}

async fn why_with(fixture: &Fixture, question: &Question, text: &str, cancel: &Cancel) -> Result<WhyReport, Failure> {
    let (reranker, writer) = (WordReranker::default(), EchoWriter::default());
    let with = fixture.models(&reranker, &writer);
    why(&with, question, Sought { text, document: None }, cancel).await
}

fn whereabouts(fixture: &Fixture, question: &Question, text: &str) -> WhyReport {
    try_why(fixture, question, text).unwrap()
}

fn rung(report: &WhyReport, name: RungName) -> &Rung {
    report.rungs.iter().find(|rung| rung.name == name).unwrap()
}

fn name(report: &WhyReport) -> &str {
    report.document.as_ref().map_or("", |document| &document.name)
}

#[test]
fn a_text_is_followed_to_the_stage_that_cut_it() {
    let fixture = filled(&[]);
    let strict = Question { threshold: Threshold::Fixed(0.9), ..asked() };
    let narrow = Question { retrieve: 1, ..asked() };
    let shallow = Question { rerank_pool: 1, ..asked() };
    let in_others = Scope { collection: Some("others".into()), ..Scope::default() };
    let elsewhere = Question { scope: in_others, ..asked() };
    let unscoped = Question { scope: Scope { folder: Some("nowhere".into()), ..Scope::default() }, ..asked() };
    for (question, text, document, outcome, cut) in [
        (&asked(), "Lamp is lit\n at DUSK", "near", WhyOutcome::Kept, None),
        (&asked(), "painted red", "middle", WhyOutcome::Kept, None),
        (&asked(), "wall is of stone", "far", WhyOutcome::BeyondTop, Some(RungName::Kept)),
        (&strict, "wall is of stone", "far", WhyOutcome::BelowThreshold, Some(RungName::Kept)),
        (&narrow, "wall is of stone", "far", WhyOutcome::NotInPool, Some(RungName::Vector)),
        (&shallow, "painted red", "middle", WhyOutcome::NotReranked, Some(RungName::Rerank)),
        (&elsewhere, "painted red", "middle", WhyOutcome::OtherCollection, None),
        (&unscoped, "painted red", "middle", WhyOutcome::OutOfScope, None),
        (&asked(), "the harbour wal is of stone and mos", "far", WhyOutcome::BeyondTop, Some(RungName::Kept)),
    ] {
        let report = whereabouts(&fixture, question, text);
        assert_eq!((name(&report), report.outcome), (document, outcome), "{text}: {}", report.reason);
        let first_cut = report.rungs.iter().find(|rung| rung.cut.is_some()).map(|rung| rung.name);
        assert_eq!(first_cut, cut, "{text}: {:?}", report.rungs);
        assert!(!report.reason.is_empty());
    }
}

#[test]
fn ranks_and_scores_are_those_of_the_whole_order() {
    let fixture = filled(&[]);
    let narrow = Question { retrieve: 1, ..asked() };
    let report = whereabouts(&fixture, &narrow, "wall is of stone");
    let vector = rung(&report, RungName::Vector);
    // Before it stand the lamp, its copy, and the red lamp.
    assert_eq!((vector.standing, vector.rank, vector.limit), (Standing::Outside, Some(4), Some(1)));
    let lexical = rung(&report, RungName::Lexical);
    assert_eq!((lexical.rank, lexical.of, lexical.score), (Some(4), Some(4), Some(3.0)));
    let fused = rung(&report, RungName::Fused);
    assert_eq!((fused.standing, fused.rank, fused.score), (Standing::CutBefore, None, None));
    // Judged although it was not in the pool: three shared words less one, behind the lamp, which the pool holds.
    let rerank = rung(&report, RungName::Rerank);
    assert_eq!((rerank.standing, rerank.rank, rerank.of), (Standing::Outside, Some(2), Some(2)));
    assert_eq!((rerank.score, rerank.model.as_deref()), (Some(2.0), Some("shared words")));
    assert_eq!(rung(&report, RungName::Kept).threshold, Some(0.5));
    assert!(report.reason.contains("with 4 candidates"), "{}", report.reason);

    let wide = whereabouts(&fixture, &asked(), "wall is of stone");
    let both = [RungName::Vector, RungName::Lexical];
    for name in both {
        assert_eq!(rung(&wide, name).score, rung(&report, name).score, "the pool changes no score");
        assert_eq!(rung(&wide, name).rank, rung(&report, name).rank, "the pool changes no rank");
        assert_eq!(rung(&wide, name).standing, Standing::Ranked);
    }
    let rerank = rung(&wide, RungName::Rerank);
    assert_eq!((rerank.standing, rerank.rank, rerank.score), (Standing::Ranked, Some(3), Some(2.0)));
}

#[test]
fn a_stage_that_did_not_run_has_no_rank_and_no_score() {
    let mut fixture = filled(&[]);
    let off = Question { rerank: RerankMode::Off, ..asked() };
    let report = whereabouts(&fixture, &off, "wall is of stone");
    let rerank = rung(&report, RungName::Rerank);
    assert_eq!((rerank.standing, rerank.rank, rerank.score), (Standing::NotRun, None, None));
    assert_eq!(rerank.code, Some(ReasonCode::RerankingOff));
    assert_eq!(rung(&report, RungName::Kept).threshold, None);
    fixture.embedder.broken = true;
    let report = whereabouts(&fixture, &asked(), "painted red");
    let vector = rung(&report, RungName::Vector);
    assert_eq!((vector.standing, vector.rank, vector.score), (Standing::NotRun, None, None));
    assert_eq!((vector.code, report.outcome), (Some(ReasonCode::EmbedderFailed), WhyOutcome::Kept));
}

#[test]
fn a_copy_names_the_passage_before_it_and_other_places_are_listed() {
    let fixture = filled(&[("letter", "the harbour lamp is lit at dusk by the keeper!")]);
    let report = whereabouts(&fixture, &asked(), "by the keeper!");
    assert_eq!((name(&report), report.outcome), ("letter", WhyOutcome::Duplicate));
    assert_eq!(report.copy_of.as_ref().unwrap().name, "near");
    assert_eq!(rung(&report, RungName::Fold).cut, Some(WhyOutcome::Duplicate));
    assert_eq!(rung(&report, RungName::Rerank).standing, Standing::Outside, "it is judged all the same");

    let report = whereabouts(&fixture, &asked(), "dusk by the keeper");
    let twins: Vec<&str> = report.twins.iter().map(|twin| twin.name.as_str()).collect();
    assert_eq!((name(&report), report.outcome, twins), ("near", WhyOutcome::Kept, vec!["copy", "letter"]));
}

#[test]
fn a_text_of_a_missing_document_or_of_no_chunk_says_so() {
    let fixture = filled(&[]);
    let other = fixture.catalogue.documents().unwrap().into_iter().find(|row| row.name == "other").unwrap();
    let gone = Failure::new(Problem::MissingFile, "its file is gone", "put it back");
    fixture.catalogue.set_state(other.id, DocumentState::Missing, Some(&gone)).unwrap();
    let report = whereabouts(&fixture, &asked(), "pears and plums");
    assert_eq!((name(&report), report.outcome), ("other", WhyOutcome::DocumentMissing));
    assert!(report.reason.contains("its file is gone"), "{}", report.reason);
    assert!(report.rungs.iter().all(|rung| rung.standing == Standing::NotSearched && rung.score.is_none()));

    let fixture = filled(&[]);
    fixture.index.rows.lock().unwrap().retain(|row| row.document != other.id);
    let report = whereabouts(&fixture, &asked(), "pears and plums");
    assert_eq!((name(&report), report.outcome), ("other", WhyOutcome::InNoChunk));
    assert!(report.passage.is_none());
}

#[test]
fn a_text_of_no_document_names_what_was_not_read() {
    let nowhere = "zebras graze where nobody wrote";
    let report = whereabouts(&filled(&[]), &asked(), nowhere);
    assert_eq!((report.matched, report.outcome), (Matched::Nowhere, WhyOutcome::InNoDocument));
    assert!(report.passage.is_none() && report.unread.is_empty());

    let report = whereabouts(&filled(&[("damaged", "!")]), &asked(), nowhere);
    assert_eq!(report.outcome, WhyOutcome::DocumentNotRead);
    assert!(report.reason.contains("damaged: the file is damaged"), "{}", report.reason);

    let report = whereabouts(&filled(&[("scan", "first page\u{c}?half of it"), ("damaged", "!")]), &asked(), nowhere);
    assert_eq!(report.outcome, WhyOutcome::PageNotRead);
    let unread: Vec<_> = report.unread.iter().map(|one| (one.name.as_str(), one.page)).collect();
    assert_eq!(unread, [("scan", Some(2)), ("damaged", None)]);
    assert!(report.reason.contains("scan page 2: unreadable"), "{}", report.reason);
}

#[test]
fn a_text_across_two_chunks_is_followed_in_the_one_that_has_more_of_it() {
    let words: Vec<String> = (0..100).map(|number| format!("w{number}")).collect();
    let fixture = filled(&[("long", &words.join(" "))]);
    let narrow = Question { retrieve: 1, ..asked() };
    for quote in [30..65, 10..41] {
        let quote = &words[quote];
        let shared = |text: &str| text.split(' ').filter(|word| quote.iter().any(|wanted| wanted == word)).count();
        let report = whereabouts(&fixture, &narrow, &quote.join("  "));
        let most = fixture.index.rows.lock().unwrap().iter().map(|row| shared(&row.chunk.text)).max().unwrap();
        assert!(most < quote.len(), "no chunk holds all of it");
        let passage = report.passage.as_ref().unwrap();
        assert_eq!((report.matched, shared(&passage.text)), (Matched::Exact, most), "{}", passage.text);
        assert_eq!(report.outcome, WhyOutcome::NotInPool);
        assert_eq!(rung(&report, RungName::Lexical).standing, Standing::NoMatch);
    }
}

#[test]
fn a_text_without_words_is_refused() {
    for text in ["", " … ", &"long ".repeat(5_000)] {
        let failure = try_why(&filled(&[]), &asked(), text).unwrap_err();
        assert_eq!(failure.problem, Problem::BadSetting);
    }
    let failure = try_why(&filled(&[]), &question(""), "painted red").unwrap_err();
    assert_eq!(failure.problem, Problem::EmptyQuestion);
}

#[test]
fn a_retriever_that_misses_what_the_other_has_cuts_nothing() {
    let fixture = filled(&[]);
    for row in fixture.index.rows.lock().unwrap().iter_mut().filter(|row| row.chunk.text.contains("painted")) {
        row.words.text.clear();
        row.words.names.clear();
    }
    let report = whereabouts(&fixture, &asked(), "painted red");
    assert_eq!((name(&report), report.outcome), ("middle", WhyOutcome::Kept));
    assert_eq!(rung(&report, RungName::Lexical).standing, Standing::NoMatch);
    assert!(report.rungs.iter().all(|rung| rung.cut.is_none()), "{:?}", report.rungs);
}

#[test]
fn a_text_that_the_question_does_not_search_says_why_and_no_other_stages_reason() {
    let follow_up = Question { earlier: vec!["Where is the pump?".into()], ..question("What is in here?") };
    let report = whereabouts(&filled(&[]), &follow_up, "pears and plums");
    assert_eq!(
        (report.outcome, report.reason.as_str()),
        (WhyOutcome::NotSearched, "the question is about the list of files")
    );
}

#[test]
fn the_search_for_a_text_gives_way_and_ends_when_it_is_stopped() {
    let many: Vec<(String, String)> =
        (0..50).map(|number| (format!("note {number}"), format!("note {number} about boats"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (fixture, cancel) = (filled(&many), Cancel::default());
    let asked = asked();
    let mut search = Box::pin(why_with(&fixture, &asked, "zebras graze where nobody wrote", &cancel));
    assert!((&mut search).now_or_never().is_none(), "it runs through all documents at once");
    cancel.stop();
    assert_eq!(block_on(search).unwrap_err().problem, Problem::Stopped);
}
