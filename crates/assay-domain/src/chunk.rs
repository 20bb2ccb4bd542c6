//! A chunk: a slice of a page, small enough to embed.

use std::fmt;
use std::ops::Range;

use crate::{DocumentId, GenerationId};

/// Identifies a chunk as long as its generation exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChunkId {
    /// The generation that it belongs to.
    pub generation: GenerationId,
    /// Its place in the document, from 0.
    pub ordinal: u32,
}

impl fmt::Display for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.generation, self.ordinal)
    }
}

impl ChunkId {
    /// Parses what `Display` writes.
    pub fn parse(id: &str) -> Option<Self> {
        let (generation, ordinal) = id.split_once('-')?;
        Some(Self { generation: GenerationId(generation.parse().ok()?), ordinal: ordinal.parse().ok()? })
    }
}

/// A slice of one page's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its place in the document, from 0.
    pub ordinal: u32,
    /// Index of its page in the document's page rows.
    pub page_index: usize,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// Bytes of the page's text that it covers.
    pub range: Range<usize>,
    /// Heading path of the section in which it begins.
    pub heading: Option<String>,
    /// Exactly the page's text at `range`.
    pub text: String,
}

/// What the lexical retriever reads of a chunk, folded as the words of a question are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChunkWords {
    /// Its text, and before it the headings that the text lacks.
    pub text: String,
    /// Its file's name and folders; they follow a rename.
    pub names: String,
}

/// A chunk with its vector, ready for the index.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbeddedChunk {
    /// The document it belongs to.
    pub document: DocumentId,
    /// The generation that it belongs to.
    pub generation: GenerationId,
    /// The collection that the document is in when it is read; where it is later, the catalogue tells.
    pub collection: String,
    /// The chunk.
    pub chunk: Chunk,
    /// Its words for the lexical retriever.
    pub words: ChunkWords,
    /// Its L2-normalised vector, unless the model scores by plain dot product.
    pub vector: Vec<f32>,
}
