//! Errors of folders that cannot be used.

use std::collections::HashMap;
use std::path::Path;

use assay_domain::{Failure, Problem};
use candle_core::{Device, Tensor};
use serde_json::json;

use super::{change_config, copy_of, encoder_copy_of, write};
use crate::{EncoderOptions, Prefixes, open_embedder, open_reranker};

/// Breaks a copy of a small reranker and compares the failure.
fn check(problem: Problem, said: &str, damage: impl Fn(&Path)) {
    let folder = copy_of("bert-tiny");
    damage(folder.path());
    let failure: Failure = match open_reranker(folder.path(), "broken", vec![], EncoderOptions::default()) {
        Ok(_) => panic!("opened although: {said}"),
        Err(error) => error.into(),
    };
    assert_eq!(failure.problem, problem, "{failure}");
    assert!(failure.message.contains(said), "{failure}");
    assert!(!failure.action.is_empty(), "{failure}");
}

fn remove(file: &'static str) -> impl Fn(&Path) {
    move |folder| std::fs::remove_file(folder.join(file)).unwrap()
}

fn change_tensors(change: impl Fn(&mut HashMap<String, Tensor>)) -> impl Fn(&Path) {
    move |folder| {
        let path = folder.join("model.safetensors");
        let mut tensors = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
        change(&mut tensors);
        candle_core::safetensors::save(&tensors, &path).unwrap();
    }
}

#[test]
fn missing_files_are_named() {
    check(Problem::ModelMissing, "config.json is missing", remove("config.json"));
    check(Problem::ModelMissing, "tokenizer.json is missing", remove("tokenizer.json"));
    check(Problem::ModelMissing, "model.safetensors is missing", remove("model.safetensors"));
}

#[test]
fn pickles_are_refused() {
    check(Problem::ModelWrong, "pytorch_model.bin, a format that can run code", |folder| {
        std::fs::rename(folder.join("model.safetensors"), folder.join("pytorch_model.bin")).unwrap();
    });
}

#[test]
fn other_kinds_of_model_are_named() {
    let wrong = Problem::ModelWrong;
    check(wrong, "GPT2LMHeadModel, and BertForSequenceClassification, XLMRoberta", |folder| {
        write(folder, "config.json", &json!({"architectures": ["GPT2LMHeadModel"]}))
    });
    check(wrong, "Qwen3ForCausalLM, T5ForConditionalGeneration, HF_ColBERT or XLMRobertaModel is needed", |folder| {
        change_config(folder, "architectures", json!(["BertModel"]))
    });
    check(wrong, "no architecture", |folder| change_config(folder, "architectures", json!([])));
    check(wrong, "the activation relu", |folder| change_config(folder, "hidden_act", json!("relu")));
    check(wrong, "relative_key positions", |folder| {
        change_config(folder, "position_embedding_type", json!("relative_key"))
    });
    check(wrong, "not a multiple", |folder| change_config(folder, "num_attention_heads", json!(5)));
    check(wrong, "a size", |folder| change_config(folder, "hidden_size", json!("a size")));
}

#[test]
fn broken_files_are_named() {
    let wrong = Problem::ModelWrong;
    check(wrong, "config.json cannot be read", |folder| std::fs::write(folder.join("config.json"), "{").unwrap());
    check(wrong, "model.safetensors cannot be read", |folder| {
        std::fs::write(folder.join("model.safetensors"), "short").unwrap()
    });
    check(wrong, "tokenizer.json of", |folder| std::fs::write(folder.join("tokenizer.json"), "{}").unwrap());
    check(wrong, "no special tokens", |folder| {
        let mut tokenizer = super::tokenizer(true);
        tokenizer["post_processor"] = json!(null);
        write(folder, "tokenizer.json", &tokenizer);
    });
    check(
        wrong,
        "no tensor classifier.weight",
        change_tensors(|tensors| {
            tensors.remove("classifier.weight");
        }),
    );
    check(
        wrong,
        "tensor classifier.bias has shape [3]",
        change_tensors(|tensors| {
            tensors.insert("classifier.bias".into(), Tensor::zeros(3, candle_core::DType::F32, &Device::Cpu).unwrap());
        }),
    );
    check(
        wrong,
        "I64 for the tensor",
        change_tensors(|tensors| {
            tensors.insert("classifier.bias".into(), Tensor::zeros(1, candle_core::DType::I64, &Device::Cpu).unwrap());
        }),
    );
}

#[test]
fn unsupported_poolings_and_modules_are_named() {
    let cases = [
        ("1_Pooling/config.json", json!({"pooling_mode_max_tokens": true}), "max pooling"),
        ("modules.json", json!([{"type": "sentence_transformers.models.Dense"}]), "models.Dense"),
        (
            "config.json",
            json!({"architectures": ["BertForSequenceClassification"]}),
            "BertModel, XLMRobertaModel, DistilBertModel, ModernBertModel, DebertaV2Model, Qwen3Model or Qwen3ForCausalLM is needed",
        ),
    ];
    for (file, value, said) in cases {
        let folder = encoder_copy_of("bert-tiny");
        write(folder.path(), file, &value);
        let Err(error) = open_embedder(folder.path(), "broken", None, EncoderOptions::default()) else {
            panic!("opened although: {said}");
        };
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn an_embedder_reads_its_settings_from_the_folder() {
    use assay_domain::port::Embedder;
    let folder = encoder_copy_of("bert-tiny");
    let open = |prefixes| open_embedder(folder.path(), "tiny", prefixes, EncoderOptions::default()).unwrap();
    let plain = open(None);
    assert_eq!((plain.identity().max_tokens, plain.identity().pooling.as_str()), (40, "mean"));
    assert_eq!((plain.identity().dimension, plain.identity().special_tokens), (32, 2));
    assert_eq!(plain.identity().weights.len(), 64);
    assert!(plain.identity().device.starts_with("cpu ("), "{}", plain.identity().device);

    write(folder.path(), "sentence_bert_config.json", &json!({"max_seq_length": 24}));
    write(folder.path(), "1_Pooling/config.json", &json!({"pooling_mode_cls_token": true}));
    write(folder.path(), "config_sentence_transformers.json", &json!({"prompts": {"query": "w150 "}}));
    let changed = open(None);
    assert_eq!((changed.identity().max_tokens, changed.identity().pooling.as_str()), (24, "cls"));
    assert_eq!(changed.identity().query_prefix, "w150 ");
    let given = open(Some(Prefixes::default()));
    assert_eq!(given.identity().query_prefix, "");
}

#[test]
fn a_device_that_is_not_built_in_is_named() {
    if cfg!(any(feature = "cuda", feature = "metal")) {
        return;
    }
    let folder = copy_of("bert-tiny");
    for (device, name) in [(crate::DeviceChoice::Cuda, "cuda"), (crate::DeviceChoice::Metal, "metal")] {
        let options = EncoderOptions { device, ..EncoderOptions::default() };
        let Err(error) = open_reranker(folder.path(), "tiny", vec![], options) else { panic!("opened on {name}") };
        assert!(error.to_string().starts_with(&format!("{name} cannot be used: ")), "{error}");
    }
}
