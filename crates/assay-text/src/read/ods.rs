//! Reads OpenDocument spreadsheets (ods), sheet by sheet.

use std::io::Cursor;

use assay_domain::Page;
use calamine::{Ods, Reader};

use crate::error::TextError;
use crate::read::sheet::{Cells, Sheet};
use crate::read::xls::fill;
use crate::read::xlsx::{page, title};
use crate::read::{blocks, package};

pub(crate) const NAME: &str = "OpenDocument spreadsheet";

/// Returns a page for each sheet. anydoc reads the file first, because it limits how often a row or a
/// cell may be repeated.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    package::check(bytes, NAME)?;
    anydoc::to_document(bytes, anydoc::Format::Ods).map_err(|error| blocks::text_error(error, NAME))?;
    // A file that only anydoc reads has no cell ranges.
    let Ok(mut book) = Ods::new(Cursor::new(bytes)) else { return blocks::whole(bytes, anydoc::Format::Ods, NAME) };
    let mut count = Cells::default();
    let listed = book.sheets_metadata().to_vec();
    let mut pages = Vec::with_capacity(listed.len());
    for (number, listed) in (1..).zip(listed) {
        let mut sheet = Sheet { name: title(&listed.name, listed.visible), ..Sheet::default() };
        let fault = match book.worksheet_range(&listed.name) {
            Ok(range) => fill(&mut sheet, &range, &mut count).map(|()| None)?,
            Err(error) => Some(error.to_string()),
        };
        pages.push(page(number, sheet, fault));
    }
    Ok(pages)
}
