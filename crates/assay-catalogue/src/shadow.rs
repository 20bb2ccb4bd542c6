//! The folder whose index answers, and the shadow index that a rebuild fills.
//!
//! A rebuild fills a folder of its own while the old index answers. Each document gets a new
//! generation there, which the catalogue keeps next to the one that answers until all of them are
//! swapped in one transaction.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use assay_domain::{DocumentId, GenerationId};
use rusqlite::{Connection, params};

use crate::error::CatalogueError;
use crate::generation;
use crate::store::Store;

/// A document in the shadow index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShadowDocument {
    /// The generation that answers, whose pages were used.
    pub reading: GenerationId,
    /// The generation in the shadow index.
    pub generation: GenerationId,
    /// Its chunks; `None` while they are being written.
    pub chunks: Option<u32>,
}

impl Store {
    /// Name of the folder whose index answers; none before the first rebuild.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn answering_index(&self) -> Result<Option<String>, CatalogueError> {
        self.read(answering_index)
    }

    /// Name of the shadow index's folder, if a rebuild was begun and not finished.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn shadow_index(&self) -> Result<Option<String>, CatalogueError> {
        self.read(|connection| Ok(folders(connection, "filling")?.into_iter().next()))
    }

    /// Folders whose index no longer answers and that are to be deleted.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn dropped_indexes(&self) -> Result<Vec<String>, CatalogueError> {
        self.read(|connection| folders(connection, "dropped"))
    }

    /// Forgets a dropped folder that was deleted from the disk.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn forget_index(&self, folder: &str) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("DELETE FROM indexes WHERE folder = ?1 AND state = 'dropped'", [folder])?;
            Ok(())
        })
    }

    /// Begins a shadow index in a folder; one that was begun before is dropped.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn begin_shadow_index(&self, folder: &str) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("UPDATE indexes SET state = 'dropped' WHERE state = 'filling'", [])?;
            transaction.execute("DELETE FROM generations WHERE id IN (SELECT generation FROM shadow_index)", [])?;
            transaction.execute("DELETE FROM shadow_index", [])?;
            transaction.execute("INSERT OR REPLACE INTO indexes (folder, state) VALUES (?1, 'filling')", [folder])?;
            Ok(())
        })
    }

    /// What the shadow index holds so far, by document.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn shadow_documents(&self) -> Result<HashMap<DocumentId, ShadowDocument>, CatalogueError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT document, reading, generation, chunks FROM shadow_index")?;
            let rows = statement.query_map([], |row| {
                let (reading, generation) = (GenerationId(row.get(1)?), GenerationId(row.get(2)?));
                Ok((DocumentId(row.get(0)?), ShadowDocument { reading, generation, chunks: row.get(3)? }))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Begins a document's generation in the shadow index, in place of any before.
    ///
    /// # Errors
    /// [`CatalogueError::DocumentGone`] if the document was removed or has no reading.
    pub fn begin_shadow_document(&self, document: DocumentId) -> Result<GenerationId, CatalogueError> {
        self.transact(|transaction| {
            let reading = generation::generation_of(transaction, document)?;
            let reading = reading.ok_or(CatalogueError::DocumentGone { document })?;
            transaction.execute(
                "DELETE FROM generations WHERE id IN (SELECT generation FROM shadow_index WHERE document = ?1)",
                [document.0],
            )?;
            transaction.execute("INSERT INTO generations (document, state) VALUES (?1, 'begun')", [document.0])?;
            let generation = transaction.last_insert_rowid();
            transaction.execute(
                "INSERT OR REPLACE INTO shadow_index (document, reading, generation) VALUES (?1, ?2, ?3)",
                params![document.0, reading.0, generation],
            )?;
            Ok(GenerationId(generation))
        })
    }

    /// Notes that all chunks of a generation are in the shadow index.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn finish_shadow_document(&self, generation: GenerationId, chunks: u32) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction
                .execute("UPDATE shadow_index SET chunks = ?2 WHERE generation = ?1", params![generation.0, chunks])?;
            Ok(())
        })
    }

    /// Makes the shadow index the one that answers. Documents whose reading is not in it keep their
    /// pages and are queued. Returns the generations that answered before; their rows go with their
    /// folder, which `before` names if none is on record.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn swap_index(&self, before: &str) -> Result<Vec<GenerationId>, CatalogueError> {
        self.transact(|transaction| {
            let old = "SELECT generation FROM documents WHERE generation IS NOT NULL";
            let generations = transaction
                .prepare(old)?
                .query_map([], |row| row.get(0).map(GenerationId))?
                .collect::<Result<Vec<_>, _>>()?;
            transaction.execute_batch(&format!(
                "DELETE FROM generations WHERE state = 'dead' OR id IN ({old});
                UPDATE generations SET state = 'committed' WHERE id IN (SELECT generation FROM shadow_index);
                UPDATE documents SET state = 'queued', generation = NULL, hash = NULL, bytes = NULL, chunks = 0
                    WHERE generation IS NOT NULL AND id NOT IN
                        (SELECT document FROM shadow_index WHERE chunks IS NOT NULL AND reading = documents.generation);
                UPDATE documents SET (generation, chunks) = (SELECT generation, chunks FROM shadow_index WHERE document = id)
                    WHERE generation IS NOT NULL;
                DELETE FROM shadow_index;
                DELETE FROM queue WHERE what = 'rebuild';"
            ))?;
            transaction.execute("INSERT OR IGNORE INTO indexes (folder, state) VALUES (?1, 'answers')", [before])?;
            transaction.execute_batch(
                "UPDATE indexes SET state = 'dropped' WHERE state = 'answers';
                UPDATE indexes SET state = 'answers' WHERE state = 'filling';",
            )?;
            Ok(generations)
        })
    }

    /// Sets how many chunks a document has, after they were cut again.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn recount(&self, document: DocumentId, chunks: u32) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("UPDATE documents SET chunks = ?2 WHERE id = ?1", params![document.0, chunks])?;
            Ok(())
        })
    }

    /// Queues documents to be read from their originals; what is left of their readings answers until
    /// then.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn requeue(&self, documents: &[DocumentId]) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            let mut statement = transaction.prepare_cached(
                "UPDATE documents SET state = 'queued', reason = NULL, hash = CASE WHEN generation IS NULL THEN NULL \
                 ELSE '' END, changed = unixepoch() WHERE id = ?1",
            )?;
            for document in documents {
                statement.execute([document.0])?;
            }
            Ok(())
        })
    }

    /// Marks generations that the index holds and the catalogue does not know as dead: they do not
    /// answer, their rows are purged, and their numbers are not given again.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn mark_dead(&self, generations: &[GenerationId]) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            let mut statement = transaction
                .prepare_cached("INSERT OR IGNORE INTO generations (id, document, state) VALUES (?1, 0, 'dead')")?;
            for generation in generations {
                statement.execute([generation.0])?;
            }
            Ok(())
        })
    }
}

/// The folder whose index answers.
pub fn answering_index(connection: &Connection) -> Result<Option<String>, CatalogueError> {
    Ok(folders(connection, "answers")?.into_iter().next())
}

fn folders(connection: &Connection, state: &str) -> Result<Vec<String>, CatalogueError> {
    let mut statement = connection.prepare_cached("SELECT folder FROM indexes WHERE state = ?1 ORDER BY folder")?;
    let rows = statement.query_map([state], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
