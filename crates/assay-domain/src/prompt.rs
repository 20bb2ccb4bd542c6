//! What the writer gets.

use std::sync::Arc;
use std::time::Duration;

use crate::{ChunkId, DocumentId};

/// A kept passage with the number that citations use.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberedPassage {
    /// From 1.
    pub number: u32,
    /// Its chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// File name, for display.
    pub name: String,
    /// Folders between the file and its root; empty directly below the root.
    pub folder: String,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// Heading path of the section in which it begins.
    pub heading: Option<String>,
    /// The score that decided its place, if a cross-encoder read it.
    pub judged: Option<Judged>,
    /// Whether it is in another language than the question and no cross-encoder read it.
    pub foreign: bool,
    /// Its text.
    pub text: String,
    /// Why it is there.
    pub role: PassageRole,
    /// The chunk on an earlier page whose last sentence goes on in this one.
    pub continues: Option<ChunkId>,
}

/// A cross-encoder's score of a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Name of the model.
    pub model: Arc<str>,
    /// Its logit.
    pub logit: f32,
    /// The logit of the threshold that applied, which tells how high a logit of this model is; 0 without one.
    pub threshold: f32,
}

impl Judged {
    /// What lies between its logit and the threshold. This is comparable between models, a logit is not.
    pub fn above(&self) -> f32 {
        self.logit - self.threshold
    }
}

/// Why a passage is in a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassageRole {
    /// It was kept.
    Kept,
    /// It stands in the same document as a kept one, and the question asks for a list.
    ReadOn,
    /// A page break cuts a sentence between it and a kept one; nothing else of it is quoted.
    Continuation,
    /// It stands before or behind a kept one in the same section, and has that one's number: the kept one is cited.
    Neighbour,
    /// It is of the nearest table, which is below the threshold: only rows of it that fulfil the question are quoted.
    NearestTable,
}

/// A question with the kept passages, rendered for a chat model.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The question that the passages were ranked for.
    pub question: String,
    /// The kept passages, best first; behind them, if all is wanted, the rest of their documents, then the nearest table; or,
    /// where room is left, neighbours.
    pub passages: Vec<NumberedPassage>,
    /// What was not read of the documents of a list.
    pub unread: Unread,
    /// How much is wanted.
    pub wanted: Wanted,
    /// Rules for the writer.
    pub system: String,
    /// The numbered passages between tags, then the question.
    pub user: String,
    /// How much may be written; `None` for as much as the settings allow an answer.
    pub limit: Option<WritingLimit>,
}

/// How much may be written. A writer ends there with [`AnswerPart::Cut`](crate::port::AnswerPart::Cut).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WritingLimit {
    /// Most tokens.
    pub tokens: u32,
    /// Longest time. It is looked at between two tokens and between parts of the prompt.
    pub time: Duration,
}

/// What was not read for a list, because it is longer than a list may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unread {
    /// Passages of the documents that were read.
    pub passages: usize,
    /// Whole documents.
    pub documents: usize,
}

/// How much of what answers a question is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// The best of it.
    #[default]
    Best,
    /// All rows of a table that fulfil the question (`how many`, `which`); the best of anything else.
    Rows,
    /// Everything (`list all`).
    Everything,
}
