//! Access to the objects of a PDF: references, inherited attributes, and stream content.

use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

/// Deeper page trees are loops.
const DEEPEST_TREE: usize = 256;

/// Follows a reference, if the object is one.
pub(super) fn dereferenced<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

/// Returns the resources in force on a page.
pub(super) fn resources(document: &Document, page: ObjectId) -> Option<&Dictionary> {
    let object = inherited(document, page, b"Resources", |object| object.as_dict().is_ok())?;
    dereferenced(document, object)?.as_dict().ok()
}

/// Returns an attribute of a page or of the nearest node above it whose value fits.
pub(super) fn inherited<'a>(
    document: &'a Document,
    page: ObjectId,
    key: &[u8],
    fits: impl Fn(&Object) -> bool,
) -> Option<&'a Object> {
    let mut node = document.get_dictionary(page).ok()?;
    for _ in 0..DEEPEST_TREE {
        if let Ok(object) = node.get(key)
            && dereferenced(document, object).is_some_and(&fits)
        {
            return Some(object);
        }
        node = node.get_deref(b"Parent", document).and_then(Object::as_dict).ok()?;
    }
    None
}

/// Returns the unpacked content of a stream, as pdf-extract sees it.
pub(super) fn stream_content(stream: &Stream) -> Vec<u8> {
    stream.get_plain_content().unwrap_or_else(|_| stream.content.clone())
}

/// Decodes a text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 by its byte order mark, else PDFDocEncoding,
/// which agrees with Windows-1252 on what people type.
pub(super) fn text_of(object: &Object) -> Option<String> {
    let bytes = match object {
        Object::String(bytes, _) => bytes.as_slice(),
        Object::Name(name) => name.as_slice(),
        Object::Stream(stream) => return Some(String::from_utf8_lossy(&stream.get_plain_content().ok()?).into_owned()),
        _ => return None,
    };
    let (text, _, _) = match bytes {
        [0xFE, 0xFF, ..] => encoding_rs::UTF_16BE.decode(bytes),
        [0xEF, 0xBB, 0xBF, ..] => encoding_rs::UTF_8.decode(bytes),
        _ => encoding_rs::WINDOWS_1252.decode(bytes),
    };
    Some(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}
