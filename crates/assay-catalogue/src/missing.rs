//! Missing documents, and the next try at files that failed with a fault that passes by itself.

use assay_domain::{Document, DocumentId, FolderId};

use crate::document;
use crate::error::CatalogueError;
use crate::store::Store;

impl Store {
    /// Documents that have been missing for at least so many seconds, oldest first.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn missing_for(&self, seconds: i64) -> Result<Vec<DocumentId>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM documents WHERE missing_since <= unixepoch() - ?1 ORDER BY missing_since, id",
            )?;
            let rows = statement.query_map([seconds], |row| row.get(0).map(DocumentId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether any work waits, stopped or not: a row of the queue, or a file whose next try is planned.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn has_waiting_work(&self) -> Result<bool, CatalogueError> {
        self.read(|connection| {
            let any = "SELECT EXISTS (SELECT 1 FROM queue) \
                       OR EXISTS (SELECT 1 FROM documents WHERE again_at IS NOT NULL AND missing_since IS NULL)";
            Ok(connection.query_row(any, [], |row| row.get(0))?)
        })
    }

    /// The missing documents of a collection.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn missing_in(&self, collection: &str) -> Result<Vec<Document>, CatalogueError> {
        self.read(|connection| document::missing_in(connection, collection))
    }

    /// The documents of a collection that were read and whose files had this hash when they were last looked at.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn documents_of_hash(&self, collection: &str, hash: &str) -> Result<Vec<Document>, CatalogueError> {
        self.read(|connection| document::of_hash(connection, collection, hash))
    }

    /// Documents whose next try is due, with their watched folders. What the user stopped is not tried.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn due_again(&self) -> Result<Vec<(DocumentId, Option<FolderId>)>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, folder FROM documents WHERE again_at <= unixepoch() AND missing_since IS NULL \
                 AND id NOT IN (SELECT document FROM queue WHERE what = 'read' AND stopped) ORDER BY again_at, id",
            )?;
            let rows = statement
                .query_map([], |row| Ok((DocumentId(row.get(0)?), row.get::<_, Option<i64>>(1)?.map(FolderId))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
