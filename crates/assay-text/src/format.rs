//! The formats that can be read: one table for the reader, the terminal, the window and the README.

use assay_domain::Page;

use crate::TextError;
use crate::read::{docx, html, markdown, pdf, plain};

/// A format that can be read.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name, for people.
    pub name: &'static str,
    /// The endings that files of this kind usually have, in lower case, without the dot. The
    /// content decides; an ending only tells apart what looks the same.
    pub extensions: &'static [&'static str],
    /// What a citation names besides the file.
    pub located_by: &'static str,
    /// Bytes to pages.
    pub(crate) pages: fn(&[u8]) -> Result<Vec<Page>, TextError>,
}

pub(crate) const PDF: Format =
    Format { name: "PDF", extensions: &["pdf"], located_by: "page number", pages: pdf::pages };
pub(crate) const DOCX: Format =
    Format { name: "Word document", extensions: &["docx", "docm"], located_by: "heading", pages: docx::pages };
pub(crate) const HTML: Format =
    Format { name: "HTML", extensions: &["html", "htm", "xhtml"], located_by: "heading", pages: html::pages };
pub(crate) const MARKDOWN: Format =
    Format { name: "Markdown", extensions: &["md", "markdown"], located_by: "heading", pages: markdown::pages };
pub(crate) const PLAIN: Format =
    Format { name: "plain text", extensions: &["txt", "text"], located_by: "place in the text", pages: plain::pages };

/// Every format that can be read.
pub const FORMATS: [Format; 5] = [PDF, DOCX, HTML, MARKDOWN, PLAIN];

impl Format {
    /// Whether a file name ends like this format's files.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let Some((_, ending)) = name.rsplit_once('.') else { return false };
        self.extensions.iter().any(|extension| ending.eq_ignore_ascii_case(extension))
    }
}
