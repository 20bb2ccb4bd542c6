//! The text of a document, page by page.

/// How a page came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageOutcome {
    /// It gave text.
    Text,
    /// It holds nothing to read.
    Empty,
    /// The reader failed on it, with the reason.
    Failed(String),
}

/// One page. Formats without pages give a single one with number `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Counted from 1, as printed by a viewer's page box.
    pub number: Option<u32>,
    /// Clean text; every chunk is an exact slice of it.
    pub text: String,
    /// Byte offset in `text` where each heading's section begins, with the heading path
    /// (`Chapter > Section`), in order.
    pub headings: Vec<(usize, String)>,
    /// How it came out.
    pub outcome: PageOutcome,
}

impl Page {
    /// The heading path in force at a byte offset.
    pub fn heading_at(&self, offset: usize) -> Option<&str> {
        self.headings.iter().rev().find(|(start, _)| *start <= offset).map(|(_, path)| path.as_str())
    }
}

/// Everything that reading a file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadDocument {
    /// The format that the content showed, for people: `PDF`, `Markdown`, ...
    pub format: String,
    /// A row for every page of the file, also those that gave nothing.
    pub pages: Vec<Page>,
    /// ISO 639-3 code of the main language, where it could be told.
    pub language: Option<String>,
    /// BLAKE3 of the bytes that were read, in hex.
    pub hash: String,
}

impl ReadDocument {
    /// Pages that gave text.
    pub fn pages_with_text(&self) -> u32 {
        self.pages.iter().filter(|page| page.outcome == PageOutcome::Text).count() as u32
    }
}
