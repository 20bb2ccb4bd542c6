//! `config.json` of DeBERTa-v2 and v3.
//!
//! candle has no convolution after the first layer (it would panic) and only relative positions, so other
//! models are refused.

pub(crate) use candle_transformers::models::debertav2::Config;

use crate::EncoderError;
use crate::folder::ModelFolder;

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
