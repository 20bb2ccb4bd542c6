#![allow(clippy::print_stdout, reason = "a suite says how many cases it ran")]

use assay_domain::Cancel;
use assay_domain::fakes::WordReranker;

use super::{Fixture, block_on, question};
use crate::evaluation::{
    Evaluate, JudgedQuestion, Judgement, ScoredPassage, best_f1, calibration_bins, evaluate, hard_negatives,
    threshold_curve,
};
use crate::rerank::plan::{MeasuredReranker, RerankPlan};

fn judgement(passage: Option<&str>, name: Option<&str>, grade: u32) -> Judgement {
    Judgement { document: None, passage: passage.map(str::to_owned), name: name.map(str::to_owned), page: None, grade }
}

#[test]
fn judgements_find_their_passage_in_any_chunking_and_count_in_every_order() {
    let fixture =
        Fixture::with(&[("a", "Ada was born in spring"), ("b", "Ada died in Oslo"), ("c", "pears and plums")]);
    fixture.ingest(&["a", "b", "c"], &Cancel::default()).unwrap();
    let reranker = WordReranker::default();
    let with = Evaluate {
        embedder: &fixture.embedder,
        embedder_measured: &[],
        index: &fixture.index,
        catalogue: &fixture.catalogue,
        rerankers: RerankPlan::Named(MeasuredReranker::unmeasured(&reranker)),
    };
    // Text with other white space, text around the passage, the document alone, text with another document.
    let cases = [
        (judgement(Some("died\n in Oslo"), None, 1), 1.0),
        (judgement(Some("It is said that Ada died in Oslo, in winter"), None, 1), 1.0),
        (judgement(None, Some("b"), 1), 1.0),
        (judgement(Some("died in Oslo"), Some("a"), 1), 0.0),
    ];
    let count = cases.len();
    for (judgement, recall) in cases {
        let judged = JudgedQuestion { question: question("Ada died in Oslo"), judgements: vec![judgement.clone()] };
        let evaluation = block_on(evaluate(&with, &[judged], &Cancel::default(), &mut |_| ())).unwrap();
        assert_eq!(evaluation.orders.len(), 4);
        for order in &evaluation.orders {
            assert_eq!(order.recall.mean, recall, "{judgement:?} {:?}", order.order);
        }
        let right = evaluation.passages.iter().filter(|point| point.relevant == Some(true)).count();
        assert_eq!(right, recall as usize, "{judgement:?}");
    }
    println!("{count} kinds of judgement");
}

#[test]
fn hard_negatives_are_retrieved_scored_low_and_not_judged() {
    let fixture =
        Fixture::with(&[("a", "Ada was born in spring"), ("b", "Ada died in Oslo"), ("c", "pears and plums in Oslo")]);
    fixture.ingest(&["a", "b", "c"], &Cancel::default()).unwrap();
    let reranker = WordReranker::default();
    let with = Evaluate {
        embedder: &fixture.embedder,
        embedder_measured: &[],
        index: &fixture.index,
        catalogue: &fixture.catalogue,
        rerankers: RerankPlan::Named(MeasuredReranker::unmeasured(&reranker)),
    };
    let asked = |judgements| JudgedQuestion { question: question("Ada died in Oslo"), judgements };
    let found = |judgements, cut| block_on(hard_negatives(&with, &asked(judgements), cut, 4)).unwrap();
    let right = judgement(Some("Ada died in Oslo"), None, 1);
    let all = found(vec![right.clone()], 1.1);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(!all.iter().any(|text| text.contains("died")), "judged passages are left out: {all:?}");
    let rest = found(vec![right, judgement(Some("Ada was born in spring"), None, 0)], 1.1);
    assert_eq!(rest, ["pears and plums in Oslo"]);
    assert_eq!(found(vec![], 0.0), Vec::<String>::new(), "nothing is below a threshold of 0");
    let without = Evaluate { rerankers: RerankPlan::Measured(Vec::new()), ..with };
    assert_eq!(block_on(hard_negatives(&without, &asked(vec![]), 1.1, 4)).unwrap(), Vec::<String>::new());
}

fn scored(rows: &[(f32, Option<bool>)]) -> Vec<ScoredPassage> {
    rows.iter().map(|&(probability, relevant)| ScoredPassage { probability, relevant }).collect()
}

#[test]
fn the_best_f1_threshold_separates_relevant_passages_from_the_rest() {
    let marked = scored(&[(0.9, Some(true)), (0.7, Some(true)), (0.4, Some(false)), (0.1, Some(false)), (0.2, None)]);
    let (curve, counted) = threshold_curve(&marked);
    assert!(!counted, "both kinds were judged, so the unjudged are left out");
    assert_eq!(best_f1(&curve), Some(0.7));
    let lowest = curve.first().unwrap();
    assert_eq!((lowest.at, lowest.precision, lowest.recall), (0.1, 0.5, 1.0));

    let positives = scored(&[(0.9, Some(true)), (0.8, None), (0.2, None)]);
    let (curve, counted) = threshold_curve(&positives);
    assert!(counted, "nothing was judged as not relevant, so the unjudged count as that");
    assert_eq!(best_f1(&curve), Some(0.9));
    assert_eq!(threshold_curve(&scored(&[(0.5, None)])).0, []);
}

#[test]
fn calibration_bins_count_every_passage_once_with_its_interval() {
    let rows: Vec<(f32, Option<bool>)> = (0..=100).map(|i| (i as f32 / 100.0, Some(i % 2 == 0))).collect();
    let bins = calibration_bins(&scored(&rows));
    assert_eq!(bins.iter().map(|bin| bin.passages).sum::<u32>(), 101);
    for bin in &bins {
        assert!(bin.relevant.low <= bin.relevant.mean && bin.relevant.mean <= bin.relevant.high);
        assert!(bin.mean >= f64::from(bin.from) - 1e-6 && bin.mean <= f64::from(bin.from) + 0.11);
    }
    // Wilson's interval for 8 of 10, as in statsmodels' proportion_confint.
    let eight: Vec<_> = (0..10).map(|i| (0.95, Some(i < 8))).collect();
    let interval = calibration_bins(&scored(&eight))[0].relevant;
    assert!((interval.low - 0.4902).abs() < 5e-4 && (interval.high - 0.9433).abs() < 5e-4, "{interval:?}");
}
