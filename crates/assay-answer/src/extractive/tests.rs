mod judges;
mod lists;

use std::sync::Arc;

use assay_domain::port::{AnswerPart, PairScore, Reranker, RerankerIdentity, Writer};
use assay_domain::{
    AnswerKind, ChunkId, DocumentId, Failure, GenerationId, Judged, NumberedPassage, PassageRole, Precision, Prompt,
    Unread, Wanted,
};
use futures::StreamExt;
use futures::executor::block_on;
use futures::stream::{self, BoxStream};

use super::{Choice, Extractive};
use crate::terms::distinct;

/// Counts shared words, in batches of two, or fails.
struct SharedWords {
    identity: RerankerIdentity,
    failure: Option<Failure>,
}

impl Reranker for SharedWords {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        if let Some(failure) = &self.failure {
            return stream::iter([Err(failure.clone())]).boxed();
        }
        let words = distinct(&question);
        let pairs: Vec<PairScore> = (0..)
            .zip(&passages)
            .map(|(index, passage)| {
                let shared = distinct(passage).iter().filter(|word| words.contains(word)).count();
                PairScore { index, logit: shared as f32, tokens_read: 1, tokens_total: 1 }
            })
            .collect();
        let batches: Vec<_> = pairs.chunks(2).map(|batch| Ok(batch.to_vec())).collect();
        stream::iter(batches).boxed()
    }
}

const ROOF: &str = "The pump stands on the roof. Its pressure is 3.5 bar at most. Nobody lives there, says Dr. Li.";
const CELLAR: &str =
    "Its pressure is 3.5 bar at most. The cellar holds wine.\nThe pressure of the pump is checked daily.";

#[test]
fn the_best_sentences_are_quoted_best_first() {
    let usual = Choice { margin: 3.0, ..Choice::default() };
    // By shared words, equals by overlap, a repeated sentence once.
    check(
        rerank(None),
        usual,
        "What is the pressure of the pump?",
        &[ROOF, CELLAR],
        "extractive",
        &[
            (2, "The pressure of the pump is checked daily."),
            (1, "Its pressure is 3.5 bar at most."),
            (1, "The pump stands on the roof."),
        ],
    );
    let one = Choice { max_sentences: 1, ..Choice::default() };
    check(
        rerank(None),
        one,
        "What is the pressure of the pump?",
        &[ROOF, CELLAR],
        "extractive",
        &[(2, "The pressure of the pump is checked daily.")],
    );
    // The margin cuts.
    let narrow = Choice { margin: 0.5, ..Choice::default() };
    check(
        rerank(None),
        narrow,
        "What is the pressure of the pump?",
        &[ROOF, CELLAR],
        "extractive",
        &[(2, "The pressure of the pump is checked daily.")],
    );
    check(rerank(None), usual, "anything", &[], "extractive", &[]);
}

fn judged(logit: f32) -> Option<Judged> {
    Some(Judged { model: "shared words".into(), logit, threshold: 0.0 })
}

/// A passage of `manual.md` with its heading and the logit that put it in its place.
fn under(heading: &str, logit: f32, text: &str) -> NumberedPassage {
    NumberedPassage { heading: Some(heading.into()), judged: judged(logit), ..numbered(1, text) }
}

/// Quotes and text of the answer to a question over these passages.
fn answered(question: &str, wanted: Wanted, passages: Vec<NumberedPassage>) -> (Vec<String>, String) {
    answered_from(Prompt { wanted, passages, ..prompt(question, &[]) })
}

fn answered_from(prompt: Prompt) -> (Vec<String>, String) {
    let passages = (1..).zip(prompt.passages).map(|(number, passage)| NumberedPassage { number, ..passage }).collect();
    let prompt = Prompt { passages, ..prompt };
    let parts: Vec<AnswerPart> = block_on(Extractive::new(rerank(None)).write(prompt).map(Result::unwrap).collect());
    let (mut quotes, mut text) = (Vec::new(), String::new());
    for part in parts {
        match part {
            AnswerPart::Text(more) => text.push_str(&more),
            AnswerPart::Quote { quote, .. } => quotes.push(quote),
            other => panic!("quotes have no {other:?}"),
        }
    }
    (quotes, text)
}

#[test]
fn a_sentence_that_a_page_break_cuts_is_quoted_from_both_pages() {
    let first = numbered(1, "Rent is due on the first day. The rest of the deposit is paid back within");
    let continuation =
        |judged, role, continues, text: &str| NumberedPassage { judged, role, continues, ..numbered(2, text) };
    let end = "forty-five days after the keys are returned. Pets stay outside with the deposit.";
    let question = "Within how many days is the deposit paid back?";
    let joined = ["The rest of the deposit is paid back within", "forty-five days after the keys are returned."];
    let shown = "“The rest of the deposit is paid back within” [1] “forty-five days after the keys are returned.” [2]";

    // The first half was kept, or both were.
    for (logit, role) in [(None, PassageRole::Continuation), (judged(0.5), PassageRole::Kept)] {
        let passages = vec![
            NumberedPassage { judged: judged(2.0), ..first.clone() },
            continuation(logit, role, Some(first.chunk), end),
        ];
        let (quotes, text) = answered(question, Wanted::Best, passages);
        assert_eq!(quotes.get(..2).unwrap(), joined, "{text}");
        assert!(text.starts_with(shown), "{text}");
    }
    // The second half was kept; its other page says nothing else.
    let kept = continuation(judged(2.0), PassageRole::Kept, Some(first.chunk), end);
    let before = NumberedPassage { role: PassageRole::Continuation, ..first.clone() };
    let (quotes, _) = answered("When is the rent due and the deposit paid back?", Wanted::Best, vec![kept, before]);
    assert!(joined.iter().all(|half| quotes.iter().any(|quote| quote == half)), "{quotes:?}");
    assert!(!quotes.iter().any(|quote| quote.contains("Rent is due")), "{quotes:?}");
}

