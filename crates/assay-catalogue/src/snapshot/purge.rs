//! Purging removed documents from snapshots.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{NEW, delete, files_ending};
use crate::database;
use crate::error::{CatalogueError, Fault};
use crate::store::Store;
use crate::turn::{from_json, removal};

/// A document as every copy of the catalogue knows it: its number, and when it was added. A restored snapshot may
/// give a number again, but not at the same time. Paths change.
type Identity = (i64, i64);

impl Store {
    /// Purges from every snapshot what is no longer in the library, so that no text of a removed document
    /// stays on the disk. A snapshot that is damaged cannot be purged and is deleted, unless no other is whole.
    /// Returns how many documents were purged.
    ///
    /// # Errors
    /// The first error of a snapshot that could not be purged; all others are purged. It stays, and purging is
    /// to be tried again.
    pub fn purge_snapshots(&self, folder: &Path) -> Result<usize, CatalogueError> {
        let here: HashSet<Identity> = self.read(|connection| Ok(identities(connection)?.into_iter().collect()))?;
        let (mut purged, mut whole, mut failed) = (0, 0, None);
        let mut damaged: Vec<PathBuf> = Vec::new();
        for path in files_ending(folder, "sqlite") {
            let taken = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
            match purge(&path, &here) {
                Ok(0) => whole += 1,
                Ok(count) => {
                    (purged, whole) = (purged + count, whole + 1);
                    // The file's date says when the snapshot was taken.
                    let file = File::options().append(true).open(&path);
                    drop(file.and_then(|file| taken.map_or(Ok(()), |taken| file.set_modified(taken))));
                }
                Err(error) if error.fault() == Fault::Damage && is_damaged(&path) => damaged.push(path),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let unfinished = files_ending(folder, NEW);
        for path in damaged.iter().filter(|_| whole > 0).chain(&unfinished) {
            delete(path).map_err(|source| CatalogueError::Folder { path: path.clone(), source })?;
        }
        failed.map_or(Ok(purged), Err)
    }
}

/// Whether a second look at the whole file finds damage, too.
fn is_damaged(path: &Path) -> bool {
    let looked = database::connect_again(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(|connection| has_tables(&connection).and_then(|()| database::check_pages(&connection)));
    looked.is_err_and(|error| error.fault() == Fault::Damage)
}

/// An empty file is a database without tables.
fn has_tables(connection: &Connection) -> Result<(), CatalogueError> {
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if tables == 0 { Err(CatalogueError::NotWhole { said: "it is empty".to_owned() }) } else { Ok(()) }
}

fn purge(path: &Path, here: &HashSet<Identity>) -> Result<usize, CatalogueError> {
    let mut connection = database::connect(path)?;
    has_tables(&connection)?;
    let layout = database::layout(&connection)?;
    let gone: Vec<i64> =
        identities(&connection)?.into_iter().filter(|identity| !here.contains(identity)).map(|(id, _)| id).collect();
    if gone.is_empty() {
        return Ok(0);
    }
    let transaction = connection.transaction()?;
    if layout <= from_json::LAST_LAYOUT {
        from_json::withdraw(&transaction, &gone)?;
    } else {
        removal::withdraw(&transaction, &gone)?;
    }
    for id in &gone {
        transaction.execute("DELETE FROM documents WHERE id = ?1", [id])?;
    }
    transaction.commit()?;
    Ok(gone.len())
}

fn identities(connection: &Connection) -> Result<Vec<Identity>, CatalogueError> {
    let mut statement = connection.prepare("SELECT id, added FROM documents")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
