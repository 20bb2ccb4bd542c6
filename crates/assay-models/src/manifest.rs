//! The manifest in a model's folder: `assay-model.json`, with the SHA-256 of every file.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::ModelsError;
use crate::family::Family;
use crate::known::{Known, KnownFile, Role};

/// File name of a manifest.
pub const NAME: &str = "assay-model.json";

/// A model as it was fetched or imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Model family.
    pub family: String,
    /// Branch, tag or commit on the hub; empty for one that was imported.
    #[serde(default)]
    pub revision: String,
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

    /// Hashes the files of a folder and writes their manifest.
    pub fn write(
        name: &str,
        role: Role,
        family: &str,
        revision: &str,
        folder: &Path,
        files: &[String],
    ) -> Result<(), ModelsError> {
        let mut hashes = BTreeMap::new();
        for file in files {
            let path = folder.join(file);
            hashes.insert(file.clone(), sha256(&path).map_err(ModelsError::file(&path))?);
        }
        let (name, family, revision) = (name.to_owned(), family.to_owned(), revision.to_owned());
        let manifest = Self { name, role, family, revision, files: hashes };
        let path = folder.join(NAME);
        let text = serde_json::to_string_pretty(&manifest)
            .map_err(|error| ModelsError::Manifest { path: path.clone(), reason: error.to_string() })?;
        fs::write(&path, text).map_err(ModelsError::file(&path))
    }

    /// The registry's row of a model that the catalogue does not list.
    pub fn into_known(self) -> Known {
        Known {
            name: self.name,
            role: self.role,
            // The engine reads what an imported model is from its files.
            family: Family::Imported,
            licence: "its own".into(),
            max_tokens: 0,
            languages: Vec::new(),
            about: "imported".into(),
            about_zh: "导入的模型".into(),
            query_prefix: None,
            passage_prefix: None,
            metric: None,
            dimension: None,
            repository: None,
            files: self.files.into_keys().map(KnownFile::from).collect(),
            revision: self.revision,
            memory: None,
            download: None,
            shipped: false,
            pickled: false,
        }
    }
}

/// SHA-256 of a file, in hex.
pub fn sha256(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    read_through(path, &mut |bytes| hasher.update(bytes))?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Git's blob id of a file, in hex: the hub states it for small files.
pub fn git_blob(path: &Path) -> io::Result<String> {
    let mut hasher = sha1_smol::Sha1::new();
    hasher.update(format!("blob {}\0", std::fs::metadata(path)?.len()).as_bytes());
    read_through(path, &mut |bytes| hasher.update(bytes))?;
    Ok(hasher.digest().to_string())
}

fn read_through(path: &Path, on: &mut dyn FnMut(&[u8])) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(());
        }
        on(buffer.get(..read).unwrap_or_default());
    }
}
