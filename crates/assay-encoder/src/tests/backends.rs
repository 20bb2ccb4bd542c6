//! Backends: the same numbers in every batch, too little memory, and devices that compute wrongly.

use std::sync::{Arc, Mutex};

use assay_domain::port::{Embedder, PairScore, Reranker, TextKind};
use candle_core::{DType, Device};
use futures::StreamExt;
use futures::executor::block_on;
use serde_json::Value;

use super::{EMBEDDERS, FAMILIES, RERANKERS, model};
use crate::backend::{Backend, BatchLimit, Limits, Wanted};
use crate::batch::Batch;
use crate::config::{EncoderConfig, Pooling, Role};
use crate::cpu::{Arithmetic, Isa, PackedEncoder};
use crate::engine::{Engine, self_test};
use crate::folder::ModelFolder;
use crate::tensor_encoder::TensorEncoder;
use crate::weights::Weights;
use crate::{
    BgeM3Score, DeviceChoice, EncoderError, EncoderOptions, TokenSequence, open_bge_m3, open_embedder, open_reranker,
};

fn options() -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Cpu, threads: Some(2), ..EncoderOptions::default() }
}

fn config(family: &str) -> (EncoderConfig, Weights) {
    let folder = ModelFolder::open(&model(family)).unwrap();
    let config = EncoderConfig::read(&folder, Role::Reranker).unwrap();
    let weights = Weights::open(&folder, &config).unwrap();
    (config, weights)
}

fn asked() -> (String, Vec<String>) {
    let text = std::fs::read_to_string(model("pairs.json")).unwrap();
    let asked: Vec<Value> = serde_json::from_str(&text).unwrap();
    let passages = asked.iter().flat_map(|asked| asked["passages"].as_array().unwrap().clone());
    (asked[0]["question"].as_str().unwrap().into(), passages.map(|text| text.as_str().unwrap().into()).collect())
}

fn scores(reranker: &dyn Reranker, question: &str, passages: &[String]) -> Vec<f32> {
    let batches = block_on(reranker.score(question.into(), passages.to_vec()).collect::<Vec<_>>());
    let scores: Vec<PairScore> = batches.into_iter().flat_map(Result::unwrap).collect();
    scores.iter().map(|score| score.logit).collect()
}

#[test]
fn batch_boundaries_change_no_score_of_any_family() {
    let (question, passages) = asked();
    let m3 = [BgeM3Score::MultiVector, BgeM3Score::Lexical]
        .map(|score| open_bge_m3(&model("bge-m3"), "bge-m3", vec![], options(), score).unwrap());
    let others = RERANKERS.map(|name| open_reranker(&model(name), name, vec![], options()).unwrap());
    for reranker in m3.into_iter().chain(others) {
        let together = scores(&reranker, &question, &passages);
        for size in [1, 3] {
            let apart: Vec<f32> =
                passages.chunks(size).flat_map(|passages| scores(&reranker, &question, passages)).collect();
            for (index, (a, b)) in together.iter().zip(&apart).enumerate() {
                assert!((a - b).abs() <= 1e-5, "{} by {size}: [{index}] {a} and {b}", reranker.identity().name);
            }
        }
    }
    for name in EMBEDDERS {
        let embedder = open_embedder(&model(name), name, None, options()).unwrap();
        let embed = |texts: &[String]| block_on(embedder.embed(TextKind::Passage, texts.to_vec())).unwrap();
        let together = embed(&passages);
        for (text, together) in passages.iter().zip(&together) {
            let alone = embed(std::slice::from_ref(text));
            let away = alone[0].iter().zip(together).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(away <= 1e-5, "{name}: {away}");
        }
    }
}

