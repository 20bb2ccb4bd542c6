//! Texts of the request: scored against a question, or turned into vectors. No library is needed for it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::dialect::Dialect;
use crate::dialect::openai::{embeddings, read_embed};
use crate::interface::{Interface, failed};

/// `/v2/rerank`, `/v1/rerank`, `/rerank`
pub async fn rerank(State(interface): State<Interface>, uri: Uri, body: Bytes) -> Response {
    let (dialect, asked) = match Dialect::read(uri.path(), &body) {
        Ok(read) => read,
        Err((dialect, message)) => return dialect.error(dialect.bad_request(), &message),
    };
    let scored = interface.models.rerank(asked.model.as_deref(), &asked.query, asked.texts.clone()).await;
    let reply = match scored {
        Ok(reply) => reply,
        Err(failure) => return failed(dialect, &failure),
    };
    let cut = reply.scores.iter().position(|row| row.tokens_read < row.tokens_total);
    if let Some(place) = cut.filter(|_| asked.refuse_cut) {
        let message = format!("text {place} is longer than {} reads; shorten it, or leave truncate out", reply.model);
        return dialect.error(StatusCode::PAYLOAD_TOO_LARGE, &message);
    }
    let mut response = dialect.answer(&asked, &reply);
    // A bare array has no other place for them.
    let told = [("x-assay-model", reply.model.as_str()), ("x-assay-scale", asked.scale())];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// `/v1/embeddings`
pub async fn embed(State(interface): State<Interface>, body: Bytes) -> Response {
    let bad = |message: String| Dialect::OpenAi.error(StatusCode::BAD_REQUEST, &message);
    let mut asked = match read_embed(&body) {
        Ok(asked) => asked,
        Err(message) => return bad(message),
    };
    let texts = std::mem::take(&mut asked.texts);
    match interface.models.embed(asked.model.as_deref(), asked.kind, texts).await {
        Ok(reply) => embeddings(&asked, reply).map_or_else(bad, |answer| Json(answer).into_response()),
        Err(failure) => failed(Dialect::OpenAi, &failure),
    }
}
