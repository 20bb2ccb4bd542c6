//! The queue: work that was asked for and is not done, so that it outlives the program.
//!
//! A row is a file to read, a file or folder to look through, or a rebuild of the index. It is written before the
//! work begins and deleted in the transaction that records its result. A stopped row waits until the user goes on.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use assay_domain::{DocumentId, QueueReason};
use rusqlite::{Connection, Row, params};

use crate::error::CatalogueError;
use crate::store::Store;

/// How often the program may end while it reads a file until the file is left alone.
pub const MOST_INTERRUPTIONS: u32 = 3;

/// Number of a row of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueueId(pub i64);

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Read a document's file.
    Read(DocumentId),
    /// Look through a file or folder that the user named, and read what is in it.
    Walk {
        /// Its absolute path.
        path: String,
        /// The collection that its files join.
        collection: String,
    },
    /// Rebuild the index.
    Rebuild,
}

/// A row of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: QueueId,
    /// What is to be done.
    pub work: Work,
    /// Why.
    pub why: QueueReason,
    /// Whether the user stopped it; else it goes on by itself.
    pub stopped: bool,
    /// Unix time in seconds when it was asked for.
    pub since: i64,
}

impl Store {
    /// All work that waits, in the order in which it is done.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn queue(&self) -> Result<Vec<Waiting>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, what, document, path, collection, why, stopped, since FROM queue ORDER BY priority DESC, id",
            )?;
            let rows = statement.query_map([], |row| Ok(from_row(row)))?;
            rows.map(|row| row?).collect()
        })
    }

    /// Documents that the user stopped before they were read.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn stopped_documents(&self) -> Result<HashSet<DocumentId>, CatalogueError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT document FROM queue WHERE what = 'read' AND stopped")?;
            let rows = statement.query_map([], |row| row.get(0).map(DocumentId))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Asks for files and folders to be looked through.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn want_paths(&self, paths: &[String], collection: &str) -> Result<Vec<QueueId>, CatalogueError> {
        self.transact(|transaction| {
            let mut insert =
                transaction.prepare_cached("INSERT INTO queue (what, path, collection) VALUES ('walk', ?1, ?2)")?;
            let ids = paths.iter().map(|path| Ok(QueueId(insert.insert(params![path, collection])?)));
            ids.collect()
        })
    }

    /// Asks for a rebuild of the index, unless one waits already.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn want_rebuild(&self) -> Result<QueueId, CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("UPDATE queue SET stopped = 0 WHERE what = 'rebuild'", [])?;
            let new = "INSERT INTO queue (what) SELECT 'rebuild' WHERE NOT EXISTS (SELECT 1 FROM queue WHERE what = 'rebuild')";
            transaction.execute(new, [])?;
            let row = "SELECT id FROM queue WHERE what = 'rebuild'";
            Ok(transaction.query_row(row, [], |row| row.get(0).map(QueueId))?)
        })
    }

    /// Takes a rebuild off the queue: it failed, and said so.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn drop_rebuild(&self) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("DELETE FROM queue WHERE what = 'rebuild'", [])?;
            Ok(())
        })
    }

    /// Deletes rows whose work is done.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn finish_work(&self, rows: &[QueueId]) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            let mut delete = transaction.prepare_cached("DELETE FROM queue WHERE id = ?1")?;
            rows.iter().try_for_each(|row| delete.execute([row.0]).map(drop))?;
            Ok(())
        })
    }

    /// Stops all work that waits: it does not go on by itself. Files that wait for the end of a passing fault are
    /// work that waits, too.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn stop_work(&self) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute_batch(
                "INSERT INTO queue (what, document, why) SELECT 'read', id, 'again' FROM documents
                     WHERE again_at IS NOT NULL AND missing_since IS NULL
                     AND id NOT IN (SELECT document FROM queue WHERE what = 'read');
                 UPDATE queue SET stopped = 1;",
            )?;
            Ok(())
        })
    }

    /// Stops these rows alone.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn stop_rows(&self, rows: &[QueueId]) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            let mut stop = transaction.prepare_cached("UPDATE queue SET stopped = 1 WHERE id = ?1")?;
            rows.iter().try_for_each(|row| stop.execute([row.0]).map(drop))?;
            Ok(())
        })
    }

    /// Lets stopped work go on.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn resume_work(&self) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("UPDATE queue SET stopped = 0", [])?;
            Ok(())
        })
    }

    /// Puts documents before all others that wait.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn put_first(&self, documents: &[DocumentId]) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            let mut raise = transaction.prepare_cached(
                "UPDATE queue SET priority = (SELECT max(priority) FROM queue) + 1 WHERE document = ?1",
            )?;
            documents.iter().rev().try_for_each(|document| raise.execute([document.0]).map(drop))?;
            Ok(())
        })
    }

    /// Notes that the program ends in order, so that a file that it is reading is not counted as the cause.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn put_back_unfinished(&self) -> Result<(), CatalogueError> {
        self.transact(|transaction| put_back(transaction))
    }
}

