//! Turns of layouts 1 to 8, which kept the whole reply as one JSON text in `turns.reply`.
//!
//! This is the only place that reads that JSON: once when a file is brought up to date, and for
//! each removal in snapshots that are still of such a layout. The field names below are those of
//! the files and never change.

use rusqlite::Connection;

use super::read;
use crate::error::CatalogueError;

/// The last layout that kept replies as JSON.
pub const LAST_LAYOUT: i64 = 8;

/// The turn's own row; it is left out if the reply lacks one of its lists.
const TURN: &str = "
INSERT INTO turns (id, conversation, question, answer, kind, withdrawn, device, embedder, reranker, second_reranker,
    writer, rerank_scale, order_rule, cut_value, cut_on, cut_rule, cut_why, created)
SELECT id, conversation, question, answer, kind, reply ->> '$.answer.kind' = 'withdrawn', reply ->> '$.device',
    reply ->> '$.models.embedder', reply ->> '$.models.reranker', reply ->> '$.models.second_reranker',
    reply ->> '$.models.writer', reply ->> '$.models.rerank_scale', reply ->> '$.candidates[0].place.rule',
    reply ->> '$.threshold.value', reply ->> '$.threshold.on', reply ->> '$.threshold.rule',
    reply ->> '$.threshold.why', created
FROM json_turns WHERE id = ?1 AND json_type(reply, '$.candidates') = 'array'
    AND json_type(reply, '$.answer.citations') = 'array' AND json_type(reply, '$.stages') = 'array'
";

/// A chunk's name is its generation and its place, joined by a hyphen.
const CANDIDATES: &str = "
WITH candidates AS MATERIALIZED (
    SELECT key, value FROM json_turns, json_each(reply, '$.candidates') WHERE json_turns.id = ?1
)
INSERT INTO turn_candidates (turn, position, generation, ordinal, document, name, offline, page, heading, text, removed,
    vector_similarity, vector_rank, lexical_score, lexical_rank, fused_score, fused_rank,
    rerank_model, rerank_logit, rerank_probability, rerank_rank, rerank_tokens_read, rerank_tokens_total,
    rerank_windows, rerank_window,
    first_model, first_logit, first_probability, first_rank, first_tokens_read, first_tokens_total,
    first_windows, first_window,
    blend_score, blend_rank, outcome)
SELECT ?1, key, CAST(substr(value ->> 'chunk', 1, instr(value ->> 'chunk', '-') - 1) AS INTEGER),
    CAST(substr(value ->> 'chunk', instr(value ->> 'chunk', '-') + 1) AS INTEGER),
    value ->> 'document', value ->> 'name', coalesce(value ->> 'offline', 0), value ->> 'page', value ->> 'heading',
    value ->> 'text', value ->> 'name' = '' AND value ->> 'text' = '',
    value ->> '$.vector.similarity', value ->> '$.vector.rank', value ->> '$.lexical.score', value ->> '$.lexical.rank',
    value ->> '$.fused.score', value ->> '$.fused.rank',
    value ->> '$.rerank.model', value ->> '$.rerank.logit', value ->> '$.rerank.probability', value ->> '$.rerank.rank',
    value ->> '$.rerank.tokens_read', value ->> '$.rerank.tokens_total',
    value ->> '$.rerank.window.of', value ->> '$.rerank.window.best',
    value ->> '$.first_rerank.model', value ->> '$.first_rerank.logit', value ->> '$.first_rerank.probability',
    value ->> '$.first_rerank.rank', value ->> '$.first_rerank.tokens_read', value ->> '$.first_rerank.tokens_total',
    value ->> '$.first_rerank.window.of', value ->> '$.first_rerank.window.best',
    value ->> '$.blend.score', value ->> '$.blend.rank', value ->> 'outcome'
FROM candidates
";

const CITATIONS: &str = "
INSERT INTO turn_citations (turn, position, number, generation, ordinal, document, page, quote, removed)
SELECT ?1, key, value ->> 'number', CAST(substr(value ->> 'chunk', 1, instr(value ->> 'chunk', '-') - 1) AS INTEGER),
    CAST(substr(value ->> 'chunk', instr(value ->> 'chunk', '-') + 1) AS INTEGER),
    value ->> 'document', value ->> 'page', value ->> 'quote', value ->> 'name' = '' AND value ->> 'quote' = ''
FROM json_turns, json_each(reply, '$.answer.citations') WHERE json_turns.id = ?1
";

const STAGES: &str = "
INSERT INTO turn_stages (turn, position, name, nanoseconds, state, reason_code, reason)
SELECT ?1, key, value ->> 'name', CAST(round((value ->> 'ms') * 1e6) AS INTEGER), value ->> 'state', value ->> 'code',
    value ->> 'reason'
FROM json_turns, json_each(reply, '$.stages') WHERE json_turns.id = ?1
";

const RERANKERS: &str = "
INSERT INTO turn_rerankers (turn, stage, position, model, precision, computed, cached, tokenizing_nanoseconds)
SELECT ?1, stage.key, each.key, each.value ->> 'model', each.value ->> 'precision', each.value ->> 'computed',
    each.value ->> 'cached', CAST(round((each.value ->> 'tokenizing_ms') * 1e6) AS INTEGER)
