//! Conversations: kept questions in the order they were asked.

use std::collections::BTreeSet;

use assay_domain::ChunkId;

use crate::error::CatalogueError;
use crate::store::Store;
use crate::turn::{Cited, NewTurn, Turn, insert, read, removal};

/// Most characters of a title.
const TITLE_CHARS: usize = 80;

/// A row of the list of conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// The catalogue's number; never used twice.
    pub id: i64,
    /// The beginning of its first question.
    pub title: String,
    /// Seconds since 1970, UTC.
    pub created: i64,
    /// Questions in it.
    pub turns: u32,
}

impl Store {
    /// Keeps a turn at the end of a conversation, or as the first of a new one. Returns the
    /// conversation; one that was deleted in the meantime is replaced by a new one.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn save_turn(&self, conversation: Option<i64>, turn: &NewTurn) -> Result<i64, CatalogueError> {
        self.transact(|transaction| {
            let known = match conversation {
                Some(id) => {
                    transaction.prepare_cached("SELECT 1 FROM conversations WHERE id = ?1")?.exists([id])?.then_some(id)
                }
                None => None,
            };
            let id = match known {
                Some(id) => id,
                None => {
                    transaction
                        .prepare_cached("INSERT INTO conversations (title) VALUES (?1)")?
                        .execute([title(&turn.question)])?;
                    transaction.last_insert_rowid()
                }
            };
            let kept = insert::insert(transaction, id, turn)?;
            // A document may have been removed while the answer was made.
            removal::withdraw(transaction, &removal::missing_documents(transaction, kept)?)?;
            Ok(id)
        })
    }

    /// All conversations, newest first.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn conversations(&self) -> Result<Vec<Conversation>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, title, created, (SELECT count(*) FROM turns WHERE conversation = conversations.id) \
                 FROM conversations ORDER BY id DESC",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(Conversation { id: row.get(0)?, title: row.get(1)?, created: row.get(2)?, turns: row.get(3)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Conversations with a turn whose question and answer hold all of these words in any case. They are
    /// compared here, because SQLite folds only the case of ASCII.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn find_conversations(&self, words: &str) -> Result<BTreeSet<i64>, CatalogueError> {
        let wanted: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT conversation, question, CASE WHEN withdrawn THEN '' ELSE answer END FROM turns",
            )?;
            let mut rows = statement.query([])?;
            let mut found = BTreeSet::new();
            while let Some(row) = rows.next()? {
                let (question, answer): (String, String) = (row.get(1)?, row.get(2)?);
                let said = format!("{question}\n{answer}").to_lowercase();
                if wanted.iter().all(|word| said.contains(word)) {
                    found.insert(row.get(0)?);
                }
            }
            Ok(found)
        })
    }

    /// The turns of a conversation, in order; none if there is no such conversation. A turn that cannot be
    /// read has its question and its answer, and says so ([`Turn::unreadable`]).
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn turns(&self, conversation: i64) -> Result<Vec<Turn>, CatalogueError> {
        self.read(|connection| read::of_conversation(connection, conversation))
    }

    /// A passage that a kept answer was made from. Generations are never used twice, so the chunk
    /// still means that passage after the index was filled again.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn cited(&self, chunk: ChunkId) -> Result<Option<Cited>, CatalogueError> {
        self.read(|connection| read::cited(connection, chunk))
    }

    /// Deletes a conversation with its turns. An unknown number is no error.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn delete_conversation(&self, conversation: i64) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("DELETE FROM conversations WHERE id = ?1", [conversation])?;
            Ok(())
        })
    }
}

fn title(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TITLE_CHARS {
        return line;
    }
    line.chars().take(TITLE_CHARS - 1).chain(['…']).collect()
}
