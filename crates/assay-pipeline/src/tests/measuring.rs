use std::collections::HashMap;

use assay_domain::Cancel;
use assay_domain::fakes::WordReranker;

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
