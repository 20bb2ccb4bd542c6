//! Every family against its reference implementation, from text to score.
//!
//! `tests/reference/make.py` writes the models and runs the references.

use std::collections::HashMap;
use std::path::Path;

use assay_domain::port::{Embedder, PairScore, Reranker, TextKind};
use futures::StreamExt;
use futures::executor::block_on;
use serde::Deserialize;

use super::{RERANKERS, model};
use crate::{BgeM3Score, DeviceChoice, EncoderOptions, open_bge_m3, open_embedder, open_reranker};

const TOLERANCE: f32 = 1e-4;

#[derive(Deserialize)]
struct AskedQuestion {
    question: String,
    passages: Vec<String>,
}

fn asked() -> Vec<AskedQuestion> {
    read(&model("pairs.json"))
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn golden<T: serde::de::DeserializeOwned>(name: &str, key: &str) -> T {
    let mut golden: HashMap<String, serde_json::Value> = read(&model(name).join("golden.json"));
    serde_json::from_value(golden.remove(key).unwrap()).unwrap()
}

fn options() -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Cpu, threads: Some(2), ..EncoderOptions::default() }
}

/// Scores all pairs and compares them, and their order, with the golden's.
fn check(name: &str, key: &str, reranker: &dyn Reranker) {
    let wanted: Vec<f32> = golden(name, key);
    let mut got = Vec::new();
    for AskedQuestion { question, passages } in asked() {
        let batches = block_on(reranker.score(question, passages.clone()).collect::<Vec<_>>());
        let scores: Vec<PairScore> = batches.into_iter().flat_map(Result::unwrap).collect();
        assert!(scores.iter().map(|score| score.index).eq(0..passages.len()), "{name}: order");
        for (score, passage) in scores.iter().zip(&passages) {
            assert_eq!(score.tokens_total == 0, passage.is_empty(), "{name}: {score:?} of {passage}");
        }
        assert!(scores[0].tokens_read == scores[0].tokens_total, "{name}: the short passage is read whole");
        assert!(scores[3].tokens_read < scores[3].tokens_total, "{name}: {:?} is cut", scores[3]);
        got.extend(scores.iter().map(|score| score.logit));
    }
    assert_eq!((got.len(), wanted.len()), (40, 40), "{name}");
    for (index, (got, wanted)) in got.iter().zip(&wanted).enumerate() {
        assert!((got - wanted).abs() <= TOLERANCE, "{name} {key}: [{index}] is {got}, not {wanted}");
    }
    let above = |scores: &[f32], a: usize, b: usize| scores[a] > scores[b];
    for (a, b) in (0..40).flat_map(|a| (0..40).map(move |b| (a, b))) {
        // Scores that the reference gives as equal have no order.
        if (wanted[a] - wanted[b]).abs() > 2e-6 {
            assert_eq!(above(&got, a, b), above(&wanted, a, b), "{name} {key}: order of [{a}] and [{b}]");
        }
    }
}

/// Embeds questions and passages and compares the vectors with the golden's.
fn check_vectors(name: &str, pooling: &str) {
    let embedder = open_embedder(&model(name), name, None, options()).unwrap();
    assert_eq!(embedder.identity().pooling, pooling, "{name}");
    let asked = asked();
    let questions = asked.iter().map(|asked| asked.question.clone()).collect();
    let mut passages: Vec<String> = asked.iter().flat_map(|asked| asked.passages[..4].iter().cloned()).collect();
    passages.push(String::new());
    for (kind, key, texts) in [(TextKind::Query, "queries", questions), (TextKind::Passage, "passages", passages)] {
        let wanted: Vec<Vec<f32>> = golden(name, key);
        let got = block_on(embedder.embed(kind, texts)).unwrap();
        assert_eq!(got.len(), wanted.len(), "{name} {key}");
        for (index, (got, wanted)) in got.iter().zip(&wanted).enumerate() {
            assert_eq!(got.len(), wanted.len());
            let difference = got.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(difference <= TOLERANCE, "{name} {key}: vector {index} differs by {difference}");
        }
    }
}

#[test]
fn rerankers_score_as_their_references() {
    for name in RERANKERS {
        let reranker = open_reranker(&model(name), name, vec![], options()).unwrap();
        check(name, "scores", &reranker);
    }
}

#[test]
fn bge_m3_scores_as_its_reference() {
    for (score, key) in [(BgeM3Score::MultiVector, "multi_vector"), (BgeM3Score::Lexical, "lexical")] {
        let reranker = open_bge_m3(&model("bge-m3"), "bge-m3", vec![], options(), score).unwrap();
        check("bge-m3", key, &reranker);
    }
    let chosen = open_reranker(&model("bge-m3"), "bge-m3", vec![], options()).unwrap();
    check("bge-m3", "multi_vector", &chosen);
}

#[test]
fn bi_encoders_embed_as_sentence_transformers() {
    for (name, pooling) in [
        ("bert-bge", "cls"),
        ("xlm-roberta-e5", "mean"),
        ("distilbert-dot", "mean"),
        ("bert-last", "last"),
        ("modernbert-mean", "mean"),
        ("qwen3-embedding", "last"),
        ("bge-m3", "cls"),
    ] {
        check_vectors(name, pooling);
    }
}
