//! OpenDocument texts (odt).

use anydoc::Format as Package;
use assay_domain::Page;

use crate::TextError;
use crate::read::{blocks, package};

const NAME: &str = "OpenDocument text";

/// One page, the whole text.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    package::check(bytes, NAME)?;
    blocks::whole(bytes, Package::Odt, NAME)
}
