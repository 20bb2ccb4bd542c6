//! Snapshots: copies of the catalogue to go back to.
//!
//! A whole one is taken before the layout changes and before an index is rebuilt; the last three
//! are kept. A small one without the text of pages is renewed after each ingest: restored, it knows
//! every document, conversation and judgement, and the text is read from the originals again.
//!
//! A removed document is purged from the snapshots too. A snapshot is deleted only if it was read and found damaged
//! and another one is whole, or if three newer ones are whole: an error of the moment deletes nothing.

pub mod renew;
pub mod purge;
pub mod restore;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::database;
use crate::error::CatalogueError;

/// Name of their folder, next to the catalogue.
pub const FOLDER: &str = "snapshots";

/// Whole snapshots that are kept.
const KEPT: usize = 3;

/// Ending of a snapshot that is being written.
const NEW: &str = "new";

/// The small one's name.
const SMALL: &str = "without-text.sqlite";

/// A copy of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its file's name, which says when and before what it was taken.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// Seconds since 1970, UTC.
    pub taken: i64,
    /// Layout of its tables.
    pub layout: i64,
    /// Documents in it.
    pub documents: u32,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether the text of pages is in it.
    pub with_text: bool,
}

/// Copies the open catalogue into a new file of a folder, and keeps the last three.
pub fn take(connection: &Connection, folder: &Path, why: &str) -> Result<PathBuf, CatalogueError> {
    let layout = database::layout(connection)?;
    let name: String = connection.query_row(
        "SELECT strftime('%Y-%m-%d-%H%M%S', 'now') || '-layout' || ?1 || '-' || ?2 || '.sqlite'",
        rusqlite::params![layout, why],
        |row| row.get(0),
    )?;
    let path = folder.join(name);
    let new = path.with_extension(NEW);
    let fault = |source| CatalogueError::Folder { path: path.clone(), source };
    delete(&new).map_err(fault)?;
    let copied =
        copy(connection, &new).and_then(|()| fs::rename(&new, &path).and_then(|()| sync_folder(folder)).map_err(fault));
    if copied.is_err() {
        // An incomplete copy is deleted.
        delete(&new).map_err(fault)?;
    }
    copied?;
    let whole = snapshots(folder).into_iter().filter(|snapshot| snapshot.with_text);
    for old in whole.skip(KEPT) {
        delete(&old.path).map_err(fault)?;
    }
    Ok(path)
}

/// Copies the open catalogue, packed, into a new file that is on the disk when this returns.
pub fn copy(connection: &Connection, new: &Path) -> Result<(), CatalogueError> {
    let fault = |source| CatalogueError::Folder { path: new.to_owned(), source };
    database::prepare_file(new).map_err(fault)?;
    connection.execute("VACUUM INTO ?1", [new.to_string_lossy()])?;
    sync(new).map_err(fault)
}

/// The snapshots in a folder that can be restored, newest first.
pub fn snapshots(folder: &Path) -> Vec<Snapshot> {
    let mut found: Vec<Snapshot> = files_ending(folder, "sqlite").iter().filter_map(|path| describe(path)).collect();
    found.sort_by(|a, b| b.taken.cmp(&a.taken).then(b.name.cmp(&a.name)));
    found
}

/// Describes a file; `None` if it is no catalogue or not whole.
fn describe(path: &Path) -> Option<Snapshot> {
    let metadata = fs::metadata(path).ok()?;
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    database::distrust_schema(&connection).ok()?;
    database::check(&connection, path).ok()?;
    let layout = database::layout(&connection).ok()?;
    let documents = connection.query_row("SELECT count(*) FROM documents", [], |row| row.get(0)).ok()?;
    let taken = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs() as i64;
    let name = path.file_name()?.to_string_lossy().into_owned();
    let with_text = name != SMALL;
    Some(Snapshot { name, path: path.to_owned(), taken, layout, documents, bytes: metadata.len(), with_text })
}

pub fn files_ending(folder: &Path, end: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    paths.filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == end)).collect()
}

pub fn delete(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub fn sync(path: &Path) -> io::Result<()> {
    File::options().read(true).write(true).open(path)?.sync_all()
}

#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows cannot sync a folder; NTFS keeps its own journal of names.
#[cfg(not(unix))]
pub fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