#[test]
fn the_backend_of_cards_gives_the_processors_vectors_whatever_is_in_a_batch() {
    for family in FAMILIES {
        let (config, weights) = config(family);
        let mut cards = TensorEncoder::load(&Device::Cpu, DType::F32, &weights, &config).unwrap();
        let mut processor = PackedEncoder::load(Isa::best(), Arithmetic::F32, 2, &weights, &config).unwrap();
        // Short ones, and long ones among them: groups with and without padding.
        let sequence = |(seed, length): (u32, usize)| {
            let ids: Vec<u32> = (0..length as u32).map(|place| 5 + (seed * 31 + place * 7) % 500).collect();
            TokenSequence { types: vec![0; ids.len()], ids }
        };
        let lengths = [7, 7, 500, 9, 1, 512, 130, 8, 8, 64, 60];
        let sequences: Vec<TokenSequence> = (0..).zip(lengths).map(sequence).collect();
        let batch = Batch::pack(&sequences, &config).unwrap();
        for wanted in
            [Wanted::States, Wanted::Pooled(Pooling::Cls), Wanted::Pooled(Pooling::Mean), Wanted::Pooled(Pooling::Last)]
        {
            let theirs = processor.run(&batch, wanted, &|| false).unwrap();
            let together = cards.run(&batch, wanted, &|| false).unwrap();
            let alone: Vec<f32> = sequences
                .chunks(1)
                .flat_map(|alone| cards.run(&Batch::pack(alone, &config).unwrap(), wanted, &|| false).unwrap())
                .collect();
            assert!(theirs.len() == together.len() && alone.len() == together.len());
            for ((theirs, together), alone) in theirs.iter().zip(&together).zip(&alone) {
                assert!((theirs - together).abs() <= 1e-4, "{family} {wanted:?}: {together}, not {theirs}");
                assert!((alone - together).abs() <= 1e-5, "{family} {wanted:?}: {together}, alone {alone}");
            }
        }
    }
}

/// A backend with little memory, whose vector of a sequence is made of its tokens.
struct Small {
    /// Most tokens that it holds.
    most: usize,
    /// Tokens of the batches that it was given.
    given: Arc<Mutex<Vec<usize>>>,
    /// What it adds to each number for each token of a batch.
    error: f32,
}

impl Backend for Small {
    fn name(&self) -> &'static str {
        "small"
    }

    fn limits(&self) -> Limits {
        let limit = BatchLimit { sequences: 100, tokens: 10_000 };
        Limits { pairs: limit, texts: limit, by_pace: false }
    }

    fn run(&mut self, batch: &Batch, _: Wanted, _: &(dyn Fn() -> bool + Sync)) -> Result<Vec<f32>, EncoderError> {
        self.given.lock().unwrap().push(batch.tokens());
        if batch.tokens() > self.most {
            let reason = "DriverError(CUDA_ERROR_OUT_OF_MEMORY, \"out of memory\")".into();
            return Err(EncoderError::Device { device: "small".into(), reason });
        }
        let number = |span: std::ops::Range<usize>| {
            batch.ids[span].iter().map(|id| *id as f32).sum::<f32>() + self.error * batch.tokens() as f32
        };
        Ok(batch.spans().map(number).collect())
    }
}

#[test]
fn a_batch_that_memory_does_not_hold_is_halved_and_the_next_ones_are_smaller() {
    let (mut config, _) = config("bert-tiny");
    config.hidden = 1;
    let given = Arc::default();
    let backend = Small { most: 300, given: Arc::clone(&given), error: 0.0 };
    let mut engine = Engine::of(Box::new(backend), &config, Pooling::Cls);
    let sequences: Vec<TokenSequence> =
        (0..40).map(|n| TokenSequence { ids: vec![n + 5; 25], types: vec![0; 25] }).collect();
    assert_eq!(engine.text_limit().tokens, 10_000);
    let vectors = engine.pooled(&sequences, &|| false).unwrap();
    assert!(vectors.iter().zip(0..).all(|(vector, n): (_, u32)| *vector == (25 * (n + 5)) as f32), "{vectors:?}");
    assert_eq!(*given.lock().unwrap(), [1000, 500, 250, 250, 500, 250, 250]);
    assert!(engine.text_limit().tokens <= 300 && engine.pair_limit().tokens <= 300);

    // One sequence that does not fit by itself is an error, and the next one that fits is computed.
    let huge = TokenSequence { ids: vec![5; 400], types: vec![0; 400] };
    let error = engine.pooled(&[huge], &|| false).unwrap_err();
    assert!(error.is_out_of_memory(), "{error}");
    assert_eq!(engine.pooled(&sequences[..1], &|| false).unwrap(), [125.0]);
}

