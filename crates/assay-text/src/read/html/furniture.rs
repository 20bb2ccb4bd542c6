//! Recognises the furniture of a web page: menus, breadcrumbs, side bars, banners and footers.

use html2text::Handle;

use super::node::{attribute, tag_of, text_of};

/// Elements and landmark roles (WAI-ARIA) that are furniture outside of the main content.
const TAGS: [&str; 2] = ["aside", "footer"];
const ROLES: [&str; 5] = ["navigation", "banner", "contentinfo", "complementary", "search"];
/// Words in a class or id of an element that is always furniture.
const CLASSES: [&str; 5] = ["breadcrumb", "breadcrumbs", "cookie", "cookies", "consent"];
/// Words in a class or id of an element that is furniture if most of its text is links.
const LINK_CLASSES: [&str; 6] = ["nav", "navbar", "navigation", "menu", "sidebar", "footer"];
/// Nodes that are visited to measure the share of links.
const MOST_NODES: usize = 5_000;

/// Whether an element is furniture. Side notes and footers inside of the main content belong to it.
pub(super) fn is_furniture(node: &Handle, tag: &str, in_main: bool) -> bool {
    if tag == "nav" {
        return true;
    }
    if in_main || matches!(tag, "" | "html" | "body" | "main" | "article") {
        return false;
    }
    if TAGS.contains(&tag) || attribute(node, "role").is_some_and(|role| ROLES.contains(&role.as_str())) {
        return !holds_main(node);
    }
    let names = [attribute(node, "class"), attribute(node, "id")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if names.is_empty() {
        return false;
    }
    let names = names.to_ascii_lowercase();
    let has = |known: &[&str]| names.split(|c: char| !c.is_alphanumeric()).any(|name| known.contains(&name));
    (has(&CLASSES) || (has(&LINK_CLASSES) && is_mostly_links(node))) && !holds_main(node)
}

/// Whether an element holds the main content or a title of the page.
fn holds_main(node: &Handle) -> bool {
    each(node, |_, tag, _| matches!(tag, "main" | "article" | "h1"))
}

/// Whether more than half of an element's text is links.
fn is_mostly_links(node: &Handle) -> bool {
    let (mut all, mut linked) = (0, 0);
    each(node, |node, tag, in_link| {
        if tag.is_empty() {
            let length = text_of(node).trim().len();
            all += length;
            linked += if in_link { length } else { 0 };
        }
        false
    });
    linked * 2 > all
}

/// Visits the nodes below an element until one satisfies a condition, and returns whether one does.
fn each(node: &Handle, mut stop: impl FnMut(&Handle, &str, bool) -> bool) -> bool {
    let mut open = vec![(node.clone(), false)];
    let mut visited = 0;
    while let Some((node, in_link)) = open.pop() {
        let tag = tag_of(&node);
        visited += 1;
        if visited > MOST_NODES {
            return false;
        }
        if stop(&node, &tag, in_link) {
            return true;
        }
        open.extend(node.children.borrow().iter().map(|child| (child.clone(), in_link || tag == "a")));
    }
    false
}
