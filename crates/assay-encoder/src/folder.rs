//! A model's folder in the hub's layout: its files, and the contents of the small ones.

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

/// `1_Pooling/config.json`: how token vectors become one vector.
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
    similarity_fn_name: Option<String>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct ShardsFile {
    weight_map: std::collections::BTreeMap<String, String>,
}

const WEIGHTS: &str = "model.safetensors";
const SHARDS: &str = "model.safetensors.index.json";

impl ModelFolder {
    /// Checks that the folder has weights and a configuration. The tokenizer is checked when it is opened.
    pub fn open(path: &Path) -> Result<Self, EncoderError> {
        let folder = Self { path: path.to_path_buf() };
        folder.need("config.json")?;
        if folder.path.join(WEIGHTS).is_file() || folder.path.join(SHARDS).is_file() {
            folder.weights()?;
            return Ok(folder);
        }
        match folder.pickle() {
            Some(file) => Err(EncoderError::PickleRefused { file, folder: folder.path }),
            None => Err(folder.missing(WEIGHTS)),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The weights: `model.safetensors`, or the files that its index names, each once.
    pub fn weights(&self) -> Result<Vec<PathBuf>, EncoderError> {
        if self.path.join(WEIGHTS).is_file() {
            return Ok(vec![self.path.join(WEIGHTS)]);
        }
        let bad = |reason: String| EncoderError::BadFile { file: self.path.join(SHARDS), reason };
        let index: ShardsFile = self.read(SHARDS)?.ok_or_else(|| self.missing(WEIGHTS))?;
        let names: std::collections::BTreeSet<String> = index.weight_map.into_values().collect();
        if names.is_empty() {
            return Err(bad("it names no file".into()));
        }
        let shard = |name: String| {
            // A path that leaves the folder, or a pickle, is refused.
            if name.contains(['/', '\\']) || !name.ends_with(".safetensors") {
                return Err(bad(format!("it names {name}, which is not a safetensors file of the same folder")));
            }
            self.need(&name)
        };
        names.into_iter().map(shard).collect()
    }

    /// A further safetensors file of the folder, by its name without the ending; `None` if it is not there. A
    /// pickle in its place is refused.
    pub fn safetensors(&self, name: &str) -> Result<Option<PathBuf>, EncoderError> {
        let path = self.path.join(format!("{name}.safetensors"));
        let pickle =
            [".pt", ".bin"].map(|end| format!("{name}{end}")).into_iter().find(|file| self.path.join(file).is_file());
        match pickle {
            _ if path.is_file() => Ok(Some(path)),
            Some(file) => Err(EncoderError::PickleRefused { file, folder: self.path.clone() }),
            None => Ok(None),
        }
    }

    /// Path of `tokenizer.json`; an error if it is missing.
    pub fn tokenizer(&self) -> Result<PathBuf, EncoderError> {
        self.need("tokenizer.json")
    }

    /// The architecture that `config.json` names first.
    pub fn architecture(&self) -> Result<String, EncoderError> {
        let value: serde_json::Value = self.config()?;
        let named = value.get("architectures").and_then(|list| list.get(0)).and_then(|name| name.as_str());
        Ok(named.unwrap_or("a model that names no architecture").to_string())
    }

    /// The error that names the architecture found and those that fit.
    pub fn wrong_family(&self, found: String, wanted: &[&str]) -> EncoderError {
        EncoderError::WrongFamily { folder: self.path.clone(), found, wanted: one_of(wanted) }
    }

    /// `config.json`, read as the caller's type.
    pub fn config<T: DeserializeOwned>(&self) -> Result<T, EncoderError> {
        self.read("config.json")?.ok_or_else(|| self.missing("config.json"))
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

    /// BLAKE3 of the weights, in hex; of several files in the order of their names.
    pub fn hash(&self) -> Result<String, EncoderError> {
        let mut hasher = blake3::Hasher::new();
        for file in self.weights()? {
            let bad = |error: std::io::Error| EncoderError::BadFile { file: file.clone(), reason: error.to_string() };
            hasher.update_reader(File::open(&file).map_err(bad)?).map_err(bad)?;
        }
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// `max_seq_length` of `sentence_bert_config.json`.
    pub fn sentence_limit(&self) -> Result<Option<usize>, EncoderError> {
        Ok(self.read::<SentenceFile>("sentence_bert_config.json")?.and_then(|file| file.max_seq_length))
    }

    /// `model_max_length` of `tokenizer_config.json`; `None` where it stands for no limit.
    pub fn tokenizer_limit(&self) -> Result<Option<usize>, EncoderError> {
        let limit = self.read::<TokenizerFile>("tokenizer_config.json")?.and_then(|file| file.model_max_length);
        Ok(limit.filter(|limit| (1.0..1e6).contains(limit)).map(|limit| limit as usize))
    }

    /// The pooling file. A module in `modules.json` that is not computed here is an error.
    pub fn pooling(&self) -> Result<Option<PoolingFile>, EncoderError> {
        for module in self.modules()? {
            let name = module.name();
            if !matches!(name, "Transformer" | "Pooling" | "Normalize") {
                return Err(EncoderError::Unsupported { part: format!("the module {} of modules.json", module.kind) });
            }
        }
        self.read("1_Pooling/config.json")
    }

    /// The prompt that `config_sentence_transformers.json` has for one of the named kinds, in their order. An empty one
    /// states nothing: sentence-transformers writes it for a model that was saved without any.
    pub fn prompt(&self, kinds: &[&str]) -> Result<Option<String>, EncoderError> {
        let file = self.read::<PromptsFile>("config_sentence_transformers.json")?.unwrap_or_default();
        let stated = kinds.iter().filter_map(|kind| file.prompts.get(*kind));
        Ok(stated.into_iter().find(|prompt| !prompt.is_empty()).cloned())
    }

    /// Whether vectors are compared by the dot product: `config_sentence_transformers.json` says so, and
    /// `modules.json` does not normalise them.
    pub fn compares_by_dot(&self) -> Result<bool, EncoderError> {
        let file = self.read::<PromptsFile>("config_sentence_transformers.json")?.unwrap_or_default();
        let dot = matches!(file.similarity_fn_name.as_deref(), Some("dot" | "dot_product"));
        Ok(dot && !self.modules()?.iter().any(|module| module.name() == "Normalize"))
    }

    fn modules(&self) -> Result<Vec<Module>, EncoderError> {
        Ok(self.read("modules.json")?.unwrap_or_default())
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

impl Module {
    fn name(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or_default()
    }
}

/// `a, b or c`.
fn one_of(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
