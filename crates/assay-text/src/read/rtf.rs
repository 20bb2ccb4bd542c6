//! Rich text (rtf).

use anydoc::Format as Package;
use assay_domain::Page;

use crate::TextError;
use crate::read::blocks;

const NAME: &str = "rich text";

/// One page, the whole text.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    blocks::whole(bytes, Package::Rtf, NAME)
}
