//! The scored documents of an answer, in the form that Cohere and Jina share.

use assay_contract::RerankReply;
use rmcp::schemars::{self, JsonSchema};
use serde::Serialize;

use super::asked::Asked;

/// A scored document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ScoredDocument")]
pub struct Row {
    /// Its place in the request, from 0.
    index: usize,
    /// Sigmoid of the logit, or the logit itself where that was asked for.
    relevance_score: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Text>,
    /// Raw output of the model.
    logit: f32,
    /// Whether the model read only a part of it.
    truncated: bool,
    /// Tokens that were read of it.
    tokens: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DocumentText")]
struct Text {
    text: String,
}

/// The scored documents, the best first, with their texts if they were asked for.
pub fn results(asked: &Asked, reply: &RerankReply) -> Vec<Row> {
    let rows = asked.best(reply).into_iter().map(|row| Row {
        index: row.index,
        relevance_score: row.score,
        document: asked.return_text.then(|| Text { text: row.text.to_owned() }),
        logit: row.logit,
        truncated: row.truncated,
        tokens: row.tokens,
    });
    rows.collect()
}
