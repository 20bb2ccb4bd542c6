//! Detects the format of a file by its content; the extension only distinguishes formats that look alike.

use crate::error::TextError;
use crate::format::{
    CODE, CSV, DOC, DOCX, EPUB, Format, HTML, IMAGE, MAIL, MARKDOWN, MBOX, MSG, NOTEBOOK, ODP, ODS, ODT, PDF, PLAIN,
    PPT, PPTX, RTF, SUBTITLES, XLS, XLSX,
};
use crate::read::{image, notebook, plain, subtitles};

/// A PDF may have this much junk before its header (ISO 32000-1, annex H, note 13).
const HEADER_WINDOW: usize = 1024;

/// The compound file of Office before 2007, of Outlook messages, and of newer Office files with a password.
const COMPOUND: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// MS-ONESTORE, section 2.3.1: the header's first field.
const ONENOTE: [u8; 8] = [0xE4, 0x52, 0x5C, 0x7B, 0x8C, 0xD8, 0xA7, 0x4D];
/// Binary formats: a text with one of their extensions is refused.
const NEVER_TEXT: [Format; 12] = [PDF, DOCX, DOC, ODT, PPTX, PPT, ODP, XLSX, ODS, EPUB, MSG, RTF];
/// Text formats that the content alone does not identify.
const BY_NAME: [Format; 6] = [HTML, MARKDOWN, CSV, SUBTITLES, CODE, MAIL];

/// Detects the format of a file by its content.
///
/// # Errors
/// [`TextError::Empty`], [`TextError::Unsupported`], [`TextError::Encrypted`] for an
/// Office file with a password, [`TextError::Damaged`] for a truncated one.
pub(crate) fn detect(bytes: &[u8], name: &str) -> Result<Format, TextError> {
    if bytes.is_empty() {
        return Err(TextError::Empty);
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok(PDF);
    }
    if image::is_picture(bytes) {
        return Ok(IMAGE);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return detect_package(bytes, name);
    }
    if bytes.starts_with(&COMPOUND) {
        return detect_compound(bytes, name);
    }
    if bytes.starts_with(b"{\\rtf") {
        return Ok(RTF);
    }
    let text = plain::decode(bytes).ok().map(|decoded| decoded.text);
    let window = bytes.get(..HEADER_WINDOW).unwrap_or(bytes);
    let has_header = window.windows(5).any(|five| five == b"%PDF-");
    match text {
        None if has_header => Ok(PDF),
        // Mail may hold bytes of several character sets.
        None if opens_as_mail(&String::from_utf8_lossy(window), name) => Ok(MAIL),
        None => Err(unsupported(describe(bytes))),
        Some(_) if has_header && PDF.is_named(name) => Ok(PDF),
        Some(text) => detect_text(&text, name),
    }
}

fn detect_text(text: &str, name: &str) -> Result<Format, TextError> {
    let never = NEVER_TEXT.iter().find(|format| format.is_named(name));
    if opens_as_html(text) {
        return match never.filter(|format| [PDF.name, DOCX.name].contains(&format.name)) {
            Some(_) => Err(unsupported("a web page under another format's name")),
            None => Ok(HTML),
        };
    }
    if opens_as_mailbox(text) {
        return Ok(MBOX);
    }
    if opens_as_mail(text, name) {
        return Ok(MAIL);
    }
    if let Some(format) = never {
        return Err(unsupported(format!("plain text under the name of a file of another kind ({})", format.name)));
    }
    if notebook::opens_as_notebook(text) {
        return Ok(NOTEBOOK);
    }
    if subtitles::opens_as_subtitles(text) {
        return Ok(SUBTITLES);
    }
    let named = BY_NAME.into_iter().filter(|format| format.name != MAIL.name).find(|format| format.is_named(name));
    Ok(named.unwrap_or(PLAIN))
}

