//! Jina's `/v1/rerank`, which vLLM and llama.cpp have too, with what Cohere's version 1 expects.

use assay_contract::RerankReply;
use rmcp::transport::common::server_side_http::session_id;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asked::{Asked, Document, named, tokens};

#[derive(Debug, Deserialize)]
struct Request {
    model: Option<String>,
    query: String,
    documents: Vec<Document>,
    /// 0 means all to vLLM.
    top_n: Option<usize>,
    return_documents: Option<bool>,
    /// vLLM: false asks for the raw output.
    use_activation: Option<bool>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub struct Answer {
    id: String,
    object: &'static str,
    model: String,
    usage: Usage,
    results: Vec<Row>,
    meta: Meta,
}

#[derive(Debug, Serialize)]
struct Usage {
    prompt_tokens: u64,
    total_tokens: u64,
}

#[derive(Debug, Serialize)]
struct Row {
    index: usize,
    relevance_score: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Text>,
    logit: f32,
    truncated: bool,
    tokens: u32,
}

#[derive(Debug, Serialize)]
struct Text {
    text: String,
}

#[derive(Debug, Serialize)]
struct Meta {
    scale: &'static str,
}

/// Reads a request.
///
/// # Errors
/// What does not fit.
pub fn read(body: Value) -> Result<Asked, String> {
    let request: Request = serde_json::from_value(body).map_err(|error| error.to_string())?;
    Ok(Asked {
        model: named(request.model),
        query: request.query,
        texts: request.documents.into_iter().map(Into::into).collect(),
        top: request.top_n.filter(|&top| top > 0),
        return_text: request.return_documents.unwrap_or(true),
        raw: request.use_activation == Some(false),
        refuse_cut: false,
    })
}

/// The answer to a request.
pub fn answer(asked: &Asked, reply: &RerankReply) -> Answer {
    let rows = asked.best(reply).into_iter().map(|row| Row {
        index: row.index,
        relevance_score: row.score,
        document: asked.return_text.then(|| Text { text: row.text.to_owned() }),
        logit: row.logit,
        truncated: row.truncated,
        tokens: row.tokens,
    });
    let total = tokens(reply);
    Answer {
        id: session_id().to_string(),
        object: "list",
        model: reply.model.clone(),
        usage: Usage { prompt_tokens: total, total_tokens: total },
        results: rows.collect(),
        meta: Meta { scale: asked.scale() },
    }
}

/// An error.
pub fn error(message: &str) -> Value {
    json!({ "detail": message })
}
