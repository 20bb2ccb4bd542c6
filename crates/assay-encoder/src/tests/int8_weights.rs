//! Weights stored in 8 bits: every family reads them, and gives what the widened numbers give.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use assay_domain::port::{Embedder, PairScore, Reranker, TextKind};
use futures::StreamExt;
use futures::executor::block_on;
use half::{bf16, f16};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{RERANKERS, model};
use crate::weights::Weights;
use crate::{DeviceChoice, EncoderOptions, OpenReranker, open_embedder, open_reranker};

const SCALES: &str = "_scale";

/// A tensor as safetensors holds it: kind, shape, bytes.
type Stored = (String, Vec<usize>, Vec<u8>);

fn options() -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Cpu, threads: Some(2), ..EncoderOptions::default() }
}

/// Two copies of a model: its matrices in 8 bits, and the same numbers widened to f32. Groups are of 16 columns where
/// that divides them, otherwise a whole row.
fn copies(name: &str) -> (TempDir, TempDir) {
    let (eight, widened) = (copy(name), copy(name));
    let (mut in_eight, mut in_f32) = (HashMap::new(), HashMap::new());
    for (name, (kind, shape, bytes)) in tensors(&model(name)) {
        let &[rows, columns] = shape.as_slice() else {
            in_eight.insert(name.clone(), (kind.clone(), shape.clone(), bytes.clone()));
            in_f32.insert(name, (kind, shape, bytes));
            continue;
        };
        let values = bytes.as_chunks::<2>().0.iter().map(|bytes| match kind.as_str() {
            "F16" => f16::from_le_bytes(*bytes).to_f32(),
            "BF16" => bf16::from_le_bytes(*bytes).to_f32(),
            kind => panic!("{name} is in {kind}"),
        });
        let values: Vec<f32> = values.collect();
        let length = if columns.is_multiple_of(16) { 16 } else { columns };
        let (mut whole, mut scales, mut wide) = (Vec::new(), Vec::new(), Vec::new());
        for group in values.chunks(length) {
            let largest = group.iter().fold(0.0f32, |most, value| most.max(value.abs()));
            let scale = match kind.as_str() {
                "F16" => {
                    let stored = f16::from_f32(largest / 127.0);
                    scales.extend(stored.to_le_bytes());
                    stored.to_f32()
                }
                _ => {
                    scales.extend((largest / 127.0).to_le_bytes());
                    largest / 127.0
                }
            };
            for value in group {
                let number = (value / scale.max(f32::MIN_POSITIVE)).round() as i8;
                whole.push(number.cast_unsigned());
                wide.extend((f32::from(number) * scale).to_le_bytes());
            }
        }
        let scale_kind = if kind == "F16" { "F16" } else { "F32" };
        in_eight.insert(format!("{name}{SCALES}"), (scale_kind.into(), vec![rows, columns / length], scales));
        in_eight.insert(name.clone(), ("I8".into(), shape.clone(), whole));
        in_f32.insert(name, ("F32".into(), shape, wide));
    }
    save(eight.path(), &in_eight);
    save(widened.path(), &in_f32);
    (eight, widened)
}

/// A copy of a model without its weights.
fn copy(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in files(&model(name)) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.contains(".safetensors") {
            std::fs::copy(&path, folder.path().join(name)).unwrap();
        }
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
}

/// The tensors of all weights files of a folder.
fn tensors(folder: &Path) -> HashMap<String, Stored> {
    files(folder)
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "safetensors"))
        .flat_map(|path| read(path))
        .collect()
}

fn read(path: &Path) -> HashMap<String, Stored> {
    let bytes = std::fs::read(path).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: HashMap<String, Value> = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let tensors = header.into_iter().filter(|(name, _)| name != "__metadata__");
    let tensor = |(name, row): (String, Value)| {
        let place: [usize; 2] = serde_json::from_value(row["data_offsets"].clone()).unwrap();
        let shape = serde_json::from_value(row["shape"].clone()).unwrap();
        let data = bytes[8 + length + place[0]..8 + length + place[1]].to_vec();
        (name, (row["dtype"].as_str().unwrap().to_string(), shape, data))
    };
    tensors.map(tensor).collect()
}

fn save(folder: &Path, tensors: &HashMap<String, Stored>) {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, (kind, shape, bytes)) in tensors {
        let place = [data.len(), data.len() + bytes.len()];
        header.insert(name.clone(), json!({"dtype": kind, "shape": shape, "data_offsets": place}));
        data.extend(bytes);
    }
    let header = Value::Object(header).to_string();
    let file = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &data].concat();
    std::fs::write(folder.join("model.safetensors"), file).unwrap();
}

