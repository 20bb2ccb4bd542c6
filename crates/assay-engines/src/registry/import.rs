//! A model that is on this machine already: a folder, a packed folder, a GGUF file.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::known::{Known, Role};
use super::manifest::{Manifest, sha256};
use super::{place, scan};
use crate::EnginesError;

/// What every folder must hold besides weights.
const NEEDED: [&str; 2] = ["config.json", "tokenizer.json"];
/// Endings of files that belong to a model in the hub's layout; nothing else is taken.
const WELCOME: [&str; 4] = ["safetensors", "json", "txt", "model"];
/// Only weights are large.
const LARGEST_SMALL_FILE: u64 = 256 << 20;

/// How files come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bring {
    /// Copied: the original may go.
    #[default]
    Copy,
    /// Linked: no second copy on the disk, and the original must stay.
    Link,
}

/// Takes the files, checks them against what is known of the model, and only then puts them in
/// place: a model is here whole or not at all.
pub fn import(
    known: Option<&Known>,
    name: &str,
    from: &Path,
    models: &Path,
    how: Bring,
) -> Result<PathBuf, EnginesError> {
    let plain = !name.starts_with('.') && !name.chars().any(|c| matches!(c, '/' | '\\' | ':') || c.is_control());
    if name.is_empty() || !plain {
        let reason = "a model's name is one word without slashes that does not begin with a dot".to_owned();
        return Err(EnginesError::BadName { name: name.to_owned(), reason });
    }
    let staging = models.join(format!(".{name}.incoming"));
    let _ = fs::remove_dir_all(&staging);
    fs::create_dir_all(&staging).map_err(EnginesError::file(&staging))?;
    let imported = bring(known, name, from, &staging, how).and_then(|()| {
        let place = models.join(name);
        place::swap(&staging, &place)?;
        Ok(place)
    });
    if imported.is_err() {
        let _ = fs::remove_dir_all(&staging);
    }
    imported
}

fn bring(known: Option<&Known>, name: &str, from: &Path, to: &Path, how: Bring) -> Result<(), EnginesError> {
    let kind = from.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
    let not_a_model = |reason: &str| EnginesError::NotAModel { path: from.to_owned(), reason: reason.to_owned() };
    if from.is_file() && scan::is_pickle(from) {
        return Err(EnginesError::Pickle { path: from.to_owned() });
    }
    if kind == "gguf" {
        scan::file(from)?;
        let file = "model.gguf".to_owned();
        take(from, &to.join(&file), how)?;
        compare(known, name, from, to)?;
        return Manifest::write(name, Role::Writer, "gguf", "", to, &[file]);
    }
    let files = if from.is_dir() {
        copy_folder(from, to, how)?
    } else if matches!(kind.as_str(), "zip" | "whl") {
        unpack(from, to)?
    } else if from.exists() {
        return Err(not_a_model("it is neither a folder nor a .zip, .whl or .gguf file"));
    } else {
        return Err(not_a_model("there is nothing of that name"));
    };
    complete(from, to)?;
    files.iter().try_for_each(|file| scan::file(&to.join(file)))?;
    compare(known, name, from, to)?;
    let role = known.map_or_else(|| role_of(to), |model| model.role);
    Manifest::write(name, role, known.map_or("imported", |model| model.family.as_str()), "", to, &files)
}

/// Weights, whole or in the parts that their index names, and the files beside them.
fn complete(from: &Path, to: &Path) -> Result<(), EnginesError> {
    let missing =
        |file: &str| EnginesError::NotAModel { path: from.to_owned(), reason: format!("there is no {file} in it") };
    if let Some(file) = NEEDED.iter().find(|file| !to.join(file).is_file()) {
        return Err(missing(file));
    }
    if to.join("model.safetensors").is_file() {
        return Ok(());
    }
    let shards = super::shards(to);
    if shards.is_empty() {
        let mut names = fs::read_dir(from).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
        let pickle = names.find(|path| scan::is_pickle(path));
        return Err(pickle.map_or_else(|| missing("model.safetensors"), |path| EnginesError::Pickle { path }));
    }
    shards.iter().find(|shard| !to.join(shard).is_file()).map_or(Ok(()), |shard| Err(missing(shard)))
}

