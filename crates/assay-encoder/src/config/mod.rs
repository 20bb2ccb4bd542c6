//! `config.json`: the shape of the encoder, its family and its role.

mod pooling;
mod family;
mod sizes;
mod modern_bert;
mod deberta;
mod decoder;
mod per_sequence;

use serde::Deserialize;

use crate::EncoderError;
use crate::folder::ModelFolder;

pub(crate) use deberta::Config as DebertaConfig;
pub(crate) use decoder::Config as DecoderConfig;
pub(crate) use family::{Family, Role};
pub(crate) use modern_bert::Config as ModernBertConfig;
pub(crate) use per_sequence::PerSequenceConfig;
pub(crate) use pooling::Pooling;
pub(crate) use sizes::{Sizes, bad_config};

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
        // The architecture is read first, because another family's file may lack the fields below.
        let named = folder.architecture()?;
        let wanted = role.architectures();
        let Some((_, family)) = wanted.iter().find(|(name, _)| *name == named) else {
            let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
            return Err(folder.wrong_family(named, &names));
        };
        let file: ConfigFile = folder.config()?;
        file.check(*family, folder)?;
        let first_position = match family {
            Family::XlmRoberta => file.pad_token_id.unwrap_or_default().saturating_add(1),
            _ => 0,
        };
        if first_position >= file.max_position_embeddings {
            return Err(bad_config(folder, "max_position_embeddings leaves no position for a token".into()));
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
            types: if *family == Family::DistilBert { 1 } else { file.type_vocab_size.max(1) },
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
    fn check(&self, family: Family, folder: &ModelFolder) -> Result<(), EncoderError> {
        let activation = if family == Family::Qwen3 { "silu" } else { "gelu" };
        if self.hidden_act != activation {
            return Err(EncoderError::Unsupported { part: format!("the activation {}", self.hidden_act) });
        }
        if let Some(kind) = self.position_embedding_type.as_deref().filter(|kind| *kind != "absolute") {
            return Err(EncoderError::Unsupported { part: format!("{kind} positions") });
        }
        // DeBERTa has 0 where it has no table of types.
        let types = if family == Family::DebertaV2 { self.type_vocab_size.max(1) } else { self.type_vocab_size };
        let sizes = [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("type_vocab_size", types),
        ];
        Sizes { sizes: &sizes, positions: self.max_position_embeddings }.check(folder)?;
        // The heads of a decoder have a width of their own.
        if family != Family::Qwen3 && !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return Err(bad_config(folder, "hidden_size is not a multiple of num_attention_heads".into()));
        }
        Ok(())
    }
}
