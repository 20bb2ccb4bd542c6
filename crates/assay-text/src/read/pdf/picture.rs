//! Whether a page without text shows a picture.

use std::collections::HashSet;

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::repair::{dereferenced, resources};

/// Scanners wrap the picture in a drawing or two.
const DEEPEST: usize = 4;

/// Whether a page draws a picture, directly, inside a drawing, or written into the page.
pub(super) fn is_on(document: &Document, page: ObjectId) -> bool {
    let named = resources(document, page).is_some_and(|resources| holds(document, resources, &mut HashSet::new(), 0));
    named || is_written_in(&document.get_page_content(page).unwrap_or_default())
}

fn holds(document: &Document, resources: &Dictionary, seen: &mut HashSet<ObjectId>, depth: usize) -> bool {
    let drawings = resources.get(b"XObject").ok().and_then(|object| dereferenced(document, object));
    let Some(Ok(drawings)) = drawings.map(Object::as_dict) else { return false };
    drawings.iter().any(|(_, object)| {
        let Ok(id) = object.as_reference() else { return false };
        let Ok(Object::Stream(stream)) = document.get_object(id) else { return false };
        if stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image") {
            return true;
        }
        let inner =
            stream.dict.get(b"Resources").ok().and_then(|object| dereferenced(document, object)?.as_dict().ok());
        depth < DEEPEST && seen.insert(id) && inner.is_some_and(|inner| holds(document, inner, seen, depth + 1))
    })
}

/// An inline picture stands between the operators `BI`, `ID` and `EI`.
fn is_written_in(content: &[u8]) -> bool {
    let has = |operator: &[u8]| content.split(u8::is_ascii_whitespace).any(|word| word == operator);
    has(b"BI") && has(b"EI")
}
