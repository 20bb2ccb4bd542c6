//! A model that is on this machine already: a folder, a packed folder, a GGUF file.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::known::{Known, Role};
use super::manifest::{Manifest, sha256};
use crate::EnginesError;

/// What the hub's layout may hold; pickles are never taken.
const NEEDED: [&str; 3] = ["model.safetensors", "config.json", "tokenizer.json"];
const WELCOME: [&str; 3] = ["tokenizer_config.json", "sentence_bert_config.json", "1_Pooling/config.json"];

/// Copies the files, checks them against what is known of the model, and only then puts them in
/// place: a model is here whole or not at all.
pub fn import(known: Option<&Known>, name: &str, from: &Path, models: &Path) -> Result<PathBuf, EnginesError> {
    let staging = models.join(format!(".{name}.incoming"));
    let _ = fs::remove_dir_all(&staging);
    fs::create_dir_all(&staging).map_err(EnginesError::file(&staging))?;
    let imported = bring(known, name, from, &staging);
    if imported.is_err() {
        let _ = fs::remove_dir_all(&staging);
    }
    imported?;
    let place = models.join(name);
    let _ = fs::remove_dir_all(&place);
    fs::rename(&staging, &place).map_err(EnginesError::file(&place))?;
    Ok(place)
}

fn bring(known: Option<&Known>, name: &str, from: &Path, to: &Path) -> Result<(), EnginesError> {
    let kind = from.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
    let not_a_model = |reason: &str| EnginesError::NotAModel { path: from.to_owned(), reason: reason.to_owned() };
    if kind == "gguf" {
        let file = "model.gguf".to_owned();
        fs::copy(from, to.join(&file)).map_err(EnginesError::file(from))?;
        return Manifest::write(name, Role::Writer, "gguf", to, &[file]);
    }
    let files = if from.is_dir() {
        copy_folder(from, to)?
    } else if matches!(kind.as_str(), "zip" | "whl") {
        unpack(from, to)?
    } else {
        return Err(not_a_model("it is neither a folder nor a .zip, .whl or .gguf file"));
    };
    if let Some(missing) = NEEDED.iter().find(|file| !to.join(file).is_file()) {
        return Err(not_a_model(&format!("there is no {missing} in it")));
    }
    for file in known.iter().flat_map(|model| &model.files) {
        let path = to.join(&file.path);
        let found = sha256(&path).map_err(EnginesError::file(&path))?;
        if let Some(wanted) = file.sha256.clone().filter(|wanted| *wanted != found) {
            return Err(EnginesError::Damaged { name: name.to_owned(), file: from.join(&file.path), wanted, found });
        }
    }
    let role = known.map_or_else(|| role_of(to), |model| model.role);
    Manifest::write(name, role, known.map_or("imported", |model| model.family.as_str()), to, &files)
}

fn copy_folder(from: &Path, to: &Path) -> Result<Vec<String>, EnginesError> {
    let mut copied = Vec::new();
    for file in NEEDED.iter().chain(&WELCOME).filter(|file| from.join(file).is_file()) {
        make_room(to, file)?;
        let source = from.join(file);
        fs::copy(&source, to.join(file)).map_err(EnginesError::file(&source))?;
        copied.push((*file).to_owned());
    }
    Ok(copied)
}

/// The files lie beside `model.safetensors`, in whatever folder of the archive that is.
fn unpack(from: &Path, to: &Path) -> Result<Vec<String>, EnginesError> {
    let not_a_model = |reason: String| EnginesError::NotAModel { path: from.to_owned(), reason };
    let file = File::open(from).map_err(EnginesError::file(from))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| not_a_model(error.to_string()))?;
    let weights = archive.file_names().find(|name| name.ends_with("model.safetensors")).map(str::to_owned);
    let weights = weights.ok_or_else(|| not_a_model("there is no model.safetensors in it".into()))?;
    let folder = weights.trim_end_matches("model.safetensors").to_owned();
    let mut unpacked = Vec::new();
    for name in NEEDED.iter().chain(&WELCOME) {
        let Ok(mut packed) = archive.by_name(&format!("{folder}{name}")) else { continue };
        make_room(to, name)?;
        let path = to.join(name);
        let mut file = File::create(&path).map_err(EnginesError::file(&path))?;
        io::copy(&mut packed, &mut file).map_err(EnginesError::file(&path))?;
        unpacked.push((*name).to_owned());
    }
    Ok(unpacked)
}

fn make_room(folder: &Path, file: &str) -> Result<(), EnginesError> {
    let path = folder.join(file);
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(EnginesError::file(parent))
}

/// A classifier is a reranker; any other encoder embeds.
fn role_of(folder: &Path) -> Role {
    let config = fs::read_to_string(folder.join("config.json")).unwrap_or_default();
    if config.contains("ForSequenceClassification") { Role::Reranker } else { Role::Embedder }
}
