//! Reads kept turns from their rows.

use std::time::Duration;

use assay_domain::port::ScoreScale;
use assay_domain::score::{BlendScore, FusedScore, LexicalScore, RerankScore, VectorScore};
use assay_domain::{
    Answer, AnswerKind, AnswerSentence, CheckScore, ChunkId, Citation, CitationCheck, Cut, CutOn, CutRule, DocumentId,
    GenerationId, Narrowed, OrderRule, Outcome, Precision, Reason, ReasonCode, RerankerStats, Stage, StageName,
    StageState,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{number, score};
use super::drafted;
use super::names::{named, named_or_null};
use super::{Cited, NewTurn, Turn, TurnCandidate, TurnModels};
use crate::error::CatalogueError;

const COLUMNS: &str = "SELECT id, question, CASE WHEN withdrawn THEN '' ELSE answer END, kind, withdrawn, device, \
                       embedder, reranker, second_reranker, writer, rerank_scale, order_rule, cut_value, cut_on, \
                       cut_rule, cut_why, created, id IN (SELECT turn FROM unreadable_turns), standalone, collection, unknown_numbers, \
                       searched_documents, of_documents \
                       FROM turns";

/// The turns of a conversation, in order. One that cannot be read, or whose reply could not be carried over from
/// an earlier layout, has its question and its answer.
pub fn of_conversation(connection: &Connection, conversation: i64) -> Result<Vec<Turn>, CatalogueError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE conversation = ?1 ORDER BY id"))?;
    let rows = statement.query_map([conversation], |row| {
        Ok(match from_row(connection, row) {
            Err(error) if error.is_about_a_row() => without_details(row),
            read => read,
        })
    })?;
    rows.map(|row| row?).collect()
}

/// A turn by its number.
pub fn turn(connection: &Connection, id: i64) -> Result<Turn, CatalogueError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
    statement.query_row([id], |row| Ok(from_row(connection, row)))?
}

/// The passage that a kept answer shows for a chunk.
pub fn cited(connection: &Connection, chunk: ChunkId) -> Result<Option<Cited>, CatalogueError> {
    let cited = connection
        .prepare_cached(
            "SELECT document, page, heading, text FROM turn_candidates \
             WHERE generation = ?1 AND ordinal = ?2 AND NOT removed LIMIT 1",
        )?
        .query_row(params![chunk.generation.0, chunk.ordinal], |row| {
            let document = DocumentId(row.get(0)?);
            Ok(Cited { document, page: row.get(1)?, heading: row.get(2)?, text: row.get(3)? })
        })
        .optional()?;
    Ok(cited)
}

fn from_row(connection: &Connection, row: &Row<'_>) -> Result<Turn, CatalogueError> {
    let id = row.get(0)?;
    let models = TurnModels {
        embedder: row.get(6)?,
        reranker: row.get(7)?,
        second_reranker: row.get(8)?,
        writer: row.get(9)?,
        rerank_scale: named_or_null::<ScoreScale>(row, 10)?,
    };
    let (on, rule) = (named::<CutOn>(row, 13)?, named::<CutRule>(row, 14)?);
    let kind = named::<AnswerKind>(row, 3)?;
    let withdrawn = row.get(4)?;
    let answer = Answer {
        citations: citations(connection, id)?,
        unknown: numbers(row.get::<_, Option<String>>(20)?.unwrap_or_default()),
        // Of a text that is gone there are no sentences.
        sentences: if withdrawn { Vec::new() } else { sentences(connection, id)? },
        ..Answer::of(kind, row.get::<_, String>(2)?)
    };
    let turn = NewTurn {
        question: row.get(1)?,
        standalone: row.get(18)?,
        collection: row.get(19)?,
        narrowed: narrowed(row)?,
        device: row.get(5)?,
        models,
        candidates: candidates(connection, id)?,
        order: named_or_null::<OrderRule>(row, 11)?,
        cut: Cut { value: row.get(12)?, on, rule, why: row.get(15)? },
        answer,
        stages: stages(connection, id)?,
    };
    Ok(Turn { id, turn, withdrawn, unreadable: row.get(17)?, created: row.get(16)? })
}

