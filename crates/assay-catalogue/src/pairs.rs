//! Token ids and rerank scores of passages, in a file of its own beside the catalogue.
//!
//! This is a cache: losing it costs time. So it is written without waiting for the disk
//! (`synchronous = OFF`), every row carries a check of its own bytes, a row that fails it is not
//! there, and a file that cannot be used is made anew. Only a purge waits for the disk: what was
//! removed must not come back after a power cut.
//!
//! Everything hangs on a *generation*, one reading of a document, and goes with it; deleted rows
//! are overwritten (`secure_delete`). No text is kept: passages and questions appear as hashes.
//! The file is bounded. When it is full, the questions and passages that were not asked for
//! longest are dropped first.

mod rows;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_domain::port::{PassageScore, ScoreCache, ScoreKey};
use assay_domain::{Failure, GenerationId, Passage};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{CatalogueError, schema};
use rows::{ids_from, ids_row, question_hash, score_from, score_row, text_hash};

/// Counts the layouts of the file; another one is thrown away and made anew.
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

/// Uses after which a passage that was used again is stamped again. Stamping at each use would
/// write a hundred rows for every question.
const STALE: i64 = 64;

/// The open cache.
#[derive(Debug)]
pub struct Pairs {
    path: PathBuf,
    most: u64,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    connection: Connection,
    /// Counts uses; the newest stamp in the file.
    clock: i64,
    /// Readings that were purged: a question that was under way may still bring their scores.
    purged: HashSet<GenerationId>,
}

impl Pairs {
    /// Opens the file, or makes it anew if it is not there or cannot be used. It grows to `most`
    /// bytes. Rows of readings other than `live` are purged: a run that died may have left some.
    ///
    /// # Errors
    /// Whatever the disk does to a new file.
    pub fn open(path: &Path, most: u64, live: &[GenerationId]) -> Result<Self, CatalogueError> {
        let opened = match connect(path) {
            Ok(connection) => connection,
            Err(_) => {
                delete(path)?;
                connect(path)?
            }
        };
        let (connection, clock) = opened;
        let open = Open { connection, clock, purged: HashSet::new() };
        let pairs = Self { path: path.to_owned(), most, open: Mutex::new(open) };
        pairs.purge_all_but(live)?;
        Ok(pairs)
    }

