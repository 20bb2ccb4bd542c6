use std::collections::HashMap;

use assay_domain::fakes::{Script, ScriptedWriter, WordReranker};
use assay_domain::port::{Embedder, IndexWriter, TextKind};
use assay_domain::{Cancel, Chunk, ChunkWords, DocumentId, EmbeddedChunk, Failure, GenerationId, Problem};

use super::{Fixture, block_on};
use crate::measure::{CandidatePool, LabelledQuestion, Measure, measure, measure_pools};
use crate::metrics::{bootstrap, ndcg, recall, reciprocal_rank};
use crate::quality::Order;
use crate::rerank::plan::{MeasuredReranker, RerankPlan};

#[test]
fn metrics_agree_with_values_worked_by_hand() {
    // ranked grades, all grades, k, nDCG, reciprocal rank, recall
    let cases: [(&[u32], &[u32], usize, f64, f64, f64); 5] = [
        (&[1, 0, 0], &[1], 10, 1.0, 1.0, 1.0),
        (&[0, 1, 0], &[1], 10, 1.0 / 3.0_f64.log2(), 0.5, 1.0),
        (&[0, 0, 1], &[1], 2, 0.0, 0.0, 0.0),
        (&[1, 2], &[2, 1], 10, (1.0 + 2.0 / 3.0_f64.log2()) / (2.0 + 1.0 / 3.0_f64.log2()), 1.0, 1.0),
        (&[1], &[1, 1], 10, 1.0 / (1.0 + 1.0 / 3.0_f64.log2()), 1.0, 0.5),
    ];
    for (ranked, all, k, gain, first, share) in cases {
        assert!((ndcg(ranked, all, k) - gain).abs() < 1e-12, "{ranked:?}");
        assert!((reciprocal_rank(ranked, k) - first).abs() < 1e-12, "{ranked:?}");
        assert!((recall(ranked, all, k) - share).abs() < 1e-12, "{ranked:?}");
    }
    assert_eq!((ndcg(&[], &[], 10), recall(&[], &[], 10)), (0.0, 0.0));
}

#[test]
fn the_bootstrap_interval_contains_the_mean_and_repeats() {
    let values: Vec<f64> = (0..200).map(|i| f64::from(i % 2)).collect();
    let interval = bootstrap(&values);
    assert!((interval.mean - 0.5).abs() < 1e-12);
    assert!(interval.low < 0.5 && interval.high > 0.5 && interval.high - interval.low < 0.2);
    assert_eq!(interval, bootstrap(&values));
}

#[test]
fn measure_compares_the_orders_of_a_corpus() {
    let fixture = Fixture::with(&[("a", "Ada was born in spring"), ("b", "Ada died in Oslo"), ("c", "pears")]);
    fixture.ingest(&["a"], &Cancel::default()).unwrap();
    let reranker = WordReranker::default();
    let with = Measure {
        embedder: &fixture.embedder,
        embedder_measured: &[],
        index: &fixture.index,
        rerankers: Some(RerankPlan::Named(MeasuredReranker::unmeasured(&reranker))),
        writer: None,
        retrieve: 10,
        rerank_pool: 10,
    };
    let questions = [LabelledQuestion { question: "born in spring".into(), grades: HashMap::from([(0, 1)]) }];
    let orders = [Order::Vector, Order::Lexical, Order::Hybrid, Order::Reranked];
    // A question whose words cannot be looked up is measured as it is asked: as it was written.
    for unspelt in [false, true] {
        *fixture.index.unspelt.lock().unwrap() = unspelt;
        let measured = block_on(measure(&with, &questions, &orders, 10, &mut |_| ())).unwrap();
        assert_eq!(measured.len(), 4);
        assert!(measured.iter().all(|stage| stage.ndcg.mean == 1.0 && stage.recall.mean == 1.0), "{unspelt}");
    }
}

