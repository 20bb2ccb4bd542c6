//! Documents of the library.

use assay_domain::port::Source;
use assay_domain::{
    Document, DocumentId, DocumentState, Failure, Fingerprint, FolderId, GenerationId, LastHash, Problem, Retry, Stamp,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::document_state;
use crate::error::CatalogueError;
use crate::generation;
use crate::queue;
use crate::store::Store;
use crate::turn::removal;

/// A problem counts in the states that have one; in others it is left from an earlier state. A missing
/// document has the state that it had beneath.
const COLUMNS: &str = "SELECT id, collection, path, name, CASE WHEN missing_since IS NULL THEN state ELSE 'missing' END, \
                       CASE WHEN missing_since IS NULL THEN reason ELSE missing_why END, hash, bytes, generation, \
                       pages, pages_with_text, chunks, language, folder, device, \
                       seen_hash, seen_bytes, seen_modified, seen_changed, seen_inode, format, \
                       CASE WHEN missing_since IS NOT NULL THEN 'missing_file' \
                           WHEN state IN ('failed', 'quarantined', 'offline') THEN problem END, partly_by, \
                       reader_revision, missing_since, again_at, again_tries, \
                       coalesce((SELECT folders.path FROM folders WHERE folders.id = documents.folder), \
                           (SELECT root FROM foreign_roots WHERE document = documents.id)), \
                       coalesce(seen_modified / 1000000000, changed) \
                       FROM documents";

impl Store {
    /// A document by its number, unless it was removed.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn document(&self, document: DocumentId) -> Result<Option<Document>, CatalogueError> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?
                .query_row([document.0], |row| Ok(from_row(row)))
                .optional()?
                .transpose()
        })
    }

    /// Documents per state, for the states that have any.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn counts(&self) -> Result<Vec<(DocumentState, u32)>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT CASE WHEN missing_since IS NULL THEN state ELSE 'missing' END AS shown, count(*) FROM documents \
                 GROUP BY shown ORDER BY shown",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
            rows.map(|row| row.map_err(CatalogueError::from).and_then(|(name, count)| Ok((state(name)?, count))))
                .collect()
        })
    }

    /// Cleans up after a run that ended while it worked: documents that were being read or embedded are queued
    /// again (a committed generation stays), and generations that were never committed are dead. Call it at
    /// start-up, before anything is ingested. Returns the documents that were at work whenever the last few
    /// runs ended, because one of them may be why.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn reset_unfinished(&self) -> Result<Vec<DocumentId>, CatalogueError> {
        self.transact(|transaction| {
            transaction.execute(
                "UPDATE generations SET state = 'dead' WHERE state = 'begun' AND id NOT IN (SELECT generation FROM shadow_index)",
                [],
            )?;
            queue::count_interruptions(transaction)
        })
    }
}

