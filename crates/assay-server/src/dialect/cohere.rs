//! Cohere's `/v2/rerank`.

use assay_contract::RerankReply;
use rmcp::schemars::{self, JsonSchema};
use rmcp::transport::common::server_side_http::session_id;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asked::{Asked, Document, named, tokens};
use super::results::{Row, results};

/// A request. Other fields are ignored.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "CohereRerankRequest")]
pub struct Request {
    /// An installed reranker; without one, or `assay`, the one that was measured best for the languages.
    model: Option<String>,
    query: String,
    documents: Vec<Document>,
    top_n: Option<usize>,
    #[serde(default)]
    return_documents: bool,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CohereRerankAnswer")]
pub struct Answer {
    id: String,
    results: Vec<Row>,
    meta: Meta,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CohereMeta")]
struct Meta {
    api_version: Version,
    tokens: Tokens,
    model: String,
    scale: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CohereVersion")]
struct Version {
    version: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CohereTokens")]
struct Tokens {
    input_tokens: u64,
}

/// Reads a request.
///
/// # Errors
/// What does not fit.
pub fn read(body: Value) -> Result<Asked, String> {
    let request: Request = serde_json::from_value(body).map_err(|error| error.to_string())?;
    if request.top_n == Some(0) {
        return Err("top_n is 0; send at least 1, or leave it out for all".to_owned());
    }
    Ok(Asked {
        model: named(request.model),
        query: request.query,
        texts: request.documents.into_iter().map(Into::into).collect(),
        top: request.top_n,
        return_text: request.return_documents,
        raw: false,
        refuse_cut: false,
    })
}

/// The answer to a request.
pub fn answer(asked: &Asked, reply: &RerankReply) -> Answer {
    Answer {
        id: session_id().to_string(),
        results: results(asked, reply),
        meta: Meta {
            api_version: Version { version: "2" },
            tokens: Tokens { input_tokens: tokens(reply) },
            model: reply.model.clone(),
            scale: asked.scale(),
        },
    }
}

/// An error.
pub fn error(message: &str) -> Value {
    json!({ "id": *session_id(), "message": message })
}
