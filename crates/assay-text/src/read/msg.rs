//! Messages saved by Outlook (msg). A message is a compound file with a stream for each
//! property, named by the property's number and type (MS-OXMSG, section 2.1 and 2.2).

use std::io::{Cursor, Read};

use assay_domain::Page;
use cfb::CompoundFile;

use crate::TextError;
use crate::compose::Composer;
use crate::read::mail::{self, Attachments, append};
use crate::read::{html, plain};

pub(crate) const NAME: &str = "Outlook message";
/// A property longer than this is none that a person wrote.
const MOST_PROPERTY_BYTES: u64 = 64 << 20;
const MOST_ATTACHMENTS: usize = 1_000;
const DEEPEST: usize = 5;

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

/// A page for the message and for each message in it, and the pages of the attachments.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let damaged = |error: std::io::Error| TextError::Damaged { format: NAME, cause: error.to_string() };
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    let mut pages = Vec::new();
    read(&mut file, "", 0, &mut Attachments::default(), &mut pages);
    Ok(mail::numbered(pages))
}

fn read(file: &mut Compound, storage: &str, depth: usize, attachments: &mut Attachments, pages: &mut Vec<Page>) {
    let subject = words(file, storage, SUBJECT).unwrap_or_default();
    let mut composer = Composer::default();
    let start = composer.begin_heading();
    composer.words(&subject);
    composer.end_heading(1, start);
    let from = [words(file, storage, SENDER), words(file, storage, SENDER_ADDRESS)];
    let from = from.into_iter().flatten().filter(|words| !words.trim().is_empty()).collect::<Vec<_>>().join(" ");
    let date = words(file, storage, HEADERS).and_then(|headers| {
        headers.lines().find_map(|line| line.strip_prefix("Date:").map(|date| date.trim().to_owned()))
    });
    let to = words(file, storage, TO);
    let cc = words(file, storage, CC);
    for (label, words) in [("From", Some(from)), ("To", to), ("Cc", cc), ("Date", date)] {
        if let Some(words) = words.filter(|words| !words.trim().is_empty()) {
            composer.line();
            composer.words(&format!("{label}: {words}"));
        }
    }
    composer.paragraph();
    match words(file, storage, BODY).filter(|body| !body.trim().is_empty()) {
        Some(body) => composer.verbatim(body.trim()),
        None => {
            let body = property(file, storage, &format!("{BODY_HTML}0102"))
                .and_then(|body| Some(html::decode(&body)?.text))
                .or_else(|| words(file, storage, BODY_HTML));
            if let Some(page) = body.and_then(|body| html::page(&body).ok()) {
                append(&mut composer, &page, 2);
            }
        }
    }
    pages.push(composer.finish());
    for place in storages(file, storage, "__attach_version1.0_") {
        read_attachment(file, &place, &subject, depth, attachments, pages);
    }
}

fn read_attachment(
    file: &mut Compound,
    place: &str,
    subject: &str,
    depth: usize,
    attachments: &mut Attachments,
    pages: &mut Vec<Page>,
) {
    let name = words(file, place, LONG_NAME).or_else(|| words(file, place, SHORT_NAME));
    let name = name.map_or_else(|| "attachment".to_owned(), |name| name.trim().to_owned());
    let inner = format!("{place}/__substg1.0_{ATTACHED}000D");
    if file.is_storage(&inner) && depth < DEEPEST {
        return read(file, &inner, depth + 1, attachments, pages);
    }
    if let Some(bytes) = property(file, place, &format!("{ATTACHED}0102")) {
        attachments.read(&bytes, &name, subject, pages);
    }
}

/// Storages in a storage whose names begin so, in order.
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

/// A property of words, in UTF-16 or in the code page of the sender.
fn words(file: &mut Compound, storage: &str, number: &str) -> Option<String> {
    if let Some(wide) = property(file, storage, &format!("{number}001F")) {
        let units = wide.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect();
        return Some(text.trim_end_matches('\0').to_owned());
    }
    let narrow = property(file, storage, &format!("{number}001E"))?;
    plain::decode(&narrow).ok().map(|words| words.text.trim_end_matches('\0').to_owned())
}

fn property(file: &mut Compound, storage: &str, name: &str) -> Option<Vec<u8>> {
    let stream = file.open_stream(format!("{storage}/__substg1.0_{name}")).ok()?;
    let mut bytes = Vec::new();
    stream.take(MOST_PROPERTY_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
