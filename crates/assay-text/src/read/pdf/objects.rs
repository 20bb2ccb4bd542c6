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
