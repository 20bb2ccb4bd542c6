//! candle's own BERT or XLM-RoBERTa classifier as a peer in `tests/peers`: padded batches, sorted by length.
//!
//! It loads a model folder and a file of `{"query","passage"}` lines once and then reads commands: `round` times one
//! pass over all pairs and prints `{"seconds","peak_bytes"}`, `scores` prints the logits of that pass, `quit` ends
//! the program. Without a batch size it tries four and keeps the fastest.
//!
//!     cargo run --example stock_candle -- MODEL_FOLDER PAIRS.jsonl [threads] [batch]
#![allow(clippy::print_stdout, reason = "the output is its result")]
#![allow(clippy::unwrap_used, reason = "an example stops where it fails")]

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use candle_core::{DType, Device, Tensor};
use candle_nn::{Linear, Module, VarBuilder};
use candle_transformers::models::{bert, xlm_roberta};
use serde_json::{Value, json};
use tokenizers::{Encoding, Tokenizer};

const SIZES: [usize; 4] = [1, 4, 8, 16];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| arguments.get(place).map(|argument| argument.parse::<usize>().unwrap());
    let folder = Path::new(&arguments[0]);
    if let Some(threads) = number(2) {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    }
    let pairs: Vec<(String, String)> = std::fs::read_to_string(&arguments[1]).unwrap().lines().map(pair).collect();
    let tokenizer = tokenizer(folder);
    let model = Model::open(folder);
    let batch = number(3).unwrap_or_else(|| fastest(&model, &tokenizer, &pairs));
    let mut scores = pass(&model, &tokenizer, &pairs, batch);
    println!("{}", json!({"ready": true, "batch": batch, "versions": {"candle-transformers": "0.11.1"}}));
    for line in std::io::stdin().lock().lines() {
        match line.unwrap().trim() {
            "round" => {
                let begun = Instant::now();
                scores = pass(&model, &tokenizer, &pairs, batch);
                println!("{}", json!({"seconds": begun.elapsed().as_secs_f64(), "peak_bytes": peak_bytes()}));
            }
            "scores" => println!("{}", json!({"scores": scores})),
            "quit" => break,
            _ => {}
        }
    }
}

fn pair(line: &str) -> (String, String) {
    let row: Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| row[name].as_str().unwrap().to_owned();
    (text("query"), text("passage"))
}

fn tokenizer(folder: &Path) -> Tokenizer {
    let mut tokenizer = Tokenizer::from_file(folder.join("tokenizer.json")).unwrap();
    tokenizer.with_padding(None);
    let cut = tokenizers::TruncationParams { max_length: 512, ..Default::default() };
    tokenizer.with_truncation(Some(cut)).unwrap();
    tokenizer
}

fn fastest(model: &Model, tokenizer: &Tokenizer, pairs: &[(String, String)]) -> usize {
    let some: Vec<_> = pairs.iter().step_by((pairs.len() / 12).clamp(1, 3)).cloned().collect();
    pass(model, tokenizer, &some, SIZES[0]);
    let timed = SIZES.map(|size| {
        let begun = Instant::now();
        pass(model, tokenizer, &some, size);
        (begun.elapsed(), size)
    });
    timed.into_iter().min().unwrap().1
}

/// One logit a pair, in the order of the pairs.
fn pass(model: &Model, tokenizer: &Tokenizer, pairs: &[(String, String)], batch: usize) -> Vec<f32> {
    let texts: Vec<_> = pairs.iter().map(|(query, passage)| (query.as_str(), passage.as_str())).collect();
    let encodings = tokenizer.encode_batch(texts, true).unwrap();
    let mut order: Vec<usize> = (0..encodings.len()).collect();
    order.sort_by_key(|&place| std::cmp::Reverse(encodings[place].len()));
    let mut out = vec![0.0; encodings.len()];
    for group in order.chunks(batch) {
        let rows: Vec<&Encoding> = group.iter().map(|&place| &encodings[place]).collect();
        for (&place, logit) in group.iter().zip(model.logits(&rows)) {
            out[place] = logit;
        }
    }
    out
}

/// The two bodies, each with its family's head.
enum Model {
    Bert { body: bert::BertModel, pooler: Linear, classifier: Linear },
    XlmRoberta { whole: xlm_roberta::XLMRobertaForSequenceClassification, padding: u32 },
}

impl Model {
    fn open(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("config.json")).unwrap();
        let config: Value = serde_json::from_str(&text).unwrap();
        let tensors = candle_core::safetensors::load(folder.join("model.safetensors"), &Device::Cpu).unwrap();
        let builder = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        if config["model_type"] == "xlm-roberta" {
            let config: xlm_roberta::Config = serde_json::from_value(config).unwrap();
            let whole = xlm_roberta::XLMRobertaForSequenceClassification::new(1, &config, builder).unwrap();
            return Self::XlmRoberta { whole, padding: config.pad_token_id };
        }
        let config: bert::Config = serde_json::from_value(config).unwrap();
        Self::Bert {
            body: bert::BertModel::load(builder.pp("bert"), &config).unwrap(),
            pooler: candle_nn::linear(config.hidden_size, config.hidden_size, builder.pp("bert.pooler.dense")).unwrap(),
            classifier: candle_nn::linear(config.hidden_size, 1, builder.pp("classifier")).unwrap(),
        }
    }

    fn logits(&self, rows: &[&Encoding]) -> Vec<f32> {
        let longest = rows.iter().map(|row| row.len()).max().unwrap();
        let padded = |pick: &dyn Fn(&Encoding) -> Vec<u32>, padding: u32| {
            let values = rows.iter().flat_map(|row| {
                let mut row = pick(row);
                row.resize(longest, padding);
                row
            });
            Tensor::from_iter(values, &Device::Cpu).unwrap().reshape((rows.len(), longest)).unwrap()
        };
        let ids = |padding| padded(&|row| row.get_ids().to_vec(), padding);
        let mask = padded(&|row| row.get_attention_mask().to_vec(), 0);
        let logits = match self {
            Self::Bert { body, pooler, classifier } => {
                let types = padded(&|row| row.get_type_ids().to_vec(), 0);
                let states = body.forward(&ids(0), &types, Some(&mask)).unwrap();
                let first = states.narrow(1, 0, 1).unwrap().squeeze(1).unwrap().contiguous().unwrap();
                classifier.forward(&pooler.forward(&first).unwrap().tanh().unwrap()).unwrap()
            }
            Self::XlmRoberta { whole, padding } => {
                let types = padded(&|row| vec![0; row.len()], 0);
                whole.forward(&ids(*padding), &mask, &types).unwrap()
            }
        };
        logits.flatten_all().unwrap().to_vec1().unwrap()
    }
}

/// The peak memory of this process; 0 where the system does not report it.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or_default() * 1024
}
