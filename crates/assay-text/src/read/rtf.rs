//! Reads rich text (rtf).

use anydoc::Format as Package;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::blocks;

const NAME: &str = "rich text";

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    blocks::whole(bytes, Package::Rtf, NAME)
}
