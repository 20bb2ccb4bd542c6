use std::sync::Arc;

use assay_domain::port::{AnswerPart, PairScore, Reranker, RerankerIdentity, Writer};
use assay_domain::{AnswerKind, ChunkId, DocumentId, Failure, GenerationId, NumberedPassage, Precision, Prompt};
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
    let usual = Choice::default();
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

#[test]
fn without_a_reranker_word_overlap_decides_and_the_name_says_so() {
    let usual = Choice::default();
    let name = "extractive (word overlap)";
    check(
        None,
        usual,
        "Who says nobody lives on it?",
        &[ROOF, CELLAR],
        name,
        &[(1, "Nobody lives there, says Dr. Li.")],
    );
    check(None, usual, "无关的问题", &[ROOF, CELLAR], name, &[(1, "The pump stands on the roof.")]);
    let chinese = ["水泵安装在屋顶的机房里。最高压力为三点五巴，不得超过。酒存放在地下室的木架上。"];
    check(None, usual, "最高压力是多少？", &chinese, name, &[(1, "最高压力为三点五巴，不得超过。")]);
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
    let writer = Extractive::new(None);
    assert_eq!(writer.kind(), AnswerKind::Extractive);
    assert_eq!(writer.budget(), None);
    assert_eq!(block_on(writer.count_tokens(vec!["a".into(), "b".into()])), Ok(vec![0, 0]));
}

fn check(
    reranker: Option<Arc<dyn Reranker>>,
    choice: Choice,
    question: &str,
    passages: &[&str],
    name: &str,
    expected: &[(u32, &str)],
) {
    let writer = Extractive::new(reranker).with_choice(choice);
    let parts: Vec<AnswerPart> = block_on(writer.write(prompt(question, passages)).map(Result::unwrap).collect());
    let mut text = String::new();
    let mut quotes = Vec::new();
    for part in &parts {
        match part {
            AnswerPart::Text(more) => text.push_str(more),
            AnswerPart::Quote { number, quote } => quotes.push((*number, quote.as_str())),
        }
    }
    assert_eq!(quotes, expected, "quotes for {question:?}");
    for (number, quote) in &quotes {
        assert!(passages[*number as usize - 1].contains(quote), "{quote:?} is no slice");
        assert!(text.contains(&format!("“{quote}” [{number}]")), "{text}");
    }
    assert_eq!(writer.name(), name);
}

fn rerank(failure: Option<Failure>) -> Option<Arc<dyn Reranker>> {
    let identity = RerankerIdentity {
        name: "shared words".into(),
        weights: String::new(),
        max_tokens: 512,
        languages: Vec::new(),
        device: "cpu".into(),
        precision: Precision::F32,
    };
    Some(Arc::new(SharedWords { identity, failure }))
}

fn prompt(question: &str, passages: &[&str]) -> Prompt {
    let passages = (1..).zip(passages).map(|(number, text)| NumberedPassage {
        number,
        chunk: ChunkId { generation: GenerationId(1), ordinal: number },
        document: DocumentId(1),
        name: "a.txt".into(),
        page: None,
        text: (*text).to_owned(),
    });
    Prompt { question: question.into(), passages: passages.collect(), system: String::new(), user: String::new() }
}
