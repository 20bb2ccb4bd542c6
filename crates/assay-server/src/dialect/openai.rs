//! OpenAI's forms: embeddings, the list of models, errors.

use assay_app::TextKind;
use assay_contract::EmbedReply;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asked::{TEXTS, named};

/// A request to embed texts. Other fields are ignored.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "EmbeddingsRequest")]
pub struct Request {
    /// An installed embedder; without one, or `assay`, that of the settings.
    model: Option<String>,
    /// A text, or an array of them.
    input: Input,
    #[serde(default)]
    encoding_format: Encoding,
    /// The length of the model's vectors: they are not cut.
    dimensions: Option<u32>,
    #[serde(default)]
    input_type: InputType,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "EmbeddingsInput")]
#[serde(untagged, expecting = "input must be a text or an array of texts; token ids are not taken")]
enum Input {
    One(String),
    Many(Vec<String>),
}

/// How a vector is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// An array of numbers.
    #[default]
    Float,
    /// Base64 of little-endian f32, which the Python client asks for.
    Base64,
}

/// What the texts are; OpenAI's form has no such field, Cohere's has.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum InputType {
    #[serde(alias = "search_query")]
    Query,
    #[default]
    #[serde(alias = "search_document", alias = "passage")]
    Document,
}

/// A request to embed texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToEmbed {
    /// The name of a bi-encoder; absent for the library's.
    pub model: Option<String>,
    /// The texts.
    pub texts: Vec<String>,
    /// What they are.
    pub kind: TextKind,
    /// How a vector is written.
    pub encoding: Encoding,
    /// The length of a vector that is expected.
    pub dimensions: Option<u32>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Embeddings {
    object: &'static str,
    data: Vec<Row>,
    model: String,
    usage: Usage,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "EmbeddingRow")]
struct Row {
    object: &'static str,
    index: usize,
    embedding: Embedding,
    truncated: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Embedding {
    Float(Vec<f32>),
    Base64(String),
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "EmbeddingsUsage")]
struct Usage {
    prompt_tokens: u64,
    total_tokens: u64,
}

/// Reads a request to embed texts.
///
/// # Errors
/// What does not fit.
pub fn read_embed(body: &[u8]) -> Result<ToEmbed, String> {
    let request: Request = serde_json::from_slice(body).map_err(|error| format!("the body does not fit: {error}"))?;
    let texts = match request.input {
        Input::One(text) => vec![text],
        Input::Many(texts) => texts,
    };
    match texts.len() {
        0 => return Err("there is no text to embed".to_owned()),
        many if many > TEXTS => return Err(format!("{many} texts were sent; send at most {TEXTS}")),
        _ => (),
    }
    let kind = match request.input_type {
        InputType::Query => TextKind::Query,
        InputType::Document => TextKind::Passage,
    };
    let (encoding, dimensions) = (request.encoding_format, request.dimensions);
    Ok(ToEmbed { model: named(request.model), texts, kind, encoding, dimensions })
}

/// The answer to a request to embed texts.
///
/// # Errors
/// The model's vectors have another length than was asked for. They are not cut, because a part of a vector says
/// what the whole one says only for models that were trained for it.
pub fn embeddings(asked: &ToEmbed, reply: EmbedReply) -> Result<Embeddings, String> {
    let (model, dimension, most) = (reply.model, reply.dimension, reply.max_tokens);
    if asked.dimensions.is_some_and(|wanted| wanted != dimension) {
        return Err(format!("the vectors of {model} have {dimension} dimensions; ask for these, or leave it out"));
    }
    let total = reply.vectors.iter().map(|row| u64::from(row.tokens.min(most))).sum();
    let rows = reply.vectors.into_iter().enumerate().map(|(index, row)| Row {
        object: "embedding",
        index,
        truncated: row.tokens > most,
        embedding: match asked.encoding {
            Encoding::Float => Embedding::Float(row.vector),
            Encoding::Base64 => {
                Embedding::Base64(STANDARD.encode(row.vector.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()))
            }
        },
    });
    let (data, usage) = (rows.collect(), Usage { prompt_tokens: total, total_tokens: total });
    Ok(Embeddings { object: "list", data, model, usage })
}

/// An error.
pub fn error(status: StatusCode, message: &str) -> Value {
    let (kind, code) = match status {
        StatusCode::UNAUTHORIZED => ("authentication_error", Some("invalid_api_key")),
        StatusCode::FORBIDDEN => ("permission_error", None),
        StatusCode::TOO_MANY_REQUESTS => ("rate_limit_error", None),
        status if status.is_server_error() => ("server_error", None),
        _ => ("invalid_request_error", None),
    };
    json!({ "error": { "message": message, "type": kind, "param": null, "code": code } })
}
