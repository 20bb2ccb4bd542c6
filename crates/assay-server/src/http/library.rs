//! The library: its models and collections, searches in it, and the description of the interface.

use assay_app::Cancel;
use assay_contract::ModelRole;
use assay_contract::call;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rmcp::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::dialect::Dialect;
use crate::dialect::question::{WHOLE, model_of};
use crate::interface::{Interface, failed};
use crate::search::{self, search};
use crate::stop::StopOnDrop;

/// Whether the server lives.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Health {
    status: &'static str,
    /// Of Assay.
    version: &'static str,
}

/// What a request may name.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Models {
    object: &'static str,
    data: Vec<Model>,
}

/// What `model` may be.
#[derive(Debug, Serialize, JsonSchema)]
struct Model {
    id: String,
    object: &'static str,
    created: u64,
    owned_by: &'static str,
    /// `library`, `collection`, `embedder` or `reranker`.
    role: &'static str,
}

/// `GET /health`
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// `GET /openapi.json`
pub async fn description(State(interface): State<Interface>) -> Response {
    ([(CONTENT_TYPE, "application/json")], interface.description.json.clone()).into_response()
}

/// `GET /docs`
pub async fn page(State(interface): State<Interface>) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ];
    (headers, interface.description.page.clone()).into_response()
}

/// `GET /v1/models`: what a request may name. Collections are left out while a program that takes no calls has the library open.
pub async fn models(State(interface): State<Interface>) -> Response {
    let models = match interface.models.list() {
        Ok(models) => models,
        Err(failure) => return failed(Dialect::OpenAi, &failure),
    };
    let row = |id: &str, role| Model { id: id.to_owned(), object: "model", created: 0, owned_by: "assay", role };
    let mut rows = vec![row(WHOLE, "library")];
    let encoders = || models.iter().filter(|model| model.role != ModelRole::Writer);
    if let Ok(session) = interface.library.session().await {
        let others: Vec<&str> = encoders().map(|model| model.name.as_str()).collect();
        let collections = session.call(call::Collections {}).await.into_iter().flatten();
        rows.extend(collections.map(|name| row(&model_of(&name, &others), "collection")));
    }
    rows.extend(encoders().map(|model| row(&model.name, model.role.as_str())));
    Json(Models { object: "list", data: rows }).into_response()
}

/// `POST /v1/search`
pub async fn find(State(interface): State<Interface>, body: Bytes) -> Response {
    let query: search::Query = match serde_json::from_slice(&body) {
        Ok(query) => query,
        Err(error) => {
            let message = format!("the body does not fit: {error}");
            return Dialect::OpenAi.error(StatusCode::BAD_REQUEST, &message);
        }
    };
    let cancel = StopOnDrop(Cancel::default());
    let found = match interface.library.session().await {
        Ok(session) => search(&session, &query, &cancel.0).await,
        Err(failure) => Err(failure),
    };
    found.map_or_else(|failure| failed(Dialect::OpenAi, &failure), |found| Json(found).into_response())
}
