//! What a library holds, for `status` and the list of documents.

use std::collections::BTreeMap;

use assay_app::{Failure, Session};
use assay_contract::{DocumentRow, call};
use rmcp::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::address::Address;

/// What a library holds, and what answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Status {
    /// Version of Assay.
    pub version: String,
    /// Documents that answer questions.
    pub searchable: u32,
    /// Documents by state.
    pub documents: BTreeMap<String, u32>,
    /// Passages in the index.
    pub passages: u64,
    /// Collections with their documents.
    pub collections: BTreeMap<String, u32>,
    /// The bi-encoder of the settings.
    pub embedder: String,
    /// The cross-encoder of the settings; `auto` chooses by language.
    pub reranker: String,
    /// The language model that writes answers; null if they are quoted.
    pub writer: Option<String>,
    /// Whether files are being taken in.
    pub busy: bool,
    /// What happened to the library itself.
    pub notices: Vec<String>,
    /// Why the index cannot answer, if it cannot.
    pub problem: Option<String>,
}

/// A document of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Document {
    /// Its number.
    pub id: i64,
    /// Always `document`.
    pub object: String,
    /// Its address.
    pub uri: String,
    /// File name.
    pub name: String,
    /// Name of the folder it lies in.
    pub folder: String,
    /// Its collection.
    pub collection: String,
    /// How far it is in the ingest.
    pub state: String,
    /// Why it failed, or what is incomplete.
    pub reason: Option<String>,
    /// Whether it answers questions.
    pub searchable: bool,
    /// Pages.
    pub pages: u32,
    /// Passages in the index.
    pub passages: u32,
    /// Length of the file.
    pub bytes: u64,
    /// ISO 639-3.
    pub language: Option<String>,
}

/// What the library holds.
///
/// # Errors
/// Fails if the catalogue cannot be read.
pub async fn status(session: &Session) -> Result<Status, Failure> {
    let library = session.call(call::Library {}).await?;
    let settings = session.call(call::WrittenSettings {}).await?;
    let mut collections = BTreeMap::new();
    for document in &library.documents {
        *collections.entry(document.collection.clone()).or_default() += 1;
    }
    let sentence = |what: &str, action: &str| match action {
        "" => what.to_owned(),
        action => format!("{what}; {action}"),
    };
    Ok(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        searchable: library.documents.iter().filter(|document| document.searchable).count() as u32,
        documents: library.counts.iter().map(|(state, count)| (state.to_string(), *count)).collect(),
        passages: library.documents.iter().map(|document| u64::from(document.chunks)).sum(),
        collections,
        embedder: settings.embedder,
        reranker: settings.reranker,
        writer: Some(settings.writer).filter(|writer| !writer.is_empty()),
        busy: library.busy,
        notices: library.notices.iter().map(|notice| sentence(&notice.what, &notice.action)).collect(),
        problem: library.problem.map(|problem| sentence(&problem.message, &problem.action)),
    })
}

/// The documents after one of them, in the order of their numbers, and whether more follow.
///
/// # Errors
/// Fails if the catalogue cannot be read.
pub async fn documents(session: &Session, after: i64, most: usize) -> Result<(Vec<Document>, bool), Failure> {
    let mut rows = session.call(call::Library {}).await?.documents;
    rows.retain(|row| row.id > after);
    rows.sort_by_key(|row| row.id);
    let more = rows.len() > most;
    rows.truncate(most);
    Ok((rows.into_iter().map(document).collect(), more))
}

fn document(row: DocumentRow) -> Document {
    Document {
        id: row.id,
        object: "document".to_owned(),
        uri: Address::Document { id: row.id, page: None }.to_string(),
        name: row.name,
        folder: row.folder,
        collection: row.collection,
        state: row.state.to_string(),
        reason: row.reason,
        searchable: row.searchable,
        pages: row.pages,
        passages: row.chunks,
        bytes: row.bytes,
        language: row.language,
    }
}
