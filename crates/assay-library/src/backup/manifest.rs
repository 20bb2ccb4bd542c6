//! The list of what is in a backup. It is the archive's last entry.

use assay_catalogue::{CopyFacts, Root};
use serde::{Deserialize, Serialize};

/// The catalogue's entry has the name of its file.
pub use crate::claim::CATALOGUE;

/// Name of the archive's first entry. It is stored as it is, so these letters stand near the beginning of the file.
pub const FIRST_ENTRY: &str = "assay-backup.txt";
/// Name of the manifest's entry.
pub const MANIFEST: &str = "manifest.json";
/// Name of the entry of the settings.
pub const SETTINGS: &str = "settings.toml";
/// Folder of the entries of models.
pub const MODELS: &str = "models";

/// Version of the archive's format. A later one is refused.
pub const FORMAT_VERSION: u32 = 1;

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the archive's format.
    #[serde(rename = "form")]
    pub format_version: u32,
    /// Version of the program that made it.
    pub program: String,
    /// Seconds since 1970, UTC.
    pub created: i64,
    /// Layout of the catalogue's tables.
    pub layout: i64,
    /// Documents in it.
    pub documents: u32,
    /// Kept questions in it.
    pub turns: u32,
    /// Judgements in it.
    pub labels: u32,
    /// Folder of the index, if it is in the archive.
    pub index: Option<String>,
    /// Whether models are in it.
    pub models: bool,
    /// Files and folders of the models folder that were to be in it and are not, because they are no files of a model.
    #[serde(default)]
    pub models_left_out: u32,
    /// The folders that its documents lie in.
    pub roots: Vec<RootEntry>,
    /// Every other entry of the archive but the first.
    pub files: Vec<FileEntry>,
}

/// What any version of the archive's format says about itself.
#[derive(Debug, Deserialize)]
pub struct Versions {
    /// Version of the archive's format.
    #[serde(rename = "form")]
    pub format_version: u64,
    /// Version of the program that made it.
    #[serde(default)]
    pub program: String,
    /// Layout of the catalogue's tables.
    #[serde(default)]
    pub layout: i64,
}

/// A folder that documents lie in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootEntry {
    /// Its path on the machine of the backup.
    pub path: String,
    /// Documents below it.
    pub documents: u32,
    /// Whether it is watched.
    pub watched: bool,
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name, with `/` between the parts.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 hash of its bytes.
    pub blake3: String,
}

impl Manifest {
    /// A manifest without files.
    pub fn new(facts: &CopyFacts, created: i64) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            created,
            layout: facts.layout,
            documents: facts.documents,
            turns: facts.turns,
            labels: facts.labels,
            index: None,
            models: false,
            models_left_out: 0,
            roots: facts.roots.iter().map(RootEntry::from).collect(),
            files: Vec::new(),
        }
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// Whether the manifest describes a catalogue with these contents.
    pub fn describes(&self, facts: &CopyFacts) -> bool {
        let roots = facts.roots.iter().map(RootEntry::from);
        (self.layout, self.documents, self.turns, self.labels)
            == (facts.layout, facts.documents, facts.turns, facts.labels)
            && roots.eq(self.roots.iter().cloned())
    }
}

impl From<&Root> for RootEntry {
    fn from(root: &Root) -> Self {
        Self { path: root.path.clone(), documents: root.documents, watched: root.watched }
    }
}
