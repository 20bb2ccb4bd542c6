//! ModernBERT's fields of `config.json`, in the form of either generation of transformers.

use candle_transformers::models::modernbert;
use serde::Deserialize;

use super::pooling::Pooling;
use super::sizes::bad_config;
use crate::EncoderError;
use crate::folder::ModelFolder;

/// The shape of the body, and the vector that a classifier reads.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub body: modernbert::Config,
    pub classifier_pooling: Pooling,
}

#[derive(Deserialize)]
struct ConfigFile {
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default)]
    norm_eps: Option<f64>,
    #[serde(default)]
    layer_norm_eps: Option<f64>,
    #[serde(default)]
    pad_token_id: u32,
    #[serde(default)]
    global_attn_every_n_layers: Option<usize>,
    #[serde(default)]
    global_rope_theta: Option<f64>,
    local_attention: usize,
    #[serde(default)]
    local_rope_theta: Option<f64>,
    #[serde(default)]
    layer_types: Option<Vec<String>>,
    #[serde(default)]
    rope_parameters: Option<RopeFile>,
    #[serde(default)]
    classifier_pooling: Option<String>,
    #[serde(default)]
    norm_bias: bool,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    mlp_bias: bool,
    #[serde(default)]
    classifier_bias: bool,
}

// The form of transformers from version 5 on.
#[derive(Deserialize)]
struct RopeFile {
    full_attention: Rope,
    sliding_attention: Rope,
}

#[derive(Deserialize)]
struct Rope {
    rope_theta: f64,
    #[serde(default)]
    rope_type: Option<String>,
}

impl Config {
    /// Reads and checks `config.json`.
    pub fn read(folder: &ModelFolder) -> Result<Self, EncoderError> {
        let file: ConfigFile = folder.config()?;
        if file.norm_bias || file.attention_bias || file.mlp_bias || file.classifier_bias {
            return Err(EncoderError::Unsupported { part: "ModernBERT with biases".into() });
        }
        // Rotary positions turn pairs of numbers.
        if !file.hidden_size.checked_div(file.num_attention_heads).is_some_and(|width| width.is_multiple_of(2)) {
            return Err(bad_config(folder, "the width of its heads is odd".into()));
        }
        let every = file.every()?;
        let (global, local) = match &file.rope_parameters {
            Some(rope) => (rope.full_attention.theta()?, rope.sliding_attention.theta()?),
            None => (file.global_rope_theta.unwrap_or(160_000.0), file.local_rope_theta.unwrap_or(10_000.0)),
        };
        let classifier_pooling = match file.classifier_pooling.as_deref() {
            None | Some("cls") => Pooling::Cls,
            Some("mean") => Pooling::Mean,
            Some(other) => return Err(EncoderError::Unsupported { part: format!("the pooling {other}") }),
        };
        let body = modernbert::Config {
            vocab_size: file.vocab_size,
            hidden_size: file.hidden_size,
            num_hidden_layers: file.num_hidden_layers,
            num_attention_heads: file.num_attention_heads,
            intermediate_size: file.intermediate_size,
            max_position_embeddings: file.max_position_embeddings,
            layer_norm_eps: file.norm_eps.or(file.layer_norm_eps).unwrap_or(1e-5),
            pad_token_id: file.pad_token_id,
            global_attn_every_n_layers: every,
            global_rope_theta: global,
            local_attention: file.local_attention,
            local_rope_theta: local,
            classifier_config: None,
        };
        Ok(Self { body, classifier_pooling })
    }

    /// The epsilon of layer norms.
    pub fn epsilon(&self) -> f32 {
        self.body.layer_norm_eps as f32
    }
}

impl ConfigFile {
    /// The period of layers with global attention, counted from the first layer.
    fn every(&self) -> Result<usize, EncoderError> {
        let Some(kinds) = &self.layer_types else {
            return Ok(self.global_attn_every_n_layers.unwrap_or(3).max(1));
        };
        let full = |kind: &String| kind == "full_attention";
        let every = kinds.iter().skip(1).position(full).map_or(kinds.len().max(1), |place| place + 1);
        let regular = kinds.iter().enumerate().all(|(layer, kind)| full(kind) == layer.is_multiple_of(every));
        if regular { Ok(every) } else { Err(EncoderError::Unsupported { part: "irregular local attention".into() }) }
    }
}

impl Rope {
    fn theta(&self) -> Result<f64, EncoderError> {
        match self.rope_type.as_deref() {
            None | Some("default") => Ok(self.rope_theta),
            Some(kind) => Err(EncoderError::Unsupported { part: format!("{kind} rotary positions") }),
        }
    }
}
