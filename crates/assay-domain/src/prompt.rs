//! What the writer gets, and what it returns.

use crate::{ChunkId, DocumentId};

/// A kept passage with the number that citations use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedPassage {
    /// From 1.
    pub number: u32,
    /// Its chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// File name, for display.
    pub name: String,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// Its text.
    pub text: String,
}

/// A question with the kept passages, rendered for a chat model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The question as the user typed it.
    pub question: String,
    /// The kept passages, best first.
    pub passages: Vec<NumberedPassage>,
    /// Rules for the writer.
    pub system: String,
    /// The numbered passages between tags, then the question.
    pub user: String,
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
}

impl AnswerKind {
    /// The code in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extractive => "extractive",
            Self::Written => "written",
            Self::Refused => "refused",
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
    /// One for each number in the text.
    pub citations: Vec<Citation>,
}
