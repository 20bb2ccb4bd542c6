//! PowerPoint presentations from before 2007 (ppt). Where a slide ends is not told by the
//! library that reads them, so the titles locate a passage.

use anydoc::Format as Container;
use assay_domain::Page;

use crate::TextError;
use crate::read::slides;

const NAME: &str = "PowerPoint presentation from before 2007";

/// One page, the whole text.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    slides::pages(bytes, Container::Ppt, NAME, 0)
}
