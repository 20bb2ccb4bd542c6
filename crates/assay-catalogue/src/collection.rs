//! Collections: names under which documents, watched folders, removed files and waiting work are grouped. A collection
//! exists as long as anything has its name.

#[cfg(test)]
mod tests;

use std::path::Path;

use assay_domain::{DocumentId, FolderId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::CatalogueError;
use crate::store::Store;

/// Tables whose rows belong to a collection.
const TABLES: [&str; 4] = ["documents", "folders", "dismissed", "queue"];

/// A collection and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// Documents in it.
    pub documents: u32,
    /// Watched folders whose files join it.
    pub folders: u32,
}

impl Store {
    /// All collections, by name.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn collections(&self) -> Result<Vec<Collection>, CatalogueError> {
        self.read(|connection| {
            let names: Vec<String> =
                TABLES.iter().map(|table| format!("SELECT collection AS name FROM {table}")).collect();
            let mut statement = connection.prepare(&format!(
                "SELECT known.name, (SELECT count(*) FROM documents WHERE collection = known.name), \
                 (SELECT count(*) FROM folders WHERE collection = known.name) \
                 FROM ({}) AS known WHERE known.name IS NOT NULL ORDER BY known.name",
                names.join(" UNION ")
            ))?;
            let rows = statement.query_map([], |row| {
                Ok(Collection { name: row.get(0)?, documents: row.get(1)?, folders: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Gives a collection another name, with all that belongs to it. Returns whether it did: two collections do not
    /// become one this way.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn rename_collection(&self, old: &str, new: &str) -> Result<bool, CatalogueError> {
        self.transact(|transaction| {
            for table in TABLES {
                let taken = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE collection = ?1)");
                if transaction.query_row(&taken, [new], |row| row.get(0))? {
                    return Ok(false);
                }
            }
            for table in TABLES {
                transaction
                    .execute(&format!("UPDATE {table} SET collection = ?2 WHERE collection = ?1"), [old, new])?;
            }
            Ok(true)
        })
    }

    /// Moves documents to a collection. If the file of one of them is in that collection already, none is moved, and
    /// its path is returned.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn move_documents(&self, documents: &[DocumentId], to: &str) -> Result<Option<String>, CatalogueError> {
        self.transact(|transaction| {
            for document in documents {
                if let Some(path) = in_the_way(transaction, "id", document.0, to)? {
                    return Ok(Some(path));
                }
            }
            for document in documents {
                // The user wants it there, whatever was removed from there before.
                transaction
                    .prepare_cached(
                        "DELETE FROM dismissed WHERE collection = ?2 AND path = (SELECT path FROM documents WHERE id = ?1)",
                    )?
                    .execute(params![document.0, to])?;
                transaction
                    .prepare_cached("UPDATE documents SET collection = ?2, changed = unixepoch() WHERE id = ?1")?
                    .execute(params![document.0, to])?;
            }
            Ok(None)
        })
    }

    /// Moves a watched folder to a collection, with its documents and the files that were removed from it. If the
    /// folder or one of its files is in that collection already, nothing is moved, and its path is returned.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn move_folder(&self, folder: FolderId, to: &str) -> Result<Option<String>, CatalogueError> {
        self.transact(|transaction| {
            let row: Option<(String, String)> = transaction
                .query_row(
                    "SELECT path, collection FROM folders WHERE id = ?1 AND collection <> ?2",
                    params![folder.0, to],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let Some((path, from)) = row else { return Ok(None) };
            let mut others = transaction.prepare("SELECT path FROM folders WHERE collection = ?1")?;
            for other in others.query_map([to], |row| row.get::<_, String>(0))? {
                let other = other?;
                if Path::new(&path).starts_with(&other) || Path::new(&other).starts_with(&path) {
                    return Ok(Some(other));
                }
            }
            if let Some(path) = in_the_way(transaction, "folder", folder.0, to)? {
                return Ok(Some(path));
            }
            let marks: Vec<(i64, String)> = transaction
                .prepare("SELECT id, path FROM dismissed WHERE collection = ?1")?
                .query_map([&from], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            for (mark, _) in marks.iter().filter(|(_, file)| Path::new(file).starts_with(&path)) {
                transaction
                    .prepare_cached("UPDATE OR REPLACE dismissed SET collection = ?2 WHERE id = ?1")?
                    .execute(params![mark, to])?;
            }
            transaction.execute("UPDATE folders SET collection = ?2 WHERE id = ?1", params![folder.0, to])?;
            let documents = "UPDATE documents SET collection = ?2, changed = unixepoch() WHERE folder = ?1";
            transaction.execute(documents, params![folder.0, to])?;
            Ok(None)
        })
    }
}

/// The path of a document with this value in a column, if a collection has another document of that path.
fn in_the_way(
    connection: &Connection,
    column: &str,
    value: i64,
    collection: &str,
) -> Result<Option<String>, CatalogueError> {
    let query = format!(
        "SELECT path FROM documents AS moved WHERE {column} = ?1 AND EXISTS (SELECT 1 FROM documents AS other \
         WHERE other.collection = ?2 AND other.path = moved.path AND other.id <> moved.id) ORDER BY path LIMIT 1"
    );
    Ok(connection.query_row(&query, params![value, collection], |row| row.get(0)).optional()?)
}
