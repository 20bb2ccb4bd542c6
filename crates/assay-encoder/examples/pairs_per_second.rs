//! Measures the pairs per second of the packed cross-encoder and of candle's own BERT in the same run.
//!
//! The weights are random in the shape of MiniLM-L6 (6 x 384), which is enough to measure speed. Lengths are log-normal (median 120, 90 % under 400, at most 512).
//! Both read the same token ids in batches of eight; rounds alternate, and medians are printed.
//!
//!     cargo run --example pairs_per_second -- [pairs] [rounds] [threads]
#![allow(clippy::print_stdout, reason = "an example prints its result")]
#![allow(clippy::unwrap_used, reason = "an example stops where it fails")]

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use assay_encoder::{DeviceChoice, EncoderOptions, Scorer, TokenSequence};
use candle_core::{DType, Device, Tensor};
use candle_nn::{Linear, Module, VarBuilder};
use candle_transformers::models::bert::{BertModel, Config};

const HIDDEN: usize = 384;
const BATCH: usize = 8;

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<usize>().unwrap());
    let pairs = arguments.next().unwrap_or(100);
    let rounds = arguments.next().unwrap_or(5);
    let threads = arguments.next();
    let folder = tempfile::tempdir().unwrap();
    write_model(folder.path());
    let sequences = sequences(pairs);
    let tokens: usize = sequences.iter().map(|sequence| sequence.ids.len()).sum();

    let options = EncoderOptions { device: DeviceChoice::Cpu, threads, ..EncoderOptions::default() };
    let mut ours = Scorer::open(folder.path(), options).unwrap();
    let stock = Stock::open(folder.path());
    let mut seconds = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..=rounds {
        let mut measure = |place: usize, run: &mut dyn FnMut() -> Vec<f32>| {
            let start = Instant::now();
            let logits = run();
            // The first round warms up.
            if round > 0 {
                seconds[place].push(start.elapsed().as_secs_f64());
            }
            logits
        };
        let mine = measure(0, &mut || sequences.chunks(BATCH).flat_map(|batch| ours.logits(batch).unwrap()).collect());
        let padded = measure(1, &mut || sequences.chunks(BATCH).flat_map(|batch| stock.logits(batch)).collect());
        let single = measure(2, &mut || sequences.chunks(1).flat_map(|one| stock.logits(one)).collect());
        for (name, other) in [("padded", padded), ("one by one", single)] {
            let difference = mine.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            println!("round {round}: largest difference to candle, {name}: {difference:.1e}");
        }
    }
    for (name, mut seconds) in ["packed", "candle, batches of 8", "candle, one by one"].into_iter().zip(seconds) {
        seconds.sort_by(f64::total_cmp);
        let median = seconds[seconds.len() / 2];
        let (per_pair, per_token) = (pairs as f64 / median, tokens as f64 / median);
        println!("{name:>22}: {per_pair:7.1} pairs/s {per_token:9.0} tokens/s, best {:.2} s", seconds[0]);
    }
}

/// candle's BERT with a classification head.
struct Stock {
    encoder: BertModel,
    pooler: Linear,
    classifier: Linear,
}

impl Stock {
    fn open(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("config.json")).unwrap();
        let config: Config = serde_json::from_str(&text).unwrap();
        let tensors = candle_core::safetensors::load(folder.join("model.safetensors"), &Device::Cpu).unwrap();
        let builder = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        Self {
            encoder: BertModel::load(builder.pp("bert"), &config).unwrap(),
            pooler: candle_nn::linear(HIDDEN, HIDDEN, builder.pp("bert.pooler.dense")).unwrap(),
            classifier: candle_nn::linear(HIDDEN, 1, builder.pp("classifier")).unwrap(),
        }
    }

    fn logits(&self, batch: &[TokenSequence]) -> Vec<f32> {
        let longest = batch.iter().map(|sequence| sequence.ids.len()).max().unwrap();
        let pad = |pick: &dyn Fn(&TokenSequence) -> Vec<u32>| {
            let padded = batch.iter().flat_map(|sequence| {
                let mut row = pick(sequence);
                row.resize(longest, 0);
                row
            });
            Tensor::from_iter(padded, &Device::Cpu).unwrap().reshape((batch.len(), longest)).unwrap()
        };
        let (ids, types) = (pad(&|sequence| sequence.ids.clone()), pad(&|sequence| sequence.types.clone()));
        let mask = pad(&|sequence| vec![1; sequence.ids.len()]);
        let states = self.encoder.forward(&ids, &types, Some(&mask)).unwrap();
        let first = states.narrow(1, 0, 1).unwrap().squeeze(1).unwrap().contiguous().unwrap();
        let pooled = self.pooler.forward(&first).unwrap().tanh().unwrap();
        self.classifier.forward(&pooled).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    }
}

