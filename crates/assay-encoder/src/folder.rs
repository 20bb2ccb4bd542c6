//! A model's folder in the hub's layout: which files are there and what the small ones say.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::EncoderError;

/// A folder that has weights, configuration and tokenizer.
#[derive(Debug, Clone)]
pub(crate) struct ModelFolder {
    path: PathBuf,
}

/// How token vectors become one vector, as `1_Pooling/config.json` says it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PoolingFile {
    pub pooling_mode_cls_token: bool,
    pub pooling_mode_mean_tokens: bool,
    pub pooling_mode_max_tokens: bool,
    pub pooling_mode_mean_sqrt_len_tokens: bool,
    pub pooling_mode_weightedmean_tokens: bool,
    pub pooling_mode_lasttoken: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SentenceFile {
    max_seq_length: Option<usize>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TokenizerFile {
    // The hub writes 1e30 for `no limit`, as a float or as a very long integer.
    model_max_length: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PromptsFile {
    prompts: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
}

impl ModelFolder {
    /// Checks that the files needed for token ids to scores are there: weights and configuration.
    pub fn open(path: &Path) -> Result<Self, EncoderError> {
        let folder = Self { path: path.to_path_buf() };
        folder.need("config.json")?;
        if folder.weights().is_file() {
            return Ok(folder);
        }
        match folder.pickle() {
            Some(file) => Err(EncoderError::PickleRefused { file, folder: folder.path }),
            None => Err(folder.missing("model.safetensors")),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn weights(&self) -> PathBuf {
        self.path.join("model.safetensors")
    }

    /// Path of `tokenizer.json`, which must be there for text to become tokens.
    pub fn tokenizer(&self) -> Result<PathBuf, EncoderError> {
        self.need("tokenizer.json")
    }

    /// A JSON file of the folder; `None` if it is not there.
    pub fn read<T: DeserializeOwned>(&self, file: &str) -> Result<Option<T>, EncoderError> {
        let path = self.path.join(file);
        if !path.is_file() {
            return Ok(None);
        }
        let bad = |reason: String| EncoderError::BadFile { file: path.clone(), reason };
        let text = std::fs::read_to_string(&path).map_err(|error| bad(error.to_string()))?;
        serde_json::from_str(&text).map(Some).map_err(|error| bad(error.to_string()))
    }

    /// BLAKE3 of the weights file, in hex.
    pub fn hash(&self) -> Result<String, EncoderError> {
        let bad = |error: std::io::Error| EncoderError::BadFile { file: self.weights(), reason: error.to_string() };
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(File::open(self.weights()).map_err(bad)?).map_err(bad)?;
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// `max_seq_length` of `sentence_bert_config.json`.
    pub fn sentence_limit(&self) -> Result<Option<usize>, EncoderError> {
        Ok(self.read::<SentenceFile>("sentence_bert_config.json")?.and_then(|file| file.max_seq_length))
    }

    /// `model_max_length` of `tokenizer_config.json` where it is a real limit.
    pub fn tokenizer_limit(&self) -> Result<Option<usize>, EncoderError> {
        let limit = self.read::<TokenizerFile>("tokenizer_config.json")?.and_then(|file| file.model_max_length);
        Ok(limit.filter(|limit| (1.0..1e6).contains(limit)).map(|limit| limit as usize))
    }

    /// The pooling file, and a check that no module follows which is not computed here.
    pub fn pooling(&self) -> Result<Option<PoolingFile>, EncoderError> {
        for module in self.read::<Vec<Module>>("modules.json")?.unwrap_or_default() {
            let name = module.kind.rsplit('.').next().unwrap_or_default();
            if !matches!(name, "Transformer" | "Pooling" | "Normalize") {
                return Err(EncoderError::Unsupported { part: format!("the module {} of modules.json", module.kind) });
            }
        }
        self.read("1_Pooling/config.json")
    }

    /// What `config_sentence_transformers.json` puts before a text of one of the named kinds.
    pub fn prompt(&self, kinds: &[&str]) -> Result<Option<String>, EncoderError> {
        let file = self.read::<PromptsFile>("config_sentence_transformers.json")?.unwrap_or_default();
        Ok(kinds.iter().find_map(|kind| file.prompts.get(*kind).cloned()))
    }

    fn need(&self, file: &str) -> Result<PathBuf, EncoderError> {
        let path = self.path.join(file);
        if path.is_file() { Ok(path) } else { Err(self.missing(file)) }
    }

    fn missing(&self, file: &str) -> EncoderError {
        EncoderError::MissingFile { file: file.to_string(), folder: self.path.clone() }
    }

    fn pickle(&self) -> Option<String> {
        let mut names: Vec<String> = std::fs::read_dir(&self.path)
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| [".bin", ".pt", ".pth", ".ckpt"].iter().any(|end| name.ends_with(end)))
            .collect();
        names.sort();
        names.into_iter().next()
    }
}
