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
use crate::backend::{Backend, Limits, Wanted, pool};
use crate::batch::Batch;
use crate::config::{DebertaConfig, ModernBertConfig, PerSequenceConfig};
use crate::tensor_encoder::device_failed;
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

    /// The vectors of a sequence's tokens, `[1, tokens, hidden]`.
    fn forward(&self, ids: &[u32], types: &[u32]) -> candle_core::Result<Tensor> {
        let ids = Tensor::new(ids, &self.device)?.unsqueeze(0)?;
        match &self.body {
            Body::ModernBert(body) => body.forward(&ids, &ids.ones_like()?.to_dtype(DType::F32)?),
            Body::Decoder(body) => body.states(&ids),
            Body::DebertaV2(body) => {
                let types = Tensor::new(types, &self.device)?.unsqueeze(0)?;
                body.forward(&ids, Some(types), None)
            }
        }
    }
}

impl Backend for PerSequence {
    fn name(&self) -> &'static str {
        "candle, one sequence at a time"
    }

    fn limits(&self) -> Limits {
        Limits::PROCESSOR
    }

    /// Checks `stop` before each sequence.
    fn run(
        &mut self,
        batch: &Batch,
        wanted: Wanted,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<f32>, EncoderError> {
        let mut states: Vec<f32> = Vec::new();
        for span in batch.spans() {
            if stop() {
                return Err(EncoderError::Stopped);
            }
            let (ids, types) = (&batch.ids[span.clone()], &batch.types[span]);
            let computed = self.threads.install(|| self.forward(ids, types)?.flatten_all()?.to_vec1::<f32>());
            states.extend(computed.map_err(|error| device_failed(&self.device, &error))?);
        }
        Ok(match wanted {
            Wanted::States => states,
            Wanted::Pooled(pooling) => pool(&states, batch, pooling, states.len() / batch.tokens().max(1)),
        })
    }

    fn threads(&self) -> Option<&rayon::ThreadPool> {
        Some(&self.threads)
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