pub fn all(connection: &Connection) -> Result<Vec<Document>, CatalogueError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} ORDER BY id"))?;
    let rows = statement.query_map([], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// Whether there is no document.
pub fn none(connection: &Connection) -> Result<bool, CatalogueError> {
    Ok(connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM documents)", [], |row| row.get(0))?)
}

/// The documents of a watched folder.
pub fn of_folder(connection: &Connection, folder: FolderId) -> Result<Vec<Document>, CatalogueError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE folder = ?1 ORDER BY id"))?;
    let rows = statement.query_map([folder.0], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// The documents of a collection that came from no watched folder.
pub fn of_no_folder(connection: &Connection, collection: &str) -> Result<Vec<Document>, CatalogueError> {
    let mut statement =
        connection.prepare_cached(&format!("{COLUMNS} WHERE folder IS NULL AND collection = ?1 ORDER BY id"))?;
    let rows = statement.query_map([collection], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// The documents of a collection that were read and whose files had this hash when they were last looked at.
pub fn of_hash(connection: &Connection, collection: &str, hash: &str) -> Result<Vec<Document>, CatalogueError> {
    let mut statement = connection.prepare_cached(&format!(
        "{COLUMNS} WHERE collection = ?1 AND coalesce(seen_hash, hash) = ?2 AND generation IS NOT NULL ORDER BY id"
    ))?;
    let rows = statement.query_map([collection, hash], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

/// The missing documents of a collection.
pub fn missing_in(connection: &Connection, collection: &str) -> Result<Vec<Document>, CatalogueError> {
    let mut statement = connection
        .prepare_cached(&format!("{COLUMNS} WHERE missing_since IS NOT NULL AND collection = ?1 ORDER BY id"))?;
    let rows = statement.query_map([collection], |row| Ok(from_row(row)))?;
    rows.map(|row| row?).collect()
}

pub fn at(connection: &Connection, collection: &str, path: &str) -> Result<Option<Document>, CatalogueError> {
    connection
        .prepare_cached(&format!("{COLUMNS} WHERE collection = ?1 AND path = ?2"))?
        .query_row([collection, path], |row| Ok(from_row(row)))
        .optional()?
        .transpose()
}

pub fn enqueue(connection: &Connection, collection: &str, source: &Source) -> Result<DocumentId, CatalogueError> {
    let id = connection
        .prepare_cached(
            "INSERT INTO documents (collection, path, name, state) VALUES (?1, ?2, ?3, 'queued') \
             ON CONFLICT (collection, path) DO UPDATE \
             SET state = 'queued', reason = NULL, name = excluded.name, missing_since = NULL, missing_why = NULL, \
             changed = unixepoch() RETURNING id",
        )?
        .query_row([collection, source.path.as_str(), source.name.as_str()], |row| row.get(0))?;
    Ok(DocumentId(id))
}

/// Sets a state and its reason. A document that fails gives up the generation it had begun. One that
/// is committed without a new reading (its content had not changed) has its reading's reason again. A missing
/// one keeps its state, and is back with any other.
pub fn set_state(
    connection: &Connection,
    document: DocumentId,
    state: DocumentState,
    why: Option<&Failure>,
) -> Result<(), CatalogueError> {
    let current = generation::generation_of(connection, document)?;
    match state {
        DocumentState::Removed => return remove_all(connection, &[document]).map(drop),
        DocumentState::Missing => return document_state::set_missing(connection, document, why),
        DocumentState::Committed if current.is_none() => return Err(CatalogueError::NothingCommitted { document }),
        DocumentState::Failed | DocumentState::Quarantined => generation::abandon(connection, document)?,
        _ => {}
    }
    connection
        .prepare_cached(
            "UPDATE documents SET state = ?2, changed = unixepoch(), \
             reason = coalesce(?3, CASE WHEN ?2 = 'committed' THEN incomplete END), problem = ?4, \
             missing_since = NULL, missing_why = NULL WHERE id = ?1",
        )?
        .execute(params![
            document.0,
            state.as_str(),
            why.map(Failure::to_string),
            why.map(|failure| failure.problem.as_str()),
        ])?;
    match state {
        // It is between two states: the tries before it count.
        DocumentState::Queued | DocumentState::Reading | DocumentState::Embedding => Ok(()),
        _ => document_state::plan_retry(connection, document, why.filter(|_| state == DocumentState::Failed)),
    }
}

/// Removes documents, and their words from kept answers.
pub fn remove_all(connection: &Connection, documents: &[DocumentId]) -> Result<Vec<GenerationId>, CatalogueError> {
    let numbers: Vec<i64> = documents.iter().map(|document| document.0).collect();
    removal::withdraw(connection, &numbers)?;
    let mut answered = Vec::new();
    for document in documents {
        answered.extend(remove(connection, *document)?);
    }
    Ok(answered)
}

/// Deletes a document with the text of its pages. Its generations stay as dead ones until their
/// rows are gone from the index.
pub fn remove(connection: &Connection, document: DocumentId) -> Result<Option<GenerationId>, CatalogueError> {
    let current = generation::generation_of(connection, document)?;
    connection.prepare_cached("UPDATE generations SET state = 'dead' WHERE document = ?1")?.execute([document.0])?;
    connection.prepare_cached("DELETE FROM documents WHERE id = ?1")?.execute([document.0])?;
    Ok(current)
}

fn from_row(row: &Row<'_>) -> Result<Document, CatalogueError> {
    let fingerprint = match (row.get(6)?, row.get(7)?) {
        (Some(hash), Some(bytes)) => Some(Fingerprint { hash, bytes }),
        _ => None,
    };
    Ok(Document {
        id: DocumentId(row.get(0)?),
        collection: row.get(1)?,
        path: row.get(2)?,
        name: row.get(3)?,
        state: state(row.get(4)?)?,
        reason: row.get(5)?,
        problem: row.get::<_, Option<String>>(21)?.map(|name| Problem::parse(&name)),
        fingerprint,
        generation: row.get::<_, Option<i64>>(8)?.map(GenerationId),
        pages: row.get(9)?,
        pages_with_text: row.get(10)?,
        chunks: row.get(11)?,
        format: row.get(20)?,
        language: row.get(12)?,
        folder: row.get::<_, Option<i64>>(13)?.map(FolderId),
        root: row.get(27)?,
        device: row.get::<_, Option<i64>>(14)?.map(|device| device as u64),
        last_hash: seen(row)?,
        partly_by: row.get(22)?,
        reader_revision: row.get(23)?,
        missing_since: row.get(24)?,
        written: row.get(28)?,
        retry: match (row.get(25)?, row.get(26)?) {
            (Some(at), tries) => Some(Retry { at, tries }),
            (None, _) => None,
        },
    })
}

fn seen(row: &Row<'_>) -> Result<Option<LastHash>, CatalogueError> {
    let Some(hash) = row.get(15)? else { return Ok(None) };
    let stamp = match (row.get(16)?, row.get(17)?, row.get(18)?, row.get::<_, Option<i64>>(19)?) {
        (Some(bytes), Some(modified), Some(changed), Some(inode)) => {
            Some(Stamp { bytes, modified, changed, inode: inode as u64 })
        }
        _ => None,
    };
    Ok(Some(LastHash { hash, stamp }))
}

fn state(name: String) -> Result<DocumentState, CatalogueError> {
    DocumentState::parse(&name).ok_or(CatalogueError::UnknownName { what: "state", name })
}
