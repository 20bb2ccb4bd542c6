//! The forms in which other programs ask and are answered. A request is answered in its own form, errors included.

pub mod asked;
mod results;
pub mod cohere;
pub mod jina;
pub mod tei;
pub mod openai;
pub mod question;
mod cited;
pub mod writer;
pub mod chat;
pub mod responses;

use assay_contract::RerankReply;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use asked::Asked;

/// Whose form a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Cohere's, version 2.
    Cohere,
    /// Jina's, which vLLM and llama.cpp have too, with Cohere's version 1.
    Jina,
    /// That of text-embeddings-inference.
    Tei,
    /// OpenAI's; also that of everything that has no other.
    OpenAi,
}

impl Dialect {
    /// The form that a path implies.
    pub fn of_path(path: &str) -> Self {
        match path {
            "/v2/rerank" => Self::Cohere,
            "/v1/rerank" => Self::Jina,
            "/rerank" => Self::Tei,
            _ => Self::OpenAi,
        }
    }

    /// An error with its status.
    pub fn error(self, status: StatusCode, message: &str) -> Response {
        let body = match self {
            Self::Cohere => cohere::error(message),
            Self::Jina => jina::error(message),
            Self::Tei => tei::error(status, message),
            Self::OpenAi => openai::error(status, message),
        };
        (status, Json(body)).into_response()
    }

    /// The status of a request that cannot be understood.
    pub fn bad_request(self) -> StatusCode {
        match self {
            Self::Cohere | Self::OpenAi => StatusCode::BAD_REQUEST,
            Self::Jina | Self::Tei => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// Reads a request to score texts, sent to a path. `texts` make it TEI's, `documents` that of the path.
    ///
    /// # Errors
    /// The form to answer in, and what is wrong.
    pub fn read(path: &str, body: &[u8]) -> Result<(Self, Asked), (Self, String)> {
        let implied = Self::of_path(path);
        let value: Map<String, Value> =
            serde_json::from_slice(body).map_err(|error| (implied, format!("the body is no JSON object: {error}")))?;
        let dialect = match (implied, value.contains_key("texts"), value.contains_key("documents")) {
            (_, true, false) => Self::Tei,
            (Self::Cohere, false, _) => Self::Cohere,
            (_, false, true) => Self::Jina,
            (Self::Jina, false, false) => Self::Jina,
            (dialect, ..) => return Err((dialect, "send either documents or texts".to_owned())),
        };
        let value = Value::Object(value);
        let asked = match dialect {
            Self::Cohere => cohere::read(value),
            Self::Tei => tei::read(value),
            Self::Jina | Self::OpenAi => jina::read(value),
        };
        let asked = asked.and_then(Asked::checked);
        asked.map(|asked| (dialect, asked)).map_err(|message| (dialect, message))
    }

    /// The answer to a request, the best text first.
    pub fn answer(self, asked: &Asked, reply: &RerankReply) -> Response {
        match self {
            Self::Cohere => Json(cohere::answer(asked, reply)).into_response(),
            Self::Tei => Json(tei::answer(asked, reply)).into_response(),
            Self::Jina | Self::OpenAi => Json(jina::answer(asked, reply)).into_response(),
        }
    }
}
