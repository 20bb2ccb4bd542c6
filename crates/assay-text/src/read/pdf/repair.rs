//! Changes a document in memory so that pdf-extract does not fall over it.
//!
//! Found in pdf-extract 0.12.1: it looks up the page tree without end, panics where a page
//! has no media box, runs pictures as if they were drawings, follows drawings that draw
//! themselves until the stack overflows, misreads runs of equal widths, and panics on the named encodings of Chinese,
//! Japanese and Korean fonts.

use std::collections::BTreeMap;

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::{charset, collection, forms, names, widths};

/// Deeper page trees are loops.
const DEEPEST_TREE: usize = 256;
/// US Letter in points, for pages that do not say how large they are.
const LETTER: [f32; 4] = [0.0, 0.0, 612.0, 792.0];

/// Makes every page of the list readable by itself.
pub(super) fn repair(document: &mut Document, pages: &BTreeMap<u32, ObjectId>) {
    for id in pages.values() {
        settle_inheritance(document, *id);
    }
    empty_pictures(document);
    names::spell_out(document);
    widths::spell_out(document);
    forms::cut_loops(document, pages);
    charset::spell_out(document, pages);
    collection::spell_out(document, pages);
}

/// The resources in force on a page.
pub(super) fn resources(document: &Document, page: ObjectId) -> Option<&Dictionary> {
    let object = inherited(document, page, b"Resources", |object| object.as_dict().is_ok())?;
    dereferenced(document, object)?.as_dict().ok()
}

/// Follows a reference, if it is one.
pub(super) fn dereferenced<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

/// Writes what a page inherits into the page and takes it off the tree.
fn settle_inheritance(document: &mut Document, page: ObjectId) {
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

fn inherited<'a>(
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

fn corners(document: &Document, object: &Object) -> Option<[f32; 4]> {
    let array = dereferenced(document, object)?.as_array().ok()?;
    let numbers: Vec<f32> = array.iter().filter_map(|number| dereferenced(document, number)?.as_float().ok()).collect();
    numbers.try_into().ok()
}

/// A picture holds no text, but pdf-extract would unpack it and look for some.
fn empty_pictures(document: &mut Document) {
    for object in document.objects.values_mut() {
        let Ok(stream) = object.as_stream_mut() else { continue };
        if stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image") {
            stream.set_plain_content(Vec::new());
        }
    }
}
