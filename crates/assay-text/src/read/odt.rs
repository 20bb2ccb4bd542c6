//! Reads OpenDocument texts (odt).

use anydoc::Format as Package;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::{blocks, package};

const NAME: &str = "OpenDocument text";

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    package::check(bytes, NAME)?;
    blocks::whole(bytes, Package::Odt, NAME)
}
