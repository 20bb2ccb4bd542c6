//! Reads PowerPoint presentations from before 2007 (ppt). anydoc does not report where a slide ends, so
//! only the titles locate a passage.

use anydoc::Format as Container;
use assay_domain::Page;

use crate::error::TextError;
use crate::read::slides;

const NAME: &str = "PowerPoint presentation from before 2007";

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    slides::pages(bytes, Container::Ppt, NAME, &[])
}
