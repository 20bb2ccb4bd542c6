//! Reads Excel workbooks (xlsx, xlsm, xlsb), sheet by sheet. Hidden sheets, rows and columns are read
//! too, because a filter that was left on hides data.

use std::io::Cursor;

use assay_domain::{FaultKind, Page, PageOutcome};
use calamine::{Dimensions, Reader, SheetVisible, Xlsb, Xlsx};

use crate::error::TextError;
use crate::read::number::shown;
use crate::read::sheet::{Cells, Sheet};
use crate::read::{blocks, package};
use crate::table::Span;

pub(crate) const NAME: &str = "Excel workbook";

/// Returns a page for each sheet.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    package::check(bytes, NAME)?;
    match Xlsx::new(Cursor::new(bytes)) {
        Ok(book) => sheets(book),
        Err(_) => match Xlsb::new(Cursor::new(bytes)) {
            Ok(book) => binary_sheets(book),
            // A file that only anydoc reads has no cell ranges. If neither reads it, anydoc reports
            // whether it has a password or is no workbook.
            Err(_) => blocks::whole(bytes, anydoc::Format::Excel, NAME),
        },
    }
}

fn sheets(mut book: Xlsx<Cursor<&[u8]>>) -> Result<Vec<Page>, TextError> {
    let mut count = Cells::default();
    let listed = book.sheets_metadata().to_vec();
    let mut pages = Vec::with_capacity(listed.len());
    for (number, listed) in (1..).zip(listed) {
        let merged = book.merge_cells_by_sheet_name(&listed.name).unwrap_or_default();
        let merged = merged.iter().map(span).collect();
        let mut sheet = Sheet { name: title(&listed.name, listed.visible), merged, ..Sheet::default() };
        let mut fault = None;
        match book.worksheet_cells_reader(&listed.name) {
            Ok(mut cells) => loop {
                match cells.next_cell_with_style_id() {
                    Ok(Some((cell, style))) => {
                        let format = cells.styles().get(style).and_then(|style| style.number_format.as_ref());
                        let format = format.map_or("", |format| format.format_code.as_str());
                        let (row, column) = cell.get_position();
                        let words = shown(cell.get_value(), format);
                        if !words.is_empty() {
                            count.count()?;
                            sheet.put(row, column, &words);
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        fault = Some(error.to_string());
                        break;
                    }
                }
            },
            Err(calamine::XlsxError::NotAWorksheet(_)) => {} // a chart has no cells
            Err(error) => fault = Some(error.to_string()),
        }
        pages.push(page(number, sheet, fault));
    }
    Ok(pages)
}

fn binary_sheets(mut book: Xlsb<Cursor<&[u8]>>) -> Result<Vec<Page>, TextError> {
    let mut count = Cells::default();
    let listed = book.sheets_metadata().to_vec();
    let mut pages = Vec::with_capacity(listed.len());
    for (number, listed) in (1..).zip(listed) {
        let mut sheet = Sheet { name: title(&listed.name, listed.visible), ..Sheet::default() };
        let mut fault = None;
        match book.worksheet_cells_reader(&listed.name) {
            Ok(mut cells) => loop {
                match cells.next_cell() {
                    Ok(Some(cell)) => {
                        let (row, column) = cell.get_position();
                        let words = shown(cell.get_value(), "");
                        if !words.is_empty() {
                            count.count()?;
                            sheet.put(row, column, &words);
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        fault = Some(error.to_string());
                        break;
                    }
                }
            },
            Err(error) => fault = Some(error.to_string()),
        }
        pages.push(page(number, sheet, fault));
    }
    Ok(pages)
}

/// Converts the range of merged cells.
pub(crate) fn span(cells: &Dimensions) -> Span {
    Span { top: cells.start.0, left: cells.start.1, bottom: cells.end.0, right: cells.end.1 }
}

/// Returns a sheet's name, marked if the sheet is hidden.
pub(crate) fn title(name: &str, visible: SheetVisible) -> String {
    match visible {
        SheetVisible::Visible => name.to_owned(),
        SheetVisible::Hidden | SheetVisible::VeryHidden => format!("{name} (hidden)"),
    }
}

/// Makes the page of a sheet. Cells read before a fault are kept.
pub(crate) fn page(number: u32, sheet: Sheet, fault: Option<String>) -> Page {
    let empty = sheet.rows.is_empty();
    let page = sheet.page();
    let outcome = match (fault, empty) {
        (Some(fault), _) => PageOutcome::Failed(FaultKind::Damaged.because(format!("the sheet is damaged: {fault}"))),
        (None, true) => PageOutcome::Empty,
        (None, false) => PageOutcome::Text,
    };
    let page = Page { number: Some(number), outcome, ..page };
    if empty { Page { text: String::new(), headings: Vec::new(), ..page } } else { page }
}
