//! `config.json`: the shape of the encoder and which family and role it has.

use serde::Deserialize;

use crate::EncoderError;
use crate::folder::ModelFolder;

/// The families. They differ in where positions start and in the names of the tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Bert,
    XlmRoberta,
}

/// What the model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Embedder,
    Reranker,
}

impl Role {
    fn architectures(self) -> [(&'static str, Family); 2] {
        match self {
            Role::Embedder => [("BertModel", Family::Bert), ("XLMRobertaModel", Family::XlmRoberta)],
            Role::Reranker => [
                ("BertForSequenceClassification", Family::Bert),
                ("XLMRobertaForSequenceClassification", Family::XlmRoberta),
            ],
        }
    }
}

/// The shape of an encoder, checked.
#[derive(Debug, Clone)]
pub(crate) struct EncoderConfig {
    pub family: Family,
    pub vocabulary: usize,
    pub hidden: usize,
    pub layers: usize,
    pub heads: usize,
    pub intermediate: usize,
    /// Rows of the position table.
    pub positions: usize,
    /// Position of a sequence's first token.
    pub first_position: usize,
    /// Rows of the token type table.
    pub types: usize,
    pub epsilon: f32,
}

#[derive(Deserialize)]
struct ConfigFile {
    #[serde(default)]
    architectures: Vec<String>,
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    type_vocab_size: usize,
    layer_norm_eps: f64,
    #[serde(default)]
    pad_token_id: usize,
    hidden_act: String,
    position_embedding_type: Option<String>,
}

impl EncoderConfig {
    /// Reads and checks `config.json` for a role.
    pub fn read(folder: &ModelFolder, role: Role) -> Result<Self, EncoderError> {
        let path = folder.path().join("config.json");
        let bad = |reason: &str| EncoderError::BadFile { file: path.clone(), reason: reason.to_string() };
        // First the architecture alone: another family's file may lack the fields below.
        let value: serde_json::Value = folder.read("config.json")?.ok_or_else(|| bad("it is not there"))?;
        let named = value.get("architectures").and_then(|list| list.get(0)).and_then(|name| name.as_str());
        let named = named.unwrap_or("a model that names no architecture");
        let wanted = role.architectures();
        let Some((_, family)) = wanted.into_iter().find(|(name, _)| *name == named) else {
            return Err(EncoderError::WrongFamily {
                folder: folder.path().to_path_buf(),
                found: named.to_string(),
                wanted: wanted.map(|(name, _)| name).join(" or "),
            });
        };
        let file: ConfigFile = serde_json::from_value(value).map_err(|error| bad(&error.to_string()))?;
        file.check(&bad)?;
        let first_position = if family == Family::Bert { 0 } else { file.pad_token_id + 1 };
        if first_position >= file.max_position_embeddings {
            return Err(bad("max_position_embeddings leaves no position for a token"));
        }
        Ok(Self {
            family,
            vocabulary: file.vocab_size,
            hidden: file.hidden_size,
            layers: file.num_hidden_layers,
            heads: file.num_attention_heads,
            intermediate: file.intermediate_size,
            positions: file.max_position_embeddings,
            first_position,
            types: file.type_vocab_size,
            epsilon: file.layer_norm_eps as f32,
        })
    }

    /// Most tokens of a sequence, by the position table.
    pub fn longest(&self) -> usize {
        self.positions - self.first_position
    }
}

impl ConfigFile {
    fn check(&self, bad: &dyn Fn(&str) -> EncoderError) -> Result<(), EncoderError> {
        if self.hidden_act != "gelu" {
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
            self.type_vocab_size,
        ];
        if sizes.contains(&0) || self.architectures.is_empty() {
            return Err(bad("one of its sizes is zero"));
        }
        if !self.hidden_size.is_multiple_of(self.num_attention_heads) {
            return Err(bad("hidden_size is not a multiple of num_attention_heads"));
        }
        Ok(())
    }
}
