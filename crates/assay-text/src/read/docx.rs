//! Reads Word documents (docx, docm). anydoc reads the text with footnotes, tracked changes and text boxes;
//! headers, footers and comments follow it.

use anydoc::Format;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::blocks;
use crate::read::package::{self, Package};

mod margin;

const NAME: &str = "Word document";

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    package::check(bytes, NAME)?;
    let mut composer = blocks::composed(bytes, Format::Docx, NAME)?;
    if let Ok(mut package) = Package::counted(bytes, NAME) {
        margin::read(&mut package).write(&mut composer);
    }
    Ok(vec![composer.finish()])
}