#[test]
fn a_passage_under_the_heading_that_was_asked_for_comes_before_another_models_sentence() {
    let bolts = "The lid bolts are tightened with 9 newton metres.";
    let other = "The lid bolts are tightened with 22 newton metres.";
    let manual = || vec![under("Manual > KX-300", 1.17, other), under("Manual > KX-100", 1.13, bolts)];
    let (quotes, text) =
        answered("With how many newton metres are the lid bolts of the KX-100 tightened?", Wanted::Best, manual());
    assert_eq!(quotes[0], bolts);
    assert!(text.starts_with(&format!("“{bolts}” [2] (Manual > KX-100)")), "the quote names its model: {text}");
    let (quotes, _) =
        answered("With how many newton metres are the lid bolts of the KX 300 tightened?", Wanted::Best, manual());
    assert_eq!(quotes[0], other);
}

#[test]
fn a_heading_within_the_passage_counts_like_one_above_it() {
    let titled = "# Manual\n\n## KX-100\n\nThe lid bolts are tightened with 9 newton metres.";
    let other = "## KX-300\n\nThe lid bolts are tightened with 22 newton metres.";
    let manual = vec![under("Manual > KX-300", 1.17, other), under("Manual", 1.13, titled)];
    let question = "With how many newton metres are the lid bolts of the KX-100 tightened?";
    let (quotes, text) = answered(question, Wanted::Best, manual);
    assert_eq!(quotes[0], "The lid bolts are tightened with 9 newton metres.");
    assert!(text.lines().next().unwrap().ends_with("(Manual > KX-100)"), "{text}");
}

#[test]
fn a_sentence_of_the_best_passage_comes_before_a_like_one_of_a_worse_passage() {
    let hall = "The hall is open from ten to nine, and later on Fridays in the warm months.";
    let note = "Opening hours are subject to change.";
    let passages = vec![under("Hall", 2.4, hall), under("Notes", -1.9, note)];
    let (quotes, _) = answered("When are the opening hours of the hall?", Wanted::Best, passages);
    assert_eq!(quotes[0], hall);
}

#[test]
fn an_identifier_counts_in_the_sentence_or_in_the_name_of_its_file() {
    let decision =
        |name: &str, text: &str, logit| NumberedPassage { name: name.into(), heading: None, ..under("", logit, text) };
    let passages = vec![
        decision("dec-0405.md", "Visitors park behind the hall.", 1.4),
        decision("dec-0054.md", "New laptops are bought every fourth year.", 1.3),
    ];
    let (quotes, _) = answered("What was decided in DEC-0054?", Wanted::Best, passages);
    assert_eq!(quotes[0], "New laptops are bought every fourth year.");
}

#[test]
fn more_sentences_of_nearly_the_same_weight_are_counted() {
    let many = "The pump is red. The pump is green. The pump is blue. The pump is grey. The pump is white.";
    let (quotes, text) = answered("Which colour is the pump?", Wanted::Best, vec![numbered(1, many)]);
    assert_eq!(quotes.len(), 3);
    assert!(text.ends_with("\n… and 2 more"), "{text}");
    let chinese = "水泵的颜色是红色的一种。水泵的颜色是绿色的一种。水泵的颜色是蓝色的一种。水泵的颜色是灰色的一种。";
    let (_, text) = answered("水泵的颜色是什么？", Wanted::Best, vec![numbered(1, chinese)]);
    assert!(text.ends_with("\n……另有 1 处"), "{text}");
}

#[test]
fn without_a_reranker_word_overlap_decides_and_the_name_says_so() {
    let usual = Choice::default();
    let name = "extractive (word overlap)";
    check(
        Vec::new(),
        usual,
        "Who says nobody lives on it?",
        &[ROOF, CELLAR],
        name,
        &[(1, "Nobody lives there, says Dr. Li.")],
    );
    check(Vec::new(), usual, "无关的问题", &[ROOF, CELLAR], name, &[(1, "The pump stands on the roof.")]);
    let chinese = ["水泵安装在屋顶的机房里。最高压力为三点五巴，不得超过。酒存放在地下室的木架上。"];
    check(Vec::new(), usual, "最高压力是多少？", &chinese, name, &[(1, "最高压力为三点五巴，不得超过。")]);
    // A failure of the reranker falls back to word overlap, a stop does not.
    check(
        rerank(Some(Failure::bug("lost"))),
        usual,
        "Who says nobody lives on it?",
        &[ROOF],
        name,
        &[(1, "Nobody lives there, says Dr. Li.")],
    );
    let stopped = Extractive::new(rerank(Some(Failure::stopped())));
    let parts: Vec<_> = block_on(stopped.write(prompt("pump", &[ROOF])).collect());
    assert_eq!(parts, [Err(Failure::stopped())]);
}

