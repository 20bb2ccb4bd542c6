//! The library: its models and collections, its documents, and searches in it.

use assay_app::Cancel;
use assay_contract::ModelRole;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::dialect::chat::{WHOLE, model_of};
use crate::interface::{Interface, failed};
use crate::search::{self, search};
use crate::status::documents;
use crate::stop::StopOnDrop;

/// Documents of one reply, unless the request says how many.
const USUAL: usize = 100;

/// Most documents of one reply.
const MOST: usize = 1_000;

/// `GET /health`
pub async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// `GET /v1/models`: what a request may name. Collections are left out while another program has the library open.
pub async fn models(State(interface): State<Interface>) -> Response {
    let models = match interface.models.list() {
        Ok(models) => models,
        Err(failure) => return failed(Dialect::OpenAi, &failure),
    };
    let row =
        |id: &str, role: &str| json!({ "id": id, "object": "model", "created": 0, "owned_by": "assay", "role": role });
    let mut rows = vec![row(WHOLE, "library")];
    let encoders = || models.iter().filter(|model| model.role != ModelRole::Writer);
    if let Ok(app) = interface.library.app().await {
        let others: Vec<&str> = encoders().map(|model| model.name.as_str()).collect();
        let collections = app.collections().await.into_iter().flatten();
        rows.extend(collections.map(|name| row(&model_of(&name, &others), "collection")));
    }
    rows.extend(encoders().map(|model| row(&model.name, model.role.as_str())));
    Json(json!({ "object": "list", "data": rows })).into_response()
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
    let found = match interface.library.app().await {
        Ok(app) => search(&app, &query, &cancel.0).await,
        Err(failure) => Err(failure),
    };
    found.map_or_else(|failure| failed(Dialect::OpenAi, &failure), |found| Json(found).into_response())
}

/// Which documents.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// The number of the last document of the page before.
    after: Option<i64>,
    /// How many.
    limit: Option<usize>,
}

/// `GET /v1/documents`
pub async fn list(State(interface): State<Interface>, page: Result<Query<Page>, QueryRejection>) -> Response {
    let Ok(Query(page)) = page else {
        return Dialect::OpenAi.error(StatusCode::BAD_REQUEST, "after and limit must be numbers");
    };
    let most = page.limit.unwrap_or(USUAL).clamp(1, MOST);
    let listed = match interface.library.app().await {
        Ok(app) => documents(&app, page.after.unwrap_or(i64::MIN), most).await,
        Err(failure) => Err(failure),
    };
    match listed {
        Ok((documents, more)) => {
            let last = documents.last().map(|document| document.id);
            Json(json!({ "object": "list", "data": documents, "has_more": more, "last_id": last })).into_response()
        }
        Err(failure) => failed(Dialect::OpenAi, &failure),
    }
}
