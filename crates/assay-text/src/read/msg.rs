//! Reads messages saved by Outlook (msg): compound files with a stream for each property, named by the
//! property's number and type (MS-OXMSG, sections 2.1 and 2.2).

use std::io::{Cursor, Read};

use assay_domain::Page;
use cfb::CompoundFile;

use crate::compose::Composer;
use crate::context::Context;
use crate::error::TextError;
use crate::read::{attachment, html, mail, plain};

pub(crate) const NAME: &str = "Outlook message";
/// Maximum size of one property.
const MOST_PROPERTY_BYTES: u64 = 64 << 20;
const MOST_ATTACHMENTS: usize = 1_000;

// Property numbers, MS-OXPROPS section 2.
const SUBJECT: &str = "0037";
const SENDER: &str = "0C1A";
const SENDER_ADDRESS: &str = "0C1F";
const TO: &str = "0E04";
const CC: &str = "0E03";
const HEADERS: &str = "007D";
const BODY: &str = "1000";
const BODY_HTML: &str = "1013";
const ATTACHED: &str = "3701";
const LONG_NAME: &str = "3707";
const SHORT_NAME: &str = "3704";

type Compound<'a> = CompoundFile<Cursor<&'a [u8]>>;

/// Returns a page for the message and for each message in it, and the pages of the attachments.
pub(crate) fn pages(bytes: &[u8], context: &Context<'_>) -> Result<Vec<Page>, TextError> {
    let damaged = |error: std::io::Error| TextError::Damaged { format: NAME, cause: error.to_string() };
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    let mut pages = Vec::new();
    read(&mut file, "", context, &mut pages);
    Ok(mail::numbered(pages))
}

fn read(file: &mut Compound, storage: &str, context: &Context<'_>, pages: &mut Vec<Page>) {
    let subject = text_property(file, storage, SUBJECT).unwrap_or_default();
    let mut composer = Composer::default();
    let start = composer.begin_heading();
    composer.push_inline(&subject);
    composer.end_heading(1, start);
    let from = [text_property(file, storage, SENDER), text_property(file, storage, SENDER_ADDRESS)];
    let from = from.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect::<Vec<_>>().join(" ");
    let date = text_property(file, storage, HEADERS).and_then(|headers| {
        headers.lines().find_map(|line| line.strip_prefix("Date:").map(|date| date.trim().to_owned()))
    });
    let to = text_property(file, storage, TO);
    let cc = text_property(file, storage, CC);
    for (label, value) in [("From", Some(from)), ("To", to), ("Cc", cc), ("Date", date)] {
        if let Some(value) = value.filter(|text| !text.trim().is_empty()) {
            composer.begin_line();
            composer.push_inline(&format!("{label}: {value}"));
        }
    }
    composer.begin_paragraph();
    match text_property(file, storage, BODY).filter(|body| !body.trim().is_empty()) {
        Some(body) => composer.push_verbatim(body.trim()),
        None => {
            let body = property(file, storage, &format!("{BODY_HTML}0102"))
                .and_then(|body| Some(html::decode(&body)?.text))
                .or_else(|| text_property(file, storage, BODY_HTML));
            if let Some(page) = body.and_then(|body| html::page(&body).ok()) {
                composer.push_page(&page, 2);
            }
        }
    }
    pages.push(composer.finish());
    for place in storages(file, storage, "__attach_version1.0_") {
        read_attachment(file, &place, &subject, context, pages);
    }
}

fn read_attachment(file: &mut Compound, place: &str, subject: &str, context: &Context<'_>, pages: &mut Vec<Page>) {
    let name = text_property(file, place, LONG_NAME).or_else(|| text_property(file, place, SHORT_NAME));
    let name = name.map_or_else(|| "attachment".to_owned(), |name| name.trim().to_owned());
    let inner = format!("{place}/__substg1.0_{ATTACHED}000D");
    if file.is_storage(&inner) {
        return attachment::nested(&name, context, pages, |context, pages| {
            read(file, &inner, context, pages);
            Ok(())
        });
    }
    if let Some(bytes) = property(file, place, &format!("{ATTACHED}0102")) {
        attachment::read(&bytes, &name, subject, context, pages);
    }
}

/// Returns the storages in a storage whose names begin with a prefix, in order.
fn storages(file: &Compound, storage: &str, prefix: &str) -> Vec<String> {
    let at = if storage.is_empty() { "/" } else { storage };
    let Ok(entries) = file.read_storage(at) else { return Vec::new() };
    let mut found: Vec<String> = entries
        .filter(|entry| entry.is_storage() && entry.name().starts_with(prefix))
        .map(|entry| format!("{storage}/{}", entry.name()))
        .take(MOST_ATTACHMENTS)
        .collect();
    found.sort();
    found
}

/// Reads a text property, which is in UTF-16 or in the code page of the sender.
fn text_property(file: &mut Compound, storage: &str, number: &str) -> Option<String> {
    if let Some(wide) = property(file, storage, &format!("{number}001F")) {
        let units = wide.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
        return Some(text.trim_end_matches('\0').to_owned());
    }
    let narrow = property(file, storage, &format!("{number}001E"))?;
    plain::decode(&narrow).ok().map(|decoded| decoded.text.trim_end_matches('\0').to_owned())
}

fn property(file: &mut Compound, storage: &str, name: &str) -> Option<Vec<u8>> {
    let stream = file.open_stream(format!("{storage}/__substg1.0_{name}")).ok()?;
    let mut bytes = Vec::new();
    stream.take(MOST_PROPERTY_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
