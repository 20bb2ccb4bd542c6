//! Reads the tags of an XML part. Entity declarations are ignored, so entities cannot expand, and nothing
//! outside the file is fetched.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// More tags than the list of parts of any real file.
const MOST_TAGS: usize = 1_000_000;
/// More events than a document of a thousand pages has.
const MOST_EVENTS: usize = 20_000_000;

/// An opening tag.
#[derive(Debug)]
pub(crate) struct Tag {
    /// Local name, without the prefix.
    pub(crate) name: String,
    /// Names with their prefixes, and unescaped values.
    pub(crate) attributes: Vec<(String, String)>,
    /// The text that follows the tag.
    pub(crate) text: String,
}

/// An event of a walk through a part.
pub(crate) enum Node<'a> {
    Open(&'a Tag),
    Close(&'a str),
    Text(&'a str),
}

/// Walks through a part in order, up to the first syntax error. Names are local names.
pub(crate) fn walk(part: &[u8], mut visit: impl FnMut(Node<'_>)) {
    let part = crate::read::plain::decode(part).map_or_else(|_| String::new(), |decoded| decoded.text);
    let mut reader = Reader::from_str(&part);
    reader.config_mut().check_end_names = false;
    for _ in 0..MOST_EVENTS {
        match reader.read_event() {
            Ok(Event::Start(tag)) => visit(Node::Open(&read(&tag))),
            Ok(Event::Empty(tag)) => {
                let tag = read(&tag);
                visit(Node::Open(&tag));
                visit(Node::Close(&tag.name));
            }
            Ok(Event::End(tag)) => visit(Node::Close(&String::from_utf8_lossy(tag.local_name().as_ref()))),
            Ok(Event::Text(text)) => visit(Node::Text(&text.decode().unwrap_or_default())),
            Ok(Event::CData(text)) => visit(Node::Text(&String::from_utf8_lossy(&text))),
            Ok(Event::GeneralRef(name)) => visit(Node::Text(&referenced(&name))),
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
}

/// Returns the text of a character reference or predefined entity; empty for any other entity.
fn referenced(name: &BytesRef) -> String {
    let reference = format!("&{};", name.decode().unwrap_or_default());
    quick_xml::escape::unescape(&reference).map(std::borrow::Cow::into_owned).unwrap_or_default()
}

/// Returns the opening tags of a part, in order, up to the first syntax error.
pub(crate) fn tags(part: &[u8]) -> Vec<Tag> {
    let part = crate::read::plain::decode(part).map_or_else(|_| String::new(), |decoded| decoded.text);
    let mut reader = Reader::from_str(&part);
    reader.config_mut().check_end_names = false;
    let mut tags = Vec::new();
    while tags.len() < MOST_TAGS {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => tags.push(read(&tag)),
            Ok(Event::Text(text)) => {
                if let (Some(tag), Ok(text)) = (tags.last_mut(), text.decode()) {
                    tag.text.push_str(&text);
                }
            }
            Ok(Event::GeneralRef(name)) => {
                if let Some(tag) = tags.last_mut() {
                    tag.text.push_str(&referenced(&name));
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    tags
}

/// Returns an attribute by its name with prefix.
pub(crate) fn attribute<'a>(tag: &'a Tag, wanted: &str) -> Option<&'a str> {
    tag.attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

fn read(tag: &BytesStart) -> Tag {
    let attributes = tag.attributes().flatten().map(|attribute| {
        let name = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let raw = String::from_utf8_lossy(&attribute.value).into_owned();
        let value = quick_xml::escape::unescape(&raw).map(std::borrow::Cow::into_owned).unwrap_or(raw);
        (name, value)
    });
    let name = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
    Tag { name, attributes: attributes.collect(), text: String::new() }
}