#[test]
fn drafted_queries_are_measured_alone_fused_and_reranked() {
    let fixture = Fixture::default();
    let texts = ["how often is the bread turned", "the shaft is rinsed every spring"];
    let vectors = block_on(fixture.embedder.embed(TextKind::Passage, texts.map(str::to_owned).into())).unwrap();
    let row = |(ordinal, (text, vector)): (u32, (&str, Vec<f32>))| EmbeddedChunk {
        document: DocumentId(1),
        generation: GenerationId(1),
        collection: String::new(),
        chunk: Chunk { ordinal, page_index: 0, page: None, range: 0..text.len(), heading: None, text: text.into() },
        words: ChunkWords { text: text.into(), names: String::new() },
        vector,
    };
    block_on(fixture.index.add((0..).zip(texts.into_iter().zip(vectors)).map(row).collect())).unwrap();
    let reranker = WordReranker::default();
    let script =
        [Script::says("Every spring the shaft is rinsed."), Script::says("shaft rinsed\nrinsed shaft in spring")];
    let writer = ScriptedWriter::with(script);
    let mut with = Measure {
        embedder: &fixture.embedder,
        embedder_measured: &[],
        index: &fixture.index,
        rerankers: Some(RerankPlan::Named(MeasuredReranker::unmeasured(&reranker))),
        writer: Some(&writer),
        retrieve: 10,
        rerank_pool: 10,
    };
    let questions = [LabelledQuestion { question: "how often is it cleaned".into(), grades: HashMap::from([(1, 1)]) }];
    let orders = [Order::Hybrid, Order::Hypothetical, Order::Variants, Order::Drafted, Order::DraftedReranked];
    let found = |with: &Measure<'_>| {
        let measured = block_on(measure(with, &questions, &orders, 10, &mut |_| ()))?;
        Ok::<_, Failure>(measured.iter().map(|quality| (quality.order.as_str(), quality.mrr.mean)).collect::<Vec<_>>())
    };
    // Reranked, the passage with the words of the question is the first again.
    let expected =
        [("hybrid", 0.5), ("hypothetical", 1.0), ("variants", 1.0), ("drafted", 1.0), ("drafted_reranked", 0.5)];
    assert_eq!(found(&with).unwrap(), expected);
    assert_eq!(writer.prompts().len(), 2, "the writer drafts once for a question");
    assert_eq!(orders.map(|order| Order::parse(order.as_str())), orders.map(Some));

    // Where the writer drafts nothing, the question is searched as it stands.
    let silent = ScriptedWriter::with([Script::Fails]);
    with.writer = Some(&silent);
    let expected =
        [("hybrid", 0.5), ("hypothetical", 0.0), ("variants", 0.0), ("drafted", 0.5), ("drafted_reranked", 0.5)];
    assert_eq!(found(&with).unwrap(), expected);
    with.writer = None;
    assert_eq!(found(&with).unwrap_err().problem, Problem::Bug);
}

#[test]
fn candidate_pools_compare_the_given_order_with_the_reranked_one() {
    let pool = CandidatePool {
        question: "Ada died in Oslo".into(),
        texts: vec!["pears".into(), "plums".into(), "Ada died in Oslo".into()],
        grades: vec![0, 0, 1],
        missing: vec![2],
    };
    let measured = block_on(measure_pools(
        &RerankPlan::Named(MeasuredReranker::unmeasured(&WordReranker::default())),
        &[pool],
        10,
        &mut |_| (),
    ))
    .unwrap();
    assert!((measured[0].mrr.mean - 1.0 / 3.0).abs() < 1e-12);
    assert!((measured[1].mrr.mean - 1.0).abs() < 1e-12);
    // A judged passage that is no candidate cannot be found: ideal gain 2 + 1 / log2 3, gain 1.
    assert!((measured[1].recall.mean - 0.5).abs() < 1e-12);
    assert!((measured[1].ndcg.mean - 1.0 / (2.0 + 1.0 / 3.0f64.log2())).abs() < 1e-12);
}
