//! Jina's `/v1/rerank`, which vLLM and llama.cpp have too, with what Cohere's version 1 expects.

use assay_contract::RerankReply;
use rmcp::schemars::{self, JsonSchema};
use rmcp::transport::common::server_side_http::session_id;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asked::{Asked, Document, named, tokens};
use super::results::{Row, results};

/// A request. Other fields are ignored.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "JinaRerankRequest")]
pub struct Request {
    /// An installed reranker; without one, or `assay`, the one that was measured best for the languages.
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
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JinaRerankAnswer")]
pub struct Answer {
    id: String,
    object: &'static str,
    model: String,
    usage: Usage,
    results: Vec<Row>,
    meta: Meta,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JinaUsage")]
struct Usage {
    prompt_tokens: u64,
    total_tokens: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JinaMeta")]
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
    let total = tokens(reply);
    Answer {
        id: session_id().to_string(),
        object: "list",
        model: reply.model.clone(),
        usage: Usage { prompt_tokens: total, total_tokens: total },
        results: results(asked, reply),
        meta: Meta { scale: asked.scale() },
    }
}

/// An error.
pub fn error(message: &str) -> Value {
    json!({ "detail": message })
}
