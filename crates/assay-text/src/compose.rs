//! Puts the text of a page together from the pieces of a structured document.

use assay_domain::{Extractor, Page, PageOutcome};

use crate::outline::Outline;

/// Text with white space as the structure asks for it: words apart by one blank, blocks by
/// line ends. Also remembers where headings begin.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    text: String,
    outline: Outline,
    newlines: usize,
    blank: bool,
}

impl Composer {
    /// Running text; any white space in it becomes one blank.
    pub(crate) fn words(&mut self, words: &str) {
        for c in words.chars() {
            if c.is_whitespace() {
                self.blank = true;
            } else if !c.is_control() {
                self.settle();
                self.text.push(c);
            }
        }
    }

    /// Text whose line ends and blanks matter.
    pub(crate) fn verbatim(&mut self, text: &str) {
        if self.newlines > 0 && text.trim().is_empty() {
            return;
        }
        self.settle();
        self.text.push_str(&crate::tidy::tidy(text));
    }

    /// What follows begins on a line of its own.
    pub(crate) fn line(&mut self) {
        self.newlines = self.newlines.max(1);
    }

    /// What follows begins a paragraph of its own.
    pub(crate) fn paragraph(&mut self) {
        self.newlines = 2;
    }

    /// Begins a paragraph and gives the offset at which its text will stand.
    pub(crate) fn begin_heading(&mut self) -> usize {
        self.paragraph();
        self.settle();
        self.text.len()
    }

    /// Ends the heading that began at an offset.
    pub(crate) fn end_heading(&mut self, level: u8, start: usize) {
        let title = self.text.get(start..).unwrap_or_default();
        self.outline.enter(level, title, start);
        self.paragraph();
    }

    /// Begins a section whose heading is not part of the text.
    pub(crate) fn section(&mut self, level: u8, title: &str) {
        self.line();
        self.settle();
        self.outline.enter(level, title, self.text.len());
    }

    /// Rows of a table, each on a line. Under a header row the cells carry their column's
    /// name, so that a row says what it means wherever a chunk is cut.
    pub(crate) fn table(&mut self, rows: &[Vec<String>], header_rows: usize) {
        self.paragraph();
        let header_rows = if header_rows < rows.len() { header_rows } else { 0 };
        let names = header_rows.checked_sub(1).and_then(|last| rows.get(last)).cloned().unwrap_or_default();
        for (row, cells) in rows.iter().enumerate() {
            let shown: Vec<String> = cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(column, cell)| match names.get(column) {
                    Some(name) if row >= header_rows && !name.is_empty() => format!("{name}: {cell}"),
                    _ => cell.clone(),
                })
                .collect();
            if !shown.is_empty() {
                self.line();
                self.words(&shown.join(" | "));
            }
        }
        self.paragraph();
    }

    /// The page, which is the whole document.
    pub(crate) fn finish(self) -> Page {
        let outcome = if self.text.trim().is_empty() { PageOutcome::Empty } else { PageOutcome::Text };
        let headings = self.outline.finish();
        Page { number: None, text: self.text, headings, extractor: Extractor::Format, confidence: None, outcome }
    }

    /// Writes the white space that is due.
    fn settle(&mut self) {
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
