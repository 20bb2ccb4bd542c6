//! What goes into a backup: the files of an index, and the files of models without what is no file of a model.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::BackupError;
use super::manifest::MODELS;
use super::names::{Places, is_portable};

/// The file of verdicts about this machine's processor.
const VERDICTS: &str = "precisions.json";

/// A file to be put into the archive: its name there, where it lies, whether packing pays.
#[derive(Debug)]
pub struct Wanted {
    /// Its name in the archive.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Whether packing pays.
    pub packed: bool,
}

/// The files of a models folder.
#[derive(Debug, Default)]
pub struct Models {
    /// Those that go into a backup.
    pub files: Vec<Wanted>,
    /// Files and folders that are no files of a model and stay out.
    pub left_out: u32,
}

/// Every file of a copied index, under the index's name.
///
/// # Errors
/// Fails if a folder cannot be read.
pub fn index_files(copy: &Path, name: &str) -> Result<Vec<Wanted>, BackupError> {
    let mut found = Vec::new();
    let mut open = vec![(copy.to_owned(), name.to_owned())];
    while let Some((folder, name)) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(BackupError::file(&folder))? {
            let path = entry.map_err(BackupError::file(&folder))?.path();
            let name = format!("{name}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            if path.is_dir() {
                open.push((path, name));
            } else {
                found.push(Wanted { name, path, packed: true });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The files of a models folder; a missing folder has none. A link counts as the file it leads to. Left out are
/// downloads that have not ended, links to folders and to nothing, devices, and names that another system cannot have.
///
/// # Errors
/// Fails if a folder cannot be read.
pub fn model_files(folder: &Path) -> Result<Models, BackupError> {
    let (mut found, mut places) = (Models::default(), Places::default());
    let mut open = vec![(folder.to_owned(), MODELS.to_owned())];
    while let Some((folder, parent)) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.map_err(BackupError::file(&folder))?,
        };
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(BackupError::file(&folder))?;
        let mut names: Vec<_> = entries.iter().map(fs::DirEntry::file_name).collect();
        // In one order everywhere, because the first of two names for one place is taken.
        names.sort();
        for file_name in names {
            let path = folder.join(&file_name);
            let top = parent == MODELS;
            if top && stays_here(&file_name) {
                continue;
            }
            let kind = match fs::symlink_metadata(&path) {
                // A download has ended meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                metadata => metadata.map_err(BackupError::file(&path))?.file_type(),
            };
            let name = file_name.to_str().filter(|name| !is_unfinished(name, top));
            let name = name.map(|name| format!("{parent}/{name}"));
            let is_file = kind.is_file() || (kind.is_symlink() && path.is_file());
            match name {
                Some(name) if kind.is_dir() => open.push((path, name)),
                Some(name) if is_file && is_portable(&name) && places.take(&name) => {
                    found.files.push(Wanted { name, path, packed: false });
                }
                _ => found.left_out += 1,
            }
        }
    }
    found.files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Whether a file in the models folder itself is about this machine: what was found out about its processor, and the
/// locks of downloads.
fn stays_here(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name == VERDICTS || (name.starts_with('.') && name.ends_with(".lock"))
}

/// Whether a name is one that a download, an import or a removal gives to what is not whole.
fn is_unfinished(name: &str, top: bool) -> bool {
    let staged = [".pulling", ".incoming", ".previous", ".removed"];
    name.ends_with(".part")
        || name.ends_with(".part.json")
        || (top && name.starts_with('.') && staged.iter().any(|end| name.ends_with(end)))
}
