//! Folders that were written to do harm, or by mistake: each is an error, and none makes a panic.

use std::path::Path;

use assay_domain::port::{Embedder, PairScore, Reranker, TextKind};
use assay_domain::{Failure, Problem};
use futures::StreamExt;
use futures::executor::block_on;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{EMBEDDERS, RERANKERS, change_config, model, tokenizer, write};
use crate::{DeviceChoice, EncoderError, EncoderOptions, Precision, open_embedder, open_reranker};

fn copy(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy_into(&model(name), folder.path());
    folder
}

fn copy_into(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy_into(&path, &to);
        } else {
            std::fs::copy(path, to).unwrap();
        }
    }
}

/// Opens a model and lets it work on one text or pair.
fn use_model(name: &str, folder: &Path) -> Result<(), Failure> {
    let options = EncoderOptions { device: DeviceChoice::Cpu, threads: Some(1), precision: Precision::F32 };
    if EMBEDDERS.contains(&name) {
        let embedder = open_embedder(folder, name, None, options)?;
        return block_on(embedder.embed(TextKind::Passage, vec!["a quiet harbour".into()])).map(|_| ());
    }
    let reranker = open_reranker(folder, name, vec![], options)?;
    let batches = block_on(reranker.score("how deep".into(), vec!["a quiet harbour".into()]).collect::<Vec<_>>());
    batches.into_iter().collect::<Result<Vec<Vec<PairScore>>, _>>().map(|_| ())
}

