//! An answer to a question while it is written, in whatever form it is.

use std::time::{SystemTime, UNIX_EPOCH};

use assay_app::Failure;
use assay_contract::AskReply;
use axum::response::Response;
use serde::Serialize;

/// A piece of a streamed answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The name of its server-sent event, where the form has names.
    pub event: Option<&'static str>,
    /// Its data.
    pub data: String,
}

impl Piece {
    /// A piece of JSON.
    pub fn json(event: Option<&'static str>, data: &impl Serialize) -> Self {
        // Only a map without texts as keys cannot be written, and no form has one.
        Self { event, data: serde_json::to_string(data).unwrap_or_default() }
    }
}

/// The answers to one request: whole, or [`begin`](Self::begin), [`more`](Self::more) for each piece of the text, and
/// [`end`](Self::end) or [`failed`](Self::failed).
pub trait Writer: Send {
    /// The whole answer.
    fn whole(&mut self, reply: &AskReply) -> Response;
    /// The first pieces.
    fn begin(&mut self) -> Vec<Piece>;
    /// More of the text.
    fn more(&mut self, text: String) -> Vec<Piece>;
    /// The last pieces: citations, sources, and why the text ends.
    fn end(&mut self, reply: &AskReply) -> Vec<Piece>;
    /// The last pieces of an answer that failed.
    fn failed(&mut self, failure: &Failure) -> Vec<Piece>;
}

/// Seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
