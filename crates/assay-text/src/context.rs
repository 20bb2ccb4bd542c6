//! What the reader of one format receives besides the bytes: the options, and the reader of embedded files.
//!
//! A mail holds files of every format, and mail is one of the formats. The function that reads an
//! embedded file is therefore passed in, so that no format imports the table of formats.

use std::cell::Cell;

use assay_domain::Page;

use crate::error::TextError;
use crate::options::{ReadOptions, Step};

/// Reads a whole file: detects its format and returns the format's name with the pages.
pub(crate) type ReadFile = fn(&[u8], &str, &Context<'_>) -> Result<(&'static str, Vec<Page>), TextError>;

/// Totals over a file and all files embedded in it; the limits apply to these.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// Attachments seen.
    pub(crate) attachments: Cell<usize>,
    /// Bytes of text read from attachments.
    pub(crate) attached_text: Cell<usize>,
    /// Pages given to text recognition.
    pub(crate) recognised: Cell<u32>,
}

/// The surroundings of one file that is being read.
pub(crate) struct Context<'a> {
    pub(crate) options: ReadOptions<'a>,
    pub(crate) read_file: ReadFile,
    pub(crate) totals: &'a Totals,
    /// How many files this one is embedded in.
    pub(crate) depth: usize,
}

impl<'a> Context<'a> {
    /// The context of a file that no other file holds.
    pub(crate) fn new(options: ReadOptions<'a>, read_file: ReadFile, totals: &'a Totals) -> Self {
        Self { options, read_file, totals, depth: 0 }
    }

    /// The same surroundings, one level deeper.
    pub(crate) fn deeper(&self) -> Self {
        Self { options: self.options, read_file: self.read_file, totals: self.totals, depth: self.depth + 1 }
    }

    /// Reads an embedded file whose pages follow `before` pages of this file.
    ///
    /// Steps are numbered by the pages of the outer file, so a crash names the attachment. Opening the
    /// attachment (its page 0) counts as its first page, because page 0 is the opening of the outer file;
    /// an extractor that crashed there is left out of the whole attachment.
    pub(crate) fn read_embedded(
        &self,
        bytes: &[u8],
        name: &str,
        before: u32,
    ) -> Result<(&'static str, Vec<Page>), TextError> {
        let outer = self.options.on_step;
        let on_step = move |step: Step| outer(Step { page: before + step.page.max(1), ..step });
        let mut avoid = Vec::new();
        for step in self.options.avoid {
            match step.page.checked_sub(before) {
                _ if step.page == 0 => avoid.push(*step),
                Some(1) => avoid.extend([Step { page: 0, ..*step }, Step { page: 1, ..*step }]),
                Some(page @ 2..) => avoid.push(Step { page, ..*step }),
                _ => {}
            }
        }
        let options = ReadOptions { avoid: &avoid, on_step: &on_step, ..self.options };
        let context = Context { options, read_file: self.read_file, totals: self.totals, depth: self.depth };
        (self.read_file)(bytes, name, &context)
    }
}
