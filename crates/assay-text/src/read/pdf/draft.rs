//! A page of a PDF before lines that repeat on every page are removed.

use assay_domain::{Extractor, FaultKind, Page, PageOutcome};

use super::glyphs::Reading;
use super::lines::{Line, compose};

/// What the extractors found on a page.
pub(super) struct Draft {
    pub(super) lines: Vec<Line>,
    /// Recognised text, which replaces the lines.
    pub(super) recognised: Option<String>,
    pub(super) extractor: Extractor,
    pub(super) confidence: Option<u8>,
    pub(super) outcome: PageOutcome,
}

impl Draft {
    pub(super) fn of(lines: Vec<Line>, extractor: Extractor, outcome: PageOutcome) -> Self {
        Self { lines, recognised: None, extractor, confidence: None, outcome }
    }

    /// A page that only the first extractor read, with the reason why the second could not help.
    pub(super) fn without_second(first: Reading, why: &str) -> Self {
        let fault = first.fault.unwrap_or_else(|| {
            FaultKind::ReaderFailed.because(format!(
                "the page gave no text, and the second PDF reader, which would tell a blank page from a scan, {why}"
            ))
        });
        let extractor = if first.lines.is_empty() { Extractor::None } else { Extractor::PdfExtract };
        Self::of(first.lines, extractor, PageOutcome::Failed(fault))
    }

    /// Composes the text of the page.
    pub(super) fn finish(self, number: u32) -> Page {
        let (text, headings) = match self.recognised {
            Some(text) => (text, Vec::new()),
            None => compose(&self.lines),
        };
        // The page had nothing but lines that repeat on every page.
        let outcome = match self.outcome {
            PageOutcome::Text if text.is_empty() => PageOutcome::Empty,
            outcome => outcome,
        };
        let Self { extractor, confidence, .. } = self;
        Page { number: Some(number), text, headings, extractor, confidence, outcome }
    }
}
