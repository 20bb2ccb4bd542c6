//! Breaks cycles of form XObjects that draw themselves, directly or through others.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use pdf_extract::content::Content;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

use super::objects::{dereferenced, resources, stream_content};

/// Real files nest form XObjects a few levels deep.
const DEEPEST: usize = 32;

/// Removes the `Do` operators from each form that would be drawn inside itself.
pub(super) fn cut_loops(document: &mut Document, pages: &BTreeMap<u32, ObjectId>) {
    let mut search = Search { document, path: Vec::new(), done: HashSet::new(), looping: BTreeSet::new() };
    for page in pages.values() {
        if let Some(resources) = resources(document, *page) {
            search.visit_all(resources, None);
        }
    }
    for id in search.looping {
        let Ok(Object::Stream(stream)) = document.get_object_mut(id) else { continue };
        let kept = without_do(stream).unwrap_or_default();
        stream.set_plain_content(kept);
    }
}

fn without_do(stream: &Stream) -> Option<Vec<u8>> {
    let mut content = Content::decode(&stream_content(stream)).ok()?;
    content.operations.retain(|operation| operation.operator != "Do");
    content.encode().ok()
}

/// A depth-first search over the forms that are reachable from pages.
struct Search<'a> {
    document: &'a Document,
    path: Vec<ObjectId>,
    /// Visited forms with the resources in force, which are the caller's if a form has none.
    done: HashSet<(ObjectId, *const Dictionary)>,
    looping: BTreeSet<ObjectId>,
}

impl<'a> Search<'a> {
    /// Visits the forms in resources, or only those that are drawn.
    fn visit_all(&mut self, resources: &'a Dictionary, drawn: Option<&HashSet<Vec<u8>>>) {
        let forms = resources.get(b"XObject").ok().and_then(|object| dereferenced(self.document, object));
        let Some(Ok(forms)) = forms.map(Object::as_dict) else { return };
        for (name, object) in forms.iter() {
            if let Ok(id) = object.as_reference()
                && drawn.is_none_or(|drawn| drawn.contains(name))
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
        let drawn = forms_drawn(stream);
        if drawn.is_empty() {
            return;
        }
        self.path.push(id);
        self.visit_all(inner, Some(&drawn));
        self.path.pop();
    }
}

fn forms_drawn(stream: &Stream) -> HashSet<Vec<u8>> {
    let Ok(content) = Content::decode(&stream_content(stream)) else { return HashSet::new() };
    let names = content.operations.iter().filter(|operation| operation.operator == "Do");
    names.filter_map(|operation| Some(operation.operands.first()?.as_name().ok()?.to_vec())).collect()
}
