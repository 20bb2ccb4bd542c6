//! A library on the disk, its backup, and archives that somebody changed.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use assay_catalogue::Store;
use assay_domain::port::{Catalogue, Source};
use assay_domain::{Cancel, Failure};
use serde_json::Value;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::backup::manifest::CATALOGUE;
use crate::backup::{BackupOptions, Manifest, restore, write};
use crate::fixtures::reading;
use crate::home::Home;

pub const SETTINGS: &str = "keep = 7\n";

/// A data folder with documents, an index folder, and a model.
pub struct Made {
    pub folder: TempDir,
    pub data: PathBuf,
}

impl Made {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("library");
        let home = Home::open(&data).unwrap();
        let store = Store::open(&home.catalogue()).unwrap();
        for number in 0..20 {
            let path = format!("/home/a/notes/{number}.txt");
            let id = store.enqueue("default", &Source::at(&path, &path)).unwrap();
            let generation = store.begin(id).unwrap();
            store.commit(id, generation, &reading(&format!("words of note {number} {}", "灯塔 ".repeat(900)))).unwrap();
        }
        for (file, bytes) in [
            ("index/chunks.lance/_versions/1.manifest", 40),
            ("index/chunks.lance/data/a.lance", 90_000),
            ("models/mine/model.gguf", 70_000),
            ("models/precisions.json", 9),
            ("settings.toml", 5),
        ] {
            fs::create_dir_all(data.join(file).parent().unwrap()).unwrap();
            fs::write(data.join(file), vec![b'x'; bytes]).unwrap();
        }
        Self { folder, data }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("library.zip")
    }

    pub fn write(&self, options: &BackupOptions) -> Result<Manifest, Failure> {
        write(&self.data, None, &self.file(), options, &Cancel::default(), &mut |_, _| ())
    }

    pub fn restore(&self, data: &Path, moves: &[(&str, &str)]) -> Result<(), Failure> {
        let moves: Vec<(String, String)> =
            moves.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
        restore(&self.file(), data, &moves, |_| Ok(()), &Cancel::default(), &mut |_, _| ())
    }

    /// Names in the folder of the backup.
    pub fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

pub fn all() -> BackupOptions {
    BackupOptions { settings: Some(SETTINGS.to_owned()), index: true, models: true, force: false }
}

pub fn paths(data: &Path) -> Vec<String> {
    let store = Store::open(&data.join(CATALOGUE)).unwrap();
    store.documents().unwrap().into_iter().map(|document| document.path).collect()
}

/// Writes an archive with the same files, some of them changed.
pub fn forged(made: &Made, change: impl Fn(&str, &mut Vec<u8>) -> bool, more: &[(&str, &[u8], Option<u32>)]) {
    let mut from = ZipArchive::new(File::open(made.file()).unwrap()).unwrap();
    let mut to = ZipWriter::new(File::create(made.folder.path().join("forged.zip")).unwrap());
    for at in 0..from.len() {
        let mut entry = from.by_index(at).unwrap();
        let (name, mut bytes) = (entry.name().to_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if change(&name, &mut bytes) {
            to.start_file(name, SimpleFileOptions::default()).unwrap();
            to.write_all(&bytes).unwrap();
        }
    }
    for (name, bytes, link) in more {
        if link.is_some() {
            to.add_symlink(*name, "/etc/passwd", SimpleFileOptions::default()).unwrap();
        } else {
            to.start_file(*name, SimpleFileOptions::default()).unwrap();
            to.write_all(bytes).unwrap();
        }
    }
    to.finish().unwrap();
    fs::rename(made.folder.path().join("forged.zip"), made.file()).unwrap();
}

pub fn with_list(bytes: &mut Vec<u8>, change: impl Fn(&mut Value)) {
    let mut list: Value = serde_json::from_slice(bytes).unwrap();
    change(&mut list);
    *bytes = serde_json::to_vec(&list).unwrap();
}

pub fn listed(name: &str, bytes: &[u8]) -> Value {
    serde_json::json!({ "name": name, "bytes": bytes.len(), "blake3": blake3::hash(bytes).to_hex().to_string() })
}
