//! A page of a PDF before lines that repeat on every page are removed.

use assay_domain::{Extractor, FaultKind, Page, PageOutcome};

use super::fields::{self, Annotations};
use super::glyphs::Reading;
use super::layout::{Block, arrange};
use super::lines::{Heading, Line, Measure, compose};
use crate::read::margin::Comment;

/// What the extractors found on a page.
pub(super) struct Draft {
    pub(super) lines: Vec<Line>,
    /// Recognised text, which replaces the lines.
    pub(super) recognised: Option<String>,
    pub(super) extractor: Extractor,
    pub(super) confidence: Option<u8>,
    pub(super) outcome: PageOutcome,
    /// Comments on the page, which follow its text.
    pub(super) comments: Vec<Comment>,
}

impl Draft {
    pub(super) fn of(lines: Vec<Line>, extractor: Extractor, outcome: PageOutcome) -> Self {
        Self { lines, recognised: None, extractor, confidence: None, outcome, comments: Vec::new() }
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

    /// Adds the values of form fields and the comments. A page with nothing else has them for its text.
    pub(super) fn annotate(&mut self, annotations: Annotations) {
        let Annotations { values, comments } = annotations;
        if self.outcome == PageOutcome::Empty && !(values.is_empty() && comments.is_empty()) {
            self.outcome = PageOutcome::Text;
            self.extractor = Extractor::Format;
        }
        match &mut self.recognised {
            Some(text) => values.iter().for_each(|value| {
                text.push('\n');
                text.push_str(&value.text);
            }),
            None => fields::insert(&mut self.lines, values),
        }
        self.comments = comments;
    }

    /// Composes the text of the page. Its headings follow by themselves: how they nest is known once all pages are read.
    pub(super) fn finish(self, number: u32) -> (Page, Vec<Heading>) {
        let (mut text, mut headings) = match self.recognised {
            Some(text) => (text, Vec::new()),
            None => composed(&self.lines),
        };
        if !self.comments.is_empty() {
            text.push_str(if text.is_empty() { "" } else { "\n\n" });
            headings.push(Heading { at: text.len(), text: "Comments".to_owned(), size: 0.0 });
            text.push_str(&self.comments.iter().map(Comment::shown).collect::<Vec<_>>().join("\n"));
        }
        // The page had nothing but lines that repeat on every page.
        let outcome = match self.outcome {
            PageOutcome::Text if text.is_empty() => PageOutcome::Empty,
            outcome => outcome,
        };
        let Self { extractor, confidence, .. } = self;
        (Page { number: Some(number), text, headings: Vec::new(), extractor, confidence, outcome }, headings)
    }
}

/// Composes the text of a page from its segments, with its headings.
fn composed(segments: &[Line]) -> (String, Vec<Heading>) {
    let measure = Measure::of(segments);
    let (mut text, mut headings) = (String::new(), Vec::new());
    for block in arrange(segments) {
        text.push_str(if text.is_empty() { "" } else { "\n\n" });
        match block {
            Block::Table(lines) => text.push_str(&lines.join("\n")),
            Block::Text(lines) => {
                let (part, found) = compose(&lines, measure);
                headings.extend(found.into_iter().map(|heading| Heading { at: text.len() + heading.at, ..heading }));
                text.push_str(&part);
            }
        }
    }
    (text, headings)
}
