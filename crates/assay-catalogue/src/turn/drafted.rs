//! Queries that the writer drafted for a kept question, and how they found its candidates: rows of `turn_drafts` and
//! `turn_drafted_scores`. They are made of the question alone, so removing a document leaves them.

use std::collections::HashMap;

use assay_domain::score::{LexicalScore, VectorScore};
use assay_domain::{Draft, DraftedQuery, DraftedScore};
use rusqlite::{Connection, params};

use super::TurnCandidate;
use super::columns::score;
use super::names::{Named, named};
use crate::error::CatalogueError;

/// Writes how drafted queries found the candidates of a turn.
pub fn insert_scores(connection: &Connection, turn: i64, candidates: &[TurnCandidate]) -> Result<(), CatalogueError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO turn_drafted_scores (turn, candidate, query, rank, vector_similarity, vector_rank, lexical_score, \
         lexical_rank) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (position, candidate) in candidates.iter().enumerate() {
        for each in &candidate.drafted {
            insert.execute(params![
                turn,
                position,
                each.query.name(),
                each.rank,
                each.vector.map(|score| score.similarity),
                each.vector.map(|score| score.rank),
                each.lexical.map(|score| score.score),
                each.lexical.map(|score| score.rank),
            ])?;
        }
    }
    Ok(())
}

/// Reads how drafted queries found the candidates of a turn, by the candidates' positions.
pub fn scores(connection: &Connection, turn: i64) -> Result<HashMap<u32, Vec<DraftedScore>>, CatalogueError> {
    let mut statement = connection.prepare_cached(
        "SELECT candidate, query, rank, vector_similarity, vector_rank, lexical_score, lexical_rank \
         FROM turn_drafted_scores WHERE turn = ?1",
    )?;
    let mut scores: HashMap<u32, Vec<DraftedScore>> = HashMap::new();
    let mut rows = statement.query([turn])?;
    while let Some(row) = rows.next()? {
        let of_query = DraftedScore {
            query: named::<DraftedQuery>(row, 1)?,
            rank: row.get(2)?,
            vector: score(row, 3, |similarity, rank| VectorScore { similarity: similarity as f32, rank })?,
            lexical: score(row, 5, |score, rank| LexicalScore { score: score as f32, rank })?,
        };
        scores.entry(row.get(0)?).or_default().push(of_query);
    }
    for of_candidate in scores.values_mut() {
        of_candidate.sort_by_key(|score| score.query);
    }
    Ok(scores)
}

/// Writes what was drafted in a stage of a turn.
pub fn insert_drafts(connection: &Connection, turn: i64, stage: usize, drafts: &[Draft]) -> Result<(), CatalogueError> {
    let mut insert = connection
        .prepare_cached("INSERT INTO turn_drafts (turn, stage, position, query, text) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for (position, draft) in drafts.iter().enumerate() {
        insert.execute(params![turn, stage, position, draft.query.name(), draft.text])?;
    }
    Ok(())
}

/// Reads what was drafted in a stage of a turn.
pub fn drafts(connection: &Connection, turn: i64, stage: i64) -> Result<Vec<Draft>, CatalogueError> {
    let mut statement = connection
        .prepare_cached("SELECT query, text FROM turn_drafts WHERE turn = ?1 AND stage = ?2 ORDER BY position")?;
    let rows = statement.query_map([turn, stage], |row| {
        let text = row.get(1)?;
        Ok(named::<DraftedQuery>(row, 0).map(|query| Draft { query, text }))
    })?;
    rows.map(|row| row?).collect()
}
