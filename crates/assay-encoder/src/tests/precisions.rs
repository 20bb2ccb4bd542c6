//! The reduced precisions against f32 on whole models, and the choice between them.
#![allow(clippy::print_stdout, reason = "a suite says how many cases it ran")]

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use futures::executor::block_on;

use assay_domain::port::{Embedder, Reranker, TextKind};

use super::{FAMILIES, copy_of, encoder_copy_of, model, reference, words};
use crate::agreement::{cosine, kendall_tau, shared_top};
use crate::cpu::has_bf16;
use crate::precision_trial::{long_texts, same_direction, same_order};
use crate::tokens::Tokens;
use crate::{
    DeviceChoice, EncoderError, EncoderOptions, Precision, Scorer, TokenSequence, Verdict, Verdicts,
    open_embedder_remembering, open_reranker_remembering, try_precisions, verdict_key,
};

fn options(precision: Precision) -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Cpu, threads: Some(2), precision }
}

fn precisions() -> Vec<Precision> {
    let all = [Precision::F32, Precision::Bf16, Precision::Int8];
    all.into_iter().filter(|precision| *precision != Precision::Bf16 || has_bf16()).collect()
}

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/assay-reranker-zh-en")
}

fn logits(folder: &Path, precision: Precision, sequences: &[TokenSequence]) -> Vec<f32> {
    let mut scorer = Scorer::open(folder, options(precision)).unwrap();
    sequences.chunks(5).flat_map(|batch| scorer.logits(batch).unwrap()).collect()
}

/// Compares a precision with f32 on a model's reference pairs.
fn check(name: &str, folder: &Path, sequences: &[TokenSequence], precision: Precision, tolerance: f32, tau: f64) {
    let (exact, got) = (logits(folder, Precision::F32, sequences), logits(folder, precision, sequences));
    let most = exact.iter().zip(&got).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let (found, shared) = (kendall_tau(&exact, &got), shared_top(&exact, &got, 10));
    println!("{name} {precision:?}: logits differ by {most:.4}, tau {found:.3}, ten best shared {shared:.2}");
    assert!(most <= tolerance, "{name} {precision:?}: {most}");
    assert!(found >= tau && shared >= 0.9, "{name} {precision:?}: tau {found}, shared {shared}");
}

#[test]
fn reduced_precisions_keep_the_order() {
    for precision in precisions() {
        // Random weights of width 32 are far harsher than a trained model of width 384.
        for family in FAMILIES {
            check(family, &model(family), &reference(family).0, precision, 0.6, 0.9);
        }
        let text = std::fs::read_to_string(shipped().join("reference.json")).unwrap();
        let pairs: super::Reference = serde_json::from_str(&text).unwrap();
        let sequences: Vec<TokenSequence> = pairs
            .pairs
            .into_iter()
            .map(|pair| TokenSequence { ids: pair.input_ids, types: pair.token_type_ids })
            .collect();
        check("shipped", &shipped(), &sequences, precision, 0.15, 0.97);
    }
}

#[test]
fn a_logit_is_independent_of_its_batch_in_every_precision() {
    for precision in precisions() {
        for family in FAMILIES {
            let (sequences, _) = reference(family);
            let mut scorer = Scorer::open(&model(family), options(precision)).unwrap();
            let together = scorer.logits(&sequences).unwrap();
            for (sequence, together) in sequences.iter().zip(together) {
                let alone = scorer.logits(std::slice::from_ref(sequence)).unwrap()[0];
                assert!((alone - together).abs() <= 1e-5, "{family} {precision:?}: {alone} and {together}");
            }
        }
    }
}

#[test]
fn bf16_is_refused_on_processors_without_it() {
    let opened = Scorer::open(&model("bert-tiny"), options(Precision::Bf16));
    assert_eq!(opened.err(), (!has_bf16()).then_some(EncoderError::NoBf16));
}

#[test]
fn names_are_parsed_as_their_precision() {
    for precision in [Precision::Auto, Precision::F32, Precision::Bf16, Precision::Int8] {
        assert_eq!(Precision::parse(precision.name()), Some(precision));
    }
    assert_eq!(Precision::parse("f16"), None);
}

#[derive(Default)]
struct Memory(RefCell<HashMap<String, Verdict>>);

