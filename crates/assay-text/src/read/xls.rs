//! Reads Excel workbooks from before 2007 (xls), sheet by sheet.

use std::io::Cursor;

use assay_domain::Page;
use calamine::{Data, Range, Reader, Xls};

use crate::error::TextError;
use crate::read::blocks;
use crate::read::number::shown_plain;
use crate::read::sheet::{Cells, Sheet};
use crate::read::xlsx::{page, span, title};

pub(crate) const NAME: &str = "Excel workbook from before 2007";

/// Returns a page for each sheet. anydoc reads the file first, because calamine allocates all cells
/// between the first and the last before it checks whether there are any.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    anydoc::to_document(bytes, anydoc::Format::Excel).map_err(|error| blocks::text_error(error, NAME))?;
    // A file that only anydoc reads has no cell ranges.
    let Ok(mut book) = Xls::new(Cursor::new(bytes)) else { return blocks::whole(bytes, anydoc::Format::Excel, NAME) };
    let mut count = Cells::default();
    let listed = book.sheets_metadata().to_vec();
    let mut pages = Vec::with_capacity(listed.len());
    for (number, listed) in (1..).zip(listed) {
        let merged = book.merge_cells_by_sheet_name(&listed.name).unwrap_or_default();
        let merged = merged.iter().map(span).collect();
        let mut sheet = Sheet { name: title(&listed.name, listed.visible), merged, ..Sheet::default() };
        let fault = match book.worksheet_range(&listed.name) {
            Ok(range) => fill(&mut sheet, &range, &mut count).map(|()| None)?,
            Err(error) => Some(error.to_string()),
        };
        pages.push(page(number, sheet, fault));
    }
    Ok(pages)
}

/// Puts the cells of a range into a sheet.
pub(crate) fn fill(sheet: &mut Sheet, range: &Range<Data>, count: &mut Cells) -> Result<(), TextError> {
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        count.count()?;
        sheet.put(top.saturating_add(row as u32), left.saturating_add(column as u32), &shown_plain(value));
    }
    Ok(())
}
