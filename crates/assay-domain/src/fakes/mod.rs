//! Deterministic fakes for every port: small, real implementations in memory, so that the
//! pipelines can be tested without an engine. Where a test needs a fault, the fake has a switch.

mod encoder;
mod library;
mod pairs;
mod reranker;
mod files_and_index;
mod writer;

pub use encoder::WordEmbedder;
pub use files_and_index::{MemoryIndex, MemoryReader};
pub use library::MemoryCatalogue;
pub use pairs::MemoryScoreCache;
pub use reranker::WordReranker;
pub use writer::EchoWriter;

use std::ops::Range;

/// Lower-case words; each Chinese character is a word of its own.
pub fn words(text: &str) -> Vec<String> {
    word_places(text).into_iter().map(|place| text[place].to_lowercase()).collect()
}

fn word_places(text: &str) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut within = false;
    for (at, c) in text.char_indices() {
        let han = ('\u{4e00}'..='\u{9fff}').contains(&c);
        let end = at + c.len_utf8();
        match places.last_mut() {
            Some(word) if within && !han && c.is_alphanumeric() => word.end = end,
            _ if c.is_alphanumeric() => places.push(at..end),
            _ => (),
        }
        within = !han && c.is_alphanumeric();
    }
    places
}
