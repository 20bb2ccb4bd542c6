//! Whether the sentences of a written answer are near to the passages that they cite.

use assay_domain::fakes::{EchoWriter, WordReranker};
use assay_domain::port::AnswerPart;
use assay_domain::{
    AnswerKind, Cancel, CheckScore, CitationVerdict, Question, ReasonCode, RerankMode, Stage, StageName, StageState,
    Steps,
};

use super::{Fixture, asked_with, question};
use crate::ask::AskReport;

const TEXT: &str = "Ada Brand died in Oslo [1]. Pears grow on the moon [1]. Nobody knows why. See there [7].";

/// A writer that says [`TEXT`], and what its sentences cite.
fn writer() -> EchoWriter {
    let sentence = |said: &str, cites: &[u32]| {
        let start = TEXT.find(said).unwrap();
        AnswerPart::Sentence { range: start..start + said.len(), cites: cites.to_vec() }
    };
    let says = vec![
        AnswerPart::Text(TEXT.into()),
        AnswerPart::Unknown(7),
        sentence("Ada Brand died in Oslo [1].", &[1]),
        sentence("Pears grow on the moon [1].", &[1]),
        sentence("Nobody knows why.", &[]),
        sentence("See there [7].", &[]),
    ];
    EchoWriter { says: Some(says), ..EchoWriter::default() }
}

fn asked(question: &Question, reranker: &WordReranker) -> AskReport {
    let fixture = Fixture::with(&[("death", "Ada Brand died in 1938 in Oslo"), ("other", "plums in jars")]);
    fixture.ingest(&["death", "other"], &Cancel::default()).unwrap();
    asked_with(&fixture, question, (reranker, None), &Cancel::default(), &writer())
}

fn one() -> Question {
    Question { keep: 1, ..question("When did Ada Brand die in Oslo") }
}

fn stage(asked: &AskReport) -> &Stage {
    asked.stages.iter().find(|stage| stage.name == StageName::CheckCitations).unwrap()
}

fn verdicts(asked: &AskReport) -> Vec<CitationVerdict> {
    asked.answer.as_ref().unwrap().sentences.iter().map(|sentence| sentence.verdict()).collect()
}

use CitationVerdict::{Found, NotFound, Unchecked, Uncited};

#[test]
fn each_sentence_is_scored_against_the_passages_that_it_cites() {
    let reply = asked(&one(), &WordReranker::default());
    assert_eq!(verdicts(&reply), [Found, NotFound, Uncited, Uncited]);
    let answer = reply.answer.as_ref().unwrap();
    assert_eq!(answer.unknown, [7]);
    let check = answer.sentences[0].check.as_ref().unwrap();
    // Ada, Brand, died, in and Oslo are shared.
    assert!(matches!(check.score, CheckScore::Rerank { logit, .. } if (logit - 4.0).abs() < 1e-6), "{check:?}");
    assert_eq!((&*check.model, check.limit), ("shared words", 0.5));
    let reason = stage(&reply).reason.as_ref().unwrap();
    assert_eq!(
        (stage(&reply).state, reason.code, reason.count),
        (StageState::Done, ReasonCode::CitationsChecked, Some(3))
    );
    assert!(reason.text.contains("scores and no proof"), "{}", reason.text);
}

#[test]
fn without_a_cross_encoder_the_cosine_is_compared_with_the_question_s_own() {
    let off = Question { rerank: RerankMode::Off, ..one() };
    let reply = asked(&off, &WordReranker::default());
    assert_eq!(verdicts(&reply), [Found, NotFound, Uncited, Uncited]);
    let check = reply.answer.unwrap().sentences[0].check.clone().unwrap();
    assert_eq!(&*check.model, "words");
    assert!(matches!(check.score, CheckScore::Cosine(cosine) if cosine >= check.limit && cosine <= 1.001), "{check:?}");
}

#[test]
fn the_check_can_be_switched_off_and_may_fail_without_taking_the_answer_with_it() {
    let off = Question { steps: Steps { check_citations: false, ..Steps::default() }, ..one() };
    let reply = asked(&off, &WordReranker::default());
    assert_eq!(verdicts(&reply), [Unchecked, Unchecked, Uncited, Uncited]);
    assert_eq!(stage(&reply).reason.as_ref().map(|reason| reason.code), Some(ReasonCode::SwitchedOff));
    let reply = asked(&one(), &WordReranker::that_breaks_after(0));
    assert_eq!(reply.answer.as_ref().map(|answer| answer.kind), Some(AnswerKind::Written));
    assert!(stage(&reply).state == StageState::Done, "the bi-encoder compares where the cross-encoder failed before");
}

#[test]
fn a_quoted_answer_is_not_checked() {
    let fixture = Fixture::with(&[("death", "Ada Brand died in 1938 in Oslo")]);
    fixture.ingest(&["death"], &Cancel::default()).unwrap();
    let quotes = EchoWriter { quotes: true, ..EchoWriter::default() };
    let reply = asked_with(&fixture, &one(), (&WordReranker::default(), None), &Cancel::default(), &quotes);
    assert!(reply.stages.iter().all(|stage| stage.name != StageName::CheckCitations));
}
