//! Reads the addresses of anchor elements.

use html2text::Handle;

use super::node::{attribute, tag_of};
use crate::read::links::shown;

/// Maximum number of links per page whose addresses are added to the text; more form a list at its end.
const MOST_INLINE: usize = 40;
/// Nodes that are visited to count the links.
const MOST_NODES: usize = 100_000;

/// Returns the address of a link to somewhere outside of the page.
pub(super) fn address(link: &Handle) -> Option<String> {
    shown(&attribute(link, "href")?).map(str::to_owned)
}

/// Whether a page has too many links to add their addresses to the text.
pub(super) fn are_dense(root: &Handle) -> bool {
    let (mut links, mut visited) = (0, 0);
    let mut open = vec![root.clone()];
    while let Some(node) = open.pop() {
        visited += 1;
        links += usize::from(tag_of(&node) == "a" && address(&node).is_some());
        if links > MOST_INLINE || visited > MOST_NODES {
            return true;
        }
        open.extend(node.children.borrow().iter().cloned());
    }
    false
}
