//! A writer that says what a test tells it to, one reply for each prompt.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};

use super::writer::EchoWriter;
use crate::port::{AnswerPart, Writer};
use crate::{AnswerKind, Failure, Problem, Prompt};

/// What the writer does with a prompt.
#[derive(Debug, Clone)]
pub enum Script {
    /// Writes these parts.
    Says(Vec<AnswerPart>),
    /// Fails.
    Fails,
    /// Writes nothing and never ends.
    Hangs,
}

impl Script {
    /// Writes a text in one part.
    pub fn says(text: &str) -> Self {
        Self::Says(vec![AnswerPart::Text(text.to_owned())])
    }
}

/// A language model that takes the next line of its script for each prompt. After the last one it repeats the first passage,
/// as [`EchoWriter`] does.
#[derive(Default)]
pub struct ScriptedWriter {
    script: Mutex<VecDeque<Script>>,
    prompts: Mutex<Vec<Prompt>>,
    echo: EchoWriter,
}

impl ScriptedWriter {
    /// One with a script.
    pub fn with(script: impl IntoIterator<Item = Script>) -> Self {
        Self { script: Mutex::new(script.into_iter().collect()), ..Self::default() }
    }

    /// The prompts that it got so far.
    pub fn prompts(&self) -> Vec<Prompt> {
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Writer for ScriptedWriter {
    fn name(&self) -> String {
        "scripted".into()
    }

    fn kind(&self) -> AnswerKind {
        AnswerKind::Written
    }

    fn budget(&self) -> Option<usize> {
        None
    }

    fn count_tokens(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<usize>, Failure>> {
        self.echo.count_tokens(texts)
    }

    fn write(&self, prompt: Prompt) -> BoxStream<'_, Result<AnswerPart, Failure>> {
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner).push(prompt.clone());
        match self.script.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            None => self.echo.write(prompt),
            Some(Script::Says(parts)) => stream::iter(parts).map(Ok).boxed(),
            Some(Script::Fails) => {
                let failure = Failure::new(Problem::ModelWrong, "the writer is broken", "replace it");
                stream::iter([Err(failure)]).boxed()
            }
            Some(Script::Hangs) => stream::pending().boxed(),
        }
    }
}
