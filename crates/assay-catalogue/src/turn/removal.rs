//! Takes the words of removed documents out of kept turns and leaves their scores.

use rusqlite::{Connection, params};

use crate::error::CatalogueError;

/// An answer goes with a document that it cites, and a written one also with a passage that it was
/// written from. A list of the library's files cites none, so it goes with each document that was there then.
const WITHDRAW_ANSWERS: &str = "
UPDATE turns SET answer = zeroblob(length(CAST(answer AS BLOB))), withdrawn = 1
WHERE NOT withdrawn AND (
    id IN (SELECT turn FROM turn_citations WHERE document = ?1)
    OR (kind = 'written' AND id IN (SELECT turn FROM turn_candidates WHERE document = ?1 AND outcome = 'kept'))
    OR (kind = 'catalogue' AND created >= (SELECT added FROM documents WHERE id = ?1)
        AND NOT EXISTS (SELECT 1 FROM turn_citations WHERE turn = turns.id)))
";

/// A reason goes if it names one of the documents, by the name that it has or had when the question was asked. Nothing
/// tells which reasons name which document, so all of them are read, once for all documents, whose numbers are a JSON
/// array.
const EMPTY_REASONS: &str = "
UPDATE turn_stages SET reason = zeroblob(length(CAST(reason AS BLOB)))
WHERE typeof(reason) = 'text' AND (
    EXISTS (SELECT 1 FROM json_each(?1) AS gone JOIN documents ON documents.id = gone.value
        WHERE instr(turn_stages.reason, documents.name))
    OR EXISTS (SELECT 1 FROM turn_candidates AS candidate
        WHERE candidate.turn = turn_stages.turn AND candidate.document IN (SELECT value FROM json_each(?1))
        AND NOT candidate.removed AND instr(turn_stages.reason, candidate.name)))
";

const EMPTY_CITATIONS: &str = "
UPDATE turn_citations SET quote = zeroblob(length(CAST(quote AS BLOB))), removed = 1
WHERE document = ?1 AND NOT removed
";

const EMPTY_CANDIDATES: &str = "
UPDATE turn_candidates SET name = zeroblob(length(CAST(name AS BLOB))),
    heading = zeroblob(length(CAST(heading AS BLOB))), text = zeroblob(length(CAST(text AS BLOB))), removed = 1
WHERE document = ?1 AND NOT removed
";

const EMPTY_UNREADABLE_ANSWERS: &str = "
UPDATE turns SET answer = zeroblob(length(CAST(answer AS BLOB))), withdrawn = 1
WHERE NOT withdrawn AND id IN (SELECT turn FROM unreadable_turns)
";

const EMPTY_UNREADABLE_REPLIES: &str = "
UPDATE unreadable_turns SET reply = zeroblob(length(CAST(reply AS BLOB))) WHERE typeof(reply) = 'text'
";

/// Empties what kept turns hold of these documents, which may still have their rows.
///
/// The words are overwritten with as many zero bytes, so that each row keeps its size. Rows that shrink
/// leave pages half empty; SQLite merges such pages at a later deletion, and `secure_delete` does not
/// overwrite the copies of the rows that it moves.
///
/// Nothing tells which documents an unreadable turn is about, so the first removal empties them all.
pub fn withdraw(connection: &Connection, documents: &[i64]) -> Result<(), CatalogueError> {
    if documents.is_empty() {
        return Ok(());
    }
    // Before the candidates lose their names.
    let numbers: Vec<String> = documents.iter().map(i64::to_string).collect();
    connection.prepare_cached(EMPTY_REASONS)?.execute([format!("[{}]", numbers.join(","))])?;
    for sql in [WITHDRAW_ANSWERS, EMPTY_CITATIONS, EMPTY_CANDIDATES] {
        let mut statement = connection.prepare_cached(sql)?;
        for document in documents {
            statement.execute([document])?;
        }
    }
    for sql in [EMPTY_UNREADABLE_ANSWERS, EMPTY_UNREADABLE_REPLIES] {
        connection.prepare_cached(sql)?.execute([])?;
    }
    Ok(())
}

/// Documents among a turn's candidates that are not in the library.
pub fn missing_documents(connection: &Connection, turn: i64) -> Result<Vec<i64>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT document FROM turn_candidates WHERE turn = ?1 AND document NOT IN (SELECT id FROM documents)",
    )?;
    let rows = statement.query_map(params![turn], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
