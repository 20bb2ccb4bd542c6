//! Language models in GGUF files, run by llama.cpp.

mod gguf;
mod options;
mod template;
mod chat;
mod text;
mod compute;
mod generator;

pub use generator::Generator;
pub use gguf::GgufHeader;
pub use options::{GenerateEnd, GeneratorOptions, StoppedBy};
