//! `config.json`: the shape of the encoder, its family and its role.

mod pooling;
mod family;
mod modern_bert;
mod deberta;
mod qwen;
mod per_sequence;

use serde::Deserialize;

use crate::EncoderError;
use crate::folder::ModelFolder;

pub(crate) use deberta::Config as DebertaConfig;
pub(crate) use family::{Family, Role};
pub(crate) use modern_bert::Config as ModernBertConfig;
pub(crate) use per_sequence::PerSequenceConfig;
pub(crate) use pooling::Pooling;
pub(crate) use qwen::Config as QwenConfig;

/// The shape of an encoder, checked.
#[derive(Debug, Clone)]
pub(crate) struct EncoderConfig {
    pub family: Family,
    pub vocabulary: usize,
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub intermediate: usize,
    /// Rows of the position table; the longest sequence in families without one.
    pub positions: usize,
    /// Position of a sequence's first token.
    pub first_position: usize,
    /// Rows of the token type table; 1 where there is none.
    pub types: usize,
    pub epsilon: f32,
    /// The rest, for the families that have a body of their own.
    pub per_sequence: Option<PerSequenceConfig>,
}

// DistilBERT and ModernBERT have other names for some fields.
#[derive(Deserialize)]
struct ConfigFile {
    vocab_size: usize,
    #[serde(alias = "dim")]
    hidden_size: usize,
    #[serde(alias = "n_layers")]
    num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    num_attention_heads: usize,
    #[serde(alias = "hidden_dim")]
    intermediate_size: usize,
    max_position_embeddings: usize,
    #[serde(default = "one")]
    type_vocab_size: usize,
    // DistilBERT's files lack it: transformers has it in its code.
    #[serde(default = "tiny")]
    layer_norm_eps: f64,
    #[serde(default)]
    pad_token_id: Option<usize>,
    #[serde(alias = "activation", alias = "hidden_activation")]
    hidden_act: String,
    position_embedding_type: Option<String>,
}

fn one() -> usize {
    1
}

fn tiny() -> f64 {
    1e-12
}

impl EncoderConfig {
    /// Reads and checks `config.json` for a role.
    pub fn read(folder: &ModelFolder, role: Role) -> Result<Self, EncoderError> {
        let path = folder.path().join("config.json");
        let bad = |reason: &str| EncoderError::BadFile { file: path.clone(), reason: reason.to_string() };
        // The architecture is read first, because another family's file may lack the fields below.
        let named = folder.architecture()?;
        let wanted = role.architectures();
        let Some((_, family)) = wanted.iter().find(|(name, _)| *name == named) else {
            let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
            return Err(folder.wrong_family(named, &names));
        };
        let file: ConfigFile = folder.config()?;
        file.check(*family, &bad)?;
        let first_position = if *family == Family::XlmRoberta { file.pad_token_id.unwrap_or_default() + 1 } else { 0 };
        if first_position >= file.max_position_embeddings {
            return Err(bad("max_position_embeddings leaves no position for a token"));
        }
        let per_sequence = PerSequenceConfig::read(*family, folder)?;
        Ok(Self {
            family: *family,
            vocabulary: file.vocab_size,
            hidden: file.hidden_size,
            layers: file.num_hidden_layers,
            heads: file.num_attention_heads,
            intermediate: file.intermediate_size,
            positions: file.max_position_embeddings,
            first_position,
            types: file.type_vocab_size.max(1),
            epsilon: per_sequence.as_ref().and_then(PerSequenceConfig::epsilon).unwrap_or(file.layer_norm_eps as f32),
            per_sequence,
        })
    }

    /// Most tokens of a sequence, by the position table.
    pub fn longest(&self) -> usize {
        self.positions - self.first_position
    }
}

impl ConfigFile {
    fn check(&self, family: Family, bad: &dyn Fn(&str) -> EncoderError) -> Result<(), EncoderError> {
        let activation = if family == Family::Qwen3 { "silu" } else { "gelu" };
        if self.hidden_act != activation {
            return Err(EncoderError::Unsupported { part: format!("the activation {}", self.hidden_act) });
        }
        if let Some(kind) = self.position_embedding_type.as_deref().filter(|kind| *kind != "absolute") {
            return Err(EncoderError::Unsupported { part: format!("{kind} positions") });
        }
        let sizes = [
            self.vocab_size,
            self.hidden_size,
            self.num_hidden_layers,
            self.num_attention_heads,
            self.intermediate_size,
        ];
        // DeBERTa has 0 where it has no table of types.
        if sizes.contains(&0) || (self.type_vocab_size == 0 && family != Family::DebertaV2) {
            return Err(bad("one of its sizes is zero"));
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return Err(bad("hidden_size is not a multiple of num_attention_heads"));
        }
        Ok(())
    }
}
