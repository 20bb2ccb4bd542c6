//! Distinguishes data tables from layout tables and extracts their cells.

use std::collections::BTreeMap;

use html2text::Handle;

use super::node;
use crate::compose::Composer;
use crate::table::{self, Layout, Names, Row, Span};

/// A cell with deeper nesting belongs to a layout table.
const DEEPEST: usize = 64;
const LAYOUT: [&str; 11] = ["table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "article", "form"];
/// Maximum colspan and rowspan.
const WIDEST: u32 = 100;
const TALLEST: u32 = 1_000;

/// A data table.
pub(super) struct Data {
    /// The caption.
    pub(super) caption: String,
    /// The rows with the text of their cells.
    pub(super) rows: Vec<Row>,
    /// The cells that span several columns or rows.
    pub(super) spans: Vec<Span>,
    /// How the rows are read.
    pub(super) layout: Layout,
}

/// Returns the table's data, or `None` for a layout table.
pub(super) fn data(table: &Handle) -> Option<Data> {
    let mut data = Data { caption: String::new(), rows: Vec::new(), spans: Vec::new(), layout: Layout::form() };
    // Header rows at the top, and whether every row begins with its only header cell.
    let (mut header_rows, mut row_headers, mut pairs) = (0, true, 0);
    // The first free row of each column, below the cells that span rows.
    let mut free: BTreeMap<u32, u32> = BTreeMap::new();
    for (number, row) in (0..).zip(parts(table, &mut data.caption)?) {
        let mut cells = BTreeMap::new();
        let (mut headers, mut count, mut column, mut starts) = (0, 0, 0, false);
        for cell in row.children.borrow().iter() {
            let tag = node::tag_of(cell);
            if tag != "td" && tag != "th" {
                continue;
            }
            starts |= count == 0 && tag == "th";
            headers += usize::from(tag == "th");
            count += 1;
            while free.get(&column).is_some_and(|free| *free > number) {
                column += 1;
            }
            let span = |name: &str, most: u32| {
                let span = node::attribute(cell, name).and_then(|span| span.trim().parse().ok());
                span.unwrap_or(1_u32).clamp(1, most)
            };
            let (across, down) = (span("colspan", WIDEST), span("rowspan", TALLEST));
            if across > 1 || down > 1 {
                let (bottom, right) = (number + down - 1, column + across - 1);
                data.spans.push(Span { top: number, left: column, bottom, right });
            }
            let text = text_of(cell)?;
            if !text.is_empty() {
                cells.insert(column, text);
            }
            for covered in column..column + across {
                free.insert(covered, number + down);
            }
            column += across;
        }
        if count > 1 {
            pairs += 1;
            row_headers &= starts && headers == 1;
        }
        if headers == count && count > 0 && header_rows == data.rows.len() {
            header_rows += 1;
        }
        data.rows.push((number, cells));
    }
    // A table of nothing but header cells has no body to name.
    let header_rows = if header_rows < data.rows.len() { header_rows } else { 0 };
    if pairs == 0 || !row_headers {
        data.layout = table::layout(&data.rows, &data.spans, header_rows, &Names::default());
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
