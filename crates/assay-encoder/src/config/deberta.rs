//! `config.json` of DeBERTa-v2 and v3.
//!
//! candle has no convolution after the first layer (it would panic) and only relative positions, so other
//! models are refused.

pub(crate) use candle_transformers::models::debertav2::Config;

use super::sizes::Sizes;
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
    if let Some((_, part)) = unsupported.into_iter().find(|(there, _)| *there) {
        return Err(EncoderError::Unsupported { part: part.to_string() });
    }
    // Below 1 stands for none.
    let size = |size: isize| size.max(1).unsigned_abs();
    let sizes = [
        ("attention_head_size", config.attention_head_size.unwrap_or(1)),
        ("max_relative_positions", size(config.max_relative_positions)),
        ("position_buckets", size(config.position_buckets.unwrap_or(1))),
    ];
    Sizes { sizes: &sizes, positions: config.max_position_embeddings }.check(folder)?;
    Ok(config)
}