    /// Deletes a cache that is not wanted any more. One that is not there is no error.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn delete(path: &Path) -> Result<(), CatalogueError> {
        delete(path)
    }

    /// Token ids of passages and scores in the file.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn count(&self) -> Result<(u64, u64), CatalogueError> {
        let open = self.lock();
        let count = |table: &str| -> Result<u64, CatalogueError> {
            Ok(open.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
        };
        Ok((count("ids")?, count("scores")?))
    }

    fn purge_all_but(&self, live: &[GenerationId]) -> Result<(), CatalogueError> {
        let there: Vec<GenerationId> = {
            let open = self.lock();
            let mut statement =
                open.connection.prepare("SELECT generation FROM scores UNION SELECT generation FROM ids")?;
            let rows = statement.query_map([], |row| row.get(0).map(GenerationId))?;
            rows.collect::<Result<_, _>>()?
        };
        let live: HashSet<&GenerationId> = live.iter().collect();
        let dead: Vec<GenerationId> = there.into_iter().filter(|generation| !live.contains(generation)).collect();
        if dead.is_empty() { Ok(()) } else { self.remove(&dead) }
    }

    fn remove(&self, generations: &[GenerationId]) -> Result<(), CatalogueError> {
        let mut open = self.lock();
        open.purged.extend(generations);
        open.connection.pragma_update(None, "synchronous", "FULL")?;
        let removed = open.transact(|transaction, _| {
            for generation in generations {
                transaction.prepare_cached("DELETE FROM ids WHERE generation = ?1")?.execute([generation.0])?;
                transaction.prepare_cached("DELETE FROM scores WHERE generation = ?1")?.execute([generation.0])?;
            }
            let left = "DELETE FROM questions WHERE id NOT IN (SELECT question FROM scores)";
            transaction.prepare_cached(left)?.execute([])?;
            Ok(())
        });
        open.connection.pragma_update(None, "synchronous", "OFF")?;
        removed
    }

    /// A panic inside a transaction drops it, and dropping undoes it.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// One transaction, which is one use.
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, i64) -> Result<T, CatalogueError>,
    ) -> Result<T, CatalogueError> {
        self.clock += 1;
        let transaction = self.connection.transaction()?;
        let value = work(&transaction, self.clock)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Drops what was not used for longest, until a tenth of the room is free again.
    fn make_room(&mut self, most: u64) -> Result<(), CatalogueError> {
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
}

impl ScoreCache for Pairs {
    fn ids(&self, tokenizer: &str, passages: &[&Passage]) -> Vec<Option<Vec<u32>>> {
        let tokenizer = text_hash(tokenizer);
        let found = self.lock().transact(|transaction, now| {
            let mut select = transaction.prepare_cached(
                "SELECT row, used, rowid FROM ids WHERE tokenizer = ?1 AND generation = ?2 AND passage = ?3",
            )?;
            let mut stamp = transaction.prepare_cached("UPDATE ids SET used = ?2 WHERE rowid = ?1")?;
            let mut find = |passage: &Passage| -> Result<Option<Vec<u32>>, CatalogueError> {
                let (generation, hash) = (passage.chunk.generation, text_hash(&passage.text));
                let row = select
                    .query_row(params![tokenizer, generation.0, hash], |row| {
                        let ids = ids_from(&tokenizer, generation, &hash, row.get_ref(0)?.as_blob()?);
                        Ok((ids, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
                    })
                    .optional()?;
                let Some((ids, used, row)) = row else { return Ok(None) };
                if now - used > STALE {
                    stamp.execute([row, now])?;
                }
                Ok(ids)
            };
            passages.iter().map(|passage| find(passage)).collect()
        });
        found.unwrap_or_else(|_| vec![None; passages.len()])
    }

    fn store_ids(&self, tokenizer: &str, passages: &[(&Passage, &[u32])]) {
        let tokenizer = text_hash(tokenizer);
        let mut open = self.lock();
        let alive: Vec<_> = passages.iter().filter(|(passage, _)| open.may_keep(passage)).collect();
        let kept = open.transact(|transaction, now| {
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO ids (tokenizer, generation, passage, used, row) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for (passage, ids) in alive {
                let (generation, hash) = (passage.chunk.generation, text_hash(&passage.text));
                let row = ids_row(&tokenizer, generation, &hash, ids);
                insert.execute(params![tokenizer, generation.0, hash, now, row])?;
            }
            Ok(())
        });
        self.after(open, kept);
    }

    fn scores(&self, key: &ScoreKey, passages: &[&Passage]) -> Vec<Option<PassageScore>> {
        let asked = question_hash(key);
        let found = self.lock().transact(|transaction, now| {
            let question: Option<i64> = transaction
                .prepare_cached("UPDATE questions SET used = ?2 WHERE hash = ?1 RETURNING id")?
                .query_row(params![asked, now], |row| row.get(0))
                .optional()?;
            let Some(question) = question else { return Ok(vec![None; passages.len()]) };
            let mut select = transaction
                .prepare_cached("SELECT row FROM scores WHERE question = ?1 AND generation = ?2 AND passage = ?3")?;
            let mut find = |passage: &Passage| -> Result<Option<PassageScore>, CatalogueError> {
                let (generation, hash) = (passage.chunk.generation, text_hash(&passage.text));
                let row = select.query_row(params![question, generation.0, hash], |row| {
                    Ok(score_from(&asked, generation, &hash, row.get_ref(0)?.as_blob()?))
                });
                Ok(row.optional()?.flatten())
            };
            passages.iter().map(|passage| find(passage)).collect()
        });
        found.unwrap_or_else(|_| vec![None; passages.len()])
    }

    fn store_scores(&self, key: &ScoreKey, scores: &[(&Passage, PassageScore)]) {
        let asked = question_hash(key);
        let mut open = self.lock();
        let alive: Vec<_> =
            scores.iter().filter(|(passage, score)| score.logit.is_finite() && open.may_keep(passage)).collect();
        let kept = open.transact(|transaction, now| {
            let question: i64 = transaction
                .prepare_cached(
                    "INSERT INTO questions (hash, used) VALUES (?1, ?2) \
                     ON CONFLICT (hash) DO UPDATE SET used = excluded.used RETURNING id",
                )?
                .query_row(params![asked, now], |row| row.get(0))?;
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO scores (question, generation, passage, row) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (passage, score) in alive {
                let (generation, hash) = (passage.chunk.generation, text_hash(&passage.text));
                let row = score_row(&asked, generation, &hash, score);
                insert.execute(params![question, generation.0, hash, row])?;
            }
            Ok(())
        });
        self.after(open, kept);
    }

    fn purge(&self, generations: &[GenerationId]) -> Result<(), Failure> {
        match self.remove(generations) {
            Err(CatalogueError::Damaged { .. }) => Ok(self.begin_anew()?),
            removed => Ok(removed?),
        }
    }
}

impl Open {
    fn may_keep(&self, passage: &Passage) -> bool {
        !self.purged.contains(&passage.chunk.generation)
    }
}

impl Pairs {
    /// A cache that could not be written has forgotten something, which it may; a damaged one
    /// begins anew.
    fn after(&self, mut open: MutexGuard<'_, Open>, kept: Result<(), CatalogueError>) {
        let kept = kept.and_then(|()| open.make_room(self.most));
        drop(open);
        if matches!(kept, Err(CatalogueError::Damaged { .. })) {
            let _ = self.begin_anew();
        }
    }

    fn begin_anew(&self) -> Result<(), CatalogueError> {
        let mut open = self.lock();
        open.connection = Connection::open_in_memory()?;
        delete(&self.path)?;
        (open.connection, open.clock) = connect(&self.path)?;
        Ok(())
    }
}

fn connect(path: &Path) -> Result<(Connection, i64), CatalogueError> {
    schema::prepare_file(path).map_err(|source| CatalogueError::Folder { path: path.to_owned(), source })?;
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    // The data folder's lock keeps others out, so the file need not be locked for every call. The
    // journal is cut to nothing after each transaction: one that stays would keep deleted rows.
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

/// With its journal: that of a process that died may hold deleted rows.
fn delete(path: &Path) -> Result<(), CatalogueError> {
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
