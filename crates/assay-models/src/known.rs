//! The catalogue of known models: `models/catalogue.toml`.

use std::path::PathBuf;

use assay_domain::port::Metric;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::error::ModelsError;
use crate::family::{Family, Obstacle};

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Bi-encoder.
    Embedder,
    /// Cross-encoder.
    Reranker,
    /// Language model.
    Writer,
}

impl Role {
    /// The role's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Embedder => "embedder",
            Self::Reranker => "reranker",
            Self::Writer => "writer",
        }
    }
}

/// A model of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Model family.
    pub family: Family,
    /// Licence of the weights.
    pub licence: String,
    /// Most tokens it reads.
    pub max_tokens: u32,
    /// ISO 639-3 codes of its languages; empty for many or unknown.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Its purpose in one line.
    pub about: String,
    /// The same in Chinese.
    pub about_zh: String,
    /// What a bi-encoder wants before a question, where its own folder does not say.
    #[serde(default)]
    pub query_prefix: Option<String>,
    /// What a bi-encoder wants before a passage, where its own folder does not say.
    #[serde(default)]
    pub passage_prefix: Option<String>,
    /// How a bi-encoder's vectors are compared.
    #[serde(default, deserialize_with = "metric")]
    pub metric: Option<Metric>,
    /// Numbers in a bi-encoder's vector.
    #[serde(default)]
    pub dimension: Option<u32>,
    /// `owner/name` on the hub.
    #[serde(default)]
    pub repository: Option<String>,
    /// Its files, as the hub names them.
    #[serde(default)]
    pub files: Vec<KnownFile>,
    /// Branch, tag or commit on the hub.
    #[serde(default = "main")]
    pub revision: String,
    /// Bytes of main memory that it uses, measured or estimated.
    #[serde(default)]
    pub memory: Option<u64>,
    /// Bytes of the download, if they are known before the hub is asked.
    #[serde(default)]
    pub download: Option<u64>,
    /// Whether it ships with the program.
    #[serde(default)]
    pub shipped: bool,
    /// Whether the hub has its weights only as a pickle.
    #[serde(default)]
    pub pickled: bool,
}

impl Known {
    /// Why it is not offered for download, if it is not.
    pub fn obstacle(&self) -> Option<Obstacle> {
        if !self.family.is_loadable() {
            return Some(Obstacle::Family);
        }
        self.pickled.then_some(Obstacle::Pickle)
    }
}

fn metric<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Metric>, D::Error> {
    let name = String::deserialize(from)?;
    let unknown = || D::Error::custom(format!("the metric {name:?} is neither \"cosine\" nor \"dot\""));
    Metric::parse(&name).map(Some).ok_or_else(unknown)
}

fn main() -> String {
    "main".to_owned()
}

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFile {
    /// Its path in the repository.
    pub path: String,
    /// Its SHA-256 in hex, if it was computed from the file.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Its length in bytes, if it was read from the file.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// Its name in the model's folder, if it differs from the hub's.
    #[serde(default)]
    pub rename: Option<String>,
    /// Whether the model works without it, so that a hub that lacks it is no error.
    #[serde(default)]
    pub optional: bool,
}

impl From<String> for KnownFile {
    fn from(path: String) -> Self {
        Self { path, sha256: None, bytes: None, rename: None, optional: false }
    }
}

impl KnownFile {
    /// Its path in the model's folder.
    pub fn place(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.path)
    }
}

/// A bi-encoder and a cross-encoder that go well together on a machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Its name.
    pub name: String,
    /// ISO 639-3 codes of the languages that it is recommended for.
    pub languages: Vec<String>,
    /// Bytes of main memory from which it is recommended.
    pub memory: u64,
    /// Name of the bi-encoder.
    pub embedder: String,
    /// Name of the cross-encoder.
    pub reranker: String,
}

/// Another address that passes on the hub's files and their hashes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mirror {
    /// Its name, which `--hub` takes in place of the address.
    pub name: String,
    /// Its address.
    pub address: String,
}

/// The file that is built into the program.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The hub's address.
    pub hub: String,
    /// Mirrors of the hub.
    #[serde(default, rename = "mirror")]
    pub mirrors: Vec<Mirror>,
    /// Recommended pairs; for the same languages, the one for less memory first.
    #[serde(default, rename = "pair")]
    pub pairs: Vec<Pair>,
    /// The models.
    #[serde(rename = "model")]
    pub models: Vec<Known>,
}

impl Catalogue {
    /// The catalogue that is built into the program.
    ///
    /// # Errors
    /// [`ModelsError::Manifest`] if it cannot be parsed.
    pub fn built_in() -> Result<Self, ModelsError> {
        let text = include_str!("../../../models/catalogue.toml");
        toml::from_str(text).map_err(|error| ModelsError::Manifest {
            path: PathBuf::from("models/catalogue.toml"),
            reason: error.to_string(),
        })
    }
}
