//! Logits and vectors: ours, transformers', candle's.

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::{bert, xlm_roberta};
use serde_json::json;

use super::{FAMILIES, change_config, copy_of, encoder_copy_of, model, reference};
use crate::backend::{Backend, Wanted};
use crate::batch::Batch;
use crate::config::{EncoderConfig, Pooling, Role};
use crate::cpu::{Arithmetic, Isa, PackedEncoder};
use crate::engine::Engine;
use crate::folder::ModelFolder;
use crate::head::Head;
use crate::tensor_encoder::TensorEncoder;
use crate::weights::Weights;
use crate::{DeviceChoice, EncoderOptions, Scorer, TokenSequence};

fn options(threads: usize) -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Cpu, threads: Some(threads), ..EncoderOptions::default() }
}

fn assert_close(what: &str, got: &[f32], wanted: &[f32], tolerance: f32) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (index, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        assert!((got - wanted).abs() <= tolerance, "{what}: [{index}] is {got}, not {wanted}");
    }
}

#[test]
fn logits_are_those_of_transformers() {
    for family in FAMILIES {
        let (sequences, wanted) = reference(family);
        for threads in [1, 2, 3] {
            let got = Scorer::open(&model(family), options(threads)).unwrap().logits(&sequences).unwrap();
            assert_close(&format!("{family} on {threads}"), &got, &wanted, 1e-4);
        }
    }
}

#[test]
fn every_instruction_set_and_the_backend_of_cards_agree() {
    for family in FAMILIES {
        let (sequences, wanted) = reference(family);
        let folder = ModelFolder::open(&model(family)).unwrap();
        let config = EncoderConfig::read(&folder, Role::Reranker).unwrap();
        let weights = Weights::open(&folder, &config).unwrap();
        let batch = Batch::pack(&sequences, &config).unwrap();
        for isa in Isa::available() {
            let mut encoder = PackedEncoder::load(isa, Arithmetic::F32, 2, &weights, &config).unwrap();
            let pooled = encoder.pooled(&batch, Pooling::Cls, &|| false).unwrap();
            let got = Head::load(isa, &weights, &config).unwrap().logits(&pooled).unwrap();
            assert_close(&format!("{family} {isa:?}"), &got, &wanted, 1e-4);
        }
        for (precision, tolerance) in [(DType::F32, 1e-4), (DType::F16, 0.05)] {
            let mut encoder = TensorEncoder::load(&Device::Cpu, precision, &weights, &config).unwrap();
            let pooled = encoder.run(&batch, Wanted::Pooled(Pooling::Cls), &|| false).unwrap();
            let got = Head::load(Isa::best(), &weights, &config).unwrap().logits(&pooled).unwrap();
            assert_close(&format!("{family} of cards {precision:?}"), &got, &wanted, tolerance);
        }
    }
}

#[test]
fn a_logit_does_not_depend_on_its_batch() {
    for family in FAMILIES {
        let (sequences, _) = reference(family);
        let mut scorer = Scorer::open(&model(family), options(2)).unwrap();
        let together = scorer.logits(&sequences).unwrap();
        let reversed: Vec<_> = sequences.iter().rev().cloned().collect();
        let mut backwards = scorer.logits(&reversed).unwrap();
        backwards.reverse();
        let alone: Vec<f32> =
            sequences.iter().flat_map(|sequence| scorer.logits(std::slice::from_ref(sequence)).unwrap()).collect();
        assert_close(&format!("{family} reversed"), &backwards, &together, 1e-5);
        assert_close(&format!("{family} alone"), &alone, &together, 1e-5);
    }
}

#[test]
fn candle_gives_the_same_xlm_roberta_logits() {
    let (sequences, wanted) = reference("xlm-roberta-tiny");
    let folder = model("xlm-roberta-tiny");
    let text = std::fs::read_to_string(folder.join("config.json")).unwrap();
    let config: xlm_roberta::Config = serde_json::from_str(&text).unwrap();
    let tensors = candle_core::safetensors::load(folder.join("model.safetensors"), &Device::Cpu).unwrap();
    let builder = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    let stock = xlm_roberta::XLMRobertaForSequenceClassification::new(1, &config, builder).unwrap();
    for (sequence, wanted) in sequences.iter().zip(wanted) {
        let ids = Tensor::new(sequence.ids.as_slice(), &Device::Cpu).unwrap().unsqueeze(0).unwrap();
        let mask = ids.ones_like().unwrap();
        let logit = stock.forward(&ids, &mask, &ids.zeros_like().unwrap()).unwrap();
        assert_close("candle", &logit.flatten_all().unwrap().to_vec1().unwrap(), &[wanted], 1e-4);
    }
}

