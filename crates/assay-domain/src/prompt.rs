//! What the writer is given, and what it gives back.

use crate::{ChunkId, DocumentId};

/// A kept passage with the number that citations use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedPassage {
    /// From 1.
    pub number: u32,
    /// The chunk's name.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// File name, for people.
    pub name: String,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// Its text.
    pub text: String,
}

/// A question with the passages that may answer it, rendered for a chat model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The question in the user's words.
    pub question: String,
    /// The kept passages, best first.
    pub passages: Vec<NumberedPassage>,
    /// Rules for the writer.
    pub system: String,
    /// Fenced, numbered passages and the question.
    pub user: String,
}

/// How an answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// Sentences of the passages, word for word.
    Extractive,
    /// Written by a language model.
    Written,
    /// Nothing passed the threshold, so nothing is claimed.
    Refused,
}

impl AnswerKind {
    /// The word in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extractive => "extractive",
            Self::Written => "written",
            Self::Refused => "refused",
        }
    }
}

/// Where a part of the answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The number in the answer's text, as in `[1]`.
    pub number: u32,
    /// The chunk cited.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// The words quoted, an exact slice of the passage; the whole passage if the writer quoted none.
    pub quote: String,
}

/// What is shown as the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The words, with citation numbers in square brackets.
    pub text: String,
    /// How it came about.
    pub kind: AnswerKind,
    /// One for each number that stands in the text.
    pub citations: Vec<Citation>,
}
