//! The text of a document, page by page.

use crate::{FaultKind, PageFault};

/// How a page came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageOutcome {
    /// It gave text.
    Text,
    /// It holds nothing to read.
    Empty,
    /// It is a picture of text that was not read, with what hindered it.
    Scanned(PageFault),
    /// The reader failed on it, or on a part of it if there is text all the same.
    Failed(PageFault),
}

impl PageOutcome {
    /// The word for it outside.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Scanned(_) => "scanned",
            Self::Failed(_) => "failed",
        }
    }

    /// Why the page is not read, or not wholly.
    pub fn fault(&self) -> Option<&PageFault> {
        match self {
            Self::Scanned(fault) | Self::Failed(fault) => Some(fault),
            Self::Text | Self::Empty => None,
        }
    }

    /// The outcome for a word, with the word of its fault's kind and the reason.
    pub fn parse(word: &str, kind: Option<&str>, reason: Option<String>) -> Option<Self> {
        let fault = || kind.map_or(FaultKind::Other, FaultKind::parse).because(reason.unwrap_or_default());
        match word {
            "text" => Some(Self::Text),
            "empty" => Some(Self::Empty),
            "scanned" => Some(Self::Scanned(fault())),
            "failed" => Some(Self::Failed(fault())),
            _ => None,
        }
    }
}

/// What a page's text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extractor {
    /// The format's only reader.
    Format,
    /// pdf-extract, the first reader of PDF.
    PdfExtract,
    /// The second reader of PDF, for what the first cannot read.
    Second,
    /// Recognition of what is written in a picture.
    Ocr,
    /// Nothing gave any.
    None,
}

/// Each extractor with the word that stands for it in JSON, in the catalogue and between processes.
const WORDS: [(Extractor, &str); 5] = [
    (Extractor::Format, "format"),
    (Extractor::PdfExtract, "pdf-extract"),
    (Extractor::Second, "second"),
    (Extractor::Ocr, "ocr"),
    (Extractor::None, "none"),
];

impl Extractor {
    /// The word that stands for it outside.
    pub fn as_str(self) -> &'static str {
        WORDS.iter().find(|(extractor, _)| *extractor == self).map_or("none", |(_, word)| word)
    }

    /// The extractor for a word.
    pub fn parse(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, known)| *known == word).map(|(extractor, _)| *extractor)
    }
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
    /// What gave the text.
    pub extractor: Extractor,
    /// How sure recognition was of the words, from 0 to 100; only for [`Extractor::Ocr`].
    pub confidence: Option<u8>,
    /// How it came out.
    pub outcome: PageOutcome,
}

impl Page {
    /// A page that nothing gave text for.
    pub fn without_text(number: Option<u32>, outcome: PageOutcome) -> Self {
        let (text, headings) = (String::new(), Vec::new());
        Self { number, text, headings, extractor: Extractor::None, confidence: None, outcome }
    }

    /// The heading path in force at a byte offset.
    pub fn heading_at(&self, offset: usize) -> Option<&str> {
        self.headings.iter().rev().find(|(start, _)| *start <= offset).map(|(_, path)| path.as_str())
    }

    /// The page as it is accounted for.
    pub fn row(&self) -> PageRow {
        PageRow {
            number: self.number,
            extractor: self.extractor,
            characters: self.text.chars().count() as u32,
            confidence: self.confidence,
            outcome: self.outcome.clone(),
        }
    }
}

/// What became of a page: there is one for every page of a file, also for those that gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Counted from 1; `None` in formats without pages.
    pub number: Option<u32>,
    /// What gave the text.
    pub extractor: Extractor,
    /// Characters of text.
    pub characters: u32,
    /// How sure recognition was of the words, from 0 to 100.
    pub confidence: Option<u8>,
    /// How it came out.
    pub outcome: PageOutcome,
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
        self.pages.iter().filter(|page| !page.text.is_empty()).count() as u32
    }

    /// The pages as they are accounted for.
    pub fn page_rows(&self) -> Vec<PageRow> {
        self.pages.iter().map(Page::row).collect()
    }
}
