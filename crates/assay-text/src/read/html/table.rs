//! Tables that hold data, told apart from tables that only lay out a page.

use html2text::Handle;

use super::{UNSEEN, is_hidden, tag_of, words_of};
use crate::compose::Composer;

/// Deeper nesting inside a cell is layout.
const DEEPEST: usize = 64;
const LAYOUT: [&str; 11] = ["table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article", "form"];
/// A colspan over this is a mistake or an attack.
const WIDEST: usize = 100;

/// A table of data.
#[derive(Default)]
pub(super) struct Data {
    /// What stands over it.
    pub(super) caption: String,
    /// The text of its cells.
    pub(super) rows: Vec<Vec<String>>,
    /// How many rows at the top name the columns.
    pub(super) header_rows: usize,
}

/// The table's data, or `None` for a table that lays out a page.
pub(super) fn data(table: &Handle) -> Option<Data> {
    let mut data = Data::default();
    for row in parts(table, &mut data.caption)? {
        let mut cells = Vec::new();
        let mut all_headers = true;
        for cell in row.children.borrow().iter() {
            let tag = tag_of(cell);
            if tag != "td" && tag != "th" {
                continue;
            }
            all_headers &= tag == "th";
            cells.push(text_of(cell)?);
            let span = super::attribute(cell, "colspan").and_then(|span| span.parse().ok()).unwrap_or(1);
            cells.resize(cells.len() + usize::min(span, WIDEST).saturating_sub(1), String::new());
        }
        if all_headers && data.header_rows == data.rows.len() && !cells.is_empty() {
            data.header_rows += 1;
        }
        data.rows.push(cells);
    }
    Some(data)
}

/// The caption, and the rows of the table and of its head, bodies and foot.
fn parts(table: &Handle, caption: &mut String) -> Option<Vec<Handle>> {
    let mut found = Vec::new();
    for part in table.children.borrow().iter() {
        match tag_of(part).as_str() {
            "tr" => found.push(part.clone()),
            "thead" | "tbody" | "tfoot" => {
                found.extend(part.children.borrow().iter().filter(|node| tag_of(node) == "tr").cloned());
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
    let tag = tag_of(node);
    if depth > DEEPEST || LAYOUT.contains(&tag.as_str()) {
        return None;
    }
    text.words(&words_of(node));
    if UNSEEN.contains(&tag.as_str()) || is_hidden(node) {
        return Some(());
    }
    if !matches!(tag.as_str(), "a" | "b" | "i" | "em" | "strong" | "span" | "code" | "sub" | "sup" | "small" | "") {
        text.words(" ");
    }
    if tag == "img" {
        text.words(&super::attribute(node, "alt").unwrap_or_default());
    }
    for child in node.children.borrow().iter() {
        write_cell(text, child, depth + 1)?;
    }
    Some(())
}
