//! Mail: messages (eml), saved web pages (mht), and what messages hold: words, other messages
//! and attachments, which are read like files of their own.

mod attachment;

pub(crate) use attachment::{Attachments, append};

use assay_domain::{Page, PageOutcome};
use encoding_rs::{Encoding, UTF_8};
use mail_parser::{Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use crate::TextError;
use crate::compose::Composer;
use crate::read::{html, plain};

pub(crate) const NAME: &str = "e-mail message";

/// A page for the message and for each message in it, and the pages of the attachments.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let mut attachments = Attachments::default();
    let mut pages = Vec::new();
    read(bytes, &mut attachments, &mut pages)?;
    Ok(numbered(pages))
}

/// Pages counted through, whatever their own numbers were.
pub(crate) fn numbered(mut pages: Vec<Page>) -> Vec<Page> {
    (1..).zip(&mut pages).for_each(|(number, page)| page.number = Some(number));
    pages
}

/// Adds the pages of a message as it was sent.
pub(crate) fn read(bytes: &[u8], attachments: &mut Attachments, pages: &mut Vec<Page>) -> Result<(), TextError> {
    let damaged = || TextError::Damaged { format: NAME, cause: "it has no header".to_owned() };
    // Mail is bytes of ASCII; a message that an editor saved in another width is brought back.
    let wide = Encoding::for_bom(bytes).is_some_and(|(encoding, _)| encoding != UTF_8);
    let narrow = if wide { plain::decode(bytes).ok() } else { None };
    let bytes = narrow.as_ref().map_or(bytes, |narrow| narrow.text.as_bytes());
    let message = MessageParser::default().parse(bytes).ok_or_else(damaged)?;
    read_message(&message, attachments, pages);
    Ok(())
}

fn read_message(message: &Message, attachments: &mut Attachments, pages: &mut Vec<Page>) {
    let subject = subject(message);
    let mut composer = Composer::default();
    let start = composer.begin_heading();
    composer.words(&subject);
    composer.end_heading(1, start);
    for (label, words) in headers(message) {
        composer.line();
        composer.words(&format!("{label}: {words}"));
    }
    composer.paragraph();
    let mut bodies: Vec<u32> = message.text_body.clone();
    let page_only = |id: &u32| !message.text_body.contains(id);
    bodies.extend(message.html_body.iter().filter(|id| message.text_body.is_empty() && page_only(id)));
    for part in bodies.iter().filter_map(|id| message.parts.get(*id as usize)) {
        write_body(&mut composer, message, part);
    }
    let page = composer.finish();
    let doubt = plain::gaps(&page.text);
    pages.push(plain::doubted(page, doubt));
    for (place, part) in (1..).zip(message.attachments()) {
        let name = part.attachment_name().map_or_else(|| format!("part {place}"), str::to_owned);
        match &part.body {
            PartType::Message(inner) => attachments.deeper(&name, pages, |attachments, pages| {
                read_message(inner, attachments, pages);
                Ok(())
            }),
            PartType::Multipart(_) => {}
            _ if is_ornament(part) => {}
            _ => attachments.read(part.contents(), &name, &subject, pages),
        }
    }
}

/// A picture that the text shows, such as a logo in a signature.
fn is_ornament(part: &MessagePart) -> bool {
    let picture = part.content_type().is_some_and(|kind| kind.ctype() == "image");
    let attached = part.content_disposition().is_some_and(|how| how.ctype() == "attachment");
    picture && !attached && part.content_id().is_some()
}

fn write_body(composer: &mut Composer, message: &Message, part: &MessagePart) {
    match &part.body {
        PartType::Html(text) => {
            let text = sound(message, part, text);
            let page = html::page(&text).unwrap_or(Page::without_text(None, PageOutcome::Empty));
            append(composer, &page, 2);
        }
        PartType::Text(text) => {
            composer.paragraph();
            composer.verbatim(sound(message, part, text).trim());
        }
        _ => {}
    }
    composer.paragraph();
}

/// The words of a part; if the character set that it names is wrong or missing, as the bytes
/// themselves suggest.
fn sound(message: &Message, part: &MessagePart, text: &str) -> String {
    let raw = message.raw_message.get(part.offset_body as usize..part.offset_end as usize);
    let plainly_sent = part.encoding == mail_parser::Encoding::None;
    if (part.is_encoding_problem || text.contains('\u{FFFD}'))
        && plainly_sent
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

/// Who wrote to whom and when.
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

/// `Ida Berg <ida@example.org>, ...`; long lists are cut.
fn people_in(people: &Address) -> String {
    const MOST_PEOPLE: usize = 50;
    let shown: Vec<String> = people
        .iter()
        .take(MOST_PEOPLE)
        .map(|person| match (person.name(), person.address()) {
            (Some(name), Some(address)) => format!("{name} <{address}>"),
            (Some(word), None) | (None, Some(word)) => word.to_owned(),
            (None, None) => String::new(),
        })
        .filter(|person| !person.is_empty())
        .collect();
    shown.join(", ")
}
