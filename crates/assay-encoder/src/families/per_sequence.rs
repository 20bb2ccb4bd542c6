//! ModernBERT, DeBERTa-v2 and Qwen3 on candle's bodies, one sequence at a time, so that nothing is padded or masked.
//!
//! The heads are ours, as for every family: candle's own ModernBERT classifier takes a softmax over its
//! labels, which makes every score of a model with one label a 1. Both bodies are checked for tensors by name
//! and shape before they load, because candle takes a missing norm of ModernBERT for one that is not wanted and
//! says of DeBERTa only that something does not fit.

use candle_core::{DType, Device, Tensor};
use candle_transformers::models::debertav2::DebertaV2Model;
use candle_transformers::models::modernbert::ModernBert;

use super::decoder::Decoder;
use crate::EncoderError;
use crate::batch::TokenSequence;
use crate::config::{DebertaConfig, ModernBertConfig, PerSequenceConfig};
use crate::padded::device_failed;
use crate::weights::Weights;

/// A body with its device and its threads.
pub(crate) struct PerSequence {
    body: Body,
    device: Device,
    threads: rayon::ThreadPool,
}

enum Body {
    ModernBert(ModernBert),
    DebertaV2(Box<DebertaV2Model>),
    Decoder(Box<Decoder>),
}

impl PerSequence {
    /// Reads the weights, in f32.
    pub fn load(
        config: &PerSequenceConfig,
        weights: &Weights,
        device: &Device,
        threads: usize,
    ) -> Result<Self, EncoderError> {
        let body = match config {
            PerSequenceConfig::ModernBert(config) => Body::ModernBert(modern_bert(config, weights, device)?),
            PerSequenceConfig::Qwen3(config) => Body::Decoder(Box::new(Decoder::load(config, weights, device)?)),
            PerSequenceConfig::DebertaV2(config) => Body::DebertaV2(Box::new(deberta(config, weights, device)?)),
        };
        Ok(Self { body, device: device.clone(), threads: threads_of(threads)? })
    }

    /// The threads, for work before and after the body.
    pub fn threads(&self) -> &rayon::ThreadPool {
        &self.threads
    }

    /// The vectors of all tokens of each sequence, `[tokens, hidden]`. Checks `stop` before each sequence.
    pub fn states(
        &self,
        sequences: &[TokenSequence],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        let one = |sequence: &TokenSequence| {
            if stop() {
                return Err(EncoderError::Stopped);
            }
            let states = self.threads.install(|| self.forward(sequence)?.flatten_all()?.to_vec1());
            states.map_err(|error| device_failed(&self.device, &error))
        };
        sequences.iter().map(one).collect()
    }

    fn forward(&self, sequence: &TokenSequence) -> candle_core::Result<Tensor> {
        let ids = Tensor::new(sequence.ids.as_slice(), &self.device)?.unsqueeze(0)?;
        match &self.body {
            Body::ModernBert(body) => body.forward(&ids, &ids.ones_like()?.to_dtype(DType::F32)?),
            Body::Decoder(body) => body.states(&ids),
            Body::DebertaV2(body) => {
                let types = Tensor::new(sequence.types.as_slice(), &self.device)?.unsqueeze(0)?;
                body.forward(&ids, Some(types), None)
            }
        }
    }
}

fn modern_bert(config: &ModernBertConfig, weights: &Weights, device: &Device) -> Result<ModernBert, EncoderError> {
    let config = &config.body;
    for layer in 1..config.num_hidden_layers {
        weights.encoder(&format!("layers.{layer}.attn_norm.weight"), &[config.hidden_size])?;
    }
    let builder = weights.builder("model.", device);
    ModernBert::load(builder, config).map_err(|error| weights.unusable(&error))
}

fn deberta(config: &DebertaConfig, weights: &Weights, device: &Device) -> Result<DebertaV2Model, EncoderError> {
    let (hidden, last) = (config.hidden_size, config.num_hidden_layers.saturating_sub(1));
    weights.encoder("embeddings.LayerNorm.weight", &[hidden])?;
    weights.encoder(&format!("encoder.layer.{last}.output.LayerNorm.weight"), &[hidden])?;
    let builder = weights.builder("deberta.", device);
    DebertaV2Model::load(builder.pp("deberta"), config).map_err(|error| weights.unusable(&error))
}

/// A thread pool that bounds the threads of candle's operations.
pub(crate) fn threads_of(threads: usize) -> Result<rayon::ThreadPool, EncoderError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("body {n}"));
    pool.build().map_err(|error| EncoderError::Device { device: "cpu".into(), reason: error.to_string() })
}