/// How many documents met the filters; `None` without filters.
fn narrowed(row: &Row<'_>) -> rusqlite::Result<Option<Narrowed>> {
    let (documents, of) = (row.get::<_, Option<usize>>(21)?, row.get::<_, Option<usize>>(22)?);
    Ok(documents.zip(of).map(|(documents, of)| Narrowed { documents, of }))
}

/// The question and the answer of a turn whose other rows cannot be read.
fn without_details(row: &Row<'_>) -> Result<Turn, CatalogueError> {
    let kind = named::<AnswerKind>(row, 3).unwrap_or(AnswerKind::Extractive);
    let turn = NewTurn {
        question: row.get(1)?,
        standalone: row.get(18)?,
        collection: row.get(19)?,
        narrowed: narrowed(row)?,
        device: String::new(),
        models: TurnModels::default(),
        candidates: Vec::new(),
        order: None,
        cut: Cut { value: None, on: CutOn::None, rule: CutRule::NotReranked, why: String::new() },
        answer: Answer::of(kind, row.get::<_, String>(2)?),
        stages: Vec::new(),
    };
    Ok(Turn { id: row.get(0)?, turn, withdrawn: row.get(4)?, unreadable: true, created: row.get(16)? })
}

fn candidates(connection: &Connection, turn: i64) -> Result<Vec<TurnCandidate>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT generation, ordinal, document, CASE WHEN removed THEN '' ELSE name END, offline, page,
            CASE WHEN removed THEN NULL ELSE heading END, CASE WHEN removed THEN '' ELSE text END, outcome,
            vector_similarity, vector_rank, lexical_score, lexical_rank, fused_score, fused_rank,
            blend_score, blend_rank,
            rerank_model, rerank_logit, rerank_probability, rerank_rank, rerank_tokens_read, rerank_tokens_total,
            rerank_windows, rerank_window,
            first_model, first_logit, first_probability, first_rank, first_tokens_read, first_tokens_total,
            first_windows, first_window, position
        FROM turn_candidates WHERE turn = ?1 ORDER BY position",
    )?;
    let mut found = drafted::scores(connection, turn)?;
    let rows = statement.query_map([turn], |row| Ok((row.get::<_, u32>(33)?, candidate(row))))?;
    rows.map(|row| {
        let (position, candidate) = row?;
        Ok(TurnCandidate { drafted: found.remove(&position).unwrap_or_default(), ..candidate? })
    })
    .collect()
}

fn candidate(row: &Row<'_>) -> Result<TurnCandidate, CatalogueError> {
    Ok(TurnCandidate {
        chunk: ChunkId { generation: GenerationId(row.get(0)?), ordinal: row.get(1)? },
        document: DocumentId(row.get(2)?),
        name: row.get(3)?,
        offline: row.get(4)?,
        page: row.get(5)?,
        heading: row.get(6)?,
        text: row.get(7)?,
        outcome: named::<Outcome>(row, 8)?,
        vector: score(row, 9, |similarity, rank| VectorScore { similarity: similarity as f32, rank })?,
        lexical: score(row, 11, |score, rank| LexicalScore { score: score as f32, rank })?,
        drafted: Vec::new(),
        fused: score(row, 13, |score, rank| FusedScore { score, rank })?,
        blend: score(row, 15, |score, rank| BlendScore { score, rank })?,
        rerank: rerank(row, 17)?,
        first_rerank: rerank(row, 25)?,
    })
}

/// A cross-encoder's score in eight columns. Windows were not kept of passages read in one.
fn rerank(row: &Row<'_>, column: usize) -> Result<Option<RerankScore>, CatalogueError> {
    let Some(rank) = row.get(column + 3)? else { return Ok(None) };
    Ok(Some(RerankScore {
        model: row.get::<_, Option<String>>(column)?.unwrap_or_default().into(),
        logit: number(row, column + 1)? as f32,
        probability: number(row, column + 2)? as f32,
        rank,
        tokens_read: row.get(column + 4)?,
        tokens_total: row.get(column + 5)?,
        windows: row.get::<_, Option<u32>>(column + 6)?.unwrap_or(1),
        window: row.get::<_, Option<u32>>(column + 7)?.unwrap_or(1),
    }))
}