/// Paths of the whole numbers in a JSON value, as JSON pointers.
fn numbers(value: &Value, path: &str) -> Vec<String> {
    match value {
        Value::Number(_) => vec![path.to_string()],
        Value::Object(fields) => {
            fields.iter().flat_map(|(key, value)| numbers(value, &format!("{path}/{key}"))).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn no_number_of_a_configuration_makes_a_panic() {
    let wrong = [json!(0), json!(1), json!(3), json!(1u64 << 33), json!(u64::MAX), json!(-1), json!(1e300)];
    for name in EMBEDDERS.iter().chain(&RERANKERS) {
        let folder = copy(name);
        use_model(name, folder.path()).unwrap();
        for file in ["config.json", "artifact.metadata", "sentence_bert_config.json", "tokenizer_config.json"] {
            let Ok(text) = std::fs::read_to_string(folder.path().join(file)) else { continue };
            let whole: Value = serde_json::from_str(&text).unwrap();
            for field in numbers(&whole, "") {
                for wrong in &wrong {
                    let mut changed = whole.clone();
                    *changed.pointer_mut(&field).unwrap() = wrong.clone();
                    write(folder.path(), file, &changed);
                    if let Err(failure) = use_model(name, folder.path()) {
                        assert_ne!(failure.problem, Problem::Bug, "{name}, {file} {field} {wrong}: {failure}");
                        assert!(!failure.action.is_empty(), "{failure}");
                    }
                }
            }
            std::fs::write(folder.path().join(file), text).unwrap();
        }
    }
}

#[test]
fn sizes_that_do_not_fit_are_named() {
    let huge = u64::from(u32::MAX);
    for (name, field, value, said) in [
        ("qwen3-reranker", "num_attention_heads", json!(0), "num_attention_heads is 0"),
        ("qwen3-reranker", "num_key_value_heads", json!(0), "num_key_value_heads is 0"),
        ("qwen3-reranker", "num_key_value_heads", json!(3), "not a multiple of num_key_value_heads"),
        ("qwen3-reranker", "head_dim", json!(0), "head_dim is 0"),
        ("qwen3-reranker", "head_dim", json!(31), "head_dim is 31, which is odd"),
        ("qwen3-reranker", "head_dim", json!(16), "q_proj.weight has shape"),
        ("qwen3-reranker", "head_dim", json!(-32), "config.json cannot be read"),
        ("qwen3-reranker", "num_hidden_layers", json!(0), "num_hidden_layers is 0"),
        ("qwen3-reranker", "num_hidden_layers", json!(4), "no tensor"),
        ("qwen3-reranker", "max_position_embeddings", json!(huge), "max_position_embeddings is"),
        ("qwen3-reranker", "intermediate_size", json!(0), "intermediate_size is 0"),
        ("qwen3-reranker", "hidden_act", json!("gelu"), "the activation gelu"),
        ("qwen3-reranker", "rope_scaling", json!({"type": "yarn"}), "rotary positions of the kind yarn"),
        ("qwen3-reranker", "use_sliding_window", json!(true), "a sliding window"),
        ("qwen3-embedding", "num_key_value_heads", json!(0), "num_key_value_heads is 0"),
        ("qwen3-embedding", "head_dim", json!(0), "head_dim is 0"),
        ("gemma-judge", "num_key_value_heads", json!(0), "num_key_value_heads is 0"),
        ("gemma-judge", "head_dim", json!(31), "head_dim is 31, which is odd"),
        ("gemma-judge", "num_hidden_layers", json!(huge), "num_hidden_layers is"),
        ("gemma-judge", "max_position_embeddings", json!(huge), "max_position_embeddings is"),
        ("gemma-judge", "hidden_act", json!("relu"), "the activation relu"),
        ("monot5", "num_heads", json!(0), "num_heads is 0"),
        ("monot5", "eos_token_id", json!(huge), "a special token"),
        ("monot5", "relative_attention_num_buckets", json!(2), "relative_attention_num_buckets is below 4"),
        ("modernbert-classifier", "max_position_embeddings", json!(huge), "max_position_embeddings is"),
        ("modernbert-classifier", "num_attention_heads", json!(64), "the width of its heads is odd"),
        ("deberta-v2-classifier", "max_relative_positions", json!(huge), "max_relative_positions is"),
        ("xlm-roberta-classifier", "pad_token_id", json!(u64::MAX), "leaves no position"),
        ("bert-classifier", "type_vocab_size", json!(0), "type_vocab_size is 0"),
    ] {
        let folder = copy(name);
        change_config(folder.path(), field, value.clone());
        let failure = use_model(name, folder.path()).expect_err(&format!("{name} {field} {value}"));
        assert_eq!(failure.problem, Problem::ModelWrong, "{failure}");
        assert!(failure.message.contains(said), "{name} {field} {value}: {failure}");
    }
}

#[test]
fn a_language_model_whose_answer_is_no_token_is_refused() {
    for (name, word) in [("qwen3-reranker", "yes"), ("qwen3-reranker", "no"), ("gemma-judge", "Yes")] {
        let folder = copy(name);
        let text = std::fs::read_to_string(folder.path().join("tokenizer.json")).unwrap();
        let mut in_parts: Value = serde_json::from_str(&text).unwrap();
        let merges = in_parts["model"]["merges"].as_array_mut().unwrap();
        let count = merges.len();
        merges.retain(|merge| {
            let parts: Vec<String> = match merge {
                Value::String(both) => both.split(' ').map(str::to_owned).collect(),
                both => serde_json::from_value(both.clone()).unwrap(),
            };
            parts.concat() != word
        });
        assert!(merges.len() < count, "{name} puts {word} together");
        // Its words are `w0`, `w1`, ...; every other one is the unknown one.
        let unknown = tokenizer(true);
        for (kind, tokenizer) in [("in parts", in_parts), ("unknown", unknown)] {
            write(folder.path(), "tokenizer.json", &tokenizer);
            let options = EncoderOptions { device: DeviceChoice::Cpu, ..EncoderOptions::default() };
            let Err(error) = open_reranker(folder.path(), name, vec![], options) else {
                panic!("{name} opened with {word} {kind}");
            };
            assert!(matches!(error, EncoderError::Tokenizer { .. }), "{error}");
            let named = ["yes", "no", "Yes"].iter().any(|word| error.to_string().contains(&format!("{word} is not a")));
            assert!(named, "{error}");
        }
    }
}
