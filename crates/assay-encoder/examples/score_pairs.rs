//! Scores pairs with a model folder of any family and prints the scores as one line of JSON.
//!
//! The pairs are a file `[{"question": "...", "passages": ["...", ...]}, ...]`; the scores are in its order.
//! `tests/reference/true_shapes.py` compares them with the reference's.
//!
//!     cargo run --example score_pairs -- FOLDER PAIRS.json
#![allow(clippy::print_stdout, reason = "an example prints its result")]
#![allow(clippy::unwrap_used, reason = "an example stops where it fails")]

use std::path::PathBuf;

use assay_domain::port::{PairScore, Reranker};
use assay_encoder::{DeviceChoice, EncoderOptions, open_reranker};
use futures::StreamExt;
use futures::executor::block_on;

#[derive(serde::Deserialize)]
struct Asked {
    question: String,
    passages: Vec<String>,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap());
    let asked = std::fs::read_to_string(arguments.next().unwrap()).unwrap();
    let asked: Vec<Asked> = serde_json::from_str(&asked).unwrap();
    let options = EncoderOptions { device: DeviceChoice::Cpu, ..EncoderOptions::default() };
    let reranker = open_reranker(&folder, "true shape", vec![], options).unwrap();
    let mut logits = Vec::new();
    for Asked { question, passages } in asked {
        let batches: Vec<_> = block_on(reranker.score(question, passages).collect());
        let scores: Vec<PairScore> = batches.into_iter().flat_map(Result::unwrap).collect();
        logits.extend(scores.iter().map(|score| score.logit));
    }
    println!("{}", serde_json::to_string(&logits).unwrap());
}
