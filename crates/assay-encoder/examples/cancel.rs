//! How long an encoder works on after nobody waits any more.
//!
//! `cancel MODEL_FOLDER [TOKENS]`: scores 100 passages of so many tokens (256), drops the stream
//! half-way through a batch, and asks for one short pair: its answer comes once the encoder is idle.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement: whoever runs it reads what went wrong")]

use std::path::Path;
use std::time::{Duration, Instant};

use assay_domain::port::{PretokenizedReranker, Reranker};
use assay_encoder::{CrossEncoder, EncoderOptions, open_cross_encoder};
use futures::StreamExt;
use futures::executor::block_on;

fn main() {
    let mut words = std::env::args().skip(1);
    let folder = words.next().unwrap();
    let tokens: usize = words.next().map_or(256, |word| word.parse().unwrap());
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
    let alone = Instant::now();
    short(&reranker, &question);
    println!(
        "cancel to idle: median {:?}, worst {:?}; one short pair alone takes {:?}",
        waits[10],
        waits[20],
        alone.elapsed()
    );
}

fn short(reranker: &CrossEncoder, question: &[u32]) {
    let mut batches = reranker.score_ids(question.to_vec(), vec![question.to_vec()]);
    block_on(batches.next()).unwrap().unwrap();
}
