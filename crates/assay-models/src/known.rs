//! The catalogue of known models: `models/catalogue.toml`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::error::ModelsError;

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
    pub family: String,
    /// Licence of the weights.
    pub licence: String,
    /// Most tokens it reads.
    pub max_tokens: u32,
    /// ISO 639-3 codes of its languages; empty for many or unknown.
    #[serde(default)]
    pub languages: Vec<String>,
    /// A description in one line.
    pub about: String,
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
}

impl From<String> for KnownFile {
    fn from(path: String) -> Self {
        Self { path, sha256: None, bytes: None, rename: None }
    }
}

impl KnownFile {
    /// Its path in the model's folder.
    pub fn place(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.path)
    }
}

#[derive(Deserialize)]
struct File {
    hub: String,
    model: Vec<Known>,
}

/// The hub's address and the models, from the file that is built into the program.
///
/// # Errors
/// [`ModelsError::Manifest`] if the file cannot be parsed.
pub fn catalogue() -> Result<(String, Vec<Known>), ModelsError> {
    let text = include_str!("../../../models/catalogue.toml");
    let file: File = toml::from_str(text).map_err(|error| ModelsError::Manifest {
        path: PathBuf::from("models/catalogue.toml"),
        reason: error.to_string(),
    })?;
    Ok((file.hub, file.model))
}
