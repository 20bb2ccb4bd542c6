//! Files of documents: admission, the last hash, failed tries, renames.

use assay_domain::port::Source;
use assay_domain::{Document, DocumentId, FailedTries, Failure, FolderId, LastHash, Problem};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::CatalogueError;
use crate::{document, generation};

/// Documents of files, in their order; files without a document get a queued one.
pub fn admit(
    connection: &Connection,
    collection: &str,
    folder: Option<FolderId>,
    sources: &[Source],
) -> Result<Vec<Document>, CatalogueError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO documents (collection, path, name, state, folder, device) VALUES (?1, ?2, ?3, 'queued', ?4, ?5) \
         ON CONFLICT (collection, path) DO UPDATE \
         SET folder = coalesce(excluded.folder, folder), device = excluded.device \
         WHERE folder IS NOT coalesce(excluded.folder, folder) OR device IS NOT excluded.device",
    )?;
    let mut rows = Vec::with_capacity(sources.len());
    for source in sources {
        let (folder, device) = (folder.map(|folder| folder.0), source.device.map(|device| device as i64));
        insert.execute(params![collection, source.path, source.name, folder, device])?;
        let row = document::at(connection, collection, &source.path)?;
        let lost = || CatalogueError::UnknownName { what: "path", name: source.path.clone() };
        rows.push(row.ok_or_else(lost)?);
    }
    Ok(rows)
}

pub fn record_hash(connection: &Connection, document: DocumentId, seen: &LastHash) -> Result<(), CatalogueError> {
    let stamp = seen.stamp;
    connection
        .prepare_cached(
            "UPDATE documents SET seen_hash = ?2, seen_bytes = ?3, seen_modified = ?4, seen_changed = ?5, \
             seen_inode = ?6 WHERE id = ?1",
        )?
        .execute(params![
            document.0,
            seen.hash,
            stamp.map(|stamp| stamp.bytes),
            stamp.map(|stamp| stamp.modified),
            stamp.map(|stamp| stamp.changed),
            stamp.map(|stamp| stamp.inode as i64),
        ])?;
    Ok(())
}

pub fn failed_tries(
    connection: &Connection,
    document: DocumentId,
    hash: &str,
) -> Result<Option<FailedTries>, CatalogueError> {
    let tried = connection
        .prepare_cached("SELECT tries, problem, message, action, by FROM tries WHERE document = ?1 AND hash = ?2")?
        .query_row(params![document.0, hash], |row| {
            let problem = Problem::parse(&row.get::<_, String>(1)?);
            let failure = Failure::new(problem, row.get::<_, String>(2)?, row.get::<_, String>(3)?);
            Ok(FailedTries { tries: row.get(0)?, failure, by: row.get(4)? })
        })
        .optional()?;
    Ok(tried)
}

/// Only the tries at the bytes that the file has now are worth keeping.
pub fn record_failed_try(
    connection: &Connection,
    document: DocumentId,
    hash: &str,
    by: &str,
    failure: &Failure,
) -> Result<u32, CatalogueError> {
    connection
        .prepare_cached("DELETE FROM tries WHERE document = ?1 AND (hash <> ?2 OR by <> ?3)")?
        .execute(params![document.0, hash, by])?;
    let tries = connection
        .prepare_cached(
            "INSERT INTO tries (document, hash, tries, problem, message, action, by) VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6) \
             ON CONFLICT (document, hash) DO UPDATE SET tries = tries + 1, problem = excluded.problem, \
             message = excluded.message, action = excluded.action RETURNING tries",
        )?
        .query_row(
            params![document.0, hash, failure.problem.as_str(), failure.message, failure.action, by],
            |row| row.get(0),
        )?;
    Ok(tries)
}

pub fn allow_retry(connection: &Connection, documents: &[DocumentId]) -> Result<(), CatalogueError> {
    let mut forget = connection.prepare_cached("DELETE FROM tries WHERE document = ?1")?;
    let mut want =
        connection.prepare_cached("UPDATE documents SET partly_by = '' WHERE id = ?1 AND incomplete IS NOT NULL")?;
    for document in documents {
        forget.execute([document.0])?;
        want.execute([document.0])?;
    }
    Ok(())
}

/// The new row goes and the old one takes its place, with its number and its reading. One that was offline
/// or missing for a while is what it was before. A judgement that was imported for the old name follows to the
/// new one, unless another document has the old name.
pub fn rename(
    connection: &Connection,
    document: DocumentId,
    new: DocumentId,
    source: &Source,
) -> Result<(), CatalogueError> {
    generation::generation_of(connection, document)?;
    connection
        .prepare_cached(
            "UPDATE OR IGNORE labels SET name = ?2 WHERE document IS NULL AND name = \
                 (SELECT name FROM documents WHERE id = ?1 AND name <> ?2) \
             AND NOT EXISTS (SELECT 1 FROM documents other WHERE other.name = labels.name AND other.id NOT IN (?1, ?3))",
        )?
        .execute(params![document.0, source.name, new.0])?;
    let folder: Option<i64> = connection
        .query_row("SELECT folder FROM documents WHERE id = ?1", [new.0], |row| row.get(0))
        .optional()?
        .flatten();
    document::remove(connection, new)?;
    connection
        .prepare_cached(
            "UPDATE documents SET path = ?2, name = ?3, folder = ?4, device = ?5, changed = unixepoch(), \
             reason = CASE WHEN state = 'offline' THEN incomplete ELSE reason END, \
             state = CASE WHEN state <> 'offline' THEN state WHEN generation IS NULL THEN 'queued' ELSE 'committed' END, \
             missing_since = NULL, missing_why = NULL WHERE id = ?1",
        )?
        .execute(params![
            document.0,
            source.path,
            source.name,
            folder,
            source.device.map(|device| device as i64),
        ])?;
    Ok(())
}
