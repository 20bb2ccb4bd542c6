//! Distinguishes data tables from layout tables and extracts their cells.

use html2text::Handle;

use super::node;
use crate::compose::Composer;

/// A cell with deeper nesting belongs to a layout table.
const DEEPEST: usize = 64;
const LAYOUT: [&str; 11] = ["table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article", "form"];
/// Maximum colspan.
const WIDEST: usize = 100;

/// A data table.
#[derive(Default)]
pub(super) struct Data {
    /// The caption.
    pub(super) caption: String,
    /// The text of its cells.
    pub(super) rows: Vec<Vec<String>>,
    /// The number of header rows.
    pub(super) header_rows: usize,
}

/// Returns the table's data, or `None` for a layout table.
pub(super) fn data(table: &Handle) -> Option<Data> {
    let mut data = Data::default();
    for row in parts(table, &mut data.caption)? {
        let mut cells = Vec::new();
        let mut all_headers = true;
        for cell in row.children.borrow().iter() {
            let tag = node::tag_of(cell);
            if tag != "td" && tag != "th" {
                continue;
            }
            all_headers &= tag == "th";
            cells.push(text_of(cell)?);
            let span = node::attribute(cell, "colspan").and_then(|span| span.parse().ok()).unwrap_or(1);
            cells.resize(cells.len() + usize::min(span, WIDEST).saturating_sub(1), String::new());
        }
        if all_headers && data.header_rows == data.rows.len() && !cells.is_empty() {
            data.header_rows += 1;
        }
        data.rows.push(cells);
    }
    Some(data)
}

/// Returns the rows of the table and of its head, bodies and foot, and stores the caption.
fn parts(table: &Handle, caption: &mut String) -> Option<Vec<Handle>> {
    let mut found = Vec::new();
    for part in table.children.borrow().iter() {
        match node::tag_of(part).as_str() {
            "tr" => found.push(part.clone()),
            "thead" | "tbody" | "tfoot" => {
                found.extend(part.children.borrow().iter().filter(|node| node::tag_of(node) == "tr").cloned());
            }
            "caption" => *caption = text_of(part)?,
            _ => {}
        }
    }
    Some(found)
}

fn text_of(node: &Handle) -> Option<String> {
    let mut text = Composer::default();
    write_cell(&mut text, node, 0)?;
    Some(text.finish().text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn write_cell(text: &mut Composer, node: &Handle, depth: usize) -> Option<()> {
    let tag = node::tag_of(node);
    if depth > DEEPEST || LAYOUT.contains(&tag.as_str()) {
        return None;
    }
    text.push_inline(&node::text_of(node));
    if node::is_hidden(node, &tag) {
        return Some(());
    }
    if !matches!(tag.as_str(), "a" | "b" | "i" | "em" | "strong" | "span" | "code" | "sub" | "sup" | "small" | "") {
        text.push_inline(" ");
    }
    if tag == "img" {
        text.push_inline(&node::attribute(node, "alt").unwrap_or_default());
    }
    for child in node.children.borrow().iter() {
        write_cell(text, child, depth + 1)?;
    }
    Some(())
}
