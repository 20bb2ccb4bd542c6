//! The encoder on a graphics card: candle's operations over a padded batch.
//!
//! Matrix products run in the precision that the weights are loaded in: f16 on a card, whose f32 products are an
//! order of magnitude slower, and f32 in the tests, which compare the packed encoder with it. Sums over many
//! numbers (softmax, layer norm, mean pooling) are computed in f32 in both. Positions are integers and the mask is
//! finite, which keeps both exact in every precision.

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::{LayerNorm, Linear, Module};

use crate::EncoderError;
use crate::batch::Batch;
use crate::config::{EncoderConfig, Pooling};
use crate::weights::{Weights, first_line};

// Added to the scores of padding: large enough that its weight is zero, and far from infinity.
const MASKED: f32 = -1e4;

/// An encoder on a device.
pub(crate) struct PaddedEncoder {
    device: Device,
    heads: usize,
    first_position: usize,
    word_embeddings: Tensor,
    positions: Tensor,
    types: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    output_norm: LayerNorm,
    up: Linear,
    down: Linear,
    down_norm: LayerNorm,
}

impl PaddedEncoder {
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
            Ok(Layer {
                query: linear(&name("attention.self.query"), hidden, hidden)?,
                key: linear(&name("attention.self.key"), hidden, hidden)?,
                value: linear(&name("attention.self.value"), hidden, hidden)?,
                output: linear(&name("attention.output.dense"), hidden, hidden)?,
                output_norm: norm(&name("attention.output.LayerNorm"))?,
                up: linear(&name("intermediate.dense"), hidden, config.intermediate)?,
                down: linear(&name("output.dense"), config.intermediate, hidden)?,
                down_norm: norm(&name("output.LayerNorm"))?,
            })
        };
        Ok(Self {
            device: device.clone(),
            heads: config.heads,
            first_position: config.first_position,
            word_embeddings: read("embeddings.word_embeddings.weight", &[config.vocabulary, hidden])?,
            positions: read("embeddings.position_embeddings.weight", &[config.positions, hidden])?,
            types: read("embeddings.token_type_embeddings.weight", &[config.types, hidden])?,
            norm: norm("embeddings.LayerNorm")?,
            layers: (0..config.layers).map(layer).collect::<std::result::Result<_, EncoderError>>()?,
        })
    }

    /// One vector per sequence, `[sequences, hidden]`. Checks `stop` before each layer.
    pub fn pooled(
        &self,
        batch: &Batch,
        pooling: Pooling,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> std::result::Result<Vec<f32>, EncoderError> {
        let (states, mask) = self.forward(batch, None, stop)?;
        let pooled = pool(&states, &mask, pooling).and_then(|pooled| pooled.flatten_all()?.to_vec1());
        pooled.map_err(|error| self.failed(error))
    }

    /// The vectors of all tokens of each sequence, `[tokens, hidden]` each. With `attended`, all tokens attend
    /// only to so many from the front.
    pub fn states(
        &self,
        batch: &Batch,
        attended: Option<usize>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> std::result::Result<Vec<Vec<f32>>, EncoderError> {
        let (states, _) = self.forward(batch, attended, stop)?;
        let rows = batch.spans().enumerate();
        let row = |(index, span): (usize, std::ops::Range<usize>)| {
            states.get(index)?.narrow(0, 0, span.len())?.flatten_all()?.to_dtype(DType::F32)?.to_vec1()
        };
        rows.map(row).collect::<Result<_>>().map_err(|error| self.failed(error))
    }

    fn forward(
        &self,
        batch: &Batch,
        attended: Option<usize>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> std::result::Result<(Tensor, Tensor), EncoderError> {
        let (mut states, mask) = self.embed(batch, attended).map_err(|error| self.failed(error))?;
        for layer in &self.layers {
            if stop() {
                return Err(EncoderError::Stopped);
            }
            states = layer.forward(&states, &mask, self.heads).map_err(|error| self.failed(error))?;
        }
        Ok((states, mask))
    }

    fn failed(&self, error: candle_core::Error) -> EncoderError {
        device_failed(&self.device, &error)
    }

    /// Token states `[sequences, longest, hidden]` and the mask `[sequences, longest]`, 1 for tokens
    /// that are attended to.
    fn embed(&self, batch: &Batch, attended: Option<usize>) -> Result<(Tensor, Tensor)> {
        let shape = (batch.sequences(), longest(batch));
        let table = |table: &Tensor, rows: Vec<u32>| {
            let rows = Tensor::from_vec(rows, shape, &self.device)?.flatten_all()?;
            table.index_select(&rows, 0)?.reshape((shape.0, shape.1, ()))
        };
        let embeddings = table(&self.word_embeddings, pad(batch, &batch.ids, 0))?;
        let positions = table(&self.positions, pad(batch, &batch.positions, self.first_position as u32))?;
        let types = table(&self.types, pad(batch, &batch.types, 0))?;
        let seen = |span: std::ops::Range<usize>| {
            let attended = attended.unwrap_or(span.len());
            (0..span.len()).map(move |place| if place < attended { 1.0f32 } else { 0.0 })
        };
        let mask = pad(batch, &batch.spans().flat_map(seen).collect::<Vec<_>>(), 0.0);
        let states = self.norm.forward(&((embeddings + positions)? + types)?)?;
        Ok((states, Tensor::from_vec(mask, shape, &self.device)?))
    }
}

impl Layer {
    fn forward(&self, states: &Tensor, mask: &Tensor, heads: usize) -> Result<Tensor> {
        let (sequences, length, hidden) = states.dims3()?;
        let width = hidden / heads;
        let split =
            |projected: Tensor| projected.reshape((sequences, length, heads, width))?.transpose(1, 2)?.contiguous();
        // Scaled before the product, so that f16 does not overflow in it.
        let query = (split(self.query.forward(states)?)? * (1.0 / (width as f64).sqrt()))?;
        let key = split(self.key.forward(states)?)?;
        let value = split(self.value.forward(states)?)?;
        let scores = query.matmul(&key.t()?)?;
        let masked = ((1.0 - mask)? * f64::from(MASKED))?.reshape((sequences, 1, 1, length))?;
        let scores = scores.to_dtype(DType::F32)?.broadcast_add(&masked)?;
        let weights = candle_nn::ops::softmax_last_dim(&scores)?.to_dtype(value.dtype())?;
        let context = weights.matmul(&value)?.transpose(1, 2)?.reshape((sequences, length, hidden))?;
        let states = self.output_norm.forward(&(self.output.forward(&context)? + states)?)?;
        let wide = self.up.forward(&states)?.gelu_erf()?;
        self.down_norm.forward(&(self.down.forward(&wide)? + &states)?)
    }
}

/// Slots of a padded batch, padding included.
pub(crate) fn slots(batch: &Batch) -> usize {
    batch.sequences() * longest(batch)
}

fn longest(batch: &Batch) -> usize {
    batch.spans().map(|span| span.len()).max().unwrap_or_default()
}

fn pad<T: Copy>(batch: &Batch, values: &[T], filler: T) -> Vec<T> {
    let longest = longest(batch);
    let mut padded = Vec::with_capacity(slots(batch));
    for (index, span) in batch.spans().enumerate() {
        padded.extend_from_slice(&values[span]);
        padded.resize((index + 1) * longest, filler);
    }
    padded
}

/// An error of the device that holds the tensors.
pub(crate) fn device_failed(device: &Device, error: &candle_core::Error) -> EncoderError {
    EncoderError::Device { device: format!("{:?}", device.location()), reason: first_line(error) }
}

fn pool(states: &Tensor, mask: &Tensor, pooling: Pooling) -> Result<Tensor> {
    let states = states.to_dtype(DType::F32)?;
    match pooling {
        Pooling::Cls => states.narrow(1, 0, 1)?.squeeze(1)?.contiguous(),
        // The engine takes the last token's vector from the states.
        Pooling::Mean | Pooling::Last => {
            let sums = states.broadcast_mul(&mask.unsqueeze(D::Minus1)?)?.sum(1)?;
            sums.broadcast_div(&mask.sum_keepdim(1)?)
        }
    }
}
