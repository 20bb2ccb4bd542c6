//! Which folders may be data folders: new ones, empty ones, and those that Assay made.
//!
//! A data folder carries a marker file from its making. Libraries of version 0.1 have none and are known by
//! their files. Any other folder is refused before anything in it is written, deleted or re-permissioned.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::error::LibraryError;

/// Name of the marker file.
pub const MARKER: &str = "assay-library.txt";

/// Text of the marker file, for people who find it.
const MARKER_TEXT: &str = "This folder is the data folder of an Assay library.
Assay writes and deletes files in here. Keep no files of your own in it.
本文件夹是 Assay 资料库的数据文件夹。
Assay 会在此写入和删除文件，请勿在此存放您自己的文件。
";

/// The file that every library of version 0.1 created first.
pub const LOCK: &str = "lock";

/// Name of the catalogue's file.
pub const CATALOGUE: &str = "catalogue.sqlite";

/// Files and folders that version 0.1, or a user who prepares a library, may have made before a catalogue. None of
/// them is an index, and of these nothing is deleted unasked.
const BEFORE_A_CATALOGUE: [&str; 6] = [LOCK, "models", "scratch", "settings.toml", "window", "window.json"];

/// Makes sure that `folder` is a data folder: creates it, or marks an empty one, or checks that it is one.
/// Only a folder that this call creates gets permissions, for its owner alone.
///
/// # Errors
/// [`LibraryError::NotALibrary`] for a folder that holds files and is no library, [`LibraryError::Home`] if the
/// folder cannot be created, read or marked.
pub fn claim(folder: &Path) -> Result<(), LibraryError> {
    let fault = |source| LibraryError::Home { folder: folder.to_owned(), source };
    let names = match names(folder) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create_private(folder).map_err(fault)?;
            BTreeSet::new()
        }
        Err(error) => return Err(fault(error)),
    };
    if names.contains(MARKER) {
        return Ok(());
    }
    if !names.is_empty() && !is_of_version_0_1(folder, &names) {
        return Err(LibraryError::NotALibrary { folder: folder.to_owned() });
    }
    mark(&folder.join(MARKER)).map_err(fault)
}

/// What a folder is to Assay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It does not exist, or is empty: a library can be made there.
    New,
    /// A library.
    Library,
    /// It holds other files and would be refused.
    Foreign,
}

/// Says what a folder is, and changes nothing.
///
/// # Errors
/// What the disk reports.
pub fn look_at(folder: &Path) -> io::Result<Place> {
    let names = match names(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Place::New),
        other => other?,
    };
    let ours = names.contains(MARKER) || is_of_version_0_1(folder, &names);
    Ok(if names.is_empty() {
        Place::New
    } else if ours {
        Place::Library
    } else {
        Place::Foreign
    })
}

/// Refuses what [`claim`] refuses, and lets a folder pass that cannot be written to: for work that may do
/// without one.
///
/// # Errors
/// [`LibraryError::NotALibrary`].
pub fn refuse_foreign(folder: &Path) -> Result<(), LibraryError> {
    match claim(folder) {
        Err(error @ LibraryError::NotALibrary { .. }) => Err(error),
        _ => Ok(()),
    }
}

fn names(folder: &Path) -> io::Result<BTreeSet<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Whether these are the files of a library without a marker. The lock file was made by opening a library, so
/// a folder with a catalogue and no lock belongs to somebody else; so does a catalogue with other tables.
fn is_of_version_0_1(folder: &Path, names: &BTreeSet<String>) -> bool {
    if names.contains(CATALOGUE) {
        return names.contains(LOCK) && !assay_catalogue::is_foreign(&folder.join(CATALOGUE));
    }
    names.iter().all(|name| BEFORE_A_CATALOGUE.contains(&name.as_str()))
}

fn mark(marker: &Path) -> io::Result<()> {
    match File::create_new(marker) {
        Ok(mut file) => {
            file.write_all(MARKER_TEXT.as_bytes())?;
            file.sync_all()
        }
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// Creates a folder, and those above it, that its owner alone may read.
fn create_private(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created,
    }
}

#[cfg(test)]
mod tests;
