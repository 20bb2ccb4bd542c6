//! Reads a file: bytes to pages.

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
mod attachment;
mod blocks;
mod links;
mod margin;
mod opc;
mod odf;
mod slides;
mod sheet;
mod number;
mod package;
mod recognition;
mod xml;

#[cfg(test)]
mod tests;

use assay_domain::{Page, ReadDocument};

use crate::context::{Context, Totals};
use crate::detect::detect;
use crate::error::TextError;
use crate::guard::on_deep_stack;
use crate::language::language_of;
use crate::options::ReadOptions;

/// A book of ten thousand pages has about 30 MB of text.
const MOST_TEXT_BYTES: usize = 64 * 1024 * 1024;

/// Returns the text of a file, page by page. `name` is the file's name, whose extension distinguishes
/// formats that look alike (Markdown and plain text, for example).
///
/// A page without text still has its row, with the reason. The parser runs on a thread with a
/// stack of 256 MiB of address space; a panic inside it is caught, but an overflow of
/// that stack or exhausted memory ends the process.
///
/// # Errors
/// Any [`TextError`] but [`TextError::ChunkSize`].
pub fn read(bytes: &[u8], name: &str) -> Result<ReadDocument, TextError> {
    read_with(bytes, name, &ReadOptions::default())
}

/// Like [`read()`], with text recognition, limits, and steps to leave out.
///
/// # Errors
/// Any [`TextError`] but [`TextError::ChunkSize`].
pub fn read_with(bytes: &[u8], name: &str, options: &ReadOptions<'_>) -> Result<ReadDocument, TextError> {
    let format = detect(bytes, name)?;
    let reading = on_deep_stack(|| {
        let totals = Totals::default();
        (format.pages)(bytes, &Context::new(*options, read_file, &totals))
    })?;
    let pages = reading.unwrap_or_else(|cause| Err(TextError::Damaged { format: format.name, cause }))?;
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

/// Reads a file that another file holds.
fn read_file(bytes: &[u8], name: &str, context: &Context<'_>) -> Result<(&'static str, Vec<Page>), TextError> {
    let format = detect(bytes, name)?;
    Ok((format.name, (format.pages)(bytes, context)?))
}

fn check_size(pages: &[Page]) -> Result<(), TextError> {
    let bytes: usize = pages.iter().map(|page| page.text.len()).sum();
    if bytes > MOST_TEXT_BYTES {
        let limit = format!("{} MiB of text, the file has {} MiB", MOST_TEXT_BYTES >> 20, bytes >> 20);
        return Err(TextError::TooLarge { limit });
    }
    Ok(())
}