#[test]
fn it_has_no_budget_and_counts_nothing() {
    let writer = Extractive::new(Vec::new());
    assert_eq!(writer.kind(), AnswerKind::Extractive);
    assert_eq!(writer.budget(), None);
    assert_eq!(block_on(writer.count_tokens(vec!["a".into(), "b".into()])), Ok(vec![0, 0]));
}

fn check(
    rerankers: Vec<Arc<dyn Reranker>>,
    choice: Choice,
    question: &str,
    passages: &[&str],
    name: &str,
    expected: &[(u32, &str)],
) {
    let writer = Extractive::new(rerankers).with_choice(choice);
    let parts: Vec<AnswerPart> = block_on(writer.write(prompt(question, passages)).map(Result::unwrap).collect());
    let mut text = String::new();
    let mut quotes = Vec::new();
    for part in &parts {
        match part {
            AnswerPart::Text(more) => text.push_str(more),
            AnswerPart::Quote { number, quote } => quotes.push((*number, quote.as_str())),
            other => panic!("quotes have no {other:?}"),
        }
    }
    assert_eq!(quotes, expected, "quotes for {question:?}");
    for (number, quote) in &quotes {
        assert!(passages[*number as usize - 1].contains(quote), "{quote:?} is no slice");
        assert!(text.contains(&format!("“{quote}” [{number}]")), "{text}");
    }
    assert_eq!(writer.name(), name);
}

fn rerank(failure: Option<Failure>) -> Vec<Arc<dyn Reranker>> {
    vec![shared_words("shared words", failure)]
}

fn shared_words(name: &str, failure: Option<Failure>) -> Arc<dyn Reranker> {
    let identity = RerankerIdentity {
        name: name.into(),
        weights: String::new(),
        max_tokens: 512,
        languages: Vec::new(),
        device: "cpu".into(),
        precision: Precision::F32,
    };
    Arc::new(SharedWords { identity, failure })
}

fn prompt(question: &str, passages: &[&str]) -> Prompt {
    let passages = (1..).zip(passages).map(|(number, text)| numbered(number, text));
    Prompt {
        limit: None,
        question: question.into(),
        passages: passages.collect(),
        wanted: Wanted::Best,
        unread: Unread::default(),
        system: String::new(),
        user: String::new(),
    }
}

fn numbered(number: u32, text: &str) -> NumberedPassage {
    NumberedPassage {
        number,
        chunk: ChunkId { generation: GenerationId(1), ordinal: number },
        document: DocumentId(1),
        name: "a.txt".into(),
        folder: String::new(),
        page: None,
        heading: None,
        judged: None,
        foreign: false,
        text: text.to_owned(),
        role: PassageRole::Kept,
        continues: None,
    }
}

#[test]
fn the_entry_of_a_form_whose_label_is_asked_for_is_quoted() {
    let form = "Company: Harbour Tools Ltd\nTax number: 4471902\nContact: Ines Roth\nDelivery days: 12";
    let (quotes, _) = answered("Who is the contact at Harbour Tools?", Wanted::Best, vec![under("Form", 6.0, form)]);
    assert_eq!(quotes.first().map(String::as_str), Some("Contact: Ines Roth"), "{quotes:?}");
    let payslip = "Payslip for Dina Roos\nGross pay\n3,420.00\nNet pay\n2,338.70";
    let (quotes, _) = answered("What is the net pay of Dina Roos?", Wanted::Best, vec![under("", 6.0, payslip)]);
    assert_eq!(quotes.first().map(String::as_str), Some("Net pay\n2,338.70"), "{quotes:?}");
}

#[test]
fn the_head_of_a_mail_is_quoted_only_if_the_mail_is_asked_for() {
    let mail = || NumberedPassage {
        name: "move.eml".into(),
        ..under(
            "Move",
            6.0,
            "From: Zhao Min <zhao@example.com>\nDate: 2026-03-05T10:30:00+08:00\n\nThe plan is discussed on Friday at three.",
        )
    };
    let (quotes, _) = answered("On which date and when is the plan of Zhao discussed?", Wanted::Best, vec![mail()]);
    assert!(quotes.iter().any(|quote| quote.starts_with("Date")), "it asks for a date: {quotes:?}");
    let (quotes, _) = answered("When is the plan of Zhao discussed?", Wanted::Best, vec![mail()]);
    assert_eq!(quotes, ["The plan is discussed on Friday at three."]);
    let (quotes, _) = answered("When did Zhao write of the plan, and from where?", Wanted::Best, vec![mail()]);
    assert!(quotes.iter().any(|quote| quote.starts_with("From")), "{quotes:?}");
}