/// Pseudo-random numbers from 0 to 1, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1u64 << 24) as f64
    }
}

fn sequences(count: usize) -> Vec<TokenSequence> {
    let mut numbers = Numbers(11);
    let mut sequence = || {
        // Twelve uniform numbers make a good enough normal one.
        let normal = (0..12).map(|_| numbers.next()).sum::<f64>() - 6.0;
        let spread = (400.0f64 / 120.0).ln() / 1.2816;
        let length = (120.0 * (spread * normal).exp()).clamp(16.0, 512.0) as usize;
        let ids = (0..length).map(|_| 200 + (numbers.next() * 30_000.0) as u32).collect();
        let types = (0..length).map(|place| u32::from(place >= 12)).collect();
        TokenSequence { ids, types }
    };
    (0..count).map(|_| sequence()).collect()
}

fn write_model(folder: &Path) {
    let config = serde_json::json!({
        "architectures": ["BertForSequenceClassification"], "model_type": "bert", "hidden_act": "gelu",
        "vocab_size": 30522, "hidden_size": HIDDEN, "num_hidden_layers": 6, "num_attention_heads": 12,
        "intermediate_size": 1536, "max_position_embeddings": 512, "type_vocab_size": 2, "pad_token_id": 0,
        "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1, "initializer_range": 0.02,
    });
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let mut tensors = HashMap::new();
    let mut random = |name: String, shape: &[usize], mean: f64, spread: f64| {
        let tensor = Tensor::randn(mean as f32, spread as f32, shape, &Device::Cpu).unwrap();
        tensors.insert(name, tensor);
    };
    for (name, rows) in [("word", 30522), ("position", 512), ("token_type", 2)] {
        random(format!("bert.embeddings.{name}_embeddings.weight"), &[rows, HIDDEN], 0.0, 0.5);
    }
    let mut norms = vec!["bert.embeddings.LayerNorm".to_string()];
    let mut linears = vec![("bert.pooler.dense".into(), HIDDEN, HIDDEN), ("classifier".to_string(), 1, HIDDEN)];
    for layer in 0..6 {
        let name = |part: &str| format!("bert.encoder.layer.{layer}.{part}");
        norms.extend([name("attention.output.LayerNorm"), name("output.LayerNorm")]);
        for part in ["self.query", "self.key", "self.value", "output.dense"] {
            linears.push((name(&format!("attention.{part}")), HIDDEN, HIDDEN));
        }
        linears.push((name("intermediate.dense"), 4 * HIDDEN, HIDDEN));
        linears.push((name("output.dense"), HIDDEN, 4 * HIDDEN));
    }
    for name in norms {
        random(format!("{name}.weight"), &[HIDDEN], 1.0, 0.05);
        random(format!("{name}.bias"), &[HIDDEN], 0.0, 0.05);
    }
    for (name, columns, depth) in linears {
        random(format!("{name}.weight"), &[columns, depth], 0.0, 1.0 / (depth as f64).sqrt());
        random(format!("{name}.bias"), &[columns], 0.0, 0.05);
    }
    candle_core::safetensors::save(&tensors, folder.join("model.safetensors")).unwrap();
}