fn change(folder: &Path, change: impl Fn(&mut HashMap<String, Stored>)) {
    let mut tensors = tensors(folder);
    change(&mut tensors);
    save(folder, &tensors);
}

fn reranker(folder: &Path) -> OpenReranker {
    open_reranker(folder, "tiny", vec![], options()).unwrap()
}

fn scores(folder: &Path) -> Vec<f32> {
    let text = std::fs::read_to_string(model("pairs.json")).unwrap();
    let asked: Vec<Value> = serde_json::from_str(&text).unwrap();
    let question = asked[0]["question"].as_str().unwrap();
    let passages: Vec<String> = serde_json::from_value(asked[0]["passages"].clone()).unwrap();
    let batches = block_on(reranker(folder).score(question.into(), passages).collect::<Vec<_>>());
    batches.into_iter().flat_map(Result::unwrap).map(|score: PairScore| score.logit).collect()
}

#[test]
fn rerankers_of_every_family_read_weights_in_8_bits() {
    for name in RERANKERS {
        let (eight, widened) = copies(name);
        let (got, wanted) = (scores(eight.path()), scores(widened.path()));
        assert!(got.len() > 3 && got[0] != got[1], "{name}: {got:?}");
        assert_eq!(got, wanted, "{name}");
    }
}

#[test]
fn bi_encoders_read_weights_in_8_bits() {
    for name in ["bert-bge", "xlm-roberta-e5", "distilbert-dot", "modernbert-mean", "qwen3-embedding"] {
        let (eight, widened) = copies(name);
        let vectors = |folder: &Path| {
            let embedder = open_embedder(folder, name, None, options()).unwrap();
            let texts = vec!["a quiet harbour".to_string(), "the depth of the river".to_string()];
            block_on(embedder.embed(TextKind::Passage, texts)).unwrap()
        };
        assert_eq!(vectors(eight.path()), vectors(widened.path()), "{name}");
    }
}

#[test]
fn a_matrix_in_8_bits_without_columns_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (columns, groups) in [(0, 1), (0, 0), (4, 0), (4, 3)] {
        let scales = vec![0; 2 * groups * 4];
        let tensors = HashMap::from([
            ("w".to_string(), ("I8".to_string(), vec![2, columns], vec![0; 2 * columns])),
            (format!("w{SCALES}"), ("F32".to_string(), vec![2, groups], scales)),
        ]);
        save(folder.path(), &tensors);
        let weights = Weights::of_files(&[folder.path().join("model.safetensors")]).unwrap();
        let Err(error) = weights.outside("w", &[2, columns]) else { panic!("{columns} columns in {groups} groups") };
        assert!(error.to_string().contains("w_scale has shape"), "{error}");
    }
}

#[test]
fn unusable_scales_are_named() {
    let tensor = "bert.encoder.layer.0.intermediate.dense.weight";
    let cases: [(&str, &dyn Fn(&mut HashMap<String, Stored>)); 5] = [
        ("no tensor bert.encoder.layer.0.intermediate.dense.weight_scale", &|tensors| {
            tensors.remove(&format!("{tensor}{SCALES}"));
        }),
        ("dense.weight_scale has shape", &|tensors| {
            let scale = tensors.get_mut(&format!("{tensor}{SCALES}")).unwrap();
            scale.1.reverse();
        }),
        ("I16 for the tensor bert.encoder.layer.0.intermediate.dense.weight_scale", &|tensors| {
            tensors.get_mut(&format!("{tensor}{SCALES}")).unwrap().0 = "I16".into();
        }),
        ("dense.weight_zero_point has shape [1, 2]", &|tensors| {
            tensors.insert(format!("{tensor}_zero_point"), ("I8".into(), vec![1, 2], vec![0, 0]));
        }),
        ("F16 for the tensor bert.encoder.layer.0.intermediate.dense.weight_zero_point", &|tensors| {
            let scale = tensors[&format!("{tensor}{SCALES}")].clone();
            tensors.insert(format!("{tensor}_zero_point"), scale);
        }),
    ];
    for (said, damage) in cases {
        let (folder, _) = copies("bert-classifier");
        change(folder.path(), damage);
        let Err(error) = open_reranker(folder.path(), "broken", vec![], options()) else {
            panic!("opened although: {said}");
        };
        assert!(error.to_string().contains(said), "{error}");
    }
}
