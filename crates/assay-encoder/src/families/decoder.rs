//! Qwen3 on candle's body, one sequence at a time: the vectors of its tokens, each of which has read the tokens
//! before it.

use candle_core::{Device, Tensor};
use candle_transformers::models::qwen3;

use crate::EncoderError;
use crate::config::DecoderConfig;
use crate::weights::Weights;

/// A body without its head.
pub(crate) struct Decoder {
    model: qwen3::Model,
}

impl Decoder {
    /// Reads the weights, in f32.
    pub fn load(config: &DecoderConfig, weights: &Weights, device: &Device) -> Result<Self, EncoderError> {
        check_shape(config, weights)?;
        let model = qwen3::Model::new(&config.qwen3()?, weights.builder("model.", device));
        model.map(|model| Self { model }).map_err(|error| weights.unusable(&error))
    }

    /// The vectors of a sequence's tokens, `[1, tokens, hidden]`.
    pub fn states(&self, ids: &Tensor) -> candle_core::Result<Tensor> {
        // The body keeps the keys and values of what it has read. A clone shares the weights and starts empty.
        self.model.clone().forward(ids, 0)
    }
}

/// Compares the sizes of a decoder with its tensors, because candle allocates by them before it reads the tensors.
pub(crate) fn check_shape(config: &DecoderConfig, weights: &Weights) -> Result<(), EncoderError> {
    let (hidden, last) = (config.hidden(), config.layers() - 1);
    weights.expect("norm.weight", &[hidden])?;
    weights.expect("layers.0.self_attn.q_proj.weight", &[config.queries(), hidden])?;
    weights.expect(&format!("layers.{last}.input_layernorm.weight"), &[hidden])
}
