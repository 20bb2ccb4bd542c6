//! Imports models from this machine: a folder, a packed folder, or a GGUF file.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::ModelsError;
use crate::known::{Known, Role};
use crate::manifest::{self, Manifest, sha256};
use crate::shards::shards;
use crate::{install, scan};

/// Files that every model must have besides weights.
const NEEDED: [&str; 2] = ["config.json", "tokenizer.json"];
/// Extensions of files that belong to a model in the hub's layout; no others are imported.
const EXTENSIONS: [&str; 4] = ["safetensors", "json", "txt", "model"];
/// Largest file that is not weights, in bytes.
const LARGEST_SMALL_FILE: u64 = 256 << 20;

/// How files are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportMode {
    /// Copied: the original may be deleted.
    #[default]
    Copy,
    /// Linked: the disk holds no second copy, and the original must stay.
    Link,
}

/// Imports a model into a staging folder, checks it, and only then installs it: a model is installed whole
/// or not at all.
///
/// # Errors
/// Fails if the name is unusable or the files are not a usable model.
pub fn import(
    known: Option<&Known>,
    name: &str,
    from: &Path,
    models: &Path,
    how: ImportMode,
) -> Result<PathBuf, ModelsError> {
    let plain = !name.starts_with('.') && !name.chars().any(|c| matches!(c, '/' | '\\' | ':') || c.is_control());
    if name.is_empty() || !plain {
        let reason = "a model's name is one word without slashes that does not begin with a dot".to_owned();
        return Err(ModelsError::BadName { name: name.to_owned(), reason });
    }
    let staging = models.join(format!(".{name}.incoming"));
    let _ = fs::remove_dir_all(&staging);
    fs::create_dir_all(&staging).map_err(ModelsError::file(&staging))?;
    let imported = bring(known, name, from, &staging, how).and_then(|()| {
        let place = models.join(name);
        install::swap(&staging, &place)?;
        Ok(place)
    });
    if imported.is_err() {
        let _ = fs::remove_dir_all(&staging);
    }
    imported
}

fn bring(known: Option<&Known>, name: &str, from: &Path, to: &Path, how: ImportMode) -> Result<(), ModelsError> {
    let kind = from.extension().and_then(|end| end.to_str()).unwrap_or_default().to_lowercase();
    let not_a_model = |reason: &str| ModelsError::NotAModel { path: from.to_owned(), reason: reason.to_owned() };
    if from.is_file() && scan::is_pickle(from) {
        return Err(ModelsError::Pickle { path: from.to_owned() });
    }
    if kind == "gguf" {
        scan::file(from)?;
        let file = "model.gguf".to_owned();
        take(from, &to.join(&file), how)?;
        check_hashes(known, name, from, to)?;
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
    check_complete(from, to)?;
    files.iter().try_for_each(|file| scan::file(&to.join(file)))?;
    check_hashes(known, name, from, to)?;
    let role = known.map_or_else(|| role_of(to), |model| model.role);
    Manifest::write(name, role, known.map_or("imported", |model| model.family.as_str()), "", to, &files)
}

/// Checks that the weights, in one file or in the shards of their index, and the needed files are there.
fn check_complete(from: &Path, to: &Path) -> Result<(), ModelsError> {
    let missing =
        |file: &str| ModelsError::NotAModel { path: from.to_owned(), reason: format!("there is no {file} in it") };
    if let Some(file) = NEEDED.iter().find(|file| !to.join(file).is_file()) {
        return Err(missing(file));
    }
    if to.join("model.safetensors").is_file() {
        return Ok(());
    }
    let shards = shards(to);
    if shards.is_empty() {
        let mut names = fs::read_dir(from).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
        let pickle = names.find(|path| scan::is_pickle(path));
        return Err(pickle.map_or_else(|| missing("model.safetensors"), |path| ModelsError::Pickle { path }));
    }
    shards.iter().find(|shard| !to.join(shard).is_file()).map_or(Ok(()), |shard| Err(missing(shard)))
}

/// Compares the files with the hashes in the catalogue.
fn check_hashes(known: Option<&Known>, name: &str, from: &Path, to: &Path) -> Result<(), ModelsError> {
    for file in known.iter().flat_map(|model| &model.files) {
        let Some(wanted) = file.sha256.clone() else { continue };
        let path = to.join(file.place());
        let found = sha256(&path).map_err(ModelsError::file(&path))?;
        if wanted != found {
            return Err(ModelsError::Damaged { name: name.to_owned(), file: from.join(file.place()), wanted, found });
        }
    }
    Ok(())
}

/// Imports the files of a folder and of the folders in it (`1_Pooling`), one level deep.
fn copy_folder(from: &Path, to: &Path, how: ImportMode) -> Result<Vec<String>, ModelsError> {
    let mut taken = Vec::new();
    for entry in fs::read_dir(from).map_err(ModelsError::file(from))?.filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_file() && is_importable(&path) {
            taken.push(name);
        } else if path.is_dir() && !name.starts_with('.') {
            let inner = fs::read_dir(&path).map_err(ModelsError::file(&path))?.filter_map(Result::ok);
            let inner = inner.filter(|entry| entry.path().is_file() && is_importable(&entry.path()));
            taken.extend(inner.map(|entry| format!("{name}/{}", entry.file_name().to_string_lossy())));
        }
    }
    taken.sort();
    for file in &taken {
        create_parent(to, file)?;
        take(&from.join(file), &to.join(file), how)?;
    }
    Ok(taken)
}

fn is_importable(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let small = end == "safetensors" || fs::metadata(path).is_ok_and(|meta| meta.len() <= LARGEST_SMALL_FILE);
    let ours = path.file_name().is_some_and(|name| name == manifest::NAME);
    EXTENSIONS.contains(&end) && small && !ours
}

fn take(from: &Path, to: &Path, how: ImportMode) -> Result<(), ModelsError> {
    let taken = match how {
        ImportMode::Copy => fs::copy(from, to).map(drop),
        ImportMode::Link => from.canonicalize().and_then(|from| link(&from, to)),
    };
    taken.map_err(ModelsError::file(from))
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)
}

/// Unpacks the folder of an archive that holds `model.safetensors`.
fn unpack(from: &Path, to: &Path) -> Result<Vec<String>, ModelsError> {
    let not_a_model = |reason: String| ModelsError::NotAModel { path: from.to_owned(), reason };
    let file = File::open(from).map_err(ModelsError::file(from))?;
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
        if deep > 2 || !plain || !has_known_extension(name) {
            continue;
        }
        let mut source = archive.by_name(packed).map_err(|error| not_a_model(error.to_string()))?;
        create_parent(to, name)?;
        let path = to.join(name);
        let mut file = File::create(&path).map_err(ModelsError::file(&path))?;
        io::copy(&mut source, &mut file).map_err(ModelsError::file(&path))?;
        unpacked.push(name.to_owned());
    }
    Ok(unpacked)
}

fn has_known_extension(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| EXTENSIONS.contains(&end)) && name != manifest::NAME
}

fn create_parent(folder: &Path, file: &str) -> Result<(), ModelsError> {
    let path = folder.join(file);
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(ModelsError::file(parent))
}

/// The role of an encoder: a sequence classifier is a reranker, any other is an embedder.
fn role_of(folder: &Path) -> Role {
    let config = fs::read_to_string(folder.join("config.json")).unwrap_or_default();
    if config.contains("ForSequenceClassification") { Role::Reranker } else { Role::Embedder }
}
