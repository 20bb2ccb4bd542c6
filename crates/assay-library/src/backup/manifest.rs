//! The list of what is in a backup. It is the archive's last entry.

use std::path::{Component, Path};

use assay_catalogue::{CopyFacts, Root};
use serde::{Deserialize, Serialize};

use crate::home::is_index;

/// Name of the archive's first entry. It is stored as it is, so these letters stand near the beginning of the file.
pub const SIGN: &str = "assay-backup.txt";
/// Name of the manifest's entry.
pub const MANIFEST: &str = "manifest.json";
/// Name of the catalogue's entry.
pub const CATALOGUE: &str = "catalogue.sqlite";
/// Name of the entry of the settings.
pub const SETTINGS: &str = "settings.toml";
/// Folder of the entries of models.
pub const MODELS: &str = "models";

/// Form of the archive. A later one is refused.
pub const FORM: u32 = 1;

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of the archive.
    pub form: u32,
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
    /// The folders that its documents lie in.
    pub roots: Vec<RootEntry>,
    /// Every other entry of the archive but the first.
    pub files: Vec<FileEntry>,
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
            form: FORM,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            created,
            layout: facts.layout,
            documents: facts.documents,
            turns: facts.turns,
            labels: facts.labels,
            index: None,
            models: false,
            roots: facts.roots.iter().map(RootEntry::from).collect(),
            files: Vec::new(),
        }
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.bytes))
    }

    /// Why the list cannot be that of a backup, if it cannot: a name that leads out of the data folder or to a place
    /// that backups do not have, a name that occurs twice, a missing catalogue.
    pub fn fault(&self) -> Option<String> {
        let mut names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        if let Some(name) = names.iter().find(|name| !self.may_hold(name)) {
            return Some(format!("it holds {name:?}, which no backup holds"));
        }
        names.sort_unstable();
        // Letter case may not tell two files apart where it is restored.
        if names.windows(2).any(|pair| pair[0].eq_ignore_ascii_case(pair[1])) {
            return Some("a file is in it twice".to_owned());
        }
        (!names.contains(&CATALOGUE)).then(|| "the catalogue is missing".to_owned())
    }

    fn may_hold(&self, name: &str) -> bool {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        let odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '"' | '*' | '?' | '<' | '>' | '|');
        if name.chars().any(odd) || name.split('/').any(|part| part.is_empty() || part.ends_with(['.', ' '])) {
            return false;
        }
        if !Path::new(name).components().all(plain) {
            return false;
        }
        match name.split_once('/') {
            None => name == CATALOGUE || name == SETTINGS,
            Some((MODELS, _)) => self.models,
            Some((folder, _)) => is_index(folder) && self.index.as_deref() == Some(folder),
        }
    }
}

impl From<&Root> for RootEntry {
    fn from(root: &Root) -> Self {
        Self { path: root.path.clone(), documents: root.documents, watched: root.watched }
    }
}
