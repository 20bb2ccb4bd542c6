//! The fields of `config.json` of decoders (Qwen3, Gemma), in the form of either generation of transformers.

use candle_nn::Activation;
use candle_transformers::models::{gemma, qwen3};
use serde::Deserialize;

use super::sizes::{Sizes, bad_config};
use crate::EncoderError;
use crate::folder::ModelFolder;

/// The shape of a decoder, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    file: ConfigFile,
    head_width: usize,
}

#[derive(Debug, Clone, Deserialize)]
struct ConfigFile {
    vocab_size: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    num_key_value_heads: usize,
    #[serde(default)]
    head_dim: Option<usize>,
    max_position_embeddings: usize,
    rms_norm_eps: f64,
    #[serde(default)]
    hidden_act: Option<String>,
    #[serde(default)]
    hidden_activation: Option<String>,
    #[serde(default)]
    attention_bias: bool,
    #[serde(default)]
    use_sliding_window: bool,
    #[serde(default)]
    rope_theta: Option<f64>,
    #[serde(default)]
    rope_scaling: Option<RopeFile>,
    #[serde(default)]
    rope_parameters: Option<RopeFile>,
    #[serde(default)]
    bos_token_id: Option<i64>,
    #[serde(default)]
    pad_token_id: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
struct RopeFile {
    #[serde(default)]
    rope_theta: Option<f64>,
    #[serde(default, alias = "type")]
    rope_type: Option<String>,
}

impl Config {
    /// Reads and checks `config.json`.
    pub fn read(folder: &ModelFolder) -> Result<Self, EncoderError> {
        let file: ConfigFile = folder.config()?;
        let head_width = file.head_dim.or(file.hidden_size.checked_div(file.num_attention_heads)).unwrap_or(0);
        let sizes = [
            ("vocab_size", file.vocab_size),
            ("hidden_size", file.hidden_size),
            ("intermediate_size", file.intermediate_size),
            ("num_hidden_layers", file.num_hidden_layers),
            ("num_attention_heads", file.num_attention_heads),
            ("num_key_value_heads", file.num_key_value_heads),
            ("head_dim", head_width),
        ];
        Sizes { sizes: &sizes, positions: file.max_position_embeddings }.check(folder)?;
        if !file.num_attention_heads.is_multiple_of(file.num_key_value_heads) {
            let reason = "num_attention_heads is not a multiple of num_key_value_heads".to_string();
            return Err(bad_config(folder, reason));
        }
        // Rotary positions turn pairs of numbers.
        if !head_width.is_multiple_of(2) {
            return Err(bad_config(folder, format!("head_dim is {head_width}, which is odd")));
        }
        let ropes = [&file.rope_scaling, &file.rope_parameters].into_iter().flatten();
        let scaled = ropes.filter_map(|rope| rope.rope_type.as_deref()).find(|kind| *kind != "default");
        if let Some(kind) = scaled {
            return Err(EncoderError::Unsupported { part: format!("rotary positions of the kind {kind}") });
        }
        if file.use_sliding_window {
            return Err(EncoderError::Unsupported { part: "a sliding window".into() });
        }
        Ok(Self { file, head_width })
    }

    /// Width of the token vectors.
    pub fn hidden(&self) -> usize {
        self.file.hidden_size
    }

    /// Number of layers, at least one.
    pub fn layers(&self) -> usize {
        self.file.num_hidden_layers
    }

    /// Width of the queries of all heads.
    pub fn queries(&self) -> usize {
        self.file.num_attention_heads * self.head_width
    }

    /// Size of the vocabulary.
    pub fn vocabulary(&self) -> usize {
        self.file.vocab_size
    }

    /// Most tokens of a sequence.
    pub fn positions(&self) -> usize {
        self.file.max_position_embeddings
    }

    /// The epsilon of the norms.
    pub fn epsilon(&self) -> f32 {
        self.file.rms_norm_eps as f32
    }

    /// The token that starts a sequence; `None` if there is none or it is the padding.
    pub fn start(&self) -> Option<u32> {
        let start = self.file.bos_token_id.filter(|start| Some(*start) != self.file.pad_token_id)?;
        u32::try_from(start).ok().filter(|start| (*start as usize) < self.vocabulary())
    }

    /// The configuration of candle's Qwen3.
    pub fn qwen3(&self) -> Result<qwen3::Config, EncoderError> {
        let file = &self.file;
        self.activation(&["silu"])?;
        Ok(qwen3::Config {
            vocab_size: file.vocab_size,
            hidden_size: file.hidden_size,
            intermediate_size: file.intermediate_size,
            num_hidden_layers: file.num_hidden_layers,
            num_attention_heads: file.num_attention_heads,
            head_dim: self.head_width,
            attention_bias: file.attention_bias,
            num_key_value_heads: file.num_key_value_heads,
            max_position_embeddings: file.max_position_embeddings,
            sliding_window: None,
            max_window_layers: file.num_hidden_layers,
            tie_word_embeddings: true,
            rope_theta: self.theta(),
            rms_norm_eps: file.rms_norm_eps,
            use_sliding_window: false,
            hidden_act: Activation::Silu,
        })
    }

    /// The configuration of candle's Gemma. The first Gemma files name the activation `gelu` and mean its
    /// approximation by tanh; transformers corrects that and candle does not.
    pub fn gemma(&self) -> Result<gemma::Config, EncoderError> {
        let file = &self.file;
        if file.hidden_activation.is_some() || file.hidden_act.is_some() {
            self.activation(&["gelu", "gelu_pytorch_tanh"])?;
        }
        Ok(gemma::Config {
            attention_bias: file.attention_bias,
            head_dim: self.head_width,
            hidden_act: None,
            hidden_activation: Some(Activation::GeluPytorchTanh),
            hidden_size: file.hidden_size,
            intermediate_size: file.intermediate_size,
            num_attention_heads: file.num_attention_heads,
            num_hidden_layers: file.num_hidden_layers,
            num_key_value_heads: file.num_key_value_heads,
            rms_norm_eps: file.rms_norm_eps,
            rope_theta: self.theta(),
            vocab_size: file.vocab_size,
            max_position_embeddings: file.max_position_embeddings,
        })
    }

    fn activation(&self, supported: &[&str]) -> Result<(), EncoderError> {
        let named = self.file.hidden_activation.as_deref().or(self.file.hidden_act.as_deref()).unwrap_or("none");
        if supported.contains(&named) {
            return Ok(());
        }
        Err(EncoderError::Unsupported { part: format!("the activation {named}") })
    }

    fn theta(&self) -> f64 {
        let newer = self.file.rope_parameters.as_ref().and_then(|rope| rope.rope_theta);
        newer.or(self.file.rope_theta).unwrap_or(10_000.0)
    }
}
