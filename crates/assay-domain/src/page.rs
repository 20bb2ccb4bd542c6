//! Pages: the text of a document and how each page came out.

use crate::{FaultKind, PageFault};

/// How a page came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageOutcome {
    /// It gave text.
    Text,
    /// It has no text.
    Empty,
    /// It is a picture of text that was not recognised.
    Scanned(PageFault),
    /// The reader failed on it, or on a part of it if there is text.
    Failed(PageFault),
}

impl PageOutcome {
    /// Its code in JSON, in the catalogue and between processes.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Empty => "empty",
            Self::Scanned(_) => "scanned",
            Self::Failed(_) => "failed",
        }
    }

    /// Why the page was not read, or only in part.
    pub fn fault(&self) -> Option<&PageFault> {
        match self {
            Self::Scanned(fault) | Self::Failed(fault) => Some(fault),
            Self::Text | Self::Empty => None,
        }
    }

    /// The outcome for a code, with the code of its fault's kind and the reason.
    pub fn parse(code: &str, kind: Option<&str>, reason: Option<String>) -> Option<Self> {
        let fault = || kind.map_or(FaultKind::Other, FaultKind::parse).because(reason.unwrap_or_default());
        match code {
            "text" => Some(Self::Text),
            "empty" => Some(Self::Empty),
            "scanned" => Some(Self::Scanned(fault())),
            "failed" => Some(Self::Failed(fault())),
            _ => None,
        }
    }
}

/// What gave a page's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extractor {
    /// The format's only reader.
    Format,
    /// pdf-extract, the first reader of PDF.
    PdfExtract,
    /// The second reader of PDF, for what the first cannot read.
    Second,
    /// Text recognition in a picture.
    Ocr,
    /// Nothing: there is no text.
    None,
}

/// Each extractor with its code in JSON, in the catalogue and between processes.
const CODES: [(Extractor, &str); 5] = [
    (Extractor::Format, "format"),
    (Extractor::PdfExtract, "pdf-extract"),
    (Extractor::Second, "second"),
    (Extractor::Ocr, "ocr"),
    (Extractor::None, "none"),
];

impl Extractor {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        CODES.iter().find(|(extractor, _)| *extractor == self).map_or("none", |(_, code)| code)
    }

    /// The extractor for a code.
    pub fn parse(code: &str) -> Option<Self> {
        CODES.iter().find(|(_, known)| *known == code).map(|(extractor, _)| *extractor)
    }
}

/// One page. A format without pages gives one page with number `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Counted from 1, as in a viewer's page field.
    pub number: Option<u32>,
    /// Clean text; every chunk is an exact slice of it.
    pub text: String,
    /// Byte offset in `text` where each heading's section begins, with the heading path
    /// (`Chapter > Section`), in order.
    pub headings: Vec<(usize, String)>,
    /// What gave the text.
    pub extractor: Extractor,
    /// Confidence of recognition, from 0 to 100; only for [`Extractor::Ocr`].
    pub confidence: Option<u8>,
    /// How it came out.
    pub outcome: PageOutcome,
}

impl Page {
    /// A page without text.
    pub fn without_text(number: Option<u32>, outcome: PageOutcome) -> Self {
        let (text, headings) = (String::new(), Vec::new());
        Self { number, text, headings, extractor: Extractor::None, confidence: None, outcome }
    }

    /// Heading path of the section at a byte offset.
    pub fn heading_at(&self, offset: usize) -> Option<&str> {
        self.headings.iter().rev().find(|(start, _)| *start <= offset).map(|(_, path)| path.as_str())
    }

    /// The page without its text.
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

/// How a page came out. Every page of a file has one, also pages without text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Counted from 1; `None` in formats without pages.
    pub number: Option<u32>,
    /// What gave the text.
    pub extractor: Extractor,
    /// Characters of text.
    pub characters: u32,
    /// Confidence of recognition, from 0 to 100.
    pub confidence: Option<u8>,
    /// How it came out.
    pub outcome: PageOutcome,
}

/// The result of reading a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadDocument {
    /// The format detected from the content, for display: `PDF`, `Markdown`, ...
    pub format: String,
    /// Every page of the file, also those without text.
    pub pages: Vec<Page>,
    /// ISO 639-3 code of the main language, if it was detected.
    pub language: Option<String>,
    /// BLAKE3 of the bytes that were read, in hex.
    pub hash: String,
}

impl ReadDocument {
    /// Number of pages that gave text.
    pub fn pages_with_text(&self) -> u32 {
        self.pages.iter().filter(|page| !page.text.is_empty()).count() as u32
    }

    /// The pages without their text.
    pub fn page_rows(&self) -> Vec<PageRow> {
        self.pages.iter().map(Page::row).collect()
    }
}
