//! What was fetched or imported, written beside it: `assay-model.json`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::known::{Known, KnownFile, Role};
use crate::EnginesError;

const NAME: &str = "assay-model.json";

/// A model as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Model family.
    pub family: String,
    /// Path to SHA-256 of every file.
    pub files: BTreeMap<String, String>,
}

impl Manifest {
    /// The manifest in a model's folder.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(folder.join(NAME)).ok()?).ok()
    }

    /// The manifests of all models in a folder of models.
    pub fn all(models: &Path) -> Vec<Self> {
        let folders = fs::read_dir(models).into_iter().flatten().filter_map(Result::ok);
        let mut all: Vec<Self> = folders.filter_map(|entry| Self::read(&entry.path())).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// Writes it, having hashed the files that the folder holds.
    pub fn write(name: &str, role: Role, family: &str, folder: &Path, files: &[String]) -> Result<(), EnginesError> {
        let mut hashes = BTreeMap::new();
        for file in files {
            let path = folder.join(file);
            hashes.insert(file.clone(), sha256(&path).map_err(EnginesError::file(&path))?);
        }
        let manifest = Self { name: name.to_owned(), role, family: family.to_owned(), files: hashes };
        let path = folder.join(NAME);
        let text = serde_json::to_string_pretty(&manifest)
            .map_err(|error| EnginesError::Manifest { path: path.clone(), reason: error.to_string() })?;
        fs::write(&path, text).map_err(EnginesError::file(&path))
    }

    /// The row of a model that the user brought.
    pub fn into_known(self) -> Known {
        Known {
            name: self.name,
            role: self.role,
            family: self.family,
            licence: "its own".into(),
            max_tokens: 0,
            languages: Vec::new(),
            about: "imported".into(),
            repository: None,
            files: self.files.into_keys().map(|path| KnownFile { path, sha256: None }).collect(),
            shipped: false,
        }
    }
}

/// SHA-256 of a file, in hex.
pub fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
