//! A child process's loop body: answers requests one after the other.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::{AnswerError, Generator, WriterReply, WriterRequest};

/// Holds the open model, if there is one.
#[derive(Default)]
pub struct WriterSession {
    generator: Option<Generator>,
}

impl WriterSession {
    /// Answers one request. While an answer is written, `stop` is called between tokens and between parts of the prompt.
    /// Every other request is short, except for loading a model.
    pub fn handle(&mut self, request: WriterRequest, stop: &dyn Fn() -> bool, reply: &mut dyn FnMut(WriterReply)) {
        let last = match request {
            WriterRequest::Stop => return,
            WriterRequest::Open { path, options } => {
                // The old model is dropped first, because two seldom fit into the memory.
                self.generator = None;
                Generator::open(Path::new(&path), options).map(|generator| {
                    let opened = WriterReply::Opened {
                        name: generator.name(),
                        budget: generator.budget(),
                        chat_template: generator.has_chat_template(),
                        thinking: generator.opens_thinking(),
                        notice: generator.template_problem().cloned().map(Into::into),
                    };
                    self.generator = Some(generator);
                    opened
                })
            }
            WriterRequest::Count { texts } => {
                self.generator().map(|generator| WriterReply::Counts { counts: generator.count_tokens(&texts) })
            }
            WriterRequest::Write { system, user, max_tokens, max_milliseconds } => {
                self.generator().and_then(|generator| {
                    let (begun, most) = (Instant::now(), max_milliseconds.map(Duration::from_millis));
                    let over = || most.is_some_and(|most| begun.elapsed() >= most);
                    let mut on_token = |text: &str| {
                        if !text.is_empty() {
                            reply(WriterReply::Token { text: text.to_owned() });
                        }
                        if stop() || over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                    };
                    let end = generator.generate(&system, &user, max_tokens, &mut on_token)?;
                    Ok(WriterReply::Done { end })
                })
            }
        };
        reply(last.unwrap_or_else(|error| WriterReply::Failed { failure: error.into() }));
    }

    fn generator(&self) -> Result<&Generator, AnswerError> {
        self.generator.as_ref().ok_or(AnswerError::NotOpen)
    }
}

#[cfg(test)]
mod tests;
