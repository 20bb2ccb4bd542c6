//! Reads the tags of an XML part. Entity declarations are ignored, so entities cannot expand, and nothing
//! outside the file is fetched.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// More tags than the list of parts of any real file.
const MOST_TAGS: usize = 1_000_000;

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
