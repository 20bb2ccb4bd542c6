//! Adds Unicode to fonts whose codes are identifiers of Adobe's character collections (GB1, CNS1, Japan1,
//! Korea1) and that have no `ToUnicode` map, from Adobe's tables.

use std::collections::{BTreeMap, BTreeSet};

use hayro_interpret::hayro_cmap::{BfString, CMap, CidFamily, load_embedded};
use pdf_extract::{Document, Object, ObjectId};

use super::charset::{shown_pairs, strings, unicode_stream};
use super::objects::dereferenced;

/// Gives every such font a `ToUnicode` map of the identifiers that the document uses.
pub(super) fn add_unicode(document: &mut Document, pages: &BTreeMap<u32, ObjectId>) {
    let fonts: Vec<(ObjectId, CidFamily)> =
        document.objects.iter().filter_map(|(id, object)| Some((*id, family_of(document, object)?))).collect();
    if fonts.is_empty() {
        return;
    }
    let strings = strings(document, pages);
    let mut written: Vec<(CidFamily, Object)> = Vec::new();
    for (id, family) in fonts {
        let known = written.iter().find(|(other, _)| *other == family).map(|(_, unicode)| unicode.clone());
        let unicode = match known {
            Some(unicode) => unicode,
            None => {
                let Some(unicode) = unicode_object(document, &family, &strings) else { continue };
                written.push((family, unicode.clone()));
                unicode
            }
        };
        if let Ok(font) = document.get_dictionary_mut(id) {
            font.set("Encoding", Object::Name(b"Identity-H".to_vec()));
            font.set("ToUnicode", unicode);
        }
    }
}

fn family_of(document: &Document, object: &Object) -> Option<CidFamily> {
    let font = object.as_dict().ok()?;
    if font.get(b"Subtype").ok()?.as_name().ok()? != b"Type0" || font.has(b"ToUnicode") {
        return None;
    }
    let encoding = dereferenced(document, font.get(b"Encoding").ok()?)?.as_name().ok()?;
    if !encoding.starts_with(b"Identity-") && !encoding.starts_with(b"Adobe-") {
        return None;
    }
    let descendants = dereferenced(document, font.get(b"DescendantFonts").ok()?)?.as_array().ok()?;
    let descendant = dereferenced(document, descendants.first()?)?.as_dict().ok()?;
    let system = dereferenced(document, descendant.get(b"CIDSystemInfo").ok()?)?.as_dict().ok()?;
    let string = |key: &[u8]| dereferenced(document, system.get(key).ok()?)?.as_str().ok();
    let family = CidFamily::from_registry_ordering(string(b"Registry")?, string(b"Ordering")?);
    family.ucs2_cmap().is_some().then_some(family)
}

fn unicode_object(document: &mut Document, family: &CidFamily, strings: &BTreeSet<Vec<u8>>) -> Option<Object> {
    let table = CMap::parse(load_embedded(family.ucs2_cmap()?)?, load_embedded)?;
    let used = shown_pairs(strings).into_iter().filter_map(|[high, low]| {
        let unicode = match table.lookup_bf_string(u32::from_be_bytes([0, 0, high, low]))? {
            BfString::Char(c) => c.to_string(),
            BfString::String(letters) => letters,
        };
        Some((vec![high, low], unicode))
    });
    let used: Vec<(Vec<u8>, String)> = used.collect();
    Some(unicode_stream(document, used.into_iter()))
}
