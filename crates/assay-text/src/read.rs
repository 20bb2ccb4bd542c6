//! Bytes to pages.

pub(crate) mod pdf;
pub(crate) mod image;
pub(crate) mod docx;
pub(crate) mod doc;
pub(crate) mod odt;
pub(crate) mod rtf;
pub(crate) mod pptx;
pub(crate) mod ppt;
pub(crate) mod odp;
pub(crate) mod xlsx;
pub(crate) mod xls;
pub(crate) mod ods;
pub(crate) mod csv;
pub(crate) mod epub;
pub(crate) mod mail;
pub(crate) mod mbox;
pub(crate) mod msg;
pub(crate) mod html;
pub(crate) mod markdown;
pub(crate) mod notebook;
pub(crate) mod subtitles;
pub(crate) mod code;
pub(crate) mod plain;
mod blocks;
mod slides;
mod sheet;
mod number;
mod package;
mod xml;

#[cfg(test)]
mod tests;

use assay_domain::{Page, ReadDocument};

use crate::TextError;
use crate::aids::Aids;
use crate::contain::on_deep_stack;
use crate::format::{Format, IMAGE, PDF};
use crate::language::language_of;
use crate::recognise::recognise;

/// A book of ten thousand pages has about 30 MB of text.
const MOST_TEXT_BYTES: usize = 64 * 1024 * 1024;

/// The text of a file, page by page. `name` is the file's name, whose ending tells apart
/// formats that look the same (Markdown and plain text, say).
///
/// A page that gave nothing still has its row, with the reason. Runs on a thread with a
/// stack of 256 MiB of address space; panics inside parsers are caught, but an overflow of
/// that stack or exhausted memory ends the process.
///
/// # Errors
/// Any [`TextError`] but [`TextError::ChunkSize`].
pub fn read(bytes: &[u8], name: &str) -> Result<ReadDocument, TextError> {
    read_with(bytes, name, &Aids::default())
}

/// The same, with what there is to recognise pictures, and steps to leave out.
///
/// # Errors
/// Any [`TextError`] but [`TextError::ChunkSize`].
pub fn read_with(bytes: &[u8], name: &str, aids: &Aids<'_>) -> Result<ReadDocument, TextError> {
    let format = recognise(bytes, name)?;
    let pages = on_deep_stack(|| pages(&format, bytes, aids))?
        .unwrap_or_else(|cause| Err(TextError::Damaged { format: format.name, cause }))?;
    if pages.iter().all(|page| page.text.is_empty()) {
        return Err(TextError::NoText { format: format.name });
    }
    check_size(&pages)?;
    Ok(ReadDocument {
        format: format.name.to_owned(),
        language: language_of(&pages),
        hash: blake3::hash(bytes).to_hex().to_string(),
        pages,
    })
}

fn pages(format: &Format, bytes: &[u8], aids: &Aids<'_>) -> Result<Vec<Page>, TextError> {
    match format.name {
        name if name == PDF.name => pdf::pages(bytes, aids),
        name if name == IMAGE.name => image::pages(bytes, aids),
        _ => (format.pages)(bytes),
    }
}

fn check_size(pages: &[Page]) -> Result<(), TextError> {
    let bytes: usize = pages.iter().map(|page| page.text.len()).sum();
    if bytes > MOST_TEXT_BYTES {
        let limit = format!("{} MiB of text, the file has {} MiB", MOST_TEXT_BYTES >> 20, bytes >> 20);
        return Err(TextError::TooLarge { limit });
    }
    Ok(())
}
