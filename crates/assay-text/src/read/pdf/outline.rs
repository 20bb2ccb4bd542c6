//! Reads the outline of a PDF (ISO 32000-1, 12.3.3): which sections it has, how they nest, and on which pages they
//! begin.

use std::collections::{BTreeMap, BTreeSet};

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::objects::{dereferenced, text_of};
use super::tree::Tree;

/// Maximum number of entries, and of names that stand for places in the file.
const MOST: usize = 20_000;
/// Deeper outlines and name trees are loops.
const DEEPEST: usize = 24;
/// Maximum length of a title, in characters.
pub(super) const LONGEST: usize = 120;

/// An entry of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bookmark {
    /// Number of the page on which its section begins, from 1.
    pub(super) page: u32,
    /// How deep it is nested; 0 is outermost.
    pub(super) level: usize,
    pub(super) title: String,
}

/// Returns the entries that lead to a page, in order. A file without an outline has none, and what makes no sense in one
/// is left out.
pub(super) fn read(document: &Document, tree: &Tree) -> Vec<Bookmark> {
    let pages: BTreeMap<ObjectId, u32> = tree.pages.iter().rev().map(|(number, id)| (*id, *number)).collect();
    let Some(catalog) = document.catalog().ok() else { return Vec::new() };
    let Some(outlines) = dictionary(document, catalog, b"Outlines") else { return Vec::new() };
    let named = named_places(document, catalog);
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<Option<&Object>> = vec![outlines.get(b"First").ok()];
    while let Some(next) = open.pop() {
        let Some(id) = next.and_then(|next| next.as_reference().ok()) else { continue };
        let Ok(entry) = document.get_dictionary(id) else { continue };
        if !seen.insert(id) || seen.len() > MOST {
            continue;
        }
        let title = entry.get(b"Title").ok().and_then(|title| text_of(dereferenced(document, title)?));
        let title = title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default();
        if let Some(id) = place(document, entry, &named).filter(|_| !title.is_empty())
            && let Some(page) = pages.get(&id)
        {
            let title = title.chars().take(LONGEST).collect();
            found.push(Bookmark { page: *page, level: open.len(), title });
        }
        open.push(entry.get(b"Next").ok());
        if open.len() < DEEPEST {
            open.push(entry.get(b"First").ok());
        }
    }
    found
}

/// The page to which an entry leads, by itself or by its action.
fn place(document: &Document, entry: &Dictionary, named: &BTreeMap<Vec<u8>, &Object>) -> Option<ObjectId> {
    let target = match entry.get(b"Dest") {
        Ok(target) => target,
        Err(_) => dictionary(document, entry, b"A")?.get(b"D").ok()?,
    };
    let target = match dereferenced(document, target)? {
        Object::Name(name) | Object::String(name, _) => dereferenced(document, named.get(name)?)?,
        target => target,
    };
    let target = match target {
        Object::Dictionary(target) => dereferenced(document, target.get(b"D").ok()?)?,
        target => target,
    };
    target.as_array().ok()?.first()?.as_reference().ok()
}

/// The places that have names: in the catalog's dictionary, as files of PDF 1.1 have them, and in its name tree.
fn named_places<'a>(document: &'a Document, catalog: &'a Dictionary) -> BTreeMap<Vec<u8>, &'a Object> {
    let mut named = BTreeMap::new();
    if let Some(places) = dictionary(document, catalog, b"Dests") {
        named.extend(places.iter().take(MOST).map(|(name, place)| (name.clone(), place)));
    }
    let root = dictionary(document, catalog, b"Names").and_then(|names| dictionary(document, names, b"Dests"));
    let mut open: Vec<(&Dictionary, usize)> = root.map(|root| (root, 0)).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some((node, depth)) = open.pop() {
        let list = |key: &[u8]| dereferenced(document, node.get(key).ok()?)?.as_array().ok();
        for pair in list(b"Names").map(Vec::as_slice).unwrap_or_default().chunks_exact(2) {
            if let [name, place] = pair
                && let Some(Object::String(name, _)) = dereferenced(document, name)
                && named.len() < MOST
            {
                named.insert(name.clone(), place);
            }
        }
        let kids = list(b"Kids").map(Vec::as_slice).unwrap_or_default();
        // Each node is read once, however many others name it.
        let kids = kids.iter().filter(|kid| kid.as_reference().is_ok_and(|id| seen.insert(id)));
        let kids = kids.filter_map(|kid| dereferenced(document, kid)?.as_dict().ok());
        if depth < DEEPEST && open.len() < MOST {
            open.extend(kids.take(MOST).map(|kid| (kid, depth + 1)));
        }
    }
    named
}

fn dictionary<'a>(document: &'a Document, holder: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    dereferenced(document, holder.get(key).ok()?)?.as_dict().ok()
}