FROM json_turns, json_each(reply, '$.stages') AS stage, json_each(stage.value, '$.scores') AS each
WHERE json_turns.id = ?1
";

/// A turn whose reply cannot be read keeps its question, its answer and the reply's own text.
const UNREADABLE: &str = "
INSERT INTO turns (id, conversation, question, answer, kind, device, embedder, cut_on, cut_rule, cut_why, created)
    SELECT id, conversation, question, answer, kind, '', '', 'none', 'not_reranked', '', created
    FROM json_turns WHERE id = ?1
";
const UNREADABLE_REPLY: &str =
    "INSERT INTO unreadable_turns (turn, reply) SELECT id, reply FROM json_turns WHERE id = ?1";

/// Moves every turn of the table `json_turns` into the tables of its parts, and drops that table.
pub fn carry_over(connection: &Connection) -> Result<(), CatalogueError> {
    let turns: Vec<i64> = connection
        .prepare("SELECT id FROM json_turns ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for turn in turns {
        connection.execute_batch("SAVEPOINT turn")?;
        match carry(connection, turn) {
            Ok(true) => (),
            Ok(false) => keep_unread(connection, turn)?,
            // Malformed JSON, a missing field or a name that no version wrote. All other errors end the upgrade,
            // which is tried again at the next opening.
            Err(error) if error.is_about_a_row() => keep_unread(connection, turn)?,
            Err(other) => return Err(other),
        }
        connection.execute_batch("RELEASE turn")?;
    }
    connection.execute_batch("DROP TABLE json_turns")?;
    Ok(())
}

/// Keeps a turn with its question, its answer and the text of its reply.
fn keep_unread(connection: &Connection, turn: i64) -> Result<(), CatalogueError> {
    connection.execute_batch("ROLLBACK TO turn")?;
    for sql in [UNREADABLE, UNREADABLE_REPLY] {
        connection.prepare_cached(sql)?.execute([turn])?;
    }
    Ok(())
}

/// Carries one turn over and reads it again; `false` if its reply is not what every version wrote.
fn carry(connection: &Connection, turn: i64) -> Result<bool, CatalogueError> {
    if connection.prepare_cached(TURN)?.execute([turn])? == 0 {
        return Ok(false);
    }
    for sql in [CANDIDATES, CITATIONS, STAGES, RERANKERS] {
        connection.prepare_cached(sql)?.execute([turn])?;
    }
    let read = read::turn(connection, turn)?;
    let names = connection
        .prepare_cached(
            "SELECT value ->> 'chunk' FROM json_turns, json_each(reply, '$.candidates') WHERE json_turns.id = ?1 \
             ORDER BY key",
        )?
        .query_map([turn], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    Ok(names.into_iter().eq(read.turn.candidates.iter().map(|candidate| candidate.chunk.to_string())))
}

/// Empties these documents' names, and the text, headings and quotes of their passages; an answer
/// that was made of them is `withdrawn`. Scores and ranks stay. Spaces fill each row to the size that
/// it had, for the reason that `removal::withdraw` gives.
const WITHDRAW: &str = "
WITH gone AS (SELECT value AS id FROM json_each(?1)),
replies AS (SELECT id, kind, CASE WHEN json_valid(reply) THEN reply ELSE '{}' END AS reply FROM turns),
touched AS (
    SELECT id, reply,
        EXISTS (SELECT 1 FROM json_each(reply, '$.answer.citations') WHERE value ->> 'document' IN gone)
        OR (kind = 'written' AND EXISTS (SELECT 1 FROM json_each(reply, '$.candidates')
            WHERE value ->> 'document' IN gone AND value ->> 'outcome' NOT IN
                ('below_threshold', 'beyond_top', 'duplicate', 'did_not_fit', 'not_reranked'))) AS made_of_them
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
),
withdrawn AS (
    SELECT id, CASE WHEN made_of_them THEN '' ELSE (SELECT answer FROM turns WHERE turns.id = emptied.id) END AS answer,
        CASE WHEN made_of_them THEN json_replace(reply, '$.answer.text', '', '$.answer.kind', 'withdrawn')
            ELSE reply END AS reply
    FROM emptied
)
UPDATE turns SET answer = withdrawn.answer, reply = withdrawn.reply || replace(hex(zeroblob(max(0,
    length(CAST(turns.answer || turns.reply AS BLOB)) - length(CAST(withdrawn.answer || withdrawn.reply AS BLOB))
    ))), '00', ' ')
FROM withdrawn WHERE turns.id = withdrawn.id
";

/// Nothing tells which documents such a reply is about.
const EMPTY_UNREADABLE: &str = "
UPDATE turns SET answer = '', reply = replace(hex(zeroblob(length(CAST(answer || reply AS BLOB)))), '00', ' ')
WHERE CASE WHEN json_valid(reply) THEN json_type(reply, '$.candidates') IS NOT 'array' ELSE 1 END
";

/// Empties what the turns of a snapshot hold of these documents.
pub fn withdraw(connection: &Connection, documents: &[i64]) -> Result<(), CatalogueError> {
    let numbers: Vec<String> = documents.iter().map(i64::to_string).collect();
    connection.execute(WITHDRAW, [format!("[{}]", numbers.join(","))])?;
    connection.execute(EMPTY_UNREADABLE, [])?;
    Ok(())
}