/// Asks for documents to be read. One that waits already goes on if the user asks for it now; what Assay finds by
/// itself leaves its reason and its stop as they are.
pub fn want(connection: &Connection, documents: &[DocumentId], why: QueueReason) -> Result<(), CatalogueError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO queue (what, document, why) SELECT 'read', id, ?2 FROM documents WHERE id = ?1 \
         ON CONFLICT (document) DO UPDATE SET why = CASE WHEN ?3 THEN excluded.why ELSE why END, \
             stopped = stopped AND NOT ?3",
    )?;
    let (why, asked) = (why.as_str(), why.is_of_user());
    documents.iter().try_for_each(|document| insert.execute(params![document.0, why, asked]).map(drop))?;
    Ok(())
}

/// Takes documents off the queue that were looked at and are as they were.
pub fn unwant(connection: &Connection, documents: &[DocumentId]) -> Result<(), CatalogueError> {
    let mut delete = connection.prepare_cached("DELETE FROM queue WHERE document = ?1")?;
    documents.iter().try_for_each(|document| delete.execute([document.0]).map(drop))?;
    Ok(())
}

/// Counts an interruption of every document that was at work when the program ended, and queues it again. Returns
/// those that were at work too often.
pub fn count_interruptions(connection: &Connection) -> Result<Vec<DocumentId>, CatalogueError> {
    connection.execute(
        "UPDATE queue SET interrupted = interrupted + 1 \
         WHERE document IN (SELECT id FROM documents WHERE state IN ('reading', 'embedding'))",
        [],
    )?;
    put_back(connection)?;
    let mut often =
        connection.prepare_cached("SELECT document FROM queue WHERE what = 'read' AND interrupted >= ?1")?;
    let often = often.query_map([MOST_INTERRUPTIONS], |row| row.get(0).map(DocumentId))?;
    Ok(often.collect::<Result<_, _>>()?)
}

fn put_back(connection: &Connection) -> Result<(), CatalogueError> {
    connection.execute(
        "UPDATE documents SET state = 'queued', reason = NULL, changed = unixepoch() \
         WHERE state IN ('reading', 'embedding')",
        [],
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<Waiting, CatalogueError> {
    let (what, why): (String, String) = (row.get(1)?, row.get(5)?);
    let work = match what.as_str() {
        "read" => Work::Read(DocumentId(row.get(2)?)),
        "walk" => Work::Walk { path: row.get(3)?, collection: row.get(4)? },
        "rebuild" => Work::Rebuild,
        _ => return Err(CatalogueError::UnknownName { what: "kind of work", name: what }),
    };
    let why = QueueReason::parse(&why).ok_or(CatalogueError::UnknownName { what: "reason of work", name: why })?;
    Ok(Waiting { id: QueueId(row.get(0)?), work, why, stopped: row.get(6)?, since: row.get(7)? })
}
