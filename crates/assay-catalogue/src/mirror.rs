//! Documents as one machine publishes them and others mirror them.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use assay_domain::{DocumentId, GenerationId, Page};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::CatalogueError;
use crate::store::Store;
use crate::{document, generation, page};

/// A document that was read, as it is published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MirrorRow {
    /// Its number.
    pub id: i64,
    /// Its committed reading.
    pub generation: i64,
    /// Its collection.
    pub collection: String,
    /// Its path on the publisher.
    pub path: String,
    /// The watched folder on the publisher that it was found in, if any.
    pub root: Option<String>,
    /// Name of its file.
    pub name: String,
    /// Its state. One that is being read again is committed.
    pub state: String,
    /// Why it is in that state.
    pub reason: Option<String>,
    /// Code of the problem.
    pub problem: Option<String>,
    /// What is incomplete about the reading.
    pub incomplete: Option<String>,
    /// The reader that left something out.
    pub partly_by: Option<String>,
    /// Revision of the reader.
    pub reader_revision: Option<u32>,
    /// Its format.
    pub format: Option<String>,
    /// Its main language.
    pub language: Option<String>,
    /// Length of its file.
    pub bytes: u64,
    /// BLAKE3 of its file, in hex.
    pub hash: String,
    /// Pages that the file has.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// Chunks in the index.
    pub chunks: u32,
    /// When it was added, in seconds since 1970.
    pub added: i64,
    /// When its row was last changed, in seconds since 1970.
    pub changed: i64,
    /// When its file was written, in nanoseconds since 1970.
    pub written: Option<i64>,
    /// When its file was found to be missing, in seconds since 1970.
    pub missing_since: Option<i64>,
    /// Why it is missing.
    pub missing_why: Option<String>,
}

/// The documents of a library at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MirrorRows {
    /// All that were read, by number.
    pub documents: Vec<MirrorRow>,
    /// Readings that may have rows in the index and must not answer.
    pub silent: Vec<i64>,
    /// The greatest number that a document has had.
    pub newest_document: i64,
    /// The greatest number that a reading has had.
    pub newest_generation: i64,
}

/// Gives the pages of a document's reading.
pub type PagesOf<'a> = dyn FnMut(&MirrorRow) -> Result<Vec<Page>, CatalogueError> + 'a;

const COLUMNS: &str = "SELECT id, generation, collection, path, \
    coalesce((SELECT folders.path FROM folders WHERE folders.id = documents.folder), \
    (SELECT root FROM foreign_roots WHERE document = documents.id)), name, \
    CASE WHEN state IN ('queued', 'reading', 'embedding') THEN 'committed' ELSE state END, \
    CASE WHEN state IN ('queued', 'reading', 'embedding') THEN incomplete ELSE reason END, \
    CASE WHEN state IN ('failed', 'quarantined', 'offline') THEN problem END, \
    incomplete, partly_by, reader_revision, format, language, bytes, hash, pages, pages_with_text, chunks, added, changed, \
    seen_modified, missing_since, missing_why FROM documents WHERE generation IS NOT NULL ORDER BY id";

const WRITE: &str = "INSERT INTO documents (id, generation, collection, path, name, state, reason, problem, \
    incomplete, partly_by, reader_revision, format, language, bytes, hash, pages, pages_with_text, chunks, added, changed, \
    seen_modified, missing_since, missing_why) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23) \
    ON CONFLICT (id) DO UPDATE SET generation = ?2, collection = ?3, path = ?4, name = ?5, state = ?6, \
    reason = ?7, problem = ?8, incomplete = ?9, partly_by = ?10, reader_revision = ?11, format = ?12, language = ?13, \
    bytes = ?14, hash = ?15, pages = ?16, pages_with_text = ?17, chunks = ?18, added = ?19, changed = ?20, \
    seen_modified = ?21, missing_since = ?22, missing_why = ?23, folder = NULL, device = NULL, seen_hash = NULL, \
    seen_bytes = NULL, seen_changed = NULL, seen_inode = NULL, again_at = NULL, again_tries = 0";

