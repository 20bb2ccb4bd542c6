//! Questions that were asked and what was shown for them.

use std::collections::BTreeSet;

use assay_domain::{AnswerKind, DocumentId};
use rusqlite::{Connection, OptionalExtension, Row, params};

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
    /// The whole reply as the host wrote it (JSON); kept as it is and looked into only for a passage
    /// that was cited and cut differently since, and for the words of documents that are removed.
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

/// A passage as a kept answer shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Its document.
    pub document: DocumentId,
    /// Its page's own number.
    pub page: Option<u32>,
    /// Its heading path.
    pub heading: Option<String>,
    /// Its text.
    pub text: String,
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
            // A document may have been removed while the answer was made.
            withdraw(transaction, &gone(transaction, &turn.reply)?)?;
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

    /// Conversations with a turn whose question and answer hold all of these words, whatever their
    /// case: compared here, because SQLite folds the case of ASCII alone.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn find_conversations(&self, words: &str) -> Result<BTreeSet<i64>, CatalogueError> {
        let wanted: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT conversation, question, answer FROM turns")?;
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

    /// A passage that a kept answer was made from, by the name its chunk had then: its document, its
    /// page's own number, its heading and its text. Numbers of readings are never used twice, so the
    /// name still means that passage when the index was filled anew since.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn cited(&self, chunk: &str) -> Result<Option<Cited>, CatalogueError> {
        self.read(|connection| {
            let cited = connection
                .prepare_cached(
                    "SELECT candidate.value ->> 'document', candidate.value ->> 'page', \
                     candidate.value ->> 'heading', candidate.value ->> 'text' \
                     FROM turns, json_each(CASE WHEN json_valid(turns.reply) THEN turns.reply ELSE '{}' END, \
                     '$.candidates') AS candidate WHERE candidate.value ->> 'chunk' = ?1 LIMIT 1",
                )?
                .query_row([chunk], |row| {
                    let document = DocumentId(row.get(0)?);
                    Ok(Cited { document, page: row.get(1)?, heading: row.get(2)?, text: row.get(3)? })
                })
                .optional()?;
            Ok(cited)
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

/// In the kept answers these documents' names, and the text, headings and quotes of their passages,
/// become empty, and an answer that was made of them is `withdrawn`. Scores and ranks stay.
const WITHDRAW: &str = "
WITH gone AS (SELECT value AS id FROM json_each(?1)),
replies AS (SELECT id, kind, CASE WHEN json_valid(reply) THEN reply ELSE '{}' END AS reply FROM turns),
touched AS (
    SELECT id, reply,
        EXISTS (SELECT 1 FROM json_each(reply, '$.answer.citations') WHERE value ->> 'document' IN gone)
        OR (kind = 'written' AND EXISTS (SELECT 1 FROM json_each(reply, '$.candidates')
            WHERE value ->> 'document' IN gone AND value ->> 'outcome' = 'kept')) AS made_of_them
    FROM replies
    WHERE EXISTS (SELECT 1 FROM json_each(reply, '$.candidates') WHERE value ->> 'document' IN gone)
),
emptied AS (
    SELECT id, made_of_them, json_replace(reply,
        '$.candidates', json((SELECT json_group_array(json(CASE WHEN value ->> 'document' IN gone
            THEN json_replace(value, '$.name', '', '$.text', '', '$.heading', NULL) ELSE value END) ORDER BY key)
            FROM json_each(reply, '$.candidates'))),
        '$.answer.citations', json((SELECT json_group_array(json(CASE WHEN value ->> 'document' IN gone
            THEN json_replace(value, '$.name', '', '$.quote', '') ELSE value END) ORDER BY key)
            FROM json_each(reply, '$.answer.citations')))) AS reply
    FROM touched
)
UPDATE turns SET
    answer = CASE WHEN made_of_them THEN '' ELSE answer END,
    reply = CASE WHEN made_of_them
        THEN json_replace(emptied.reply, '$.answer.text', '', '$.answer.kind', 'withdrawn') ELSE emptied.reply END
FROM emptied WHERE turns.id = emptied.id
";

/// Takes the words of documents out of all kept answers.
pub fn withdraw(connection: &Connection, documents: &[i64]) -> Result<(), CatalogueError> {
    if documents.is_empty() {
        return Ok(());
    }
    let numbers: Vec<String> = documents.iter().map(i64::to_string).collect();
    connection.prepare_cached(WITHDRAW)?.execute([format!("[{}]", numbers.join(","))])?;
    Ok(())
}

/// Documents in a reply that are not in the library.
fn gone(connection: &Connection, reply: &str) -> Result<Vec<i64>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT value ->> 'document' FROM json_each(CASE WHEN json_valid(?1) THEN ?1 ELSE '{}' END, \
         '$.candidates') WHERE value ->> 'document' NOT IN (SELECT id FROM documents)",
    )?;
    let rows = statement.query_map([reply], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
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
