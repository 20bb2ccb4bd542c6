//! The encoders against their references, on small seeded models with two layers.

mod parity;
mod precisions;
mod shipped;
mod backends;
mod goldens;
mod ids;
mod frames;
mod folders;
mod hostile;
mod int8_weights;
mod schedule;
mod streams;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::TokenSequence;

/// Families that have a small model.
const FAMILIES: [&str; 2] = ["bert-tiny", "xlm-roberta-tiny"];

/// Small rerankers, one of each family.
const RERANKERS: [&str; 9] = [
    "bert-classifier",
    "xlm-roberta-classifier",
    "distilbert-classifier",
    "modernbert-classifier",
    "deberta-v2-classifier",
    "gemma-judge",
    "qwen3-reranker",
    "monot5",
    "colbert",
];

/// Small bi-encoders: every family and every pooling.
const EMBEDDERS: [&str; 7] =
    ["bert-bge", "xlm-roberta-e5", "distilbert-dot", "bert-last", "modernbert-mean", "qwen3-embedding", "bge-m3"];

#[derive(Deserialize)]
struct Reference {
    pairs: Vec<ReferencePair>,
}

#[derive(Deserialize)]
struct ReferencePair {
    input_ids: Vec<u32>,
    token_type_ids: Vec<u32>,
    logit: f32,
}

fn model(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models").join(name)
}

/// Token sequences and the logits that transformers gives them.
fn reference(name: &str) -> (Vec<TokenSequence>, Vec<f32>) {
    let text = std::fs::read_to_string(model(name).join("reference.json")).unwrap();
    let reference: Reference = serde_json::from_str(&text).unwrap();
    let sequence =
        |pair: ReferencePair| (TokenSequence { ids: pair.input_ids, types: pair.token_type_ids }, pair.logit);
    reference.pairs.into_iter().map(sequence).unzip()
}

/// A copy of a small model that a test may change, with a tokenizer of words `w0`, `w1`, ...
fn copy_of(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(model(name).join(file), folder.path().join(file)).unwrap();
    }
    write(folder.path(), "tokenizer.json", &tokenizer(name == "bert-tiny"));
    folder
}

/// A copy whose configuration calls it a bare encoder.
fn encoder_copy_of(name: &str) -> TempDir {
    let folder = copy_of(name);
    let architecture = if name == "bert-tiny" { "BertModel" } else { "XLMRobertaModel" };
    change_config(folder.path(), "architectures", json!([architecture]));
    folder
}

fn write(folder: &Path, file: &str, value: &Value) {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, value.to_string()).unwrap();
}

fn change_config(folder: &Path, key: &str, value: Value) {
    let mut config: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("config.json")).unwrap()).unwrap();
    config[key] = value;
    write(folder, "config.json", &config);
}

/// A word tokenizer with the family's frame, and with the fixed padding and truncation that some models ship, which
/// must have no effect.
fn tokenizer(bert: bool) -> Value {
    let (cls, sep, unknown) = if bert { (101, 102, 100) } else { (0, 2, 3) };
    let word = |id: u32| match id {
        id if id == cls => "<cls>".to_string(),
        id if id == sep => "<sep>".to_string(),
        id if id == unknown => "<unk>".to_string(),
        id => format!("w{id}"),
    };
    let vocabulary: serde_json::Map<_, _> = (0..600).map(|id| (word(id), json!(id))).collect();
    let special = |text: &str, kind: u32| json!({"SpecialToken": {"id": text, "type_id": kind}});
    let text = |name: &str, kind: u32| json!({"Sequence": {"id": name, "type_id": kind}});
    let template = json!({
        "type": "TemplateProcessing",
        "single": [special("<cls>", 0), text("A", 0), special("<sep>", 0)],
        "pair": [special("<cls>", 0), text("A", 0), special("<sep>", 0), text("B", 1), special("<sep>", 1)],
        "special_tokens": {
            "<cls>": {"id": "<cls>", "ids": [cls], "tokens": ["<cls>"]},
            "<sep>": {"id": "<sep>", "ids": [sep], "tokens": ["<sep>"]},
        },
    });
    let roberta = json!({
        "type": "RobertaProcessing", "sep": ["<sep>", sep], "cls": ["<cls>", cls],
        "trim_offsets": true, "add_prefix_space": true,
    });
    let padding = json!({
        "strategy": {"Fixed": 64}, "direction": "Right", "pad_to_multiple_of": null,
        "pad_id": 1, "pad_type_id": 0, "pad_token": "w1",
    });
    json!({
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 40, "strategy": "LongestFirst", "stride": 0},
        "padding": padding,
        "added_tokens": [],
        "normalizer": null,
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": if bert { template } else { roberta },
        "decoder": null,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>"},
    })
}

/// `count` words starting at `w{first}`.
fn words(first: u32, count: u32) -> String {
    let word = |n: u32| format!("w{}", 110 + (first + n * 7) % 400);
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}
