//! Compares a card with the processor on one model: the self-test, the logits of one question's passages, and the
//! seconds of each round. `tests/peers/card.py` runs it.
//!
//! The pairs are lines of `{"query", "passage"}` with the same question.
//!
//!     cargo run --example card -- target/accelerator/debug/assay-accelerator FOLDER PAIRS.jsonl [rounds]
#![allow(clippy::print_stdout, reason = "an example prints its result")]
#![allow(clippy::unwrap_used, reason = "an example stops where it fails")]

use std::sync::Arc;
use std::time::Instant;

use assay_accelerator::{DeviceReranker, ModelFolder, check};
use assay_domain::port::Reranker;
use assay_encoder::{DeviceChoice, EncoderOptions, open_reranker};
use assay_process::WorkerCommand;
use futures::StreamExt;

#[derive(serde::Deserialize)]
struct Line {
    query: String,
    passage: String,
}

/// The results of one side.
#[derive(serde::Serialize)]
struct Side {
    device: String,
    precision: String,
    logits: Vec<f32>,
    seconds: Vec<f64>,
}

#[derive(serde::Serialize)]
struct Report {
    /// Seconds until the model is on the card.
    opened: f64,
    /// Seconds that the self-test takes.
    checked: f64,
    /// Why the self-test failed; `None` if it passed.
    refused: Option<String>,
    card: Side,
    processor: Side,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [program, folder, pairs, more @ ..] = arguments.as_slice() else {
        panic!("PROGRAM FOLDER PAIRS.jsonl [rounds]")
    };
    let rounds = more.first().map_or(10, |rounds| rounds.parse().unwrap());
    let lines: Vec<Line> =
        std::fs::read_to_string(pairs).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let question = lines.first().unwrap().query.clone();
    let passages: Vec<String> = lines.into_iter().map(|line| line.passage).collect();

    let options = EncoderOptions { device: DeviceChoice::Cpu, ..EncoderOptions::default() };
    let processor = Arc::new(open_reranker(folder.as_ref(), "measured", vec![], options).unwrap());
    let command = WorkerCommand { program: program.into(), args: Vec::new(), env: Vec::new() };
    let model = ModelFolder { folder: folder.into(), name: "measured".into(), languages: Vec::new() };
    let start = Instant::now();
    let card = DeviceReranker::open(&command, &model, processor.clone()).await.unwrap();
    let opened = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let refused = check::rerankers(&card, processor.as_ref()).await.err().map(|failure| failure.to_string());
    let checked = start.elapsed().as_secs_f64();

    // The first round of each warms up.
    let card = side(&card, &question, &passages, rounds).await;
    let processor = side(processor.as_ref(), &question, &passages, 1).await;
    let report = Report { opened, checked, refused, card, processor };
    println!("{}", serde_json::to_string(&report).unwrap());
}

async fn side(reranker: &dyn Reranker, question: &str, passages: &[String], rounds: usize) -> Side {
    let (mut logits, mut seconds) = (vec![f32::NAN; passages.len()], Vec::new());
    for round in 0..=rounds {
        let start = Instant::now();
        let mut batches = reranker.score(question.to_owned(), passages.to_vec());
        while let Some(batch) = batches.next().await {
            for score in batch.unwrap() {
                logits[score.index] = score.logit;
            }
        }
        if round > 0 {
            seconds.push(start.elapsed().as_secs_f64());
        }
    }
    let identity = reranker.identity();
    Side { device: identity.device.clone(), precision: identity.precision.as_str().to_owned(), logits, seconds }
}
