//! Which folder holds the index that answers, and how far a new one beside it has come.
//!
//! A rebuild fills a folder of its own while the old one goes on answering. A document's reading
//! gets a new generation there, which the catalogue keeps beside the one that answers until all of
//! them are swapped in one transaction.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use assay_domain::{DocumentId, GenerationId};
use rusqlite::{Connection, params};

use crate::{CatalogueError, Store, document};

/// A document's chunks in the index that is being filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beside {
    /// The generation that answers and whose pages were used.
    pub reading: GenerationId,
    /// The generation there.
    pub generation: GenerationId,
    /// Its chunks; `None` while they are being written.
    pub chunks: Option<u32>,
}

impl Store {
    /// Name of the folder whose index answers, once a rebuild has taken place.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn answering_index(&self) -> Result<Option<String>, CatalogueError> {
        self.read(|connection| Ok(folders(connection, "answers")?.into_iter().next()))
    }

    /// Name of the folder that a rebuild is filling, if one was begun and not finished.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn filling_index(&self) -> Result<Option<String>, CatalogueError> {
        self.read(|connection| Ok(folders(connection, "filling")?.into_iter().next()))
    }

    /// Folders that answer no more and are to be deleted.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn dropped_indexes(&self) -> Result<Vec<String>, CatalogueError> {
        self.read(|connection| folders(connection, "dropped"))
    }

    /// A folder is gone from the disk.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn forget_index(&self, folder: &str) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("DELETE FROM indexes WHERE folder = ?1 AND state = 'dropped'", [folder])?;
            Ok(())
        })
    }

    /// Begins a rebuild in a folder; one that was begun before is given up.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn begin_filling(&self, folder: &str) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("UPDATE indexes SET state = 'dropped' WHERE state = 'filling'", [])?;
            transaction.execute("DELETE FROM generations WHERE id IN (SELECT generation FROM beside)", [])?;
            transaction.execute("DELETE FROM beside", [])?;
            transaction.execute("INSERT OR REPLACE INTO indexes (folder, state) VALUES (?1, 'filling')", [folder])?;
            Ok(())
        })
    }

    /// What a rebuild has written so far, by document.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn beside(&self) -> Result<HashMap<DocumentId, Beside>, CatalogueError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT document, reading, generation, chunks FROM beside")?;
            let rows = statement.query_map([], |row| {
                let (reading, generation) = (GenerationId(row.get(1)?), GenerationId(row.get(2)?));
                Ok((DocumentId(row.get(0)?), Beside { reading, generation, chunks: row.get(3)? }))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A generation for a document in the index that is being filled, in place of any before.
    ///
    /// # Errors
    /// [`CatalogueError::DocumentGone`] if the document was removed or has no reading.
    pub fn begin_beside(&self, document: DocumentId) -> Result<GenerationId, CatalogueError> {
        self.transact(|transaction| {
            let reading = document::generation_of(transaction, document)?;
            let reading = reading.ok_or(CatalogueError::DocumentGone { document })?;
            transaction.execute(
                "DELETE FROM generations WHERE id IN (SELECT generation FROM beside WHERE document = ?1)",
                [document.0],
            )?;
            transaction.execute("INSERT INTO generations (document, state) VALUES (?1, 'begun')", [document.0])?;
            let generation = transaction.last_insert_rowid();
            transaction.execute(
                "INSERT OR REPLACE INTO beside (document, reading, generation) VALUES (?1, ?2, ?3)",
                params![document.0, reading.0, generation],
            )?;
            Ok(GenerationId(generation))
        })
    }

    /// The document's chunks are whole in the index that is being filled.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn finish_beside(&self, generation: GenerationId, chunks: u32) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction
                .execute("UPDATE beside SET chunks = ?2 WHERE generation = ?1", params![generation.0, chunks])?;
            Ok(())
        })
    }

    /// From this call on the index that was filled answers and the one before does not. Documents
    /// whose reading is not in it keep their pages and are queued. Returns the generations that
    /// answered before; their rows go with their folder, which `before` names if none is on record.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn swap_index(&self, before: &str) -> Result<Vec<GenerationId>, CatalogueError> {
        self.transact(|transaction| {
            let old = "SELECT generation FROM documents WHERE generation IS NOT NULL";
            let generations = transaction
                .prepare(old)?
                .query_map([], |row| row.get(0).map(GenerationId))?
                .collect::<Result<Vec<_>, _>>()?;
            transaction.execute_batch(&format!(
                "DELETE FROM generations WHERE state = 'dead' OR id IN ({old});
                UPDATE generations SET state = 'committed' WHERE id IN (SELECT generation FROM beside);
                UPDATE documents SET state = 'queued', generation = NULL, hash = NULL, bytes = NULL, chunks = 0
                    WHERE generation IS NOT NULL AND id NOT IN
                        (SELECT document FROM beside WHERE chunks IS NOT NULL AND reading = documents.generation);
                UPDATE documents SET (generation, chunks) = (SELECT generation, chunks FROM beside WHERE document = id)
                    WHERE generation IS NOT NULL;
                DELETE FROM beside;"
            ))?;
            transaction.execute("INSERT OR IGNORE INTO indexes (folder, state) VALUES (?1, 'answers')", [before])?;
            transaction.execute_batch(
                "UPDATE indexes SET state = 'dropped' WHERE state = 'answers';
                UPDATE indexes SET state = 'answers' WHERE state = 'filling';",
            )?;
            Ok(generations)
        })
    }

    /// The chunks of a reading were cut again and there are so many now.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn recount(&self, document: DocumentId, chunks: u32) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("UPDATE documents SET chunks = ?2 WHERE id = ?1", params![document.0, chunks])?;
            Ok(())
        })
    }

    /// Puts documents back in the queue to be read from their originals; what is left of their
    /// readings answers until then.
    ///
    /// # Errors
    /// Whatever the disk does.
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

    /// Generations that the index holds and this catalogue never heard of: from now on they must
    /// not answer, their rows are swept, and their numbers are not given to anyone else.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn bury(&self, generations: &[GenerationId]) -> Result<(), CatalogueError> {
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

fn folders(connection: &Connection, state: &str) -> Result<Vec<String>, CatalogueError> {
    let mut statement = connection.prepare_cached("SELECT folder FROM indexes WHERE state = ?1 ORDER BY folder")?;
    let rows = statement.query_map([state], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
