//! Watched folders, and what brought a document in.

use assay_domain::{Document, FolderId, WatchedFolder};
use rusqlite::{Row, params};

use crate::{CatalogueError, Store, document};

/// What a full look at a watched folder came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// The disk that it lies on; what was known stays if it could not be looked at.
    pub device: Option<u64>,
    /// Files found.
    pub files: u32,
    /// Files and folders left out by rule.
    pub excluded: u32,
    /// Why it could not be looked at, if it could not; the counts of the last look stay then.
    pub away: Option<String>,
}

impl Store {
    /// Follows a folder from now on, unless it is followed already.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn watch(&self, path: &str, collection: &str) -> Result<FolderId, CatalogueError> {
        self.transact(|transaction| {
            let id = transaction
                .prepare_cached(
                    "INSERT INTO folders (path, collection) VALUES (?1, ?2) \
                     ON CONFLICT (collection, path) DO UPDATE SET path = path RETURNING id",
                )?
                .query_row([path, collection], |row| row.get(0))?;
            Ok(FolderId(id))
        })
    }

    /// Follows a folder no longer. What it brought in stays.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn unwatch(&self, folder: FolderId) -> Result<bool, CatalogueError> {
        self.transact(|transaction| Ok(transaction.execute("DELETE FROM folders WHERE id = ?1", [folder.0])? > 0))
    }

    /// All watched folders, by path.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn folders(&self) -> Result<Vec<WatchedFolder>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, path, collection, device, scanned, files, excluded, away FROM folders ORDER BY path, id",
            )?;
            let rows = statement.query_map([], from_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Keeps what a full look came to.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn looked(&self, folder: FolderId, look: &Look) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            match &look.away {
                Some(away) => transaction
                    .prepare_cached("UPDATE folders SET away = ?2 WHERE id = ?1")?
                    .execute(params![folder.0, away])?,
                None => transaction
                    .prepare_cached(
                        "UPDATE folders SET device = coalesce(?2, device), files = ?3, excluded = ?4, away = NULL, \
                         scanned = unixepoch() WHERE id = ?1",
                    )?
                    .execute(params![folder.0, look.device.map(|device| device as i64), look.files, look.excluded])?,
            };
            Ok(())
        })
    }

    /// The documents that a watched folder brought in.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn documents_of(&self, folder: FolderId) -> Result<Vec<Document>, CatalogueError> {
        self.read(|connection| document::of_folder(connection, folder))
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<WatchedFolder> {
    Ok(WatchedFolder {
        id: FolderId(row.get(0)?),
        path: row.get(1)?,
        collection: row.get(2)?,
        device: row.get::<_, Option<i64>>(3)?.map(|device| device as u64),
        scanned: row.get(4)?,
        files: row.get(5)?,
        excluded: row.get(6)?,
        unreachable: row.get(7)?,
    })
}
