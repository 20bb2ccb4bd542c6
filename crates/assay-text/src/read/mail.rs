//! Reads mail messages (eml) and saved web pages (mht), with the messages and attachments in them.

use std::collections::BTreeSet;

use assay_domain::{Page, PageOutcome};
use encoding_rs::{Encoding, UTF_8};
use mail_parser::{Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::compose::Composer;
use crate::context::Context;
use crate::error::TextError;
use crate::read::attachment::{self, MAIL_NAME};
use crate::read::{html, plain};

/// Returns a page for the message and for each message in it, and the pages of the attachments.
pub(crate) fn pages(bytes: &[u8], context: &Context<'_>) -> Result<Vec<Page>, TextError> {
    let mut pages = Vec::new();
    read(bytes, context, &mut pages)?;
    Ok(numbered(pages))
}

/// Numbers pages consecutively from 1, replacing their own numbers.
pub(crate) fn numbered(mut pages: Vec<Page>) -> Vec<Page> {
    (1..).zip(&mut pages).for_each(|(number, page)| page.number = Some(number));
    pages
}

/// Adds the pages of a message in its wire format (RFC 5322).
pub(crate) fn read(bytes: &[u8], context: &Context<'_>, pages: &mut Vec<Page>) -> Result<(), TextError> {
    let damaged = || TextError::Damaged { format: MAIL_NAME, cause: "it has no header".to_owned() };
    // Mail is ASCII; a message that an editor saved as UTF-16 is converted back.
    let wide = Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != UTF_8);
    let narrow = if wide { plain::decode(bytes).ok() } else { None };
    let bytes = narrow.as_ref().map_or(bytes, |narrow| narrow.text.as_bytes());
    let message = MessageParser::default().parse(bytes).ok_or_else(damaged)?;
    read_message(&message, context, pages);
    Ok(())
}

fn read_message(message: &Message, context: &Context<'_>, pages: &mut Vec<Page>) {
    let subject = subject(message);
    let mut composer = Composer::default();
    let start = composer.begin_heading();
    composer.push_inline(&subject);
    composer.end_heading(1, start);
    for (label, value) in headers(message) {
        composer.begin_line();
        composer.push_inline(&format!("{label}: {value}"));
    }
    composer.begin_paragraph();
    write_body(&mut composer, message);
    let page = composer.finish();
    let warning = plain::replacement_warning(&page.text);
    pages.push(plain::with_warning(page, warning));
    for (place, part) in (1..).zip(message.attachments()) {
        let name = part.attachment_name().map_or_else(|| format!("part {place}"), str::to_owned);
        match &part.body {
            PartType::Message(inner) => attachment::nested(&name, context, pages, |context, pages| {
                read_message(inner, context, pages);
                Ok(())
            }),
            PartType::Multipart(_) => {}
            _ if is_inline_picture(part) => {}
            _ => attachment::read(part.contents(), &name, &subject, context, pages),
        }
    }
}

/// Whether a part is a picture that the body shows, such as a logo in a signature.
fn is_inline_picture(part: &MessagePart) -> bool {
    let picture = part.content_type().is_some_and(|kind| kind.ctype() == "image");
    let attached = part.content_disposition().is_some_and(|how| how.ctype() == "attachment");
    picture && !attached && part.content_id().is_some()
}

/// Adds the body: its plain text, or its HTML if that has much more. The plain part of some mails is only a
/// notice that the message cannot be shown.
fn write_body(composer: &mut Composer, message: &Message) {
    let compose = |ids: &[u32]| {
        let mut body = Composer::default();
        for part in ids.iter().filter_map(|id| message.parts.get(*id as usize)) {
            write_part(&mut body, message, part);
        }
        body.finish()
    };
    let plain = compose(&message.text_body);
    let body = if message.html_body == message.text_body {
        plain
    } else {
        let html = compose(&message.html_body);
        if is_richer(&html.text, &plain.text) { html } else { plain }
    };
    composer.push_page(&body, 2);
}

/// Whether a text is richer than another: it is longer, and a third of its words are not in the other.
fn is_richer(text: &str, than: &str) -> bool {
    let words = |text: &str| {
        let lower = text.to_lowercase();
        // Chinese has no blanks, so each of its characters counts as a word.
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let split = words.flat_map(|word| {
            if word.is_ascii() { vec![word.to_owned()] } else { word.chars().map(String::from).collect() }
        });
        split.collect::<Vec<String>>()
    };
    let known: BTreeSet<String> = words(than).into_iter().collect();
    let words = words(text);
    let new = words.iter().filter(|word| !known.contains(*word)).count();
    new * 3 > words.len() && text.len() > than.len()
}

fn write_part(composer: &mut Composer, message: &Message, part: &MessagePart) {
    match &part.body {
        PartType::Html(text) => {
            let text = decoded(message, part, text);
            let page = html::page(&text).unwrap_or(Page::without_text(None, PageOutcome::Empty));
            composer.push_page(&page, 2);
        }
        PartType::Text(text) => {
            composer.begin_paragraph();
            composer.push_verbatim(decoded(message, part, text).trim());
        }
        _ => {}
    }
    composer.begin_paragraph();
}

/// Returns the text of a part. If its declared character set is wrong or missing, the character set is
/// detected from the bytes.
fn decoded(message: &Message, part: &MessagePart, text: &str) -> String {
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize);
    let unencoded = part.encoding == mail_parser::Encoding::None;
    if (part.is_encoding_problem || text.contains('\u{FFFD}'))
        && unencoded
        && let Some(better) = raw.and_then(|raw| plain::decode(raw).ok())
    {
        return better.text;
    }
    text.to_owned()
}

fn subject(message: &Message) -> String {
    let subject = message.subject().unwrap_or_default();
    if !subject.contains('\u{FFFD}') {
        return subject.to_owned();
    }
    let raw = message.headers().iter().find(|header| header.name() == "Subject");
    let raw = raw.and_then(|header| message.raw_message.get(header.offset_start as usize..header.offset_end as usize));
    let better = raw.and_then(|raw| plain::decode(raw).ok());
    better.map_or_else(|| subject.to_owned(), |better| better.text.trim().to_owned())
}

/// Returns sender, recipients and date, with their labels.
fn headers(message: &Message) -> Vec<(&'static str, String)> {
    let people = [("From", message.from()), ("To", message.to()), ("Cc", message.cc())];
    let mut headers: Vec<(&str, String)> = people
        .into_iter()
        .filter_map(|(label, people)| Some((label, people_in(people?))))
        .filter(|(_, people)| !people.is_empty())
        .collect();
    if let Some(date) = message.date() {
        headers.push(("Date", date.to_rfc3339()));
    } else if let Some(HeaderValue::Text(date)) = message.header("Date") {
        headers.push(("Date", date.to_string()));
    }
    headers
}

/// Formats addresses as `Ida Berg <ida@example.org>, ...`; long lists are cut.
fn people_in(people: &Address) -> String {
    const MOST_PEOPLE: usize = 50;
    let shown: Vec<String> = people
        .iter()
        .take(MOST_PEOPLE)
        .map(|person| match (person.name(), person.address()) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (Some(only), None) | (None, Some(only)) => only.to_owned(),
            (None, None) => String::new(),
        })
        .filter(|person| !person.is_empty())
        .collect();
    shown.join(", ")
}
