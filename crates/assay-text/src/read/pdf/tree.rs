//! Reads the page tree: each leaf is a page, even if its object is missing or invalid. lopdf numbers valid
//! pages only, so an invalid page would be lost silently and the later ones would have wrong numbers.

use std::collections::{BTreeMap, BTreeSet};

use pdf_extract::{Document, Object, ObjectId, dictionary};

use super::objects::dereferenced;

/// Deeper trees are loops.
const DEEPEST: usize = 256;

/// The pages of a file, numbered from 1.
pub(super) struct Tree {
    pub(super) pages: BTreeMap<u32, ObjectId>,
    /// Pages whose object is missing or invalid.
    lost: BTreeSet<u32>,
    /// Each valid page, once.
    distinct: Vec<ObjectId>,
}

impl Tree {
    /// Flattens the tree, with a blank page for each lost one, so that lopdf's numbers agree with ours.
    pub(super) fn flatten(document: &mut Document) -> Self {
        let root = document.catalog().and_then(|catalog| catalog.get(b"Pages")).and_then(Object::as_reference).ok();
        let leaves = root.map(|root| leaves(document, root)).unwrap_or_default();
        let mut tree = Self { pages: BTreeMap::new(), lost: BTreeSet::new(), distinct: Vec::new() };
        let mut seen = BTreeSet::new();
        for (number, leaf) in (1..).zip(leaves) {
            let id = leaf.unwrap_or_else(|| document.add_object(dictionary! {}));
            if leaf.is_none() {
                tree.lost.insert(number);
            } else if seen.insert(id) {
                tree.distinct.push(id);
            }
            if let Ok(page) = document.get_dictionary_mut(id) {
                page.set("Type", "Page");
            }
            tree.pages.insert(number, id);
        }
        if let Some(Ok(root)) = root.map(|root| document.get_dictionary_mut(root)) {
            root.set("Kids", tree.pages.values().map(|id| Object::Reference(*id)).collect::<Vec<_>>());
        }
        tree
    }

    /// Whether a page's object is missing or invalid.
    pub(super) fn is_lost(&self, number: u32) -> bool {
        self.lost.contains(&number)
    }

    /// Returns the number of a page in a reader that finds `found` pages: it may leave out lost and repeated
    /// pages. `None` if its pages cannot be matched with these.
    pub(super) fn number_among(&self, number: u32, found: usize) -> Option<u32> {
        if found == self.pages.len() {
            return Some(number);
        }
        let id = self.pages.get(&number).filter(|_| found == self.distinct.len())?;
        let place = self.distinct.iter().position(|other| other == id)?;
        u32::try_from(place + 1).ok()
    }
}

/// Returns the leaves in order. Invalid leaves count only if the tree claims more pages than there are valid
/// ones, because some programs remove pages and leave their places.
fn leaves(document: &Document, root: ObjectId) -> Vec<Option<ObjectId>> {
    let most = document.objects.len();
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([root]);
    let mut open = vec![kids(document, root).unwrap_or_default().iter()];
    while let Some(level) = open.last_mut() {
        let Some(kid) = level.next().filter(|_| found.len() < most) else {
            open.pop();
            continue;
        };
        let id = kid.as_reference().ok().filter(|id| document.get_dictionary(*id).is_ok());
        match id.and_then(|id| Some((id, kids(document, id)?))) {
            Some((node, kids)) => {
                if open.len() < DEEPEST && seen.insert(node) {
                    open.push(kids.iter());
                }
            }
            None => found.push(id),
        }
    }
    let claimed = document.get_dictionary(root).and_then(|root| root.get_deref(b"Count", document)?.as_i64());
    if claimed.is_ok_and(|claimed| claimed <= found.iter().flatten().count() as i64) {
        found.retain(Option::is_some);
    }
    found
}

/// Returns the children of a node; `None` for a page.
fn kids(document: &Document, id: ObjectId) -> Option<&[Object]> {
    let node = document.get_dictionary(id).ok()?;
    if node.get_type().is_ok_and(|kind| kind == b"Page") {
        return None;
    }
    dereferenced(document, node.get(b"Kids").ok()?)?.as_array().ok().map(Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use pdf_extract::{Document, Object, ObjectId, dictionary};

    use super::Tree;

    /// A file with a tree of `count` pages and these kids, where 1 and 2 are pages, 3 a node with page 1 and
    /// the root below it, and 4 is not in the file.
    fn file(kids: &[u32], count: i64) -> Document {
        let mut document = Document::new();
        let reference = |number: &u32| Object::Reference((*number, 0));
        let kids: Vec<Object> = kids.iter().map(reference).collect();
        document.objects.insert((1, 0), dictionary! { "Type" => "Page" }.into());
        document.objects.insert((2, 0), dictionary! { "Rotate" => 0 }.into());
        let below = vec![reference(&1), reference(&9)];
        document.objects.insert((3, 0), dictionary! { "Type" => "Pages", "Kids" => below }.into());
        document.objects.insert((9, 0), dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
        document.max_id = 9;
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => reference(&9) });
        document.trailer.set("Root", catalog);
        document
    }

    #[test]
    fn each_leaf_is_a_page() {
        let id = |number: u32| -> ObjectId { (number, 0) };
        for (kids, count, pages, lost, found, second) in [
            (&[1, 2][..], 2, 2, None, 2, Some(2)),
            (&[1, 4, 2], 3, 3, Some(2), 2, None),
            (&[4, 1, 2], 3, 3, Some(1), 3, Some(2)),
            (&[1, 4, 2], 2, 2, None, 2, Some(2)),
            (&[3, 2], 2, 2, None, 2, Some(2)),
            (&[1, 1, 2], 3, 3, None, 2, Some(1)),
            (&[1, 2], 2, 2, None, 5, None),
        ] {
            let mut document = file(kids, count);
            let tree = Tree::flatten(&mut document);
            assert_eq!(tree.pages.len(), pages, "{kids:?}");
            assert_eq!(document.get_pages(), tree.pages, "{kids:?}: lopdf has other numbers");
            assert_eq!(tree.pages.keys().copied().find(|number| tree.is_lost(*number)), lost, "{kids:?}");
            assert_eq!(tree.pages.values().next_back(), Some(&id(2)), "{kids:?}");
            assert_eq!(tree.number_among(2, found), second, "{kids:?}");
        }
    }
}