/// A model that the catalogue knows by hash must have it.
fn compare(known: Option<&Known>, name: &str, from: &Path, to: &Path) -> Result<(), EnginesError> {
    for file in known.iter().flat_map(|model| &model.files) {
        let Some(wanted) = file.sha256.clone() else { continue };
        let path = to.join(file.place());
        let found = sha256(&path).map_err(EnginesError::file(&path))?;
        if wanted != found {
            return Err(EnginesError::Damaged { name: name.to_owned(), file: from.join(file.place()), wanted, found });
        }
    }
    Ok(())
}

/// The files of a folder and of the folders in it (`1_Pooling`), one level deep.
fn copy_folder(from: &Path, to: &Path, how: Bring) -> Result<Vec<String>, EnginesError> {
    let mut taken = Vec::new();
    for entry in fs::read_dir(from).map_err(EnginesError::file(from))?.filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_file() && is_welcome(&path) {
            taken.push(name);
        } else if path.is_dir() && !name.starts_with('.') {
            let inner = fs::read_dir(&path).map_err(EnginesError::file(&path))?.filter_map(Result::ok);
            let inner = inner.filter(|entry| entry.path().is_file() && is_welcome(&entry.path()));
            taken.extend(inner.map(|entry| format!("{name}/{}", entry.file_name().to_string_lossy())));
        }
    }
    taken.sort();
    for file in &taken {
        make_room(to, file)?;
        take(&from.join(file), &to.join(file), how)?;
    }
    Ok(taken)
}

fn is_welcome(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let small = end == "safetensors" || fs::metadata(path).is_ok_and(|meta| meta.len() <= LARGEST_SMALL_FILE);
    let ours = path.file_name().is_some_and(|name| name == super::manifest::NAME);
    WELCOME.contains(&end) && small && !ours
}

fn take(from: &Path, to: &Path, how: Bring) -> Result<(), EnginesError> {
    let taken = match how {
        Bring::Copy => fs::copy(from, to).map(drop),
        Bring::Link => from.canonicalize().and_then(|from| link(&from, to)),
    };
    taken.map_err(EnginesError::file(from))
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)
}

/// The files lie beside `model.safetensors`, in whatever folder of the archive that is.
fn unpack(from: &Path, to: &Path) -> Result<Vec<String>, EnginesError> {
    let not_a_model = |reason: String| EnginesError::NotAModel { path: from.to_owned(), reason };
    let file = File::open(from).map_err(EnginesError::file(from))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| not_a_model(error.to_string()))?;
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let weights = names.iter().find(|name| name.ends_with("model.safetensors"));
    let weights = weights.ok_or_else(|| not_a_model("there is no model.safetensors in it".into()))?;
    let folder = weights.trim_end_matches("model.safetensors").to_owned();
    let mut unpacked = Vec::new();
    for packed in names.iter().filter(|name| name.starts_with(&folder)) {
        let name = packed.get(folder.len()..).unwrap_or_default();
        let deep = name.split('/').count();
        let plain = name.split('/').all(|part| !part.is_empty() && !part.starts_with('.')) && !name.contains('\\');
        if deep > 2 || !plain || !is_welcome_name(name) {
            continue;
        }
        let mut source = archive.by_name(packed).map_err(|error| not_a_model(error.to_string()))?;
        make_room(to, name)?;
        let path = to.join(name);
        let mut file = File::create(&path).map_err(EnginesError::file(&path))?;
        io::copy(&mut source, &mut file).map_err(EnginesError::file(&path))?;
        unpacked.push(name.to_owned());
    }
    Ok(unpacked)
}

fn is_welcome_name(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| WELCOME.contains(&end)) && name != super::manifest::NAME
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
