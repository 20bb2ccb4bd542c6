//! The cache of rerank scores and token ids, in a file of its own next to the catalogue.
//!
//! Losing it costs time. So it is written without waiting for the disk (`synchronous = OFF`), every
//! row carries a checksum, a row whose checksum is wrong counts as missing, and a file that cannot
//! be used is created again. Only a purge waits for the disk: what was removed must not come back
//! after a power cut.
//!
//! Every row belongs to a *generation*, one reading of a document, and is deleted with it; deleted
//! rows are overwritten (`secure_delete`). No text is kept, only hashes of passages and questions.
//! The size is bounded: the least recently used questions and passages are dropped first.

mod file;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_domain::port::{PassageScore, ScoreCache, ScoreKey};
use assay_domain::{Failure, GenerationId, Passage};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{CatalogueError, Fault};
use file::{Open, connect, delete};
use rows::{ids_from, ids_row, question_hash, score_from, score_row, text_hash};

/// Uses after which the stamp of a passage is renewed. Renewing it at each use would write a hundred
/// rows for every question.
const STALE: i64 = 64;

/// The open cache.
#[derive(Debug)]
pub struct ScoreCacheFile {
    path: PathBuf,
    most: u64,
    open: Mutex<Open>,
}

impl ScoreCacheFile {
    /// Opens the file. It is created if it does not exist, and created anew if it is damaged or of another layout;
    /// a full disk or a missing right is an error and deletes nothing. It grows to `most` bytes.
    /// Rows of generations other than `live` are purged: a run that died may have left some.
    ///
    /// # Errors
    /// Fails if the file cannot be read, or a new one cannot be created.
    pub fn open(path: &Path, most: u64, live: &[GenerationId]) -> Result<Self, CatalogueError> {
        let opened = match connect(path) {
            Ok(connection) => connection,
            Err(error) if error.fault() == Fault::Moment => return Err(error),
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

    /// Deletes a cache. One that does not exist is no error.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn delete(path: &Path) -> Result<(), CatalogueError> {
        delete(path)
    }

    /// Number of passages with token ids, and of scores.
    ///
    /// # Errors
    /// Fails if the disk does.
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

    /// The file, also after a panic: a panic inside a transaction drops it, and dropping rolls it back.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ScoreCache for ScoreCacheFile {
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
            Err(CatalogueError::Damaged { .. }) => Ok(self.create_again()?),
            removed => Ok(removed?),
        }
    }
}

impl ScoreCacheFile {
    /// Ends a write. A write that failed is only lost; a damaged file is created again.
    fn after(&self, mut open: MutexGuard<'_, Open>, kept: Result<(), CatalogueError>) {
        let kept = kept.and_then(|()| open.shrink(self.most));
        drop(open);
        if matches!(kept, Err(CatalogueError::Damaged { .. })) {
            let _ = self.create_again();
        }
    }

    fn create_again(&self) -> Result<(), CatalogueError> {
        let mut open = self.lock();
        open.connection = Connection::open_in_memory()?;
        delete(&self.path)?;
        (open.connection, open.clock) = connect(&self.path)?;
        Ok(())
    }
}