#[test]
fn a_backend_whose_numbers_depend_on_the_batch_fails_its_self_test() {
    for family in FAMILIES {
        let (config, weights) = config(family);
        let processor = PackedEncoder::load(Isa::best(), Arithmetic::F32, 2, &weights, &config).unwrap();
        let in_f32 = TensorEncoder::load(&Device::Cpu, DType::F32, &weights, &config).unwrap();
        let in_f16 = TensorEncoder::load(&Device::Cpu, DType::F16, &weights, &config).unwrap();
        for mut backend in [Box::new(processor) as Box<dyn Backend>, Box::new(in_f32), Box::new(in_f16)] {
            self_test(backend.as_mut(), &config).unwrap();
        }
    }
    let (config, _) = config("bert-tiny");
    for (error, right) in [(0.0, true), (10.0, false), (f32::NAN, false)] {
        let mut backend = Small { most: 10_000, given: Arc::default(), error };
        assert_eq!(self_test(&mut backend, &config).is_ok(), right, "{error}");
    }
}

/// The shape that decides how much memory a batch takes.
struct Shape {
    hidden: usize,
    wide: usize,
    heads: usize,
    threads: usize,
}

/// Most bytes beside the weights for a batch of so many tokens, the longest sequence among them.
fn most_bytes(shape: &Shape, tokens: usize, longest: usize) -> usize {
    let Shape { hidden, wide, heads, threads } = *shape;
    // States, and the queries, keys and values of this layer and the next.
    let shared = 7 * tokens * hidden;
    // A block has at most 96 rows and half a vector of queries more at each end; panels have up to 32 columns.
    let (rows, panel) = (96 + 32, 32);
    let keys = longest.next_multiple_of(panel) * (hidden / heads);
    let values = longest * (hidden / heads).next_multiple_of(panel);
    let own = rows * (2 * hidden + wide + longest.next_multiple_of(16) + 16) + keys + values;
    size_of::<f32>() * (shared + threads * own)
}

#[test]
fn a_batch_takes_the_memory_that_was_calculated() {
    let (config, weights) = config("bert-tiny");
    let of_base = Shape { hidden: 768, wide: 3072, heads: 12, threads: 2 };
    let shape = Shape { hidden: config.hidden, wide: config.intermediate, heads: config.heads, threads: 2 };
    for longest in [512, 256] {
        // Buffers keep the room of the longest batch before.
        let mut encoder = PackedEncoder::load(Isa::best(), Arithmetic::F32, 2, &weights, &config).unwrap();
        let BatchLimit { sequences, tokens } = encoder.limits().pairs;
        let pairs: Vec<TokenSequence> =
            (0..100).map(|_| TokenSequence { ids: vec![7; longest], types: vec![0; longest] }).collect();
        let taken = encoder.limits().pairs.take(pairs.iter().map(|pair| pair.ids.len()));
        assert!(taken <= sequences && taken * longest <= tokens);
        let batch = Batch::pack(&pairs[..taken], &config).unwrap();
        encoder.run(&batch, Wanted::States, &|| false).unwrap();
        let (found, most) = (encoder.buffer_bytes(), most_bytes(&shape, taken * longest, longest));
        assert!(found <= most, "{longest}: {found} bytes, and {most} were calculated");
        let of_base = most_bytes(&of_base, taken * longest, longest);
        assert!(of_base <= 80_000_000, "{of_base} bytes for 100 pairs of {longest} tokens at 12 layers of 768");
    }
}
