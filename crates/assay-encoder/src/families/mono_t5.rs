//! monoT5 (Nogueira et al., 2020): log p(true) between `true` and `false` at the first step of decoding.
//!
//! Prompt, truncation and score are those of pygaggle's `MonoT5`: `Query: q Document: d Relevant:`, truncated at
//! its end and closed by `</s>`, so a passage that is too long loses `Relevant:` too. The body is candle's T5 in
//! f32, because T5's feed-forward part leaves the range of f16. Where word embeddings and output share one table,
//! candle multiplies by the root of the width and transformers divides by it, so the logits are divided by the
//! width here.

use std::ops::Range;

use candle_core::{IndexOp, Tensor};
use candle_transformers::models::t5;

use super::compute::Compute;
use super::passage_scorer::{PassageScorer, ScorePassages, Scored, Stop};
use crate::EncoderError;
use crate::config::{Sizes, bad_config};
use crate::folder::ModelFolder;
use crate::tokens::Tokens;
use crate::weights::Weights;

/// Most tokens of a prompt, as in pygaggle.
pub(crate) const LONGEST: usize = 512;

/// A T5 with the two tokens of its answer.
pub(crate) struct MonoT5 {
    model: t5::T5ForConditionalGeneration,
    tokens: Tokens,
    compute: Compute,
    answer: AnswerTokens,
    longest: usize,
}

#[derive(Clone, Copy)]
struct AnswerTokens {
    no: usize,
    yes: usize,
    end: u32,
    start: u32,
    scale: f32,
}

impl MonoT5 {
    /// Reads a folder with a T5 for conditional generation. `longest` bounds the prompt.
    pub fn open(folder: &ModelFolder, compute: Compute, longest: usize) -> Result<Self, EncoderError> {
        let config = read(folder)?;
        let tokens = Tokens::open(&folder.tokenizer()?, 1)?;
        let word = |word: &str| {
            let missing = || EncoderError::Tokenizer {
                folder: folder.path().to_path_buf(),
                reason: format!("it has no token {word}, which monoT5 answers with"),
            };
            tokens.id(word).filter(|id| (*id as usize) < config.vocab_size).ok_or_else(missing)
        };
        let scale = if config.tie_word_embeddings { 1.0 / config.d_model as f32 } else { 1.0 };
        let answer = AnswerTokens {
            no: word("▁false")? as usize,
            yes: word("▁true")? as usize,
            end: config.eos_token_id as u32,
            start: config.decoder_start_token_id.unwrap_or(config.pad_token_id) as u32,
            scale,
        };
        let weights = Weights::of_files(&folder.weights()?)?;
        weights.outside("decoder.final_layer_norm.weight", &[config.d_model])?;
        let model = t5::T5ForConditionalGeneration::load(weights.named(compute.device()), &config);
        let model = model.map_err(|error| weights.unusable(&error))?;
        Ok(Self { model, tokens, compute, answer, longest })
    }

    fn score(&mut self, ids: &[u32]) -> Result<f32, EncoderError> {
        let Self { model, compute, answer, .. } = self;
        compute.run(ids.len(), || {
            model.clear_kv_cache();
            let ids = Tensor::new(ids, compute.device())?.unsqueeze(0)?;
            let start = Tensor::new(&[[answer.start]], compute.device())?;
            let logits = model.forward(&ids, &start)?.i(0)?;
            let logit = |id: usize| logits.i(id)?.to_scalar::<f32>();
            let (no, yes) = (logit(answer.no)? * answer.scale, logit(answer.yes)? * answer.scale);
            let top = no.max(yes);
            Ok(yes - top - ((no - top).exp() + (yes - top).exp()).ln())
        })
    }

    /// The tokens of a prompt, how many of the passage are in it, and how many the passage has.
    fn frame(&self, question: &str, passage: &str) -> Result<(Vec<u32>, usize, usize), EncoderError> {
        let before = format!("Query: {question} Document: ");
        let (ids, places) = self.tokens.ids_and_places(&format!("{before}{passage} Relevant:"))?;
        let space = self.longest.saturating_sub(1);
        let inside = |place: &&Range<usize>| place.end > before.len() && place.start < before.len() + passage.len();
        let total = places.iter().filter(inside).count();
        let read = places.iter().take(space).filter(inside).count();
        let mut ids: Vec<u32> = ids.into_iter().take(space).collect();
        ids.push(self.answer.end);
        Ok((ids, read, total))
    }
}

impl PassageScorer for MonoT5 {
    fn batch(&self) -> usize {
        2
    }

    fn read_question<'a>(&'a mut self, question: &str, _: Stop) -> Result<ScorePassages<'a>, EncoderError> {
        let question = question.to_string();
        Ok(Box::new(move |passages, stop| {
            let one = |passage: &String| {
                if stop() {
                    return Err(EncoderError::Stopped);
                }
                let (ids, tokens_read, tokens_total) = self.frame(&question, passage)?;
                Ok(Scored { score: self.score(&ids)?, tokens_read, tokens_total })
            };
            passages.iter().map(one).collect()
        }))
    }
}

fn read(folder: &ModelFolder) -> Result<t5::Config, EncoderError> {
    let mut config: t5::Config = folder.config()?;
    // transformers chooses the feed-forward part by this field, of which candle knows only some values.
    let fields: serde_json::Value = folder.config()?;
    let kind = fields.get("feed_forward_proj").and_then(|kind| kind.as_str()).unwrap_or("relu");
    if !matches!(kind, "relu" | "gated-gelu" | "gated-silu") {
        return Err(EncoderError::Unsupported { part: format!("the feed-forward part {kind}") });
    }
    if !config.is_encoder_decoder {
        return Err(EncoderError::Unsupported { part: "a T5 without its decoder".into() });
    }
    let sizes = [
        ("vocab_size", config.vocab_size),
        ("d_model", config.d_model),
        ("d_kv", config.d_kv),
        ("d_ff", config.d_ff),
        ("num_layers", config.num_layers),
        ("num_decoder_layers", config.num_decoder_layers.unwrap_or(1)),
        ("num_heads", config.num_heads),
        ("relative_attention_max_distance", config.relative_attention_max_distance),
    ];
    // T5 has no table of positions.
    Sizes { sizes: &sizes, positions: 1 }.check(folder)?;
    // candle halves the buckets twice.
    if config.relative_attention_num_buckets < 4 {
        return Err(bad_config(folder, "relative_attention_num_buckets is below 4".into()));
    }
    let specials = [config.eos_token_id, config.decoder_start_token_id.unwrap_or(config.pad_token_id)];
    if specials.iter().any(|id| *id >= config.vocab_size) {
        return Err(bad_config(folder, "a special token is not among the vocabulary".into()));
    }
    // Only one step is decoded, so a cache is of no use.
    config.use_cache = false;
    Ok(config)
}
