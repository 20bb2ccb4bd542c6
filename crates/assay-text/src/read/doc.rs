//! Reads Word documents from before 2007 (doc).

use anydoc::Format as Package;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::blocks;

const NAME: &str = "Word document from before 2007";

/// anydoc's message for an unknown version.
const OTHER_VERSION: &str = "invalid FIB magic";

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    blocks::whole(bytes, Package::Doc, NAME).map_err(|error| match error {
        TextError::Damaged { cause, .. } if cause.contains(OTHER_VERSION) => {
            TextError::Unsupported { found: "a Word document from before 1997".to_owned() }
        }
        error => error,
    })
}
