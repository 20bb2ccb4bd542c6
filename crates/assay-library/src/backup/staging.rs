//! The folder `restoring/` in the data folder, where a backup is unpacked before it takes its place.
//!
//! A file `complete` in it makes the restore certain: from that moment it will be done, if need be by the next opening.
//! Without that file the next opening deletes the folder. Only a folder with our marker is used or deleted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use assay_catalogue::is_empty;

use super::empty::snapshots_are_empty;
use super::error::BackupError;
use super::manifest::{CATALOGUE, MODELS, SETTINGS};
use super::sync::{sync_folder, write_synced};
use crate::home::{Home, SCORE_CACHE, is_index};
use crate::recovery::remove_folder;

/// Name of the folder in the data folder.
const RESTORING: &str = "restoring";
/// Name of the file that says that we made the folder.
const OURS: &str = "assay-restoring.txt";
/// Name of the file that says that all is in the folder. It names the index in it.
const COMPLETE: &str = "complete";

/// A backup that is being unpacked. If it is dropped before it is confirmed, the folder is deleted.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    confirmed: bool,
}

impl Staging {
    /// Makes the folder, in place of one that an earlier try left.
    ///
    /// # Errors
    /// [`BackupError::Waits`] if a confirmed restore is in it, [`BackupError::InTheWay`] if somebody else made it, or a
    /// fault of the disk.
    pub fn make(data: &Path) -> Result<Self, BackupError> {
        if is_confirmed(data) {
            return Err(BackupError::Waits { folder: data.to_owned() });
        }
        let folder = folder_in(data);
        remove_ours(&folder).map_err(BackupError::file(&folder))?;
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(BackupError::InTheWay { folder }),
            made => {
                made.map_err(BackupError::file(&folder))?;
                let staging = Self { folder, confirmed: false };
                let ours = staging.folder.join(OURS);
                write_synced(&ours, b"Assay unpacks a backup into this folder and deletes it then.\n")
                    .map_err(BackupError::file(&ours))?;
                Ok(staging)
            }
        }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the restore certain.
    ///
    /// # Errors
    /// Fails if the disk does; the folder is deleted then.
    pub fn confirm(mut self, index: Option<&str>) -> Result<(), BackupError> {
        let (new, complete) = (self.folder.join("complete.new"), self.folder.join(COMPLETE));
        write_synced(&new, index.unwrap_or_default().as_bytes()).map_err(BackupError::file(&new))?;
        fs::rename(&new, &complete).map_err(BackupError::file(&complete))?;
        sync_folder(&self.folder).map_err(BackupError::file(&self.folder))?;
        self.confirmed = true;
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.confirmed {
            // What cannot be deleted now is deleted at the next opening.
            drop(remove_ours(&self.folder));
        }
    }
}

/// The folder in a data folder where backups are unpacked.
pub fn folder_in(data: &Path) -> PathBuf {
    data.join(RESTORING)
}

/// Whether a confirmed restore waits in a data folder: in a folder that we made lies the file that makes it certain.
pub fn is_confirmed(data: &Path) -> bool {
    let folder = folder_in(data);
    is_ours(&folder) && is_file(&folder.join(COMPLETE))
}

/// Whether a folder has our marker. A link to one is not ours.
fn is_ours(folder: &Path) -> bool {
    fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir()) && is_file(&folder.join(OURS))
}

fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Ends a restore that a data folder holds: puts a confirmed one in its place, and deletes one that is not confirmed.
/// It may be interrupted and begun again at any point. The caller holds the lock of the folder.
///
/// # Errors
/// Fails if the disk does.
pub fn end(data: &Path) -> Result<(), BackupError> {
    let from = folder_in(data);
    if is_confirmed(data) {
        let complete = from.join(COMPLETE);
        let index = fs::read(&complete).map_err(BackupError::file(&complete))?;
        let index = String::from_utf8(index).ok().filter(|name| is_index(name));
        put_in_place(data, &from, index.as_deref()).map_err(BackupError::file(data))?;
    }
    remove_ours(&from).map_err(BackupError::file(&from))
}

/// Deletes the folder if we made it. What makes it certain goes first and the marker last, so that an interrupted
/// deletion is gone on with.
fn remove_ours(folder: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(());
    }
    if !is_ours(folder) {
        // Empty if the program died between the making of the folder and of the marker. Any other stays.
        drop(fs::remove_dir(folder));
        return Ok(());
    }
    remove_file(&folder.join(COMPLETE))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != OURS {
            fs::remove_file(entry.path())?;
        }
    }
    fs::remove_file(folder.join(OURS))?;
    fs::remove_dir(folder)
}

/// Deletes a file that may be gone.
fn remove_file(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The catalogue comes last: until it has moved, everything else is replaced again.
fn put_in_place(data: &Path, from: &Path, index: Option<&str>) -> io::Result<()> {
    let catalogue = from.join(CATALOGUE);
    if !catalogue.exists() {
        return Ok(());
    }
    keep_what_is_not_empty(data)?;
    for model in fs::read_dir(from.join(MODELS)).into_iter().flatten() {
        let model = model?;
        let place = data.join(MODELS).join(model.file_name());
        if !place.exists() {
            fs::create_dir_all(data.join(MODELS))?;
            fs::rename(model.path(), place)?;
            sync_folder(&data.join(MODELS))?;
        }
    }
    let unpacked = index.map(|name| from.join(name));
    // Of an index that has moved already, nothing is left here.
    if unpacked.as_deref().is_none_or(Path::is_dir) {
        for entry in fs::read_dir(data)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() && entry.file_name().to_str().is_some_and(is_index) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        if let (Some(unpacked), Some(name)) = (&unpacked, index) {
            fs::rename(unpacked, data.join(name))?;
        }
    }
    // Copies and cached scores of the library that was empty.
    remove_folder(&Home::snapshots_in(data))?;
    let journal = |file: &str| format!("{file}-journal");
    for name in [SCORE_CACHE.to_owned(), journal(SCORE_CACHE), journal(CATALOGUE), format!("{CATALOGUE}-damaged")] {
        remove_file(&data.join(name))?;
    }
    let settings = from.join(SETTINGS);
    if settings.exists() {
        fs::rename(settings, data.join(SETTINGS))?;
    }
    fs::rename(catalogue, data.join(CATALOGUE))?;
    sync_folder(data)
}

/// Moves what came into the library after the restore was confirmed into `damaged/`: a catalogue that is not empty any
/// more, and snapshots that are not empty.
fn keep_what_is_not_empty(data: &Path) -> io::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let kept = Home::damaged_in(data);
    let keep = |name: &str| {
        let from = data.join(name);
        if !from.exists() {
            return Ok(());
        }
        fs::create_dir_all(&kept)?;
        fs::rename(from, kept.join(format!("{now}-{name}")))
    };
    let catalogue = data.join(CATALOGUE);
    if catalogue.exists() && !is_empty(&catalogue) {
        // A journal undoes half a change of its catalogue. It moves first: a journal that a crash leaves behind without
        // its catalogue would be deleted, and here both are kept, if need be under two numbers.
        keep(&format!("{CATALOGUE}-journal"))?;
        keep(CATALOGUE)?;
    }
    // Snapshots count by themselves: beside an empty catalogue they may be all that is left of one that was lost.
    if snapshots_are_empty(data)? { Ok(()) } else { keep(assay_catalogue::SNAPSHOTS) }
}
