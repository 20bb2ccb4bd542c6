//! The engines behind their ports: order, streaming, cancelling, damaged weights.

use assay_domain::Problem;
use assay_domain::port::{Embedder, PairScore, Reranker, TextKind};
use candle_core::{Device, Tensor};
use futures::StreamExt;
use futures::executor::block_on;

use super::{FAMILIES, copy_of, encoder_copy_of, words};
use crate::{BiEncoder, EncoderOptions, OpenReranker, Prefixes, open_embedder, open_reranker};

fn reranker(family: &str) -> OpenReranker {
    let options = EncoderOptions { threads: Some(2), ..EncoderOptions::default() };
    open_reranker(copy_of(family).path(), "tiny", vec!["eng".into()], options).unwrap()
}

fn embedder(prefixes: Option<Prefixes>) -> BiEncoder {
    let options = EncoderOptions { threads: Some(2), ..EncoderOptions::default() };
    open_embedder(encoder_copy_of("bert-tiny").path(), "tiny", prefixes, options).unwrap()
}

fn batches(reranker: &OpenReranker, question: &str, passages: Vec<String>) -> Vec<Vec<PairScore>> {
    let scores = reranker.score(question.into(), passages);
    block_on(scores.map(|batch| batch.unwrap()).collect())
}

#[test]
fn scores_come_in_order_and_in_small_batches() {
    for family in FAMILIES {
        let reranker = reranker(family);
        let passages: Vec<String> = (0..45).map(|n| words(n * 13, 5 + n * 11 % 90)).collect();
        let batches = batches(&reranker, "w300 w301", passages.clone());
        let sizes: Vec<usize> = batches.iter().map(Vec::len).collect();
        assert_eq!(sizes, [4, 8, 8, 8, 8, 8, 1], "{family}");
        let scores: Vec<PairScore> = batches.concat();
        assert!(scores.iter().enumerate().all(|(place, score)| score.index == place), "{family}");
        assert!(scores.iter().all(|score| score.tokens_read == score.tokens_total), "{family}");
        assert!(scores.windows(2).any(|two| (two[0].logit - two[1].logit).abs() > 1e-3), "{family}");

        // The same passages alone: the same scores.
        for score in &scores {
            let alone = self::batches(&reranker, "w300 w301", vec![passages[score.index].clone()]).concat();
            assert!((alone[0].logit - score.logit).abs() <= 1e-5, "{family}: {} and {}", alone[0].logit, score.logit);
        }
        let counters = reranker.counters();
        assert_eq!(counters.tokens_real, counters.tokens_computed);
    }
}

#[test]
fn long_and_empty_texts_are_scored() {
    for (family, frame) in [("bert-tiny", 3), ("xlm-roberta-tiny", 4)] {
        let reranker = reranker(family);
        assert_eq!(reranker.identity().max_tokens, 512);
        let passages = vec![String::new(), words(0, 700), words(3, 20)];
        let scores = batches(&reranker, &words(5, 10), passages.clone()).concat();
        let read: Vec<_> = scores.iter().map(|score| (score.tokens_read, score.tokens_total)).collect();
        assert_eq!(read, [(0, 0), (512 - frame - 10, 700), (20, 20)], "{family}");
        let scores = batches(&reranker, &words(5, 900), passages).concat();
        let read: Vec<_> = scores.iter().map(|score| (score.tokens_read, score.tokens_total)).collect();
        assert_eq!(read, [(0, 0), (512 - frame - 384, 700), (20, 20)], "{family}");
        assert!(batches(&reranker, "", vec![String::new()]).concat()[0].logit.is_finite());
        assert!(batches(&reranker, "w200", vec![]).is_empty());
    }
}

#[test]
fn dropping_the_stream_stops_the_work() {
    let reranker = reranker("bert-tiny");
    let passages: Vec<String> = (0..4000).map(|n| words(n, 120)).collect();
    let mut scores = reranker.score("w200".into(), passages);
    let first = block_on(scores.next()).unwrap().unwrap();
    assert_eq!(first.len(), 4);
    drop(scores);
    // The engine's thread takes jobs in order: once this is answered, the first has ended.
    batches(&reranker, "w200", vec!["w201".into()]);
    let read = reranker.counters().tokens_real;
    assert!(read < 4000 * 124 / 2, "{read} tokens were read after the stream was dropped");
}