fn detect_package(bytes: &[u8], name: &str) -> Result<Format, TextError> {
    use anydoc::Format as Package;
    Ok(match Package::from_bytes(bytes) {
        Some(Package::Docx) => DOCX,
        Some(Package::Pptx) => PPTX,
        Some(Package::Excel) => XLSX,
        Some(Package::Odt) => ODT,
        Some(Package::Ods) => ODS,
        Some(Package::Odp) => ODP,
        Some(Package::Epub) => EPUB,
        // A truncated archive shows no inner format, so only its name is left.
        _ => {
            let packages = [DOCX, PPTX, XLSX, ODT, ODS, ODP, EPUB];
            let named = packages.into_iter().find(|format| format.is_named(name));
            return named.ok_or_else(|| unsupported("a ZIP archive"));
        }
    })
}

/// Office files from before 2007 and newer ones with a password share a container.
fn detect_compound(bytes: &[u8], name: &str) -> Result<Format, TextError> {
    use anydoc::Format as Package;
    match Package::from_bytes(bytes) {
        Some(Package::Doc) => return Ok(DOC),
        Some(Package::Ppt) => return Ok(PPT),
        Some(Package::Excel) => return Ok(XLS),
        _ => {}
    }
    if let Ok(file) = cfb::CompoundFile::open(std::io::Cursor::new(bytes)) {
        if file.is_stream("/__properties_version1.0") {
            return Ok(MSG);
        }
        if file.read_root_storage().any(|entry| entry.name().starts_with("EncryptedPackage")) {
            return Err(TextError::Encrypted { format: "Office document" });
        }
    }
    match anydoc::to_document(bytes, Package::Docx) {
        Err(anydoc::ConvertError::Encrypted) => Err(TextError::Encrypted { format: "Office document" }),
        _ => {
            let named = [DOC, PPT, XLS, MSG].into_iter().find(|format| format.is_named(name));
            named.ok_or_else(|| unsupported("a compound file of an old program (such as Works, Visio or Publisher)"))
        }
    }
}

/// Whether a text begins with mbox's separator line (RFC 4155), followed by header lines.
fn opens_as_mailbox(text: &str) -> bool {
    let Some((first, rest)) = text.trim_start_matches('\u{FEFF}').split_once('\n') else { return false };
    first.starts_with("From ") && first.contains(':') && header_names(rest).len() >= 2
}

/// Whether a text begins with header lines that only mail has, or, with an extension of mail, any that mail may have.
fn opens_as_mail(text: &str, name: &str) -> bool {
    const MAIL_ONLY: [&str; 8] = [
        "received",
        "return-path",
        "message-id",
        "mime-version",
        "delivered-to",
        "content-transfer-encoding",
        "content-type",
        "x-mailer",
    ];
    const COMMON: [&str; 6] = ["from", "to", "subject", "date", "cc", "reply-to"];
    let names = header_names(text);
    let count = |known: &[&str]| names.iter().filter(|name| known.contains(&name.as_str())).count();
    let (mail_only, common) = (count(&MAIL_ONLY), count(&COMMON));
    (mail_only > 0 && common > 1) || (MAIL.is_named(name) && mail_only + common > 0)
}

/// Returns the names of the header lines at the start of a text, in lower case.
fn header_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in text.trim_start_matches('\u{FEFF}').trim_start_matches(['\r', '\n']).lines().take(200) {
        if line.starts_with([' ', '\t']) && !names.is_empty() {
            continue;
        }
        match line.split_once(':') {
            Some((name, _))
                if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') =>
            {
                names.push(name.to_ascii_lowercase());
            }
            _ => break,
        }
    }
    names
}

fn describe(bytes: &[u8]) -> String {
    if bytes.starts_with(&ONENOTE) {
        return "a OneNote section".to_owned();
    }
    match infer::get(bytes) {
        Some(kind) if kind.matcher_type() == infer::MatcherType::Text => "text in an unknown character set".to_owned(),
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