impl Store {
    /// The documents that were read, all of one moment.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn mirror_rows(&self) -> Result<MirrorRows, CatalogueError> {
        self.transact(|transaction| {
            let mut statement = transaction.prepare_cached(COLUMNS)?;
            let rows = statement.query_map([], |row| {
                Ok(MirrorRow {
                    id: row.get(0)?,
                    generation: row.get(1)?,
                    collection: row.get(2)?,
                    path: row.get(3)?,
                    root: row.get(4)?,
                    name: row.get(5)?,
                    state: row.get(6)?,
                    reason: row.get(7)?,
                    problem: row.get(8)?,
                    incomplete: row.get(9)?,
                    partly_by: row.get(10)?,
                    reader_revision: row.get(11)?,
                    format: row.get(12)?,
                    language: row.get(13)?,
                    bytes: row.get(14)?,
                    hash: row.get(15)?,
                    pages: row.get(16)?,
                    pages_with_text: row.get(17)?,
                    chunks: row.get(18)?,
                    added: row.get(19)?,
                    changed: row.get(20)?,
                    written: row.get(21)?,
                    missing_since: row.get(22)?,
                    missing_why: row.get(23)?,
                })
            })?;
            Ok(MirrorRows {
                documents: rows.collect::<Result<_, _>>()?,
                silent: generation::that_must_not_answer(transaction)?.into_iter().map(|silent| silent.0).collect(),
                newest_document: newest(transaction, "documents")?,
                newest_generation: newest(transaction, "generations")?,
            })
        })
    }

    /// The pages of a document, if this is still its reading.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn pages_of_reading(&self, document: i64, reading: i64) -> Result<Option<Vec<Page>>, CatalogueError> {
        self.transact(|transaction| {
            let is_read = "SELECT 1 FROM documents WHERE id = ?1 AND generation = ?2";
            let found = transaction.query_row(is_read, [document, reading], |_| Ok(())).optional()?;
            found.map(|()| page::all(transaction, DocumentId(document))).transpose()
        })
    }

    /// Readings of documents whose pages are here.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn readings_with_pages(&self) -> Result<HashSet<(i64, i64)>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, generation FROM documents WHERE generation IS NOT NULL AND hash <> '' \
                 AND EXISTS (SELECT 1 FROM pages WHERE pages.document = documents.id)",
            )?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Replaces all documents by those that another machine published, and makes `folder` the index that answers;
    /// `before` names the one that answers now, if none is on record. A document that stays keeps its judgements, and
    /// what was answered from one that is gone is withdrawn. Pages are asked for of readings that are not among those
    /// that are here, by document and reading.
    /// Returns the readings that answer no more.
    ///
    /// # Errors
    /// Fails if the disk or `pages_of` does; nothing is changed then.
    pub fn take_mirror(
        &self,
        rows: &MirrorRows,
        folder: &str,
        before: &str,
        here: &HashSet<(i64, i64)>,
        pages_of: &mut PagesOf<'_>,
    ) -> Result<Vec<GenerationId>, CatalogueError> {
        self.transact(|transaction| {
            let old = readings(transaction)?;
            let wanted: HashMap<i64, i64> = rows.documents.iter().map(|row| (row.id, row.generation)).collect();
            let all: Vec<i64> = transaction
                .prepare("SELECT id FROM documents")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let gone: Vec<DocumentId> = all.into_iter().filter(|id| !wanted.contains_key(id)).map(DocumentId).collect();
            document::remove_all(transaction, &gone)?;
            // Two documents may have changed places.
            transaction.execute("UPDATE documents SET path = char(1) || id", [])?;
            for row in &rows.documents {
                write(transaction, row)?;
                if !here.contains(&(row.id, row.generation)) {
                    page::replace(transaction, DocumentId(row.id), &pages_of(row)?)?;
                }
            }
            transaction.execute_batch("DELETE FROM queue; DELETE FROM shadow_index; DELETE FROM generations;")?;
            let mut insert =
                transaction.prepare("INSERT OR IGNORE INTO generations (id, document, state) VALUES (?1, ?2, ?3)")?;
            for row in &rows.documents {
                insert.execute(params![row.generation, row.id, "committed"])?;
            }
            // A question that still reads the index before must not find what answers no more.
            let answers: HashSet<i64> = wanted.into_values().collect();
            let ended: Vec<i64> = old.into_iter().filter(|reading| !answers.contains(reading)).collect();
            for reading in rows.silent.iter().chain(&ended) {
                insert.execute(params![reading, 0, "dead"])?;
            }
            count_on(transaction, "documents", rows.newest_document)?;
            count_on(transaction, "generations", rows.newest_generation)?;
            transaction.execute("INSERT OR IGNORE INTO indexes (folder, state) VALUES (?1, 'answers')", [before])?;
            transaction.execute("UPDATE indexes SET state = 'dropped'", [])?;
            transaction.execute("INSERT OR REPLACE INTO indexes (folder, state) VALUES (?1, 'answers')", [folder])?;
            Ok(ended.into_iter().map(GenerationId).collect())
        })
    }

    /// Marks the documents of another machine as out of reach: they answer, and their files are there. It is done when
    /// this library follows that machine no longer.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn keep_mirror(&self, why: &str) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute(
                "UPDATE documents SET state = 'offline', problem = 'missing_file', reason = ?1 WHERE state = 'committed'",
                [why],
            )?;
            Ok(())
        })
    }
}

fn write(connection: &Connection, row: &MirrorRow) -> Result<(), CatalogueError> {
    connection.prepare_cached(WRITE)?.execute(params![
        row.id,
        row.generation,
        row.collection,
        row.path,
        row.name,
        row.state,
        row.reason,
        row.problem,
        row.incomplete,
        row.partly_by,
        row.reader_revision,
        row.format,
        row.language,
        row.bytes,
        row.hash,
        row.pages,
        row.pages_with_text,
        row.chunks,
        row.added,
        row.changed,
        row.written,
        row.missing_since,
        row.missing_why,
    ])?;
    connection.prepare_cached("DELETE FROM foreign_roots WHERE document = ?1")?.execute([row.id])?;
    if let Some(root) = &row.root {
        connection
            .prepare_cached("INSERT INTO foreign_roots (document, root) VALUES (?1, ?2)")?
            .execute(params![row.id, root])?;
    }
    Ok(())
}

fn readings(connection: &Connection) -> Result<Vec<i64>, CatalogueError> {
    let mut statement = connection.prepare("SELECT generation FROM documents WHERE generation IS NOT NULL")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The greatest number that was given in a table.
fn newest(connection: &Connection, table: &str) -> Result<i64, CatalogueError> {
    let seq = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?1), 0)";
    Ok(connection.query_row(seq, [table], |row| row.get(0))?)
}

/// Makes sure that the numbers of a table go on after this one.
fn count_on(connection: &Connection, table: &str, number: i64) -> Result<(), CatalogueError> {
    let number = number.max(newest(connection, table)?);
    connection.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [table])?;
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", params![table, number])?;
    Ok(())
}
