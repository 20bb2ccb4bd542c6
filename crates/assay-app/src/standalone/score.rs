//! Scores and vectors for texts in a file.

use std::path::Path;
use std::time::Instant;

use assay_contract::{EmbedReply, EmbedRow, RerankReply, RerankRow};
use assay_domain::port::{Embedder, PairScore, Reranker, TextKind};
use assay_domain::score::sigmoid;
use assay_domain::{Failure, Problem};
use assay_models::open_encoders::{BiEncoder, OpenReranker};
use futures::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::models::{Models, bad_input};
use crate::convert::model::{encoder_precision, precision};

/// A line `{"id","text"}`.
#[derive(Debug, Clone, Deserialize)]
pub struct Text {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// The values of a JSON Lines file. Empty lines are skipped.
///
/// # Errors
/// Fails if the file cannot be read, or on the first line that cannot be parsed.
pub fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!("{} cannot be read: {error}", path.display());
        Failure::new(Problem::MissingFile, message, "check the path")
    })?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| bad_input(format!("line {number} of {}: {error}", path.display())))
    };
    lines.map(parse).collect()
}

/// Scores passages against a question.
///
/// # Errors
/// Fails if the cross-encoder cannot be opened or fails.
pub async fn rerank(models: &Models, question: &str, passages: Vec<Text>) -> Result<RerankReply, Failure> {
    let reranker = models.open_reranker(question, passages.first().map_or("", |passage| &passage.text))?;
    rerank_with(&reranker, question, passages).await
}

/// The same with an open cross-encoder.
pub(super) async fn rerank_with(
    reranker: &OpenReranker,
    question: &str,
    passages: Vec<Text>,
) -> Result<RerankReply, Failure> {
    let begun = Instant::now();
    let texts = passages.iter().map(|passage| passage.text.clone()).collect();
    let mut pairs = scored(reranker, question, texts).await?;
    let ms = begun.elapsed().as_secs_f64() * 1_000.0;

    pairs.sort_by(|a, b| b.logit.total_cmp(&a.logit).then(a.index.cmp(&b.index)));
    let mut ranked: Vec<(u32, PairScore)> = (1..).zip(pairs).collect();
    ranked.sort_by_key(|(_, pair)| pair.index);
    let rows = ranked.into_iter().zip(passages).map(|((rank, pair), passage)| RerankRow {
        id: passage.id,
        logit: pair.logit,
        probability: sigmoid(pair.logit),
        rank,
        tokens_read: pair.tokens_read,
        tokens_total: pair.tokens_total,
    });
    let identity = reranker.identity();
    Ok(RerankReply {
        model: identity.name.clone(),
        device: identity.device.clone(),
        precision: precision(identity.precision),
        precision_why: reranker.why_precision().map(str::to_owned),
        scores: rows.collect(),
        ms,
    })
}

pub(super) async fn scored(
    reranker: &dyn Reranker,
    question: &str,
    texts: Vec<String>,
) -> Result<Vec<PairScore>, Failure> {
    let wanted = texts.len();
    let mut pairs = Vec::with_capacity(wanted);
    let mut batches = reranker.score(question.to_owned(), texts);
    while let Some(batch) = batches.next().await {
        pairs.extend(batch?);
    }
    if pairs.len() == wanted {
        return Ok(pairs);
    }
    Err(Failure::bug(format!("{} of {wanted} passages were scored", pairs.len())))
}

/// Embeds texts.
///
/// # Errors
/// Fails if the bi-encoder cannot be opened or fails.
pub async fn embed(models: &Models, kind: TextKind, texts: Vec<Text>) -> Result<EmbedReply, Failure> {
    embed_with(&models.open_embedder()?, kind, texts).await
}

/// The same with an open bi-encoder.
pub(super) async fn embed_with(embedder: &BiEncoder, kind: TextKind, texts: Vec<Text>) -> Result<EmbedReply, Failure> {
    let begun = Instant::now();
    let inputs = texts.iter().map(|text| text.text.clone()).collect();
    let vectors = embedder.embed(kind, inputs).await?;
    let ms = begun.elapsed().as_secs_f64() * 1_000.0;
    let identity = embedder.identity();
    let tokens = |text: &str| embedder.token_starts(text).len() + identity.special_tokens;
    let rows = texts.into_iter().zip(vectors).map(|(text, vector)| EmbedRow {
        tokens: tokens(&text.text) as u32,
        id: text.id,
        vector,
    });
    Ok(EmbedReply {
        model: identity.name.clone(),
        device: identity.device.clone(),
        precision: encoder_precision(embedder.precision()),
        precision_why: embedder.why_precision().map(str::to_owned),
        dimension: identity.dimension as u32,
        max_tokens: identity.max_tokens as u32,
        vectors: rows.collect(),
        ms,
    })
}
