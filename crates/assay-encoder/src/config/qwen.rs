//! The fields of `config.json` of Qwen3, in the form of either generation of transformers.

use candle_nn::Activation;
use candle_transformers::models::qwen3;
use serde::Deserialize;

use crate::EncoderError;
use crate::folder::ModelFolder;

/// The shape of a decoder, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    file: ConfigFile,
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
    hidden_act: String,
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
        let unsupported = |part: String| Err(EncoderError::Unsupported { part });
        if file.hidden_act != "silu" {
            return unsupported(format!("the activation {}", file.hidden_act));
        }
        if file.use_sliding_window {
            return unsupported("a sliding window".into());
        }
        let ropes = [&file.rope_scaling, &file.rope_parameters].into_iter().flatten();
        let scaled = ropes.filter_map(|rope| rope.rope_type.as_deref()).find(|kind| *kind != "default");
        if let Some(kind) = scaled {
            return unsupported(format!("rotary positions of the kind {kind}"));
        }
        let sizes = [file.hidden_size, file.num_attention_heads, file.num_key_value_heads, file.vocab_size];
        if sizes.contains(&0) || !file.num_attention_heads.is_multiple_of(file.num_key_value_heads) {
            let reason = "its numbers of heads do not fit".to_string();
            return Err(EncoderError::BadFile { file: folder.path().join("config.json"), reason });
        }
        Ok(Self { file })
    }

    /// Width of the token vectors.
    pub fn hidden(&self) -> usize {
        self.file.hidden_size
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

    /// The configuration of candle's Qwen3.
    pub fn qwen3(&self) -> qwen3::Config {
        let file = &self.file;
        qwen3::Config {
            vocab_size: file.vocab_size,
            hidden_size: file.hidden_size,
            intermediate_size: file.intermediate_size,
            num_hidden_layers: file.num_hidden_layers,
            num_attention_heads: file.num_attention_heads,
            head_dim: file.head_dim.unwrap_or(file.hidden_size / file.num_attention_heads),
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
        }
    }

    fn theta(&self) -> f64 {
        let newer = self.file.rope_parameters.as_ref().and_then(|rope| rope.rope_theta);
        newer.or(self.file.rope_theta).unwrap_or(10_000.0)
    }
}
