//! Which format a file is: its content decides, its ending only tells apart what looks the same.

use crate::TextError;
use crate::format::{DOCX, Format, HTML, MARKDOWN, PDF, PLAIN};
use crate::read::plain;

/// A PDF may have this much junk before its header (ISO 32000-1, annex H, note 13).
const HEADER_WINDOW: usize = 1024;

/// The format of a file by its content.
///
/// # Errors
/// [`TextError::Empty`], [`TextError::Unsupported`], [`TextError::Encrypted`] for a locked
/// Office file, [`TextError::Damaged`] for a torn one.
pub(crate) fn recognise(bytes: &[u8], name: &str) -> Result<Format, TextError> {
    if bytes.is_empty() {
        return Err(TextError::Empty);
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok(PDF);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return recognise_package(bytes, name);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        return Err(old_office(bytes));
    }
    if bytes.starts_with(b"{\\rtf") {
        return Err(unsupported("a rich text file (RTF)"));
    }
    let text = plain::decode(bytes).ok();
    let window = bytes.get(..HEADER_WINDOW).unwrap_or(bytes);
    let has_header = window.windows(5).any(|five| five == b"%PDF-");
    match text {
        None if has_header => Ok(PDF),
        None => Err(unsupported(what_it_is(bytes))),
        Some(_) if has_header && PDF.is_named(name) => Ok(PDF),
        Some(text) if opens_as_html(&text) => recognise_page(name),
        Some(_) if PDF.is_named(name) => Err(unsupported("plain text under the name of a PDF")),
        Some(_) if DOCX.is_named(name) => Err(unsupported("plain text under the name of a Word document")),
        Some(_) if HTML.is_named(name) => Ok(HTML),
        Some(_) if MARKDOWN.is_named(name) => Ok(MARKDOWN),
        Some(_) => Ok(PLAIN),
    }
}

fn recognise_page(name: &str) -> Result<Format, TextError> {
    if PDF.is_named(name) || DOCX.is_named(name) {
        return Err(unsupported("a web page under another format's name"));
    }
    Ok(HTML)
}

fn recognise_package(bytes: &[u8], name: &str) -> Result<Format, TextError> {
    use anydoc::Format as Package;
    let found = match Package::from_bytes(bytes) {
        Some(Package::Docx) => return Ok(DOCX),
        // Torn archives show no inner format, so their name is all there is.
        None if DOCX.is_named(name) => return Ok(DOCX),
        Some(Package::Excel) => "an Excel workbook",
        Some(Package::Pptx) => "a PowerPoint presentation",
        Some(Package::Odt | Package::Ods | Package::Odp) => "an OpenDocument file",
        Some(Package::Epub) => "an EPUB book",
        _ => "a ZIP archive",
    };
    Err(unsupported(found))
}

/// Office files from before 2007 and locked newer ones share a container.
fn old_office(bytes: &[u8]) -> TextError {
    match anydoc::to_document(bytes, anydoc::Format::Docx) {
        Err(anydoc::ConvertError::Encrypted) => TextError::Encrypted { format: "Office document" },
        _ => unsupported("an Office file in the format from before 2007 (doc, xls, ppt, msg)"),
    }
}

fn what_it_is(bytes: &[u8]) -> String {
    match infer::get(bytes) {
        Some(kind) => format!("of the type {} (.{})", kind.mime_type(), kind.extension()),
        None => "binary data of an unknown type".to_owned(),
    }
}

fn unsupported(found: impl Into<String>) -> TextError {
    TextError::Unsupported { found: found.into() }
}

/// Whether the first tag, after comments and declarations, is that of a web page.
fn opens_as_html(text: &str) -> bool {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    loop {
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<?xml") {
            rest.find("?>").map(|at| at + 2)
        } else {
            None
        };
        match end.and_then(|end| rest.get(end..)) {
            Some(after) => rest = after.trim_start(),
            None => break,
        }
    }
    let opening: String = rest.chars().take(14).collect::<String>().to_ascii_lowercase();
    opening.starts_with("<!doctype html") || opening.starts_with("<html")
}
