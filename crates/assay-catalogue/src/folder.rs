//! Watched folders and the documents in them.

use assay_domain::{Document, FolderId, WatchedFolder};
use rusqlite::{Row, params};

use crate::document;
use crate::error::CatalogueError;
use crate::store::Store;

/// Result of a full scan of a watched folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderScan {
    /// The disk that it is on; if it is not known, the one from before stays.
    pub device: Option<u64>,
    /// Files found.
    pub files: u32,
    /// Files and folders left out by rule.
    pub excluded: u32,
    /// Why it could not be scanned, if it could not; the counts of the last scan stay then.
    pub away: Option<String>,
}

impl Store {
    /// Watches a folder from now on; one that is watched already stays so.
    ///
    /// # Errors
    /// Fails if the disk does.
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

    /// Stops watching a folder. Its documents stay.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn unwatch(&self, folder: FolderId) -> Result<bool, CatalogueError> {
        self.transact(|transaction| Ok(transaction.execute("DELETE FROM folders WHERE id = ?1", [folder.0])? > 0))
    }

    /// All watched folders, by path.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn folders(&self) -> Result<Vec<WatchedFolder>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, path, collection, device, scanned, files, excluded, away FROM folders ORDER BY path, id",
            )?;
            let rows = statement.query_map([], from_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Saves the result of a full scan.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn save_scan(&self, folder: FolderId, scan: &FolderScan) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            match &scan.away {
                Some(away) => transaction
                    .prepare_cached("UPDATE folders SET away = ?2 WHERE id = ?1")?
                    .execute(params![folder.0, away])?,
                None => transaction
                    .prepare_cached(
                        "UPDATE folders SET device = coalesce(?2, device), files = ?3, excluded = ?4, away = NULL, \
                         scanned = unixepoch() WHERE id = ?1",
                    )?
                    .execute(params![folder.0, scan.device.map(|device| device as i64), scan.files, scan.excluded])?,
            };
            Ok(())
        })
    }

    /// The documents of a watched folder.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn documents_of(&self, folder: FolderId) -> Result<Vec<Document>, CatalogueError> {
        self.read(|connection| document::of_folder(connection, folder))
    }

    /// The documents of a collection that came from no watched folder: their files were added one by one, or before
    /// their folder was watched.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn documents_of_no_folder(&self, collection: &str) -> Result<Vec<Document>, CatalogueError> {
        self.read(|connection| document::of_no_folder(connection, collection))
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
