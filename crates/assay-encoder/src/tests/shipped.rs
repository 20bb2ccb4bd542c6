//! The shipped rerankers: real weights against the figures of another engine.
#![allow(clippy::print_stdout, reason = "the differences are worth reading")]

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{DeviceChoice, EncoderOptions, Precision, Scorer, TokenSequence};

#[derive(Deserialize)]
struct Reference {
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    input_ids: Vec<u32>,
    token_type_ids: Vec<u32>,
    /// The logit of f32 arithmetic.
    logit: f32,
    /// The logit of onnxruntime's arithmetic in int8, where it was computed.
    int8: Option<f32>,
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name)
}

fn logits(name: &str, pairs: &[Pair], precision: Precision) -> Vec<f32> {
    let options = EncoderOptions { device: DeviceChoice::Cpu, threads: Some(2), precision };
    let sequence = |pair: &Pair| TokenSequence { ids: pair.input_ids.clone(), types: pair.token_type_ids.clone() };
    let sequences: Vec<TokenSequence> = pairs.iter().map(sequence).collect();
    Scorer::open(&shipped(name), options).unwrap().logits(&sequences).unwrap()
}

fn furthest(got: &[f32], wanted: impl Iterator<Item = f32>) -> f32 {
    got.iter().zip(wanted).map(|(got, wanted)| (got - wanted).abs()).fold(0.0, f32::max)
}

#[test]
fn shipped_rerankers_give_the_logits_of_their_reference() {
    for (name, count) in [("assay-reranker-zh-en", 16), ("ms-marco-MiniLM-L-12-v2", 16)] {
        let text = std::fs::read_to_string(shipped(name).join("reference.json")).unwrap();
        let Reference { pairs } = serde_json::from_str(&text).unwrap();
        assert_eq!(pairs.len(), count, "{name}");
        let exact = logits(name, &pairs, Precision::F32);
        let away = furthest(&exact, pairs.iter().map(|pair| pair.logit));
        assert!(away <= 1e-4, "{name}: a logit differs by {away} from {:?}", exact);
        if pairs.iter().all(|pair| pair.int8.is_some()) {
            // Both round activations to 8 bits: onnxruntime with a scale for each matrix, this engine for each row.
            let reduced = logits(name, &pairs, Precision::Int8);
            let theirs = furthest(&reduced, pairs.iter().filter_map(|pair| pair.int8));
            let ours = furthest(&reduced, pairs.iter().map(|pair| pair.logit));
            println!(
                "{name}: f32 {away:.6} from the reference; int8 {ours:.3} from it, {theirs:.3} from onnxruntime's"
            );
            assert!(ours <= 0.15 && theirs <= 0.5, "{name} in int8: {ours} from f32, {theirs} from onnxruntime's int8");
        }
    }
}
