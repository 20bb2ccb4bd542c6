//! Composes the text of a page from the elements of a structured document.

use assay_domain::{Extractor, Page, PageOutcome};

use crate::outline::Outline;
use crate::table::{Layout, Row, Span, fill_down};

/// Builds a page: collapses white space in inline text, separates blocks by line ends, and records
/// where headings begin.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    text: String,
    outline: Outline,
    newlines: usize,
    blank: bool,
}

impl Composer {
    /// Adds inline text; any white space in it becomes one blank.
    pub(crate) fn push_inline(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.blank = true;
            } else if !c.is_control() {
                self.flush_space();
                self.text.push(c);
            }
        }
    }

    /// Adds text whose line ends and blanks are kept.
    pub(crate) fn push_verbatim(&mut self, text: &str) {
        if self.newlines > 0 && text.trim().is_empty() {
            return;
        }
        self.flush_space();
        self.text.push_str(&crate::normalize::normalize(text));
    }

    /// Returns the length of the text so far in bytes.
    pub(crate) fn position(&self) -> usize {
        self.text.len()
    }

    /// Returns the text from a byte offset on.
    pub(crate) fn text_from(&self, start: usize) -> &str {
        self.text.get(start..).unwrap_or_default()
    }

    /// Starts a new line with whatever is added next.
    pub(crate) fn begin_line(&mut self) {
        self.newlines = self.newlines.max(1);
    }

    /// Starts a new paragraph with whatever is added next.
    pub(crate) fn begin_paragraph(&mut self) {
        self.newlines = 2;
    }

    /// Starts a heading and returns the byte offset of its text.
    pub(crate) fn begin_heading(&mut self) -> usize {
        self.begin_paragraph();
        self.flush_space();
        self.text.len()
    }

    /// Ends the heading that began at a byte offset.
    pub(crate) fn end_heading(&mut self, level: u8, start: usize) {
        let title = self.text.get(start..).unwrap_or_default();
        self.outline.enter(level, title, start);
        self.begin_paragraph();
    }

    /// Starts a section whose heading is not part of the text.
    pub(crate) fn begin_section(&mut self, level: u8, title: &str) {
        self.begin_line();
        self.flush_space();
        self.outline.enter(level, title, self.text.len());
    }

    /// Adds a table, one line per row.
    pub(crate) fn push_table(&mut self, mut rows: Vec<Row>, spans: &[Span], layout: &Layout) {
        self.begin_paragraph();
        fill_down(&mut rows, spans, layout.body);
        for (place, (_, cells)) in rows.iter().enumerate().filter(|(_, (_, cells))| !cells.is_empty()) {
            self.begin_line();
            self.push_inline(&layout.line(place, cells));
        }
        self.begin_paragraph();
    }

    /// Adds the text of another page; its headings become sections of the given level.
    pub(crate) fn push_page(&mut self, page: &Page, level: u8) {
        self.begin_paragraph();
        let cuts = page.headings.iter().map(|(at, path)| (*at, Some(path)));
        let mut start = 0;
        let mut title: Option<&String> = None;
        for (cut, next) in cuts.chain([(page.text.len(), None)]) {
            let slice = page.text.get(start..cut).unwrap_or_default().trim_end();
            if !slice.is_empty() {
                self.begin_paragraph();
                if let Some(title) = title {
                    self.begin_section(level, title);
                }
                self.push_verbatim(slice.trim_start_matches('\n'));
            }
            start = cut;
            title = next;
        }
        self.begin_paragraph();
    }

    /// Returns the text so far as a page without a number.
    pub(crate) fn finish(self) -> Page {
        let Self { mut text, outline, .. } = self;
        text.truncate(text.trim_end().len());
        let outcome = if text.is_empty() { PageOutcome::Empty } else { PageOutcome::Text };
        let mut headings = outline.finish();
        headings.retain(|(at, _)| *at < text.len());
        Page { number: None, text, headings, extractor: Extractor::Format, confidence: None, outcome }
    }

    /// Writes the pending white space.
    fn flush_space(&mut self) {
        let blank = std::mem::take(&mut self.blank);
        let newlines = std::mem::take(&mut self.newlines);
        if self.text.is_empty() {
            return;
        }
        let there = self.text.len() - self.text.trim_end_matches('\n').len();
        for _ in there..newlines {
            self.text.push('\n');
        }
        if blank && newlines == 0 && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }
}
