//! The little XML that is looked at here. Declarations of entities are not read at all, so they
//! cannot grow, and nothing outside the file is ever fetched.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// More tags than the list of parts of any file.
const MOST_TAGS: usize = 1_000_000;

/// An opening tag.
#[derive(Debug)]
pub(crate) struct Tag {
    /// Without its prefix.
    pub(crate) name: String,
    /// Names with their prefixes, values unescaped.
    pub(crate) attributes: Vec<(String, String)>,
    /// The text right after it.
    pub(crate) text: String,
}

/// The opening tags of a part, in order, as far as it is well formed.
pub(crate) fn tags(part: &[u8]) -> Vec<Tag> {
    let text = crate::read::plain::decode(part).map_or_else(|_| String::new(), |decoded| decoded.text);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    let mut tags = Vec::new();
    while tags.len() < MOST_TAGS {
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => tags.push(read(&tag)),
            Ok(Event::Text(words)) => {
                if let (Some(tag), Ok(words)) = (tags.last_mut(), words.decode()) {
                    tag.text.push_str(&words);
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    tags
}

/// An attribute by its name with prefix.
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
