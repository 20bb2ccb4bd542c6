//! Prompt to answer: sentences quoted from the passages, or words written by a language model.
//!
//! [`Extractive`] needs no language model and quotes exact slices. [`Generator`] runs a GGUF
//! model through llama.cpp; a damaged file can make llama.cpp abort the whole process, so it
//! belongs into a child process, which answers [`WriterRequest`]s at a [`WriterSession`]. Every file is
//! read by [`GgufHeader`] before llama.cpp sees it. [`find_citations`] says what an answer
//! rests on.

mod error;
mod words;
mod sentences;
mod extractive;
mod citations;
mod llama;
mod wire;
mod session;
#[cfg(any(test, feature = "tiny-model"))]
pub mod tiny;

pub use citations::{FoundCitations, find_citations};
pub use error::AnswerError;
pub use extractive::{Choice, Extractive};
pub use llama::{GenerateEnd, Generator, GeneratorOptions, GgufHeader, StoppedBy};
pub use sentences::sentences;
pub use session::WriterSession;
pub use wire::{WriterFailure, WriterProblem, WriterReply, WriterRequest};
