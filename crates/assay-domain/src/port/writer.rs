//! Prompts to answers.

use std::ops::Range;

use futures::future::BoxFuture;
use futures::stream::BoxStream;

use crate::{AnswerKind, Failure, Prompt};

/// A part of an answer, as soon as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerPart {
    /// More text.
    Text(String),
    /// The exact words of a passage that a number in the text refers to (extractive answers).
    Quote {
        /// The passage's number.
        number: u32,
        /// An exact slice of its text.
        quote: String,
    },
    /// More of what a model writes to itself before the answer.
    Thinking(String),
    /// A number in the text that names no passage.
    Unknown(u32),
    /// A sentence of the text, with the passages that it cites; once the whole text is there.
    Sentence {
        /// Its bytes in the text.
        range: Range<usize>,
        /// The numbers that it cites and that name a passage, each once.
        cites: Vec<u32>,
    },
    /// The answer reached its limit before its end.
    Cut,
}

/// The writer of answers: a language model, or an extractor of sentences.
pub trait Writer: Send + Sync {
    /// Name of the model, or `extractive`.
    fn name(&self) -> String;

    /// Whether it writes or quotes.
    fn kind(&self) -> AnswerKind;

    /// Most tokens of a prompt, with the answer's share already taken off; `None` without a limit.
    fn budget(&self) -> Option<usize>;

    /// Number of tokens of each text, by the writer's own tokenizer.
    fn count_tokens(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<usize>, Failure>>;

    /// The answer, part by part. The stream ends after the last part or the first error.
    fn write(&self, prompt: Prompt) -> BoxStream<'_, Result<AnswerPart, Failure>>;
}
