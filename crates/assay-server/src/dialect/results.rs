//! The scored documents of an answer, in the form that Cohere and Jina share.

use assay_contract::RerankReply;
use serde::Serialize;

use super::asked::Asked;

/// A scored document.
#[derive(Debug, Serialize)]
pub struct Row {
    index: usize,
    relevance_score: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Text>,
    logit: f32,
    truncated: bool,
    tokens: u32,
}

#[derive(Debug, Serialize)]
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