#[test]
fn weights_that_give_nan_are_an_error() {
    let folder = copy_of("bert-tiny");
    let path = folder.path().join("model.safetensors");
    let mut tensors = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
    let name = "bert.encoder.layer.1.output.dense.bias";
    tensors.insert(name.into(), Tensor::full(f32::NAN, 32, &Device::Cpu).unwrap());
    candle_core::safetensors::save(&tensors, &path).unwrap();
    let reranker = open_reranker(folder.path(), "damaged", vec![], EncoderOptions::default()).unwrap();
    let batches: Vec<_> = block_on(reranker.score("w200".into(), vec![words(0, 9); 20]).collect());
    assert_eq!(batches.len(), 1, "the stream ends at the first error");
    let failure = batches[0].as_ref().unwrap_err();
    assert_eq!(failure.problem, Problem::ModelWrong);
    assert!(failure.message.contains("NaN"), "{failure}");

    super::change_config(folder.path(), "architectures", serde_json::json!(["BertModel"]));
    let embedder = open_embedder(folder.path(), "damaged", None, EncoderOptions::default()).unwrap();
    let failure = block_on(embedder.embed(TextKind::Passage, vec![words(0, 9)])).unwrap_err();
    assert_eq!(failure.problem, Problem::ModelWrong);
}

#[test]
fn vectors_have_length_one_and_keep_the_order() {
    let embedder = embedder(None);
    let texts: Vec<String> = (0..150).map(|n| words(n * 5, 1 + n * 37 % 60)).collect();
    let vectors = block_on(embedder.embed(TextKind::Passage, texts.clone())).unwrap();
    assert_eq!(vectors.len(), texts.len());
    for (text, vector) in texts.iter().zip(&vectors) {
        let alone = block_on(embedder.embed(TextKind::Query, vec![text.clone()])).unwrap();
        let length: f32 = vector.iter().map(|value| value * value).sum();
        let largest = alone[0].iter().zip(vector).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!((length - 1.0).abs() < 1e-5 && largest < 1e-5, "length {length}, difference {largest}");
    }
    assert!(block_on(embedder.embed(TextKind::Passage, vec![])).unwrap().is_empty());
    assert_eq!(block_on(embedder.embed(TextKind::Passage, vec![String::new()])).unwrap()[0].len(), 32);
    assert_eq!(embedder.token_starts("w200 w201 w202"), [0, 5, 10]);
}

#[test]
fn a_prefix_is_read_with_the_text() {
    let prefixes = Prefixes { query: "w150 w151 ".into(), passage: String::new() };
    let (with, without) = (embedder(Some(prefixes)), embedder(None));
    let query = block_on(with.embed(TextKind::Query, vec!["w200".into()])).unwrap();
    let passage = block_on(with.embed(TextKind::Passage, vec!["w200".into()])).unwrap();
    let by_hand = block_on(without.embed(TextKind::Passage, vec!["w150 w151 w200".into()])).unwrap();
    assert_eq!(query, by_hand);
    assert_ne!(query, passage);
}

#[test]
fn pretokenized_pairs_score_the_same_bits_as_texts() {
    for family in FAMILIES {
        let reranker = reranker(family);
        let sides = reranker.as_pretokenized().unwrap();
        for question in ["w300 w301".to_string(), words(5, 900)] {
            let passages: Vec<String> = (0..20).map(|n| words(n * 13, n * 37)).collect();
            let texts: Vec<&str> = passages.iter().map(String::as_str).collect();
            let asked = sides.ids(&[&question]).unwrap().remove(0);
            let ids = sides.ids(&texts).unwrap();
            let most = sides.max_passage_tokens(asked.len());
            let scores = sides.score_ids(asked, ids.clone());
            let by_ids: Vec<PairScore> = block_on(scores.map(|batch| batch.unwrap()).collect::<Vec<_>>()).concat();
            let by_text = batches(&reranker, &question, passages).concat();
            assert_eq!(by_ids, by_text, "{family}");
            let read: Vec<usize> = by_ids.iter().map(|score| score.tokens_read as usize).collect();
            let expected: Vec<usize> = ids.iter().map(|ids| ids.len().min(most)).collect();
            assert_eq!(read, expected, "{family}");
        }
        assert_eq!(sides.tokenizer().len(), 64);
    }
}
