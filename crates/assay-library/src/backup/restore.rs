//! Restoring a backup into a data folder whose library is empty or not there: everything is unpacked, compared and
//! re-pointed in a folder of its own ([`super::staging`]), and takes its place when that is certain.

use std::fs;
use std::path::{Path, PathBuf};

use assay_catalogue::{CopyFacts, Fault, inspect_and_upgrade, repoint};
use assay_domain::{Cancel, Failure};

use super::empty::may_be_replaced;
use super::error::BackupError;
use super::hashed::OnBytes;
use super::manifest::{CATALOGUE, Manifest, SETTINGS};
use super::read::Archive;
use super::staging::{Staging, end, is_confirmed};
use crate::claim::{LOCK, MARKER};
use crate::home::{Home, is_index};
use crate::library::Library;

/// A backup that was unpacked beside the library. If it is dropped before it is confirmed, it is deleted.
#[derive(Debug)]
pub struct Unpacked {
    data: PathBuf,
    staging: Staging,
    /// What is in it.
    pub manifest: Manifest,
}

/// Opens a data folder, and ends a restore that was confirmed in it, or that a process did not live to confirm.
///
/// # Errors
/// As [`Home::open`]; fails if the disk does.
pub fn open_home(data: &Path) -> Result<Home, Failure> {
    let home = Home::open(data)?;
    end(home.folder())?;
    Ok(home)
}

/// Ends a confirmed restore that waits in a data folder; does nothing if none does.
///
/// # Errors
/// As [`open_home`].
pub fn end_confirmed(data: &Path) -> Result<(), Failure> {
    if is_confirmed(data) { open_home(data).map(drop) } else { Ok(()) }
}

/// Restores a backup into a data folder without a library, which is made if it is not there. `adjust` sees what was
/// unpacked before it takes its place, and may change the settings in it.
///
/// # Errors
/// As [`unpack`]; what `adjust` reports. The folder is as it was then.
pub fn restore<T>(
    file: &Path,
    data: &Path,
    moves: &[(String, String)],
    adjust: impl FnOnce(&Unpacked) -> Result<T, Failure>,
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<T, Failure> {
    // What is no backup is refused before a folder is made for it.
    drop(Archive::open(file)?);
    let before: Vec<PathBuf> =
        [data.to_owned(), data.join(MARKER), data.join(LOCK)].into_iter().filter(|path| !path.exists()).collect();
    let home = open_home(data)?;
    let restored = unpack(file, &home, moves, cancel, on).and_then(|unpacked| {
        let adjusted = adjust(&unpacked)?;
        unpacked.confirm()?;
        Ok(adjusted)
    });
    match restored {
        Ok(adjusted) => {
            end(home.folder())?;
            Ok(adjusted)
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

/// Unpacks a backup beside the library of a data folder, which must be empty, brings its catalogue to the newest layout,
/// and moves its documents from old folders to new ones.
///
/// # Errors
/// [`BackupError::NotEmpty`], [`BackupError::Waits`], [`BackupError::NoRoom`], [`BackupError::NotWhole`],
/// [`BackupError::Newer`], [`BackupError::UnknownRoot`], [`BackupError::SamePath`], a stop, or a fault of the disk.
/// Nothing is left then.
pub fn unpack(
    file: &Path,
    home: &Home,
    moves: &[(String, String)],
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<Unpacked, Failure> {
    let data = home.folder();
    let mut archive = Archive::open(file)?;
    refuse_what_is_not_empty(data)?;
    let staging = Staging::make(data)?;
    let (needed, free) = (archive.manifest.bytes(), fs2::available_space(data).map_err(BackupError::file(data))?);
    if needed > free {
        return Err(BackupError::NoRoom { needed: needed >> 20, free: free >> 20 }.into());
    }
    known_roots(&archive.manifest, moves)?;
    archive.unpack(staging.folder(), cancel, on)?;
    let copy = staging.folder().join(CATALOGUE);
    let facts = inspect_and_upgrade(&copy).map_err(|error| match error.fault() {
        Fault::Moment => Failure::from(error),
        _ => BackupError::not_whole(file, error.to_string()).into(),
    })?;
    let manifest = archive.manifest;
    if !agrees(&facts, &manifest) {
        return Err(BackupError::not_whole(file, "its list does not describe its catalogue").into());
    }
    repoint(&copy, moves).map_err(|error| match error.fault() {
        Fault::Other => Failure::from(BackupError::SamePath),
        _ => error.into(),
    })?;
    Ok(Unpacked { data: data.to_owned(), staging, manifest })
}

fn refuse_what_is_not_empty(data: &Path) -> Result<(), BackupError> {
    if may_be_replaced(data).map_err(BackupError::file(data))? {
        return Ok(());
    }
    Err(BackupError::NotEmpty { folder: data.to_owned() })
}

fn agrees(facts: &CopyFacts, manifest: &Manifest) -> bool {
    let index = facts.index.as_deref().unwrap_or("index");
    manifest.describes(facts) && manifest.index.as_deref().is_none_or(|name| name == index) && is_index(index)
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
        self.staging.folder().join(SETTINGS)
    }

    /// Makes the restore certain: the next opening of the data folder puts the files in their places.
    ///
    /// # Errors
    /// [`BackupError::NotEmpty`] if something came into the library meanwhile; fails if the disk does.
    pub fn confirm(self) -> Result<(), Failure> {
        refuse_what_is_not_empty(&self.data)?;
        Ok(self.staging.confirm(self.manifest.index.as_deref())?)
    }
}

impl Library {
    /// Makes a restore into this open library certain, while nothing is written to it. The program has to be started
    /// again at once.
    ///
    /// # Errors
    /// As [`Unpacked::confirm`].
    pub async fn confirm_restore(&self, unpacked: Unpacked) -> Result<(), Failure> {
        // An ingest may hold the turn for long, and says by its work in the queue that the library is not empty.
        refuse_what_is_not_empty(&unpacked.data)?;
        let folder = unpacked.data.clone();
        let _turn = self.writing.lock().await;
        self.store.while_empty(|| unpacked.confirm())?.unwrap_or_else(|| Err(BackupError::NotEmpty { folder }.into()))
    }
}
