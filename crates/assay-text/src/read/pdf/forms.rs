//! Drawings (form XObjects) that draw themselves, directly or in a ring.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use pdf_extract::content::Content;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

use super::repair::{dereferenced, resources};

/// Honest files nest drawings a few deep.
const DEEPEST: usize = 32;

/// Takes the drawing of other drawings out of each one that would come back to itself.
pub(super) fn cut_loops(document: &mut Document, pages: &BTreeMap<u32, ObjectId>) {
    let mut search = Search { document, path: Vec::new(), done: HashSet::new(), looping: BTreeSet::new() };
    for page in pages.values() {
        if let Some(resources) = resources(document, *page) {
            search.visit_all(resources, None);
        }
    }
    for id in search.looping {
        let Ok(Object::Stream(stream)) = document.get_object_mut(id) else { continue };
        let kept = without_drawings(stream).unwrap_or_default();
        stream.set_plain_content(kept);
    }
}

/// The unpacked content of a stream, as pdf-extract sees it.
pub(super) fn content(stream: &Stream) -> Vec<u8> {
    stream.get_plain_content().unwrap_or_else(|_| stream.content.clone())
}

fn without_drawings(stream: &Stream) -> Option<Vec<u8>> {
    let mut content = Content::decode(&content(stream)).ok()?;
    content.operations.retain(|operation| operation.operator != "Do");
    content.encode().ok()
}

/// A walk over the drawings that are reachable from pages, depth first.
struct Search<'a> {
    document: &'a Document,
    path: Vec<ObjectId>,
    /// Drawings with the resources they were seen under, which are the caller's if they have none.
    done: HashSet<(ObjectId, *const Dictionary)>,
    looping: BTreeSet<ObjectId>,
}

impl<'a> Search<'a> {
    /// Visits the drawings that resources name, or only those called.
    fn visit_all(&mut self, resources: &'a Dictionary, called: Option<&HashSet<Vec<u8>>>) {
        let drawings = resources.get(b"XObject").ok().and_then(|object| dereferenced(self.document, object));
        let Some(Ok(drawings)) = drawings.map(Object::as_dict) else { return };
        for (name, object) in drawings.iter() {
            if let Ok(id) = object.as_reference()
                && called.is_none_or(|called| called.contains(name))
            {
                self.visit(id, resources);
            }
        }
    }

    fn visit(&mut self, id: ObjectId, outer: &'a Dictionary) {
        if self.path.contains(&id) || self.path.len() >= DEEPEST {
            self.looping.extend(self.path.last());
            return;
        }
        let Ok(Object::Stream(stream)) = self.document.get_object(id) else { return };
        let own = stream.dict.get(b"Resources").ok().and_then(|object| dereferenced(self.document, object));
        let inner = own.and_then(|object| object.as_dict().ok()).unwrap_or(outer);
        if !inner.has(b"XObject") || !self.done.insert((id, std::ptr::from_ref(inner))) {
            return;
        }
        let called = drawings_called(stream);
        if called.is_empty() {
            return;
        }
        self.path.push(id);
        self.visit_all(inner, Some(&called));
        self.path.pop();
    }
}

fn drawings_called(stream: &Stream) -> HashSet<Vec<u8>> {
    let Ok(content) = Content::decode(&content(stream)) else { return HashSet::new() };
    let names = content.operations.iter().filter(|operation| operation.operator == "Do");
    names.filter_map(|operation| Some(operation.operands.first()?.as_name().ok()?.to_vec())).collect()
}
