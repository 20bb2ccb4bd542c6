//! Generations: begun, committed, dead, forgotten.

use std::collections::HashSet;

use assay_domain::port::{Answering, GenerationContent};
use assay_domain::{DocumentId, GenerationId, Narrowed, Scope, Scoped};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::CatalogueError;
use crate::page;
use crate::store::Store;

impl Store {
    /// The committed generations, with their documents and how many chunks the index should hold of each.
    /// They answer, except those of missing documents.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn live_generations(&self) -> Result<Vec<(GenerationId, DocumentId, u32)>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT generation, id, chunks FROM documents WHERE generation IS NOT NULL ORDER BY generation",
            )?;
            let rows =
                statement.query_map([], |row| Ok((GenerationId(row.get(0)?), DocumentId(row.get(1)?), row.get(2)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Generations that will never answer again: their rows can be removed from the index, and then
    /// they can be forgotten. Unlike `dead_generations` it leaves out those that are being written now.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn removable_generations(&self) -> Result<Vec<GenerationId>, CatalogueError> {
        self.read(|connection| list(connection, "SELECT id FROM generations WHERE state = 'dead' ORDER BY id"))
    }

    /// Whether rows are dead because their document was removed, and not only because it was read again.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn has_dead_documents(&self) -> Result<bool, CatalogueError> {
        self.read(|connection| {
            let any = "SELECT EXISTS (SELECT 1 FROM generations \
                       WHERE state = 'dead' AND document NOT IN (SELECT id FROM documents))";
            Ok(connection.query_row(any, [], |row| row.get(0))?)
        })
    }
}

/// The generation that answers for a document.
pub fn generation_of(connection: &Connection, document: DocumentId) -> Result<Option<GenerationId>, CatalogueError> {
    connection
        .prepare_cached("SELECT generation FROM documents WHERE id = ?1")?
        .query_row([document.0], |row| row.get::<_, Option<i64>>(0))
        .optional()?
        .map(|generation| generation.map(GenerationId))
        .ok_or(CatalogueError::DocumentGone { document })
}

/// Begins a generation. A document has at most one open generation: an earlier one is dead.
pub fn begin(connection: &Connection, document: DocumentId) -> Result<GenerationId, CatalogueError> {
    generation_of(connection, document)?;
    abandon(connection, document)?;
    connection
        .prepare_cached("INSERT INTO generations (document, state) VALUES (?1, 'begun')")?
        .execute([document.0])?;
    Ok(GenerationId(connection.last_insert_rowid()))
}

pub fn commit(
    connection: &Connection,
    document: DocumentId,
    generation: GenerationId,
    reading: &GenerationContent,
) -> Result<Option<GenerationId>, CatalogueError> {
    let previous = generation_of(connection, document)?;
    let open = connection
        .prepare_cached("SELECT 1 FROM generations WHERE id = ?1 AND document = ?2 AND state = 'begun'")?
        .query_row([generation.0, document.0], |_| Ok(()))
        .optional()?;
    if open.is_none() {
        return Err(CatalogueError::NotBegun { document, generation });
    }
    if let Some(previous) = previous {
        mark(connection, previous, "dead")?;
    }
    mark(connection, generation, "committed")?;
    page::replace(connection, document, &reading.document.pages)?;
    connection
        .prepare_cached(
            "UPDATE documents SET state = 'committed', reason = ?2, incomplete = ?2, generation = ?3, hash = ?4, \
             bytes = ?5, format = ?6, language = ?7, pages = ?8, pages_with_text = ?9, chunks = ?10, \
             partly_by = CASE WHEN ?2 IS NOT NULL THEN ?11 END, reader_revision = ?12, missing_since = NULL, missing_why = NULL, \
             again_at = NULL, again_tries = 0, changed = unixepoch() WHERE id = ?1",
        )?
        .execute(params![
            document.0,
            reading.reason,
            generation.0,
            reading.fingerprint.hash,
            reading.fingerprint.bytes,
            reading.document.format,
            reading.document.language,
            reading.document.pages.len(),
            reading.document.pages_with_text(),
            reading.chunks,
            reading.by,
            reading.revision,
        ])?;
    Ok(previous)
}

