//! What the writer gets, and what it returns.

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
    /// The logit that decided its place, if a cross-encoder read it.
    pub logit: Option<f32>,
    /// Its text.
    pub text: String,
    /// Why it is there.
    pub role: PassageRole,
    /// The chunk on an earlier page whose last sentence goes on in this one.
    pub continues: Option<ChunkId>,
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
    /// It is of the nearest table, which is below the threshold: only rows of it that fulfil the question are quoted.
    NearestTable,
}

/// A question with the kept passages, rendered for a chat model.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The question that the passages were ranked for.
    pub question: String,
    /// The kept passages, best first; behind them, if all is wanted, the rest of their documents, then the nearest table.
    pub passages: Vec<NumberedPassage>,
    /// What was not read of the documents of a list.
    pub unread: Unread,
    /// How much is wanted.
    pub wanted: Wanted,
    /// Rules for the writer.
    pub system: String,
    /// The numbered passages between tags, then the question.
    pub user: String,
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

/// How an answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// Sentences quoted from the passages.
    Extractive,
    /// Written by a language model.
    Written,
    /// No passage was kept, so there is no answer.
    Refused,
    /// From the library's list of files: the question is about the files and not about what they say.
    Catalogue,
}

impl AnswerKind {
    /// The code in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extractive => "extractive",
            Self::Written => "written",
            Self::Refused => "refused",
            Self::Catalogue => "catalogue",
        }
    }
}

/// The source of a part of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The number in the answer's text, as in `[1]`.
    pub number: u32,
    /// The cited chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// The quoted words, an exact slice of the passage; the whole passage if the writer quoted none.
    pub quote: String,
}

/// What is shown as the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The text, with citation numbers in square brackets.
    pub text: String,
    /// How it came about.
    pub kind: AnswerKind,
    /// One for each number in the text that names a passage.
    pub citations: Vec<Citation>,
    /// Numbers in the text that name no passage.
    pub unknown: Vec<u32>,
    /// What a model wrote to itself before the answer; nothing is cited from it, and no conversation keeps it.
    pub thinking: String,
}

impl Answer {
    /// A text without citations.
    pub fn of(kind: AnswerKind, text: impl Into<String>) -> Self {
        Self { text: text.into(), kind, citations: Vec::new(), unknown: Vec::new(), thinking: String::new() }
    }
}
