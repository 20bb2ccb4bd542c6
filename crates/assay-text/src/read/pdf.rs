//! PDF, page by page.
//!
//! pdf-extract's own `extract_text_by_pages` ends at the first page that fails and still
//! reports success, so the page list comes from the page tree and each page is read apart.

mod repair;
mod forms;
mod widths;
mod charset;
mod glyphs;
mod lines;
mod picture;

use std::collections::BTreeMap;

use assay_domain::{Page, PageOutcome};
use pdf_extract::{Document, Error, ObjectId};

use crate::TextError;

const NAME: &str = "PDF";
/// More pages than any book; a page tree that claims more is an attack or a mistake.
const MOST_PAGES: usize = 50_000;
/// A picture among pages of text is most likely a scanned page.
const PICTURE_ONLY: &str = "the page is a picture without text, and reading pictures (OCR) is not available yet";

/// A row for each page of the page tree.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let mut document = open(bytes)?;
    let numbers = document.get_pages();
    if numbers.is_empty() {
        return Err(damaged("it has no pages that can be found"));
    }
    if numbers.len() > MOST_PAGES {
        return Err(TextError::TooLarge { limit: format!("{MOST_PAGES} pages, the file has {}", numbers.len()) });
    }
    repair::repair(&mut document, &numbers);
    let pages = numbers.keys().map(|number| read_page(&document, *number)).collect();
    judge(&document, &numbers, pages)
}

/// Opens what needs no password to be read, also where an owner's password restricts other uses.
fn open(bytes: &[u8]) -> Result<Document, TextError> {
    let mut document = Document::load_mem(bytes).map_err(refusal)?;
    if document.is_encrypted() {
        document.decrypt("").map_err(refusal)?;
    }
    if document.trailer.get(b"Encrypt").is_ok() {
        return Err(TextError::Encrypted { format: NAME });
    }
    Ok(document)
}

fn refusal(error: Error) -> TextError {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => TextError::Encrypted { format: NAME },
        other => damaged(&other.to_string()),
    }
}

fn damaged(cause: &str) -> TextError {
    TextError::Damaged { format: NAME, cause: cause.to_owned() }
}

fn read_page(document: &Document, number: u32) -> Page {
    let reading = glyphs::read(document, number);
    let outcome = match reading.fault {
        Some(fault) => PageOutcome::Failed(fault),
        None if reading.text.is_empty() => PageOutcome::Empty,
        None => PageOutcome::Text,
    };
    Page { number: Some(number), text: reading.text, headings: reading.headings, outcome }
}

/// Refuses a document without any text by its cause; in one with text, tells scanned pages
/// from blank ones.
fn judge(document: &Document, numbers: &BTreeMap<u32, ObjectId>, mut pages: Vec<Page>) -> Result<Vec<Page>, TextError> {
    let has_text = pages.iter().any(|page| !page.text.is_empty());
    let mut pictures = 0;
    for (page, id) in pages.iter_mut().zip(numbers.values()) {
        if page.outcome == PageOutcome::Empty && picture::is_on(document, *id) {
            page.outcome = PageOutcome::Failed(PICTURE_ONLY.to_owned());
            pictures += 1;
        }
    }
    if has_text {
        return Ok(pages);
    }
    if pictures > 0 {
        return Err(TextError::Scanned { pages: pictures });
    }
    let fault = pages.iter().find_map(|page| match &page.outcome {
        PageOutcome::Failed(fault) => Some(fault),
        _ => None,
    });
    match fault {
        Some(fault) => Err(damaged(&format!("none of its {} page(s) could be read: {fault}", pages.len()))),
        None => Err(TextError::NoText { format: NAME }),
    }
}
