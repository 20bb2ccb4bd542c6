//! Restoring a backup into a data folder without a library.
//!
//! Everything is unpacked, compared and re-pointed in a folder `restoring/`. A file `complete` is then made in it: from
//! that moment the restore will be done, if need be by the next opening; before it, the next opening deletes the
//! folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use assay_catalogue::{CopyFacts, Fault, inspect, repoint};
use assay_domain::{Cancel, Failure};

use super::error::BackupError;
use super::hashed::OnBytes;
use super::manifest::{CATALOGUE, MODELS, Manifest, SETTINGS};
use super::read::Archive;
use crate::claim::{LOCK, MARKER};
use crate::home::{Home, is_index};
use crate::recovery::remove_folder;

/// Name of the folder in the data folder.
const RESTORING: &str = "restoring";
/// Name of the file that says that all is in that folder.
const COMPLETE: &str = "complete";

/// A backup that was unpacked beside the library.
#[derive(Debug)]
pub struct Unpacked {
    data: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
    /// Documents that were moved for each pair of folders.
    pub moved: Vec<u32>,
}

/// Restores a backup into a data folder without a library, which is made if it is not there. `settle` sees what was
/// unpacked before it takes its place, and may change the settings in it.
///
/// # Errors
/// As [`unpack`]; what `settle` reports. The folder is as it was then.
pub fn restore<T>(
    file: &Path,
    data: &Path,
    moves: &[(String, String)],
    settle: impl FnOnce(&Unpacked) -> Result<T, Failure>,
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<T, Failure> {
    // What is no backup is refused before a folder is made for it.
    drop(Archive::open(file)?);
    let before: Vec<PathBuf> =
        [data.to_owned(), data.join(MARKER), data.join(LOCK)].into_iter().filter(|path| !path.exists()).collect();
    let home = Home::open(data)?;
    let restored = unpack(file, &home, moves, cancel, on).and_then(|unpacked| {
        match settle(&unpacked).and_then(|settled| unpacked.confirm().map(|()| settled)) {
            Ok(settled) => Ok(settled),
            Err(failure) => {
                unpacked.give_up()?;
                Err(failure)
            }
        }
    });
    match restored {
        Ok(settled) => {
            end(home.folder())?;
            Ok(settled)
        }
        Err(failure) => {
            drop(home);
            for made in before.iter().rev() {
                // A folder with other files in it stays.
                drop(if *made == data { fs::remove_dir(made) } else { fs::remove_file(made) });
            }
            Err(failure)
        }
    }
}

/// Unpacks a backup beside the library of a data folder, which must be empty, and moves its documents from old
/// folders to new ones.
///
/// # Errors
/// [`BackupError::NotEmpty`], [`BackupError::NoRoom`], [`BackupError::NotWhole`], [`BackupError::Newer`],
/// [`BackupError::UnknownRoot`], [`BackupError::SamePath`], a stop, or a fault of the disk. Nothing is left then.
pub fn unpack(
    file: &Path,
    home: &Home,
    moves: &[(String, String)],
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<Unpacked, Failure> {
    let data = home.folder().to_owned();
    let unpacked = try_to_unpack(file, &data, moves, cancel, on);
    if unpacked.is_err() {
        let folder = data.join(RESTORING);
        remove_folder(&folder).map_err(BackupError::file(&folder))?;
    }
    unpacked
}

fn try_to_unpack(
    file: &Path,
    data: &Path,
    moves: &[(String, String)],
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<Unpacked, Failure> {
    let mut archive = Archive::open(file)?;
    let catalogue = data.join(CATALOGUE);
    if holds_something(&catalogue) {
        return Err(BackupError::NotEmpty { folder: data.to_owned() }.into());
    }
    let folder = data.join(RESTORING);
    remove_folder(&folder).map_err(BackupError::file(&folder))?;
    let (needed, free) = (archive.manifest.bytes(), fs2::available_space(data).map_err(BackupError::file(data))?);
    if needed > free {
        return Err(BackupError::NoRoom { needed: needed >> 20, free: free >> 20 }.into());
    }
    known_roots(&archive.manifest, moves)?;
    fs::create_dir(&folder).map_err(BackupError::file(&folder))?;
    archive.unpack(&folder, cancel, on)?;
    let copy = folder.join(CATALOGUE);
    let facts = inspect(&copy).map_err(|error| match error.fault() {
        Fault::Moment => Failure::from(error),
        _ => BackupError::not_whole(file, error.to_string()).into(),
    })?;
    let manifest = archive.manifest;
    if !agrees(&facts, &manifest) {
        return Err(BackupError::not_whole(file, "its list does not describe its catalogue").into());
    }
    let moved = repoint(&copy, moves).map_err(|error| match error.fault() {
        Fault::Other => Failure::from(BackupError::SamePath),
        _ => error.into(),
    })?;
    Ok(Unpacked { data: data.to_owned(), manifest, moved })
}

/// Whether there is a catalogue that a restore would replace and that is not empty. One that cannot be read may hold
/// something.
fn holds_something(catalogue: &Path) -> bool {
    match fs::metadata(catalogue) {
        Err(error) => error.kind() != io::ErrorKind::NotFound,
        Ok(metadata) => metadata.len() > 0 && !inspect(catalogue).is_ok_and(|facts| facts.is_empty()),
    }
}

fn agrees(facts: &CopyFacts, manifest: &Manifest) -> bool {
    let index = facts.index.as_deref().unwrap_or("index");
    (facts.layout, facts.documents) == (manifest.layout, manifest.documents)
        && manifest.index.as_deref().is_none_or(|name| name == index)
        && is_index(index)
}

fn known_roots(manifest: &Manifest, moves: &[(String, String)]) -> Result<(), BackupError> {
    let separators = ['/', '\\'];
    let within = |path: &str, folder: &str| {
        let rest = path.strip_prefix(folder.trim_end_matches(separators));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(separators))
    };
    let known = |old: &str| manifest.roots.iter().any(|root| within(&root.path, old) || within(old, &root.path));
    match moves.iter().find(|(old, _)| !known(old)) {
        Some((old, _)) => {
            let roots: Vec<&str> = manifest.roots.iter().map(|root| root.path.as_str()).collect();
            Err(BackupError::UnknownRoot { old: old.clone(), roots: roots.join(", ") })
        }
        None => Ok(()),
    }
}

impl Unpacked {
    /// The file of the settings that were unpacked; it is missing if the backup has none.
    pub fn settings(&self) -> PathBuf {
        self.data.join(RESTORING).join(SETTINGS)
    }

    /// Gives the restore up.
    ///
    /// # Errors
    /// Fails if the unpacked files cannot be deleted.
    pub fn give_up(self) -> Result<(), Failure> {
        let folder = self.data.join(RESTORING);
        Ok(remove_folder(&folder).map_err(BackupError::file(&folder))?)
    }

    /// Makes the restore certain: the next opening of the data folder puts the files in their places.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn confirm(&self) -> Result<(), Failure> {
        let folder = self.data.join(RESTORING);
        let complete = folder.join(COMPLETE);
        let text = serde_json::to_vec(&self.manifest).map_err(|error| Failure::bug(error.to_string()))?;
        let new = folder.join("complete.new");
        fs::write(&new, text).map_err(BackupError::file(&new))?;
        File::open(&new).and_then(|file| file.sync_all()).map_err(BackupError::file(&new))?;
        fs::rename(&new, &complete).and_then(|()| sync(&folder)).map_err(BackupError::file(&complete))?;
        Ok(())
    }
}

/// Ends a restore that a data folder holds: puts a complete one in its place, and deletes one that is not complete.
/// It may be interrupted and begun again at any point. The caller holds the lock of the folder.
///
/// # Errors
/// Fails if the disk does.
pub fn end(data: &Path) -> Result<(), BackupError> {
    let from = data.join(RESTORING);
    let complete = from.join(COMPLETE);
    match fs::read(&complete) {
        Ok(text) => {
            let odd = |error: serde_json::Error| BackupError::not_whole(&complete, error.to_string());
            let manifest: Manifest = serde_json::from_slice(&text).map_err(odd)?;
            put_in_place(data, &from, &manifest).map_err(BackupError::file(data))?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => (),
        Err(error) => return Err(BackupError::file(&complete)(error)),
    }
    remove_folder(&from).map_err(BackupError::file(&from))
}

/// The catalogue comes last: until it has moved, everything else is replaced again.
fn put_in_place(data: &Path, from: &Path, manifest: &Manifest) -> io::Result<()> {
    let catalogue = from.join(CATALOGUE);
    if !catalogue.exists() {
        return Ok(());
    }
    for model in fs::read_dir(from.join(MODELS)).into_iter().flatten() {
        let model = model?;
        let place = data.join(MODELS).join(model.file_name());
        if !place.exists() {
            fs::create_dir_all(data.join(MODELS))?;
            fs::rename(model.path(), place)?;
        }
    }
    let unpacked = manifest.index.as_deref().map(|name| from.join(name));
    // Of an index that has moved already, nothing is left here.
    if unpacked.as_deref().is_none_or(Path::is_dir) {
        for entry in fs::read_dir(data)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() && entry.file_name().to_str().is_some_and(is_index) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        if let (Some(unpacked), Some(name)) = (&unpacked, &manifest.index) {
            fs::rename(unpacked, data.join(name))?;
        }
    }
    // Copies and cached scores of the library that was empty.
    remove_folder(&Home::snapshots_in(data))?;
    for name in ["pairs.sqlite", "pairs.sqlite-journal", "catalogue.sqlite-journal", "catalogue.sqlite-damaged"] {
        match fs::remove_file(data.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => (),
        }
    }
    let settings = from.join(SETTINGS);
    if settings.exists() {
        fs::rename(settings, data.join(SETTINGS))?;
    }
    fs::rename(catalogue, data.join(CATALOGUE))?;
    sync(data)
}

#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows cannot sync a folder; NTFS keeps its own journal of names.
#[cfg(not(unix))]
fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}
