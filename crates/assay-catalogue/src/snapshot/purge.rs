//! Purging removed documents from snapshots.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::Path;

use rusqlite::Connection;

use super::{delete, files_ending};
use crate::database;
use crate::error::CatalogueError;
use crate::store::Store;
use crate::turn::{from_json, removal};

impl Store {
    /// Purges from every snapshot what is no longer in the library, so that no text of a removed
    /// document stays on the disk. A snapshot that cannot be opened is deleted for the same reason.
    /// Returns how many documents were purged.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn purge_snapshots(&self, folder: &Path) -> Result<usize, CatalogueError> {
        let here: HashSet<(String, String)> =
            self.read(|connection| Ok(files(connection)?.into_iter().map(|(_, place)| place).collect()))?;
        let mut purged = 0;
        for path in files_ending(folder, "sqlite") {
            let taken = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
            match purge(&path, &here) {
                Ok(0) => (),
                Ok(count) => {
                    purged += count;
                    // The file's date says when the snapshot was taken.
                    let file = File::options().append(true).open(&path);
                    drop(file.and_then(|file| taken.map_or(Ok(()), |taken| file.set_modified(taken))));
                }
                Err(_) => delete(&path).map_err(|source| CatalogueError::Folder { path: path.clone(), source })?,
            }
        }
        for unfinished in files_ending(folder, "new") {
            delete(&unfinished).map_err(|source| CatalogueError::Folder { path: unfinished.clone(), source })?;
        }
        Ok(purged)
    }
}

fn purge(path: &Path, here: &HashSet<(String, String)>) -> Result<usize, CatalogueError> {
    let mut connection = database::connect(path)?;
    let layout = database::layout(&connection)?;
    let gone: Vec<i64> =
        files(&connection)?.into_iter().filter(|(_, place)| !here.contains(place)).map(|(id, _)| id).collect();
    if gone.is_empty() {
        return Ok(0);
    }
    let transaction = connection.transaction()?;
    for id in &gone {
        transaction.execute("DELETE FROM documents WHERE id = ?1", [id])?;
    }
    if layout <= from_json::LAST_LAYOUT {
        from_json::withdraw(&transaction, &gone)?;
    } else {
        removal::withdraw(&transaction, &gone)?;
    }
    transaction.commit()?;
    Ok(gone.len())
}

fn files(connection: &Connection) -> Result<Vec<(i64, (String, String))>, CatalogueError> {
    let mut statement = connection.prepare("SELECT id, collection, path FROM documents")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