fn citations(connection: &Connection, turn: i64) -> Result<Vec<Citation>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT number, generation, ordinal, document, page, CASE WHEN removed THEN '' ELSE quote END \
         FROM turn_citations WHERE turn = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map([turn], |row| {
        let chunk = ChunkId { generation: GenerationId(row.get(1)?), ordinal: row.get(2)? };
        let document = DocumentId(row.get(3)?);
        Ok(Citation { number: row.get(0)?, chunk, document, page: row.get(4)?, quote: row.get(5)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn sentences(connection: &Connection, turn: i64) -> Result<Vec<AnswerSentence>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT start_byte, end_byte, cites, model, logit, probability, cosine, score_limit FROM turn_sentences \
         WHERE turn = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map([turn], |row| {
        let score = match row.get::<_, Option<f32>>(6)? {
            Some(cosine) => CheckScore::Cosine(cosine),
            None => CheckScore::Rerank { logit: number(row, 4)? as f32, probability: number(row, 5)? as f32 },
        };
        let limit = number(row, 7)? as f32;
        let model: Option<String> = row.get(3)?;
        Ok(AnswerSentence {
            range: row.get(0)?..row.get(1)?,
            cites: numbers(row.get(2)?),
            check: model.map(|model| CitationCheck { model: model.into(), score, limit }),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Numbers of passages, as `insert.rs` joins them.
fn numbers(joined: String) -> Vec<u32> {
    joined.split(' ').filter_map(|number| number.parse().ok()).collect()
}

fn stages(connection: &Connection, turn: i64) -> Result<Vec<Stage>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT position, name, nanoseconds, state, reason_code, \
         CASE WHEN typeof(reason) = 'blob' THEN '' ELSE reason END FROM turn_stages WHERE turn = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map([turn], |row| Ok(stage(connection, turn, row)))?;
    rows.map(|row| row?).collect()
}

fn stage(connection: &Connection, turn: i64, row: &Row<'_>) -> Result<Stage, CatalogueError> {
    let code = named_or_null::<ReasonCode>(row, 4)?;
    let text: Option<String> = row.get(5)?;
    let reason = match (code, text) {
        (Some(code), Some(text)) => Some(Reason::new(code, text)),
        (None, None) => None,
        (_, text) => {
            let name = text.unwrap_or_default();
            return Err(CatalogueError::UnknownName { what: "reason with its code", name });
        }
    };
    let position = row.get(0)?;
    Ok(Stage {
        name: named::<StageName>(row, 1)?,
        time: duration(row.get(2)?),
        state: named::<StageState>(row, 3)?,
        reason,
        reranker_stats: rerankers(connection, turn, position)?,
        // They are words of files, so they are not kept.
        also_searched: Vec::new(),
        drafts: drafted::drafts(connection, turn, position)?,
    })
}

fn rerankers(connection: &Connection, turn: i64, stage: i64) -> Result<Vec<RerankerStats>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT model, precision, computed, cached, tokenizing_nanoseconds FROM turn_rerankers \
         WHERE turn = ?1 AND stage = ?2 ORDER BY position",
    )?;
    let rows = statement.query_map([turn, stage], |row| {
        let (model, computed, cached) = (row.get(0)?, row.get(2)?, row.get(3)?);
        let tokenizing = duration(row.get(4)?);
        Ok(named::<Precision>(row, 1).map(|precision| RerankerStats { model, precision, computed, cached, tokenizing }))
    })?;
    rows.map(|row| row?).collect()
}

fn duration(nanoseconds: i64) -> Duration {
    Duration::from_nanos(nanoseconds.max(0) as u64)
}
