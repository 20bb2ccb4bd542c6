//! Accessors for the nodes of html2text's tree.

use html2text::{Comment, Document, Element, Handle};

/// Elements whose content a browser does not show as text.
const UNSEEN: [&str; 18] = [
    "head", "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "canvas", "audio", "video",
    "datalist", "select", "map", "frameset", "rp", "title",
];

/// Returns the name of an element; empty for any other node.
pub(super) fn tag_of(node: &Handle) -> String {
    match &node.data {
        Element { name, .. } => name.local.to_string(),
        _ => String::new(),
    }
}

/// Returns an attribute of an element.
pub(super) fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|attribute| &*attribute.name.local == wanted).map(|found| found.value.to_string())
}

/// Whether a browser would not show an element. Hidden text is skipped, because it is where prompt
/// injections are placed.
pub(super) fn is_hidden(node: &Handle, tag: &str) -> bool {
    if UNSEEN.contains(&tag) {
        return true;
    }
    let style = attribute(node, "style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    attribute(node, "hidden").is_some() || style.contains("display:none") || style.contains("visibility:hidden")
}

/// Returns the text of a text node; empty for any other node. html2text does not export the type of text
/// nodes, so the node is serialised to HTML and its four escapes are decoded.
pub(super) fn text_of(node: &Handle) -> String {
    let mut html = Vec::new();
    if matches!(node.data, Element { .. } | Document | Comment { .. }) || node.serialize(&mut html).is_err() {
        return String::new();
    }
    let html = String::from_utf8_lossy(&html);
    if html.starts_with('<') {
        return String::new(); // a declaration
    }
    html.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{A0}").replace("&amp;", "&")
}
