//! `/v1/documents`: the list; and, below the folders that the user allowed, additions and removals.

use std::collections::BTreeMap;

use assay_app::{Cancel, DEFAULT_COLLECTION, Failure};
use assay_contract::{IngestReply, call};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::dialect::Dialect;
use crate::interface::{Interface, failed};
use crate::status::{Document, documents};

/// Documents of one reply, unless the request says how many.
const USUAL: usize = 100;

/// Most documents of one reply.
const MOST: usize = 1_000;

/// The header that confirms a removal with the document's number.
pub const CONFIRM: &str = "x-assay-confirm";

/// Which documents.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// The number of the last document of the page before.
    after: Option<i64>,
    /// How many.
    limit: Option<usize>,
}

/// A page of the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Documents {
    object: &'static str,
    /// In the order of their numbers.
    data: Vec<Document>,
    /// Whether more follow.
    has_more: bool,
    /// `after` of the next request.
    last_id: Option<i64>,
}

/// A file or folder to add.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// Its absolute path, below a folder that `assay serve --allow` names.
    path: String,
    /// The collection that its files join; `default` if absent.
    collection: Option<String>,
}

/// What became of the files.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Added {
    object: &'static str,
    /// A row for every file.
    data: Vec<AddedFile>,
    /// Files by state.
    counts: BTreeMap<String, u32>,
}

/// What became of a file.
#[derive(Debug, Serialize, JsonSchema)]
struct AddedFile {
    /// File name.
    name: String,
    /// How it ended: `committed`, `unchanged`, `failed` and others.
    state: String,
    /// Why, where there is a reason.
    reason: Option<String>,
    /// Pages of the file.
    pages: u32,
    /// Its passages in the index.
    passages: u32,
}

/// A document that was removed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Removed {
    id: i64,
    object: &'static str,
    deleted: bool,
}

/// `GET /v1/documents`
pub async fn list(State(interface): State<Interface>, page: Result<Query<Page>, QueryRejection>) -> Response {
    let Ok(Query(page)) = page else {
        return Dialect::OpenAi.error(StatusCode::BAD_REQUEST, "after and limit must be numbers");
    };
    let most = page.limit.unwrap_or(USUAL).clamp(1, MOST);
    let listed = match interface.library.session().await {
        Ok(session) => documents(&session, page.after.unwrap_or(i64::MIN), most).await,
        Err(failure) => Err(failure),
    };
    match listed {
        Ok((data, has_more)) => {
            let last_id = data.last().map(|document| document.id);
            Json(Documents { object: "list", data, has_more, last_id }).into_response()
        }
        Err(failure) => failed(Dialect::OpenAi, &failure),
    }
}

/// `POST /v1/documents`: answers when all files are read. They are read to the end also if the client leaves.
pub async fn add(State(interface): State<Interface>, body: Bytes) -> Response {
    let refuse = |status, message: &str| Dialect::OpenAi.error(status, message);
    let add: Add = match serde_json::from_slice(&body) {
        Ok(add) => add,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &format!("the body does not fit: {error}")),
    };
    let path = match interface.allowed.resolve(&add.path) {
        Ok(path) => path,
        Err(refusal) => return refuse(StatusCode::FORBIDDEN, &refusal),
    };
    let collection = add.collection.unwrap_or_else(|| DEFAULT_COLLECTION.to_owned());
    if collection.trim().is_empty() {
        return refuse(StatusCode::BAD_REQUEST, "the collection has no name; leave it out for the usual one");
    }
    let Ok(place) = interface.additions.clone().try_acquire_owned() else {
        return refuse(StatusCode::TOO_MANY_REQUESTS, "files are being added; ask again when they are");
    };
    let session = match interface.library.session().await {
        Ok(session) => session,
        Err(failure) => return failed(Dialect::OpenAi, &failure),
    };
    let work = tokio::spawn(async move {
        let _place = place;
        let call = call::Ingest { paths: vec![path.into()], collection };
        session.run(call, &Cancel::default(), &mut |_| ()).await
    });
    match work.await.unwrap_or_else(|_| Err(Failure::bug("adding files panicked"))) {
        Ok(reply) => Json(added(reply)).into_response(),
        Err(failure) => failed(Dialect::OpenAi, &failure),
    }
}

fn added(reply: IngestReply) -> Added {
    let files = reply.files.into_iter().map(|file| AddedFile {
        name: file.name,
        state: file.state.to_string(),
        reason: file.reason,
        pages: file.pages,
        passages: file.chunks,
    });
    let counts = reply.counts.into_iter().map(|(state, count)| (state.to_string(), count));
    Added { object: "list", data: files.collect(), counts: counts.collect() }
}

/// `DELETE /v1/documents/{id}`: removes a document from the library; its file stays.
pub async fn remove(
    State(interface): State<Interface>,
    id: Result<Path<i64>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let refuse = |status, message: &str| Dialect::OpenAi.error(status, message);
    let Ok(Path(id)) = id else {
        return refuse(StatusCode::BAD_REQUEST, "the address ends in the number of a document");
    };
    let confirmed = headers.get_all(CONFIRM).iter().map(|value| value.to_str().ok()).collect::<Vec<_>>();
    if confirmed != [Some(id.to_string().as_str())] {
        let message = format!("confirm the removal with the header {CONFIRM}: {id}");
        return refuse(StatusCode::PRECONDITION_REQUIRED, &message);
    }
    let session = match interface.library.session().await {
        Ok(session) => session,
        Err(failure) => return failed(Dialect::OpenAi, &failure),
    };
    let path = match session.call(call::DocumentPath { document: id }).await {
        Ok(path) => path,
        Err(failure) => return failed(Dialect::OpenAi, &failure),
    };
    if !interface.allowed.has_document(&path) {
        let message = "the document's file is not below a folder that assay serve allows; start it with --allow FOLDER";
        return refuse(StatusCode::FORBIDDEN, message);
    }
    match session.call(call::Remove { documents: vec![id] }).await {
        Ok(()) => Json(Removed { id, object: "document", deleted: true }).into_response(),
        Err(failure) => failed(Dialect::OpenAi, &failure),
    }
}
