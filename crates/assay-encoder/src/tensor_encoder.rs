//! The encoder on a graphics card: candle's operations over a packed batch.
//!
//! All tokens of a batch are rows of one matrix, as on the processor, so that no product computes padding. Attention
//! alone pads, in groups of sequences of about the same length ([`crate::tensor_attention`]).
//!
//! Matrix products run in the precision that the weights are loaded in: f16 on a card, whose f32 products are an
//! order of magnitude slower, and f32 in the tests, which compare the processor's encoder with it. Sums over many
//! numbers (softmax, layer norm, mean pooling) are computed in f32 in both. Positions are integers and the mask is
//! finite, which keeps both exact in every precision.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{LayerNorm, Linear, Module};

use crate::EncoderError;
use crate::backend::{Backend, BatchLimit, Limits, Wanted, pool};
use crate::batch::Batch;
use crate::config::EncoderConfig;
use crate::tensor_attention::Groups;
use crate::weights::{Weights, first_line};

/// An encoder on a device.
pub(crate) struct TensorEncoder {
    device: Device,
    hidden: usize,
    heads: usize,
    word_embeddings: Tensor,
    positions: Tensor,
    types: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

struct Layer {
    /// Queries, keys and values side by side.
    projection: Linear,
    output: Linear,
    output_norm: LayerNorm,
    up: Linear,
    down: Linear,
    down_norm: LayerNorm,
}

impl TensorEncoder {
    /// Reads the encoder's weights onto the device, in the precision of the matrix products.
    pub fn load(
        device: &Device,
        precision: DType,
        weights: &Weights,
        config: &EncoderConfig,
    ) -> std::result::Result<Self, EncoderError> {
        let hidden = config.hidden;
        let read = |name: &str, shape: &[usize]| weights.on_device(name, shape, device, precision);
        let norm = |name: &str| {
            let scale = read(&format!("{name}.weight"), &[hidden])?;
            Ok(LayerNorm::new(scale, read(&format!("{name}.bias"), &[hidden])?, f64::from(config.epsilon)))
        };
        let linear = |name: &str, depth: usize, columns: usize| {
            let weight = read(&format!("{name}.weight"), &[columns, depth])?;
            Ok(Linear::new(weight, Some(read(&format!("{name}.bias"), &[columns])?)))
        };
        let layer = |index: usize| {
            let name = |part: &str| format!("encoder.layer.{index}.{part}");
            let sides = ["query", "key", "value"].map(|side| name(&format!("attention.self.{side}")));
            let mut matrices = Vec::new();
            let mut biases = Vec::new();
            for side in &sides {
                matrices.push(read(&format!("{side}.weight"), &[hidden, hidden])?);
                biases.push(read(&format!("{side}.bias"), &[hidden])?);
            }
            let joined = |parts: &[Tensor]| Tensor::cat(parts, 0).map_err(|error| device_failed(device, &error));
            Ok(Layer {
                projection: Linear::new(joined(&matrices)?, Some(joined(&biases)?)),
                output: linear(&name("attention.output.dense"), hidden, hidden)?,
                output_norm: norm(&name("attention.output.LayerNorm"))?,
                up: linear(&name("intermediate.dense"), hidden, config.intermediate)?,
                down: linear(&name("output.dense"), config.intermediate, hidden)?,
                down_norm: norm(&name("output.LayerNorm"))?,
            })
        };
        Ok(Self {
            device: device.clone(),
            hidden,
            heads: config.heads,
            word_embeddings: read("embeddings.word_embeddings.weight", &[config.vocabulary, hidden])?,
            positions: read("embeddings.position_embeddings.weight", &[config.positions, hidden])?,
            types: read("embeddings.token_type_embeddings.weight", &[config.types, hidden])?,
            norm: norm("embeddings.LayerNorm")?,
            layers: (0..config.layers).map(layer).collect::<std::result::Result<_, EncoderError>>()?,
        })
    }

    /// The vectors of all tokens, `[tokens, hidden]`. With `attended`, all tokens of a sequence attend only to so many
    /// from its front. Checks `stop` before each layer.
    pub fn states(
        &self,
        batch: &Batch,
        attended: Option<usize>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> std::result::Result<Vec<f32>, EncoderError> {
        let failed = |error: candle_core::Error| device_failed(&self.device, &error);
        let groups = Groups::of(batch, self.heads, attended, &self.device).map_err(failed)?;
        let mut states = self.embed(batch).map_err(failed)?;
        for layer in &self.layers {
            if stop() {
                return Err(EncoderError::Stopped);
            }
            states = layer.forward(&states, &groups, self.heads).map_err(failed)?;
        }
        states.to_dtype(DType::F32).and_then(|states| states.flatten_all()?.to_vec1()).map_err(failed)
    }

    fn embed(&self, batch: &Batch) -> Result<Tensor> {
        let table = |table: &Tensor, rows: &[u32]| table.index_select(&Tensor::new(rows, &self.device)?, 0);
        let embeddings = table(&self.word_embeddings, &batch.ids)?;
        let positions = table(&self.positions, &batch.positions)?;
        self.norm.forward(&((embeddings + positions)? + table(&self.types, &batch.types)?)?)
    }
}

impl Backend for TensorEncoder {
    fn name(&self) -> &'static str {
        "candle, packed"
    }

    fn limits(&self) -> Limits {
        Limits {
            pairs: BatchLimit { sequences: 64, tokens: 16_384 },
            texts: BatchLimit { sequences: 256, tokens: 32_768 },
            by_pace: false,
        }
    }

    fn run(
        &mut self,
        batch: &Batch,
        wanted: Wanted,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> std::result::Result<Vec<f32>, EncoderError> {
        let states = self.states(batch, None, stop)?;
        Ok(match wanted {
            Wanted::States => states,
            Wanted::Pooled(pooling) => pool(&states, batch, pooling, self.hidden),
        })
    }
}

impl Layer {
    fn forward(&self, states: &Tensor, groups: &Groups, heads: usize) -> Result<Tensor> {
        let context = groups.attend(&self.projection.forward(states)?, heads)?;
        let states = self.output_norm.forward(&(self.output.forward(&context)? + states)?)?;
        let wide = self.up.forward(&states)?.gelu_erf()?;
        self.down_norm.forward(&(self.down.forward(&wide)? + &states)?)
    }
}

/// An error of the device that holds the tensors.
pub(crate) fn device_failed(device: &Device, error: &candle_core::Error) -> EncoderError {
    EncoderError::Device { device: format!("{:?}", device.location()), reason: first_line(error) }
}