/// Gives up the generation that a document had begun.
pub fn abandon(connection: &Connection, document: DocumentId) -> Result<(), CatalogueError> {
    connection
        .prepare_cached(
            "UPDATE generations SET state = 'dead' WHERE document = ?1 AND state = 'begun' \
             AND id NOT IN (SELECT generation FROM shadow_index)",
        )?
        .execute([document.0])?;
    Ok(())
}

/// What answers now. SQLite keeps the greatest number that was given, also of a generation that is forgotten. A scope is
/// told by the shorter list: its generations, or all others.
pub fn answering(connection: &Connection, scope: &Scope) -> Result<Answering, CatalogueError> {
    let newest = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'generations'), 0)";
    let newest = connection.query_row(newest, [], |row| row.get(0).map(GenerationId))?;
    let mut excluded = silent(connection)?;
    if *scope == Scope::default() {
        return Ok(Answering { only: None, excluded, newest, narrowed: None });
    }
    let (inside, outside) = parted(connection, scope)?;
    let silenced: HashSet<GenerationId> = excluded.iter().copied().collect();
    let answer = |some: &[GenerationId]| some.iter().filter(|generation| !silenced.contains(generation)).count();
    let documents = answer(&inside);
    let narrowed = scope.is_narrow().then(|| Narrowed { documents, of: documents + answer(&outside) });
    let only = if outside.len() < inside.len() {
        excluded.extend(outside);
        None
    } else {
        Some(inside)
    };
    Ok(Answering { only, excluded, newest, narrowed })
}

/// The generations of the documents in a scope, and those of all others.
fn parted(connection: &Connection, scope: &Scope) -> Result<(Vec<GenerationId>, Vec<GenerationId>), CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT generation, id, collection, path, format, language, coalesce(seen_modified / 1000000000, changed) \
         FROM documents WHERE generation IS NOT NULL ORDER BY id",
    )?;
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text = |column| row.get_ref(column).map_err(CatalogueError::from);
        let scoped = Scoped {
            document: DocumentId(row.get(1)?),
            collection: text(2)?.as_str().map_err(rusqlite::Error::from)?,
            path: text(3)?.as_str().map_err(rusqlite::Error::from)?,
            format: text(4)?.as_str_or_null().map_err(rusqlite::Error::from)?,
            language: text(5)?.as_str_or_null().map_err(rusqlite::Error::from)?,
            written: row.get(6)?,
        };
        if scope.takes(&scoped) { &mut inside } else { &mut outside }.push(GenerationId(row.get(0)?));
    }
    Ok((inside, outside))
}

/// Dead and begun generations: rows of a reading are in the index before it is committed. Generations
/// of the shadow index are in another index.
pub fn that_must_not_answer(connection: &Connection) -> Result<Vec<GenerationId>, CatalogueError> {
    list(
        connection,
        "SELECT id FROM generations WHERE state <> 'committed' AND id NOT IN (SELECT generation FROM shadow_index) ORDER BY id",
    )
}

/// The generations that must not answer, and those of missing documents, whose rows stay.
fn silent(connection: &Connection) -> Result<Vec<GenerationId>, CatalogueError> {
    list(
        connection,
        "SELECT id FROM generations WHERE state <> 'committed' AND id NOT IN (SELECT generation FROM shadow_index) \
         UNION SELECT generation FROM documents WHERE missing_since IS NOT NULL AND generation IS NOT NULL ORDER BY id",
    )
}

pub fn forget(connection: &Connection, generations: &[GenerationId]) -> Result<(), CatalogueError> {
    let mut statement = connection.prepare_cached("DELETE FROM generations WHERE id = ?1 AND state = 'dead'")?;
    for generation in generations {
        statement.execute([generation.0])?;
    }
    Ok(())
}

fn mark(connection: &Connection, generation: GenerationId, state: &str) -> Result<(), CatalogueError> {
    connection
        .prepare_cached("UPDATE generations SET state = ?2 WHERE id = ?1")?
        .execute(params![generation.0, state])?;
    Ok(())
}

fn list(connection: &Connection, query: &str) -> Result<Vec<GenerationId>, CatalogueError> {
    let mut statement = connection.prepare_cached(query)?;
    let rows = statement.query_map([], |row| row.get(0).map(GenerationId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
