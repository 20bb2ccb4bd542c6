//! A writer that repeats the first passage.

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, BoxStream, StreamExt};

use super::words::words;
use crate::port::{AnswerPart, Writer};
use crate::{AnswerKind, Failure, Problem, Prompt};

/// Answers with the text of the first passage and cites it.
#[derive(Default)]
pub struct EchoWriter {
    /// Most words of a prompt.
    pub budget: Option<usize>,
    /// Set to make it fail after the first part.
    pub broken: bool,
    /// Set to make it count as one that quotes.
    pub quotes: bool,
    /// Set to make it write these parts in place of its own.
    pub says: Option<Vec<AnswerPart>>,
}

impl Writer for EchoWriter {
    fn name(&self) -> String {
        "echo".into()
    }

    fn kind(&self) -> AnswerKind {
        if self.quotes { AnswerKind::Extractive } else { AnswerKind::Written }
    }

    fn budget(&self) -> Option<usize> {
        self.budget
    }

    fn count_tokens(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<usize>, Failure>> {
        let counts = texts.iter().map(|text| words(text).len()).collect();
        async move { Ok(counts) }.boxed()
    }

    fn write(&self, prompt: Prompt) -> BoxStream<'_, Result<AnswerPart, Failure>> {
        if let Some(parts) = self.says.clone() {
            return stream::iter(parts).map(Ok).boxed();
        }
        let mut parts = Vec::new();
        if let Some(first) = prompt.passages.first() {
            parts.push(Ok(AnswerPart::Text(format!("{} ", first.text))));
            parts.push(Ok(AnswerPart::Text("[1]".into())));
            parts.push(Ok(AnswerPart::Quote { number: 1, quote: first.text.clone() }));
        }
        if self.broken {
            parts.truncate(1);
            parts.push(Err(Failure::new(Problem::ModelWrong, "the writer is broken", "replace it")));
        }
        stream::iter(parts).boxed()
    }
}
