//! A request to score texts, whatever its form was.

use assay_contract::RerankReply;
use rmcp::schemars::{self, JsonSchema};
use serde::Deserialize;

/// Most texts of a request.
pub const TEXTS: usize = 1_000;

/// A request to score texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The name of a cross-encoder; absent for the library's choice.
    pub model: Option<String>,
    /// The question.
    pub query: String,
    /// The texts.
    pub texts: Vec<String>,
    /// Most texts to return; absent for all.
    pub top: Option<usize>,
    /// Whether the texts are returned too.
    pub return_text: bool,
    /// Whether the score is the logit and not its sigmoid.
    pub raw: bool,
    /// Whether a text that the model cannot read to its end is an error.
    pub refuse_cut: bool,
}

/// A text, or an object that holds one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(rename = "RerankDocument")]
#[serde(untagged, expecting = "a document must be a text or an object with a text")]
pub enum Document {
    /// The text itself.
    Plain(String),
    /// An object.
    Object {
        /// Its text.
        text: String,
    },
}

/// One scored text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored<'a> {
    /// Its place in the request, from 0.
    pub index: usize,
    /// The text.
    pub text: &'a str,
    /// The score that was asked for.
    pub score: f32,
    /// The model's raw output.
    pub logit: f32,
    /// Whether the model read only a part of it.
    pub truncated: bool,
    /// Tokens that were read of it.
    pub tokens: u32,
}

impl From<Document> for String {
    fn from(document: Document) -> Self {
        match document {
            Document::Plain(text) | Document::Object { text } => text,
        }
    }
}

impl Asked {
    /// The request, if it asks for something that can be done.
    ///
    /// # Errors
    /// What is wrong.
    pub fn checked(self) -> Result<Self, String> {
        match self.texts.len() {
            0 => Err("there is no text to score".to_owned()),
            many if many > TEXTS => Err(format!("{many} texts were sent; send at most {TEXTS}")),
            _ if self.query.trim().is_empty() => Err("the query is empty".to_owned()),
            _ => Ok(self),
        }
    }

    /// The scores in descending order, as many as were asked for.
    pub fn best<'a>(&'a self, reply: &RerankReply) -> Vec<Scored<'a>> {
        let mut rows: Vec<_> = reply.scores.iter().zip(&self.texts).enumerate().collect();
        rows.sort_by_key(|(_, (row, _))| row.rank);
        let scored = rows.into_iter().take(self.top.unwrap_or(usize::MAX)).map(|(index, (row, text))| Scored {
            index,
            text,
            score: if self.raw { row.logit } else { row.probability },
            logit: row.logit,
            truncated: row.tokens_read < row.tokens_total,
            tokens: row.tokens_read,
        });
        scored.collect()
    }

    /// What the score is.
    pub fn scale(&self) -> &'static str {
        if self.raw { "logit" } else { "sigmoid of the logit" }
    }
}

/// The name of a model, where the request leaves the choice to the library.
pub fn named(model: Option<String>) -> Option<String> {
    model.map(|model| model.trim().to_owned()).filter(|model| !matches!(model.as_str(), "" | "assay" | "auto"))
}

/// Tokens that were read of all texts.
pub fn tokens(reply: &RerankReply) -> u64 {
    reply.scores.iter().map(|row| u64::from(row.tokens_read)).sum()
}
