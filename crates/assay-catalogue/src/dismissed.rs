//! Dismissed files: those that the user removed from a watched folder, so that a scan does not take them in again.

use assay_domain::{DocumentId, GenerationId};
use rusqlite::{Connection, Row, params};

use crate::document;
use crate::error::CatalogueError;
use crate::store::Store;

/// The mark that a removed document of a watched folder leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dismissed {
    /// The catalogue's number of the mark.
    pub id: i64,
    /// The collection that the document was in.
    pub collection: String,
    /// Absolute path of the file.
    pub path: String,
    /// File name.
    pub name: String,
    /// Hash of the file's bytes, by which it is known under another name.
    pub hash: Option<String>,
    /// Unix time in seconds of the removal.
    pub dismissed: i64,
}

const COLUMNS: &str = "SELECT id, collection, path, name, hash, dismissed FROM dismissed";

impl Store {
    /// Removes documents for good, as the user wants it: those of watched folders leave a mark. Returns the
    /// generations that they had.
    ///
    /// # Errors
    /// [`CatalogueError::DocumentGone`] if one of them does not exist; then none is removed.
    pub fn dismiss(&self, documents: &[DocumentId]) -> Result<Vec<GenerationId>, CatalogueError> {
        self.transact(|transaction| {
            let mut mark = transaction.prepare_cached(
                "INSERT OR REPLACE INTO dismissed (collection, path, name, hash) \
                 SELECT collection, path, name, coalesce(seen_hash, hash) FROM documents \
                 WHERE id = ?1 AND folder IS NOT NULL",
            )?;
            for document in documents {
                mark.execute([document.0])?;
            }
            document::remove_all(transaction, documents)
        })
    }

    /// The marks of a collection, or all of them, by path.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn dismissed(&self, collection: Option<&str>) -> Result<Vec<Dismissed>, CatalogueError> {
        self.read(|connection| {
            let query = format!("{COLUMNS} WHERE ?1 IS NULL OR collection = ?1 ORDER BY path, id");
            let mut statement = connection.prepare_cached(&query)?;
            let rows = statement.query_map([collection], from_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Takes marks away, so that the next scan takes their files in again. Returns those that there were.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn undismiss(&self, marks: &[i64]) -> Result<Vec<Dismissed>, CatalogueError> {
        self.transact(|transaction| {
            let mut had = Vec::new();
            for mark in marks {
                had.extend(one(transaction, *mark)?);
                transaction.execute("DELETE FROM dismissed WHERE id = ?1", [mark])?;
            }
            Ok(had)
        })
    }

    /// Takes the mark of a path away, because the user names the file again.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn undismiss_path(&self, collection: &str, path: &str) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            let mut delete = transaction.prepare_cached("DELETE FROM dismissed WHERE collection = ?1 AND path = ?2")?;
            delete.execute([collection, path])?;
            Ok(())
        })
    }

    /// A dismissed file has another path by now; `new` is the row that the path got.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn move_dismissed(&self, mark: i64, new: DocumentId) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute(
                "UPDATE OR REPLACE dismissed SET (path, name) = (SELECT path, name FROM documents WHERE id = ?2) \
                 WHERE id = ?1",
                params![mark, new.0],
            )?;
            document::remove(transaction, new).map(drop)
        })
    }
}

fn one(connection: &Connection, mark: i64) -> Result<Option<Dismissed>, CatalogueError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
    let row = statement.query_map([mark], from_row)?.next().transpose()?;
    Ok(row)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Dismissed> {
    Ok(Dismissed {
        id: row.get(0)?,
        collection: row.get(1)?,
        path: row.get(2)?,
        name: row.get(3)?,
        hash: row.get(4)?,
        dismissed: row.get(5)?,
    })
}
