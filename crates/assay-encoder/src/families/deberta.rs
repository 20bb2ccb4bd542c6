//! DeBERTa-v2 and v3, on candle's body.
//!
//! candle has no convolution after the first layer (it would panic) and no other positions than
//! relative ones, so models that have either are refused. The head is ours, as for every family.

use candle_core::Device;
pub(crate) use candle_transformers::models::debertav2::{Config, DebertaV2Model as Deberta};

use crate::EncoderError;
use crate::folder::ModelFolder;
use crate::weights::Weights;

/// Reads and checks `config.json`.
pub(crate) fn read(folder: &ModelFolder) -> Result<Config, EncoderError> {
    let config: Config = folder.config()?;
    let unsupported = [
        (config.conv_kernel_size.unwrap_or_default() > 0, "a convolution in the encoder"),
        (!config.relative_attention, "DeBERTa without relative positions"),
        (config.embedding_size.is_some_and(|size| size != config.hidden_size), "word vectors of another width"),
        (config.pooler_hidden_size.is_some_and(|size| size != config.hidden_size), "a pooler of another width"),
    ];
    match unsupported.into_iter().find(|(there, _)| *there) {
        Some((_, part)) => Err(EncoderError::Unsupported { part: part.to_string() }),
        None => Ok(config),
    }
}

/// Reads the weights onto a device.
pub(crate) fn load(config: &Config, weights: &Weights, device: &Device) -> Result<Deberta, EncoderError> {
    let hidden = config.hidden_size;
    // Checked here by name and shape, because candle says only that something does not fit.
    weights.encoder("embeddings.LayerNorm.weight", &[hidden])?;
    weights.encoder(
        &format!("encoder.layer.{}.output.LayerNorm.weight", config.num_hidden_layers.saturating_sub(1)),
        &[hidden],
    )?;
    let builder = weights.builder("deberta.", device)?;
    Deberta::load(builder.pp("deberta"), config).map_err(|error| weights.unusable(&error))
}
