//! Measures the pairs per second of each precision on one model shape, in alternating rounds, and the largest
//! difference of their logits to f32.
//!
//! The weights are random in the shape given (`layers x hidden`), or those of a folder. Lengths are
//! log-normal (median 120, 90 % under 400, at most 512), or all 256.
//!
//!     cargo run --example precisions -- [6x384 | FOLDER] [pairs] [rounds] [threads] [L | U] [precisions]
#![allow(clippy::print_stdout, reason = "an example prints its result")]
#![allow(clippy::unwrap_used, reason = "an example stops where it fails")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay_encoder::{DeviceChoice, EncoderOptions, Precision, Scorer, TokenSequence};
use candle_core::{Device, Tensor};

const BATCH: usize = 8;
const WORDS: usize = 30_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |place: usize, usual: &str| arguments.get(place).cloned().unwrap_or(usual.into());
    let scratch = tempfile::tempdir().unwrap();
    let shape = argument(0, "6x384");
    let folder = match shape.split_once('x').map(|(layers, hidden)| (layers.parse(), hidden.parse())) {
        Some((Ok(layers), Ok(hidden))) => {
            write_model(scratch.path(), layers, hidden);
            scratch.path().to_path_buf()
        }
        _ => PathBuf::from(&shape),
    };
    let (pairs, rounds) = (argument(1, "100").parse().unwrap(), argument(2, "5").parse().unwrap());
    let threads: usize = argument(3, "2").parse().unwrap();
    let sequences = sequences(pairs, &argument(4, "L"));
    let tokens: usize = sequences.iter().map(|sequence| sequence.ids.len()).sum();
    let names = argument(5, "f32,bf16,int8");
    let mut scorers: Vec<(Precision, Scorer, Vec<f64>, Vec<f64>)> = Vec::new();
    for precision in names.split(',').map(|name| Precision::parse(name).unwrap()) {
        let start = Instant::now();
        let options = EncoderOptions { device: DeviceChoice::Cpu, threads: Some(threads), precision };
        match Scorer::open(&folder, options) {
            Ok(scorer) => scorers.push((precision, scorer, Vec::new(), Vec::new())),
            Err(error) => println!("{}: {error}", precision.name()),
        }
        let (seconds, memory) = (start.elapsed().as_secs_f64(), mebibytes("RssAnon:"));
        println!("{} opened in {seconds:.2} s; {memory} MiB of its own", precision.name());
    }
    let mut exact: Option<Vec<f32>> = None;
    for round in 0..=rounds {
        for (precision, scorer, seconds, busy) in &mut scorers {
            let (start, before) = (Instant::now(), processor_seconds());
            let logits: Vec<f32> = sequences.chunks(BATCH).flat_map(|batch| scorer.logits(batch).unwrap()).collect();
            // The first round warms up.
            if round > 0 {
                seconds.push(start.elapsed().as_secs_f64());
                busy.push(processor_seconds() - before);
            } else {
                let exact = exact.get_or_insert_with(|| logits.clone());
                let difference = logits.iter().zip(&*exact).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                let spread = logits.iter().fold((f32::MAX, f32::MIN), |(low, high), &x| (x.min(low), x.max(high)));
                println!("{}: largest difference {difference:.1e}, logits {spread:?}", precision.name());
            }
        }
    }
    println!("{shape}, {pairs} pairs, {tokens} tokens, {threads} threads, {} MiB of its own", mebibytes("RssAnon:"));
    for (precision, _, mut seconds, mut busy) in scorers {
        seconds.sort_by(f64::total_cmp);
        busy.sort_by(f64::total_cmp);
        let (best, median) = (seconds[0], seconds[seconds.len() / 2]);
        println!(
            "{:>5}: {:7.1} pairs/s {:8.0} tokens/s (median), best {:.3} s = {:.1} pairs/s, processor {:.2} s",
            precision.name(),
            pairs as f64 / median,
            tokens as f64 / median,
            best,
            pairs as f64 / best,
            busy[0],
        );
    }
}

/// A size of this process in MiB; 0 where the system does not report it.
fn mebibytes(name: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"));
    line.and_then(|kibibytes| kibibytes.trim().parse::<u64>().ok()).unwrap_or_default() / 1024
}

/// User time of all threads so far, which excludes other processes; 0 where the system does not report it.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = text.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(11)?.parse::<f64>().ok());
    ticks.unwrap_or_default() / 100.0
}

/// Pseudo-random numbers from 0 to 1, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1u64 << 24) as f64
    }
}

fn sequences(count: usize, set: &str) -> Vec<TokenSequence> {
    let mut numbers = Numbers(11);
    let mut sequence = || {
        // Twelve uniform numbers make a good enough normal one.
        let normal = (0..12).map(|_| numbers.next()).sum::<f64>() - 6.0;
        let spread = (400.0f64 / 120.0).ln() / 1.2816;
        let length = if set == "U" { 256 } else { (120.0 * (spread * normal).exp()).clamp(16.0, 512.0) as usize };
        let ids = (0..length).map(|_| 200 + (numbers.next() * (WORDS - 200) as f64) as u32).collect();
        let types = (0..length).map(|place| u32::from(place >= 12)).collect();
        TokenSequence { ids, types }
    };
    (0..count).map(|_| sequence()).collect()
}

fn write_model(folder: &Path, layers: usize, hidden: usize) {
    let heads = if hidden == 384 { 12 } else { hidden / 64 };
    let config = serde_json::json!({
        "architectures": ["BertForSequenceClassification"], "model_type": "bert", "hidden_act": "gelu",
        "vocab_size": WORDS, "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads,
        "intermediate_size": 4 * hidden, "max_position_embeddings": 512, "type_vocab_size": 2, "pad_token_id": 0,
        "layer_norm_eps": 1e-12,
    });
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let mut tensors = HashMap::new();
    let mut random = |name: String, shape: &[usize], mean: f64, spread: f64| {
        let tensor = Tensor::randn(mean as f32, spread as f32, shape, &Device::Cpu).unwrap();
        tensors.insert(name, tensor);
    };
    for (name, rows) in [("word", WORDS), ("position", 512), ("token_type", 2)] {
        random(format!("bert.embeddings.{name}_embeddings.weight"), &[rows, hidden], 0.0, 0.5);
    }
    let mut norms = vec!["bert.embeddings.LayerNorm".to_string()];
    let mut linears = vec![("bert.pooler.dense".into(), hidden, hidden), ("classifier".to_string(), 1, hidden)];
    for layer in 0..layers {
        let name = |part: &str| format!("bert.encoder.layer.{layer}.{part}");
        norms.extend([name("attention.output.LayerNorm"), name("output.LayerNorm")]);
        for part in ["self.query", "self.key", "self.value", "output.dense"] {
            linears.push((name(&format!("attention.{part}")), hidden, hidden));
        }
        linears.push((name("intermediate.dense"), 4 * hidden, hidden));
        linears.push((name("output.dense"), hidden, 4 * hidden));
    }
    for name in norms {
        random(format!("{name}.weight"), &[hidden], 1.0, 0.05);
        random(format!("{name}.bias"), &[hidden], 0.0, 0.05);
    }
    for (name, columns, depth) in linears {
        random(format!("{name}.weight"), &[columns, depth], 0.0, 1.0 / (depth as f64).sqrt());
        random(format!("{name}.bias"), &[columns], 0.0, 0.05);
    }
    candle_core::safetensors::save(&tensors, folder.join("model.safetensors")).unwrap();
}
