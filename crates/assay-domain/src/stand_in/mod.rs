//! Deterministic stand-ins for every socket: small, real implementations in memory, so that the
//! ways can be tested without an engine. Where a test needs a fault, the stand-in has a switch.

mod encoder;
mod library;
mod pairs;
mod reranker;
mod shelf;
mod writer;

pub use encoder::WordEmbedder;
pub use library::MemoryCatalogue;
pub use pairs::MemoryPairs;
pub use reranker::WordReranker;
pub use shelf::{MemoryFiles, MemoryIndex};
pub use writer::EchoWriter;

/// Lower-case words; each Chinese character is a word of its own.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.to_lowercase().chars() {
        let han = ('\u{4e00}'..='\u{9fff}').contains(&c);
        if !han && c.is_alphanumeric() {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if han {
            words.push(c.to_string());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
