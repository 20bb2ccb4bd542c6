//! Prompt to answer: sentences quoted from the passages, or text written by a language model.
//!
//! [`Extractive`] needs no language model and quotes exact slices. [`Generator`] runs a GGUF model through llama.cpp. A
//! damaged file can make llama.cpp abort the whole process, so [`GgufHeader`] checks every file first, and the generator
//! belongs in a child process, where a [`WriterSession`] answers [`WriterRequest`]s. [`find_citations`] resolves the
//! passage numbers in an answer, and [`ThinkingSplit`] tells a model's thinking from it.

mod error;
mod terms;
mod sentences;
mod extractive;
mod citations;
mod thinking;
mod llama;
mod protocol;
mod session;
#[cfg(any(test, feature = "tiny-model"))]
pub mod tiny;

pub use citations::{CitingSentence, FoundCitations, find_citations};
pub use error::AnswerError;
pub use extractive::{Choice, Extractive};
pub use llama::{GenerateEnd, Generator, GeneratorOptions, GgufHeader, StoppedBy};
pub use protocol::{WriterFailure, WriterProblem, WriterReply, WriterRequest};
pub use sentences::sentences;
pub use session::WriterSession;
pub use thinking::{Said, ThinkingSplit};
