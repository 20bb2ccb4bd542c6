//! Why a text was not found: what the MCP tool `explain` does.

use assay_app::{Cancel, Failure};
use assay_contract::call::{self, OtherModels};
use assay_contract::{WhyReply, WhyRequest};
use rmcp::schemars::{self, JsonSchema};
use serde::Deserialize;

use crate::on_demand::Lease;
use crate::search::{Filters, Rerank, known, limit};

/// A text that was expected among the results of a question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    /// The question, as it was asked of `query`.
    pub question: String,
    /// The text that was expected: a sentence of the document, as it stands there.
    pub text: String,
    /// Look for the text in this document alone.
    #[serde(default)]
    pub document: Option<i64>,
    /// As in `query`.
    #[serde(default)]
    pub collection: Option<String>,
    /// As in `query`.
    #[serde(default)]
    pub filters: Option<Filters>,
    /// As in `query`.
    #[serde(default)]
    pub limit: Option<u32>,
    /// As in `query`.
    #[serde(default)]
    pub rerank: Option<Rerank>,
}

/// Follows a text through the stages of a question. The pages of all documents may be searched, so it runs in a task of
/// its own: whoever waits for it can leave at any moment, and ends it with `cancel`.
///
/// # Errors
/// A limit out of range, an unknown collection, or as [`assay_app::App::why`].
pub async fn explain(session: Lease, wanted: Explain, cancel: &Cancel) -> Result<WhyReply, Failure> {
    if let Some(collection) = &wanted.collection {
        known(&session, collection).await?;
    }
    let request = WhyRequest {
        question: wanted.question,
        text: wanted.text,
        document: wanted.document,
        collection: wanted.collection,
        scope: wanted.filters.map(Into::into),
        rerank: wanted.rerank.map(Into::into),
        keep: Some(limit(wanted.limit)?),
        retrieve: None,
    };
    let cancel = cancel.clone();
    let call = call::Why { request, models: OtherModels::default() };
    let followed = tokio::spawn(async move { session.run(call, &cancel, &mut |()| ()).await });
    followed.await.map_err(|_| Failure::bug("following a text through the stages panicked"))?
}
