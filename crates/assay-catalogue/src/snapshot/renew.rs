//! Taking snapshots of the open catalogue, and packing its file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::{NEW, SMALL, delete, sync, sync_folder, take};
use crate::error::CatalogueError;
use crate::store::Store;
use crate::{database, schema};

/// Free pages (of 4 KB) below which packing the file is not worth a copy of it.
const WORTH_A_COPY: u64 = 64;

impl Store {
    /// Takes a whole snapshot into a folder and keeps the last three.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn take_snapshot(&self, folder: &Path, why: &str) -> Result<PathBuf, CatalogueError> {
        self.read(|connection| take(connection, folder, why))
    }

    /// Renews the small snapshot. With a time to find a pause in, other calls go on and the copying gives way to every
    /// write; without one, they wait for it.
    ///
    /// # Errors
    /// [`CatalogueError::GaveWay`] if no pause in the writes was long enough `within` the time; fails if the disk does. The
    /// small snapshot of before stays then.
    pub fn take_small_snapshot(&self, folder: &Path, within: Option<Duration>) -> Result<(), CatalogueError> {
        let fault = |source| CatalogueError::Folder { path: folder.to_owned(), source };
        let (new, path) = (folder.join(format!("{SMALL}.{NEW}")), folder.join(SMALL));
        let empty = || {
            delete(&new).map_err(fault)?;
            let mut connection = database::connect(&new)?;
            schema::migrate(&mut connection)?;
            connection.execute("ATTACH ?1 AS whole", [self.path().to_string_lossy()])?;
            Ok(connection)
        };
        match within {
            Some(within) => self.beside(within, empty, copy_without_text)?,
            // Nothing is written while this holds the connection.
            None => self.read(|_| copy_without_text(&empty()?))?,
        }
        sync(&new).and_then(|()| fs::rename(&new, &path)).and_then(|()| sync_folder(folder)).map_err(fault)
    }

    /// Packs the file once the space that removed documents took is worth a copy of it.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn pack(&self) -> Result<(), CatalogueError> {
        let _write = self.writes().begin();
        self.read(|connection| {
            let number = |name: &str| connection.pragma_query_value::<u64, _>(None, name, |row| row.get(0));
            let (free, all) = (number("freelist_count")?, number("page_count")?);
            if free > WORTH_A_COPY && free * 5 > all {
                connection.execute_batch("VACUUM")?;
            }
            Ok(())
        })
    }
}

/// Whether the small snapshot is older than the catalogue's file, or not there.
pub fn is_outdated(folder: &Path, catalogue: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    modified(&folder.join(SMALL)) <= modified(catalogue)
}

fn copy_without_text(connection: &Connection) -> Result<(), CatalogueError> {
    let tables: Vec<String> = connection
        .prepare(
            "SELECT name FROM whole.sqlite_master WHERE type = 'table' AND name NOT IN ('pages', 'headings') \
             AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let transaction = connection.unchecked_transaction()?;
    transaction.pragma_update(None, "defer_foreign_keys", "ON")?;
    for table in tables.iter().map(String::as_str).chain(["sqlite_sequence"]) {
        transaction.execute_batch(&format!(
            "DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM whole.{table};"
        ))?;
    }
    transaction.commit()?;
    Ok(())
}
