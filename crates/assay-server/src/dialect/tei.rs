//! `/rerank` of text-embeddings-inference.

use assay_contract::RerankReply;
use axum::http::StatusCode;
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asked::Asked;

/// A request. Other fields are ignored.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "TeiRerankRequest")]
pub struct Request {
    query: String,
    texts: Vec<String>,
    /// False asks for an error where a text is too long.
    truncate: Option<bool>,
    #[serde(default)]
    raw_scores: bool,
    #[serde(default)]
    return_text: bool,
}

/// A scored text of the answer, which is a bare array.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TeiRow")]
pub struct Row {
    index: usize,
    score: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    logit: f32,
    truncated: bool,
    tokens: u32,
}

/// Reads a request.
///
/// # Errors
/// What does not fit.
pub fn read(body: Value) -> Result<Asked, String> {
    let request: Request = serde_json::from_value(body).map_err(|error| error.to_string())?;
    Ok(Asked {
        model: None,
        query: request.query,
        texts: request.texts,
        top: None,
        return_text: request.return_text,
        raw: request.raw_scores,
        refuse_cut: request.truncate == Some(false),
    })
}

/// The answer to a request.
pub fn answer(asked: &Asked, reply: &RerankReply) -> Vec<Row> {
    let rows = asked.best(reply).into_iter().map(|row| Row {
        index: row.index,
        score: row.score,
        text: asked.return_text.then(|| row.text.to_owned()),
        logit: row.logit,
        truncated: row.truncated,
        tokens: row.tokens,
    });
    rows.collect()
}

/// An error.
pub fn error(status: StatusCode, message: &str) -> Value {
    let kind = match status {
        StatusCode::TOO_MANY_REQUESTS => "Overloaded",
        status if status.is_server_error() => "Backend",
        _ => "Validation",
    };
    json!({ "error": message, "error_type": kind })
}
