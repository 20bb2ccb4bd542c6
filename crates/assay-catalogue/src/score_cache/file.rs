//! The cache's file: tables, connection, size, and the clock of uses.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use assay_domain::{GenerationId, Passage};
use rusqlite::{Connection, Transaction};

use crate::database;
use crate::error::CatalogueError;

/// Layout of the file; a file of another one is deleted and created again.
const LAYOUT: i64 = 1;

const TABLES: &str = "
CREATE TABLE questions (
    id   INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    used INTEGER NOT NULL
);
CREATE INDEX questions_by_use ON questions (used);
CREATE TABLE scores (
    question   INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    passage    BLOB NOT NULL,
    row        BLOB NOT NULL,
    PRIMARY KEY (question, generation, passage)
) WITHOUT ROWID;
CREATE INDEX scores_of_generation ON scores (generation);
CREATE TABLE ids (
    tokenizer  BLOB NOT NULL,
    generation INTEGER NOT NULL,
    passage    BLOB NOT NULL,
    used       INTEGER NOT NULL,
    row        BLOB NOT NULL,
    UNIQUE (tokenizer, generation, passage)
);
CREATE INDEX ids_of_generation ON ids (generation);
CREATE INDEX ids_by_use ON ids (used);
";

/// The open file.
#[derive(Debug)]
pub struct Open {
    /// Its connection.
    pub connection: Connection,
    /// Counts uses; the newest stamp in the file.
    pub clock: i64,
    /// Purged generations: a question that is still running may bring scores of them.
    pub purged: HashSet<GenerationId>,
}

impl Open {
    /// Runs one transaction, which is one use.
    pub fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T, CatalogueError>,
    ) -> Result<T, CatalogueError> {
        self.clock += 1;
        let transaction = self.connection.transaction()?;
        let value = work(&transaction, self.clock)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Drops the least recently used rows until a tenth of the size is free.
    pub fn shrink(&mut self, most: u64) -> Result<(), CatalogueError> {
        if self.bytes()? <= most {
            return Ok(());
        }
        let clock = self.clock;
        while self.bytes()? > most - most / 10 {
            let oldest =
                "SELECT min(used) FROM (SELECT min(used) AS used FROM questions UNION ALL SELECT min(used) FROM ids)";
            let oldest: Option<i64> = self.connection.query_row(oldest, [], |row| row.get(0))?;
            let Some(oldest) = oldest else { return Ok(()) };
            let until = oldest + (clock - oldest) / 8;
            self.transact(|transaction, _| {
                transaction.prepare_cached("DELETE FROM questions WHERE used <= ?1")?.execute([until])?;
                transaction.prepare_cached("DELETE FROM ids WHERE used <= ?1")?.execute([until])?;
                Ok(())
            })?;
        }
        Ok(())
    }

    fn bytes(&self) -> Result<u64, CatalogueError> {
        let pragma = |name: &str| self.connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
        Ok((pragma("page_count")? - pragma("freelist_count")?) * pragma("page_size")?)
    }

    /// Whether rows of a passage may be kept.
    pub fn may_keep(&self, passage: &Passage) -> bool {
        !self.purged.contains(&passage.chunk.generation)
    }
}

/// Opens the file, or creates it. Returns the connection and the clock.
pub fn connect(path: &Path) -> Result<(Connection, i64), CatalogueError> {
    database::prepare_file(path).map_err(|source| CatalogueError::Folder { path: path.to_owned(), source })?;
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    // The data folder's lock keeps other processes out, so the file is not locked for every call. The
    // journal is truncated after each transaction: a journal that stays keeps deleted rows.
    connection.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_mode", "TRUNCATE", |_| Ok(()))?;
    let layout: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if layout != LAYOUT {
        let transaction = connection.transaction()?;
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "user_version", LAYOUT)?;
        transaction.commit()?;
    }
    let clock = "SELECT max(coalesce((SELECT max(used) FROM questions), 0), coalesce((SELECT max(used) FROM ids), 0))";
    let clock = connection.query_row(clock, [], |row| row.get(0))?;
    Ok((connection, clock))
}

/// Deletes the file and its journal: that of a process that died may hold deleted rows.
pub fn delete(path: &Path) -> Result<(), CatalogueError> {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-journal");
    for path in [path, Path::new(&journal)] {
        match fs::remove_file(path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(CatalogueError::Folder { path: path.to_owned(), source });
            }
            _ => (),
        }
    }
    Ok(())
}
