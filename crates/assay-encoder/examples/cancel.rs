//! Measures how long an encoder works on after its stream is dropped.
//!
//! `cancel MODEL_FOLDER [TOKENS]` scores 100 passages of so many tokens (256 by default), drops the stream half-way
//! through a batch, and scores one short pair, whose score comes once the encoder is idle.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "an example stops where it fails")]

use std::path::Path;
use std::time::{Duration, Instant};

use assay_domain::port::{PretokenizedReranker, Reranker};
use assay_encoder::{CrossEncoder, EncoderOptions, open_cross_encoder};
use futures::StreamExt;
use futures::executor::block_on;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap();
    let tokens: usize = arguments.next().map_or(256, |tokens| tokens.parse().unwrap());
    let reranker = open_cross_encoder(Path::new(&folder), "it", Vec::new(), EncoderOptions::default()).unwrap();
    let sides = reranker.as_pretokenized().unwrap();
    let question = sides.ids(&["what was the pressure in the harbour engine"]).unwrap().remove(0);
    let passage: Vec<u32> = question.iter().copied().cycle().take(tokens).collect();
    short(&reranker, &question);
    let mut waits = Vec::new();
    for run in 0..21 {
        let mut batches = sides.score_ids(question.clone(), vec![passage.clone(); 100]);
        block_on(batches.next()).unwrap().unwrap();
        std::thread::sleep(Duration::from_millis(10 + 7 * run));
        let begun = Instant::now();
        drop(batches);
        short(&reranker, &question);
        waits.push(begun.elapsed());
    }
    waits.sort();
    let begun = Instant::now();
    short(&reranker, &question);
    println!(
        "cancel to idle: median {:?}, worst {:?}; one short pair by itself takes {:?}",
        waits[10],
        waits[20],
        begun.elapsed()
    );
}

fn short(reranker: &CrossEncoder, question: &[u32]) {
    let mut batches = reranker.score_ids(question.to_vec(), vec![question.to_vec()]);
    block_on(batches.next()).unwrap().unwrap();
}