impl Verdicts for Memory {
    fn recall(&self, key: &str) -> Option<Verdict> {
        self.0.borrow().get(key).cloned()
    }

    fn remember(&self, key: &str, verdict: &Verdict) {
        self.0.borrow_mut().insert(key.into(), verdict.clone());
    }
}

#[test]
fn a_kept_verdict_decides_the_precision() {
    let (folder, memory) = (copy_of("bert-tiny"), Memory::default());
    let open = || open_reranker_remembering(folder.path(), "tiny", vec![], options(Precision::Auto), &memory).unwrap();
    let first = open();
    let key = verdict_key(&first.identity().weights);
    let found = memory.recall(&key).unwrap();
    assert_eq!(found.precision.name(), first.identity().precision.as_str());
    assert_eq!(first.why_precision(), Some(found.why.as_str()));
    for precision in [Precision::Int8, Precision::F32] {
        let verdict = Verdict { precision, why: "remembered".into() };
        memory.remember(&key, &verdict);
        let opened = open();
        assert_eq!(opened.identity().precision.as_str(), precision.name());
        assert_eq!(opened.why_precision(), Some("remembered"));
    }
    let asked = open_reranker_remembering(folder.path(), "tiny", vec![], options(Precision::Int8), &memory).unwrap();
    assert_eq!((asked.identity().precision.as_str(), asked.why_precision()), ("int8", None));
}

#[test]
fn the_shipped_model_passes_a_precision_trial() {
    let verdict = try_precisions(&shipped(), options(Precision::Auto)).unwrap();
    println!("{verdict:?}");
    assert_ne!(verdict.precision, Precision::Auto);
    assert!(!verdict.why.is_empty());
}

#[test]
fn vectors_in_reduced_precisions_have_the_direction_of_f32() {
    let folder = encoder_copy_of("bert-tiny");
    let texts: Vec<String> = (0..20).map(|n| words(n * 5, 3 + n * 7 % 60)).collect();
    let vectors = |precision| {
        let memory = Memory::default();
        let embedder = open_embedder_remembering(folder.path(), "tiny", None, options(precision), &memory).unwrap();
        assert!(precision == Precision::Auto || embedder.precision() == precision);
        block_on(embedder.embed(TextKind::Passage, texts.clone())).unwrap()
    };
    let exact = vectors(Precision::F32);
    for precision in precisions().into_iter().chain([Precision::Auto]) {
        let cosines: Vec<f64> = exact.iter().zip(vectors(precision)).map(|(a, b)| cosine(a, &b)).collect();
        let mean = cosines.iter().sum::<f64>() / cosines.len() as f64;
        assert!(mean >= 0.995, "{precision:?}: mean cosine {mean}");
    }
}

#[test]
fn a_precision_that_fails_on_long_texts_is_refused() {
    let exact: Vec<f32> = (0..45).map(|n| (n % 20) as f32).collect();
    for (wrong, shift, kept) in [(44, 0.5, true), (44, 2.0, false), (41, f32::NAN, false)] {
        let mut reduced = exact.clone();
        reduced[wrong] += shift;
        let (found, measured) = same_order(40, &exact, &reduced);
        assert_eq!(found, kept, "{shift}: {measured}");
    }
    let exact = vec![vec![1.0, 0.0]; 10];
    let mut reduced = exact.clone();
    assert!(same_direction(8, &exact, &reduced).0);
    // The mean over all ten is 0.998.
    reduced[9] = vec![0.98, 0.198_997];
    let (kept, measured) = same_direction(8, &exact, &reduced);
    assert!(!kept, "{measured}");
}

#[test]
fn a_trial_has_texts_of_512_tokens_and_of_the_limit() {
    let tokens = Tokens::open(&shipped().join("tokenizer.json"), 2).unwrap();
    for (limit, wanted) in [(8192, [512, 512, 512, 512, 2048].as_slice()), (512, &[512; 4]), (256, &[256; 4])] {
        for question in 0..2 {
            let long = long_texts(&tokens, question, limit).unwrap();
            let lengths: Vec<usize> =
                long.iter().map(|(text, length)| tokens.single(text, *length).ids.len()).collect();
            assert_eq!(lengths, wanted, "of {limit}");
            assert_ne!(long[0].0, long[1].0);
        }
    }
}
