//! Writes a kept turn as rows: one of `turns`, and one each of `turn_candidates`, `turn_citations`,
//! `turn_sentences`, `turn_stages`, `turn_rerankers` and the tables of [`drafted`] for its parts.

use std::time::Duration;

use assay_domain::{AnswerSentence, CheckScore, Citation, Stage};
use rusqlite::{Connection, params};

use super::drafted;
use super::names::Named;
use super::{NewTurn, TurnCandidate};
use crate::error::CatalogueError;

/// Adds a turn to a conversation; its number.
pub fn insert(connection: &Connection, conversation: i64, turn: &NewTurn) -> Result<i64, CatalogueError> {
    let NewTurn { question, standalone, collection, narrowed, device, models, candidates, order, cut, answer, stages } =
        turn;
    connection
        .prepare_cached(
            "INSERT INTO turns (conversation, question, answer, kind, device, embedder, reranker, second_reranker, \
             writer, rerank_scale, order_rule, cut_value, cut_on, cut_rule, cut_why, standalone, \
             collection, unknown_numbers, searched_documents, of_documents) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        )?
        .execute(params![
            conversation,
            question,
            answer.text,
            answer.kind.name(),
            device,
            models.embedder,
            models.reranker,
            models.second_reranker,
            models.writer,
            models.rerank_scale.map(Named::name),
            order.map(Named::name),
            cut.value,
            cut.on.name(),
            cut.rule.name(),
            cut.why,
            standalone,
            collection,
            joined(&answer.unknown),
            narrowed.map(|narrowed| narrowed.documents),
            narrowed.map(|narrowed| narrowed.of),
        ])?;
    let id = connection.last_insert_rowid();
    insert_candidates(connection, id, candidates)?;
    drafted::insert_scores(connection, id, candidates)?;
    insert_citations(connection, id, &answer.citations)?;
    insert_sentences(connection, id, &answer.sentences)?;
    insert_stages(connection, id, stages)?;
    Ok(id)
}

fn insert_candidates(connection: &Connection, turn: i64, candidates: &[TurnCandidate]) -> Result<(), CatalogueError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO turn_candidates (turn, position, generation, ordinal, document, name, offline, page, heading, text,
            vector_similarity, vector_rank, lexical_score, lexical_rank, fused_score, fused_rank,
            rerank_model, rerank_logit, rerank_probability, rerank_rank, rerank_tokens_read, rerank_tokens_total,
            rerank_windows, rerank_window,
            first_model, first_logit, first_probability, first_rank, first_tokens_read, first_tokens_total,
            first_windows, first_window,
            blend_score, blend_rank, outcome)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22,
            ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35)",
    )?;
    for (position, each) in candidates.iter().enumerate() {
        let (rerank, first) = (each.rerank.as_ref(), each.first_rerank.as_ref());
        insert.execute(params![
            turn,
            position,
            each.chunk.generation.0,
            each.chunk.ordinal,
            each.document.0,
            each.name,
            each.offline,
            each.page,
            each.heading,
            each.text,
            each.vector.map(|score| score.similarity),
            each.vector.map(|score| score.rank),
            each.lexical.map(|score| score.score),
            each.lexical.map(|score| score.rank),
            each.fused.map(|score| score.score),
            each.fused.map(|score| score.rank),
            rerank.map(|score| &*score.model),
            rerank.map(|score| score.logit),
            rerank.map(|score| score.probability),
            rerank.map(|score| score.rank),
            rerank.map(|score| score.tokens_read),
            rerank.map(|score| score.tokens_total),
            rerank.map(|score| score.windows),
            rerank.map(|score| score.window),
            first.map(|score| &*score.model),
            first.map(|score| score.logit),
            first.map(|score| score.probability),
            first.map(|score| score.rank),
            first.map(|score| score.tokens_read),
            first.map(|score| score.tokens_total),
            first.map(|score| score.windows),
            first.map(|score| score.window),
            each.blend.map(|score| score.score),
            each.blend.map(|score| score.rank),
            each.outcome.name(),
        ])?;
    }
    Ok(())
}

fn insert_citations(connection: &Connection, turn: i64, citations: &[Citation]) -> Result<(), CatalogueError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO turn_citations (turn, position, number, generation, ordinal, document, page, quote) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (position, each) in citations.iter().enumerate() {
        let (chunk, document) = (each.chunk, each.document.0);
        let place = (chunk.generation.0, chunk.ordinal);
        insert.execute(params![turn, position, each.number, place.0, place.1, document, each.page, each.quote])?;
    }
    Ok(())
}

fn insert_sentences(connection: &Connection, turn: i64, sentences: &[AnswerSentence]) -> Result<(), CatalogueError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO turn_sentences (turn, position, start_byte, end_byte, cites, model, logit, probability, cosine, \
         score_limit) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for (position, each) in sentences.iter().enumerate() {
        let check = each.check.as_ref();
        let (logit, probability, cosine) = match check.map(|check| check.score) {
            Some(CheckScore::Rerank { logit, probability }) => (Some(logit), Some(probability), None),
            Some(CheckScore::Cosine(cosine)) => (None, None, Some(cosine)),
            None => (None, None, None),
        };
        let (model, limit) = (check.map(|check| &*check.model), check.map(|check| check.limit));
        let (start, end, cites) = (each.range.start, each.range.end, joined(&each.cites));
        insert.execute(params![turn, position, start, end, cites, model, logit, probability, cosine, limit])?;
    }
    Ok(())
}

/// Numbers of passages with spaces between them.
fn joined(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
}

fn insert_stages(connection: &Connection, turn: i64, stages: &[Stage]) -> Result<(), CatalogueError> {
    let mut insert_stage = connection.prepare_cached(
        "INSERT INTO turn_stages (turn, position, name, nanoseconds, state, reason_code, reason) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut insert_reranker = connection.prepare_cached(
        "INSERT INTO turn_rerankers (turn, stage, position, model, precision, computed, cached, \
         tokenizing_nanoseconds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (position, stage) in stages.iter().enumerate() {
        let (code, reason) = stage.reason.as_ref().map(|reason| (reason.code.name(), &reason.text)).unzip();
        let (name, state) = (stage.name.name(), stage.state.name());
        insert_stage.execute(params![turn, position, name, nanoseconds(stage.time), state, code, reason])?;
        drafted::insert_drafts(connection, turn, position, &stage.drafts)?;
        for (place, each) in stage.reranker_stats.iter().enumerate() {
            let (precision, tokenizing) = (each.precision.name(), nanoseconds(each.tokenizing));
            let counts = (each.computed, each.cached);
            insert_reranker
                .execute(params![turn, position, place, each.model, precision, counts.0, counts.1, tokenizing])?;
        }
    }
    Ok(())
}

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}