#[test]
fn pooled_vectors_are_those_of_candle() {
    let folder = encoder_copy_of("bert-tiny");
    let tensors = candle_core::safetensors::load(folder.path().join("model.safetensors"), &Device::Cpu).unwrap();
    let builder = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    let (sequences, _) = reference("bert-tiny");
    for layers in [1, 2] {
        change_config(folder.path(), "num_hidden_layers", json!(layers));
        let text = std::fs::read_to_string(folder.path().join("config.json")).unwrap();
        let config: bert::Config = serde_json::from_str(&text).unwrap();
        let stock = bert::BertModel::load(builder.pp("bert"), &config).unwrap();
        for pooling in [Pooling::Mean, Pooling::Cls, Pooling::Last] {
            let mut engine = engine(folder.path(), pooling);
            let pooled = engine.pooled(&sequences, &|| false).unwrap();
            for (sequence, got) in sequences.iter().zip(pooled.chunks(32)) {
                let ids = Tensor::new(sequence.ids.as_slice(), &Device::Cpu).unwrap().unsqueeze(0).unwrap();
                let types = Tensor::new(sequence.types.as_slice(), &Device::Cpu).unwrap().unsqueeze(0).unwrap();
                let states = stock.forward(&ids, &types, None).unwrap();
                let wanted = match pooling {
                    Pooling::Mean => states.mean(1).unwrap(),
                    Pooling::Cls => states.narrow(1, 0, 1).unwrap(),
                    Pooling::Last => states.narrow(1, sequence.ids.len() - 1, 1).unwrap(),
                };
                let wanted: Vec<f32> = wanted.flatten_all().unwrap().to_vec1().unwrap();
                assert_close(&format!("{pooling:?} of {layers} layers"), got, &wanted, 1e-4);
            }
        }
    }
}

#[test]
fn half_precision_weights_give_nearly_the_same_logits() {
    for (kind, tolerance) in [(DType::F16, 0.05), (DType::BF16, 0.4)] {
        for family in FAMILIES {
            let folder = copy_of(family);
            let path = folder.path().join("model.safetensors");
            let tensors = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
            let halved = tensors.into_iter().map(|(name, tensor)| (name, tensor.to_dtype(kind).unwrap())).collect();
            candle_core::safetensors::save(&halved, &path).unwrap();
            let (sequences, wanted) = reference(family);
            let got = Scorer::open(folder.path(), options(2)).unwrap().logits(&sequences).unwrap();
            assert_close(&format!("{family} {kind:?}"), &got, &wanted, tolerance);
        }
    }
}

#[test]
fn tokens_that_do_not_fit_are_refused() {
    let mut scorer = Scorer::open(&model("bert-tiny"), options(1)).unwrap();
    let sequence = |ids: Vec<u32>, kind: u32| TokenSequence { types: vec![kind; ids.len()], ids };
    for (sequence, said) in [
        (sequence(vec![], 0), "0 tokens"),
        (sequence(vec![600], 0), "token 600 is not among the 600"),
        (sequence(vec![5], 2), "token type 2"),
        (sequence(vec![5; 513], 0), "513 tokens and the model reads 512"),
        (TokenSequence { ids: vec![5, 6], types: vec![0] }, "2 tokens and 1 token types"),
    ] {
        let error = scorer.logits(&[sequence]).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_forward_pass_can_be_stopped() {
    let (sequences, _) = reference("bert-tiny");
    let folder = copy_of("bert-tiny");
    change_config(folder.path(), "architectures", json!(["BertModel"]));
    let error = engine(folder.path(), Pooling::Mean).pooled(&sequences, &|| true).unwrap_err();
    assert_eq!(error, crate::EncoderError::Stopped);
}

fn engine(folder: &std::path::Path, pooling: Pooling) -> Engine {
    let folder = ModelFolder::open(folder).unwrap();
    let config = EncoderConfig::read(&folder, Role::Embedder).unwrap();
    let weights = Weights::open(&folder, &config).unwrap();
    Engine::load(&weights, &config, pooling, options(2)).unwrap()
}
