//! Works around bugs of pdf-extract 0.12.1 by changing the document in memory.
//!
//! pdf-extract searches a cyclic page tree without end, panics on a page without a media box, interprets
//! pictures as content streams, follows form XObjects that draw themselves until the stack overflows,
//! misreads ranges of equal widths, and panics on predefined CMaps of Chinese, Japanese and Korean fonts.

use std::collections::BTreeMap;

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::objects::{dereferenced, inherited};
use super::{charset, collection, forms, names, widths};

/// US Letter in points, for pages without a media box.
const LETTER: [f32; 4] = [0.0, 0.0, 612.0, 792.0];

/// Makes every listed page readable by itself.
pub(super) fn repair(document: &mut Document, pages: &BTreeMap<u32, ObjectId>) {
    for id in pages.values() {
        inline_inherited(document, *id);
    }
    empty_pictures(document);
    names::add_unicode(document);
    widths::expand_ranges(document);
    forms::cut_loops(document, pages);
    charset::replace_encodings(document, pages);
    collection::add_unicode(document, pages);
}

/// Copies inherited attributes into the page and detaches it from the tree.
fn inline_inherited(document: &mut Document, page: ObjectId) {
    let resources = inherited(document, page, b"Resources", |object| object.as_dict().is_ok()).cloned();
    let media = inherited(document, page, b"MediaBox", |object| object.as_array().is_ok())
        .and_then(|object| corners(document, object))
        .unwrap_or(LETTER);
    let Ok(dictionary) = document.get_dictionary_mut(page) else { return };
    dictionary.set("Resources", resources.unwrap_or_else(|| Object::Dictionary(Dictionary::new())));
    dictionary.set("MediaBox", Object::Array(media.iter().map(|corner| Object::Real(*corner)).collect()));
    dictionary.remove(b"Parent");
    dictionary.remove(b"ArtBox");
}

fn corners(document: &Document, object: &Object) -> Option<[f32; 4]> {
    let array = dereferenced(document, object)?.as_array().ok()?;
    let numbers: Vec<f32> = array.iter().filter_map(|number| dereferenced(document, number)?.as_float().ok()).collect();
    numbers.try_into().ok()
}

/// Empties pictures: they hold no text, but pdf-extract would unpack and interpret them.
fn empty_pictures(document: &mut Document) {
    for object in document.objects.values_mut() {
        let Ok(stream) = object.as_stream_mut() else { continue };
        if stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image") {
            stream.set_plain_content(Vec::new());
        }
    }
}
