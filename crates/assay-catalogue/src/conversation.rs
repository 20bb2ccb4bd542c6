//! Questions that were asked and what was shown for them.

use assay_domain::AnswerKind;
use rusqlite::{Row, params};

use crate::{CatalogueError, Store};

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

/// A question and its answer, about to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTurn {
    /// The question in the user's words.
    pub question: String,
    /// The answer's text.
    pub answer: String,
    /// How the answer came about.
    pub kind: AnswerKind,
    /// The whole reply as the host wrote it (JSON); kept as it is and not looked into.
    pub reply: String,
}

/// A question and its answer, as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The catalogue's number; never used twice.
    pub id: i64,
    /// What was asked and shown.
    pub turn: NewTurn,
    /// Seconds since 1970, UTC.
    pub created: i64,
}

impl Store {
    /// Keeps a turn at the end of a conversation, or as the first of a new one. Returns the
    /// conversation; a conversation that was deleted in the meantime is replaced by a new one.
    ///
    /// # Errors
    /// Whatever the disk does.
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
            transaction
                .prepare_cached(
                    "INSERT INTO turns (conversation, question, answer, kind, reply) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![id, turn.question, turn.answer, turn.kind.as_str(), turn.reply])?;
            Ok(id)
        })
    }

    /// All conversations, the newest first.
    ///
    /// # Errors
    /// Whatever the disk does.
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

    /// The turns of a conversation, in order; none if there is no such conversation.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn turns(&self, conversation: i64) -> Result<Vec<Turn>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, question, answer, kind, reply, created FROM turns WHERE conversation = ?1 ORDER BY id",
            )?;
            let rows = statement.query_map([conversation], |row| Ok(from_row(row)))?;
            rows.map(|row| row?).collect()
        })
    }

    /// Deletes a conversation with its turns. One that is not there is no error.
    ///
    /// # Errors
    /// Whatever the disk does.
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

fn from_row(row: &Row<'_>) -> Result<Turn, CatalogueError> {
    let word: String = row.get(3)?;
    let kind = [AnswerKind::Extractive, AnswerKind::Written, AnswerKind::Refused]
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or(CatalogueError::UnknownWord { what: "kind of answer", word })?;
    let turn = NewTurn { question: row.get(1)?, answer: row.get(2)?, kind, reply: row.get(4)? };
    Ok(Turn { id: row.get(0)?, turn, created: row.get(5)? })
}
