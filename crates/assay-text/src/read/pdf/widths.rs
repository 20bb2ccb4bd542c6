//! Expands ranges of equal character widths (`first last width`, ISO 32000-1, 9.7.4.3). pdf-extract misreads
//! them, which splits or joins words.

use pdf_extract::{Document, Object, ObjectId};

use super::objects::dereferenced;

/// Character identifiers have two bytes.
const MOST_WIDTHS: usize = 1 << 16;

/// Replaces each range by a list of widths.
pub(super) fn expand_ranges(document: &mut Document) {
    let expanded: Vec<(ObjectId, Vec<Object>)> =
        document.objects.iter().filter_map(|(id, object)| Some((*id, widths(document, object)?))).collect();
    for (id, widths) in expanded {
        if let Ok(font) = document.get_dictionary_mut(id) {
            font.set("W", Object::Array(widths));
        }
    }
}

fn widths(document: &Document, object: &Object) -> Option<Vec<Object>> {
    let font = object.as_dict().ok()?;
    if !font.get(b"Subtype").ok()?.as_name().ok()?.starts_with(b"CIDFontType") {
        return None;
    }
    let given = dereferenced(document, font.get(b"W").ok()?)?.as_array().ok()?;
    let mut given = given.iter().filter_map(|object| dereferenced(document, object));
    let mut widths = Vec::new();
    let mut written = 0;
    while let (Some(first), Some(next)) = (given.next(), given.next()) {
        let list = match next {
            Object::Array(list) => list.clone(),
            last => {
                let width = given.next()?;
                let run = last.as_i64().ok()?.checked_sub(first.as_i64().ok()?)?.checked_add(1)?;
                vec![width.clone(); usize::try_from(run).ok()?.min(MOST_WIDTHS)]
            }
        };
        written += list.len();
        if written > MOST_WIDTHS {
            return None;
        }
        widths.extend([first.clone(), Object::Array(list)]);
    }
    Some(widths)
}
