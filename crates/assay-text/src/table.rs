//! The model of a table that all formats share: rows, header rows, column names, and forms.
//!
//! A row becomes one line that names its columns (`Region: North | 2023 Q2: 538`), so that it keeps its
//! meaning wherever a chunk is cut. A form of two columns becomes lines of `label: value`.

mod grid;
mod header;
mod kind;

use std::collections::BTreeMap;

pub(crate) use grid::{Row, Span};

/// The names of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names(BTreeMap<u32, String>);

impl Names {
    /// Whether each column of some rows has a name, and no row is a mere title.
    pub(crate) fn cover(&self, rows: &[Row]) -> bool {
        rows.iter().all(|(_, cells)| cells.len() > 1 && cells.keys().all(|column| self.0.contains_key(column)))
    }
}

/// How the rows of a table are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Leading rows that are titles: a single cell above a table of several columns.
    pub(crate) titles: usize,
    /// Index of the first row after the header rows; equal to `titles` if there are none.
    pub(crate) body: usize,
    /// Whether the rows are pairs of a label and its value.
    pub(crate) form: bool,
    /// The names of the columns, empty if there are none.
    pub(crate) names: Names,
}

impl Layout {
    /// The layout of a table whose first column has labels.
    pub(crate) fn form() -> Self {
        Self { titles: 0, body: 0, form: true, names: Names::default() }
    }

    /// Returns the line of a row of the table that this layout was made for.
    pub(crate) fn line(&self, place: usize, cells: &BTreeMap<u32, String>) -> String {
        if place < self.body {
            return joined_once(cells.values());
        }
        if self.form {
            return pair(cells);
        }
        let mut line = String::new();
        let mut after_label = false;
        for (column, cell) in cells {
            let name = self.names.0.get(column).filter(|name| *name != cell);
            if !line.is_empty() {
                line.push_str(if after_label { " " } else { " | " });
            }
            if let Some(name) = name {
                line.push_str(name.trim_end_matches([':', '：']));
                line.push_str(": ");
            }
            line.push_str(cell);
            // Forms of four columns and more put a label before each value.
            after_label = name.is_none() && cell.ends_with([':', '：']);
        }
        line
    }
}

/// Returns the layout of a table. `declared` is the number of header rows that the format declares, 0 if it
/// declares none; `earlier` are the names of a table above it whose columns it may continue.
pub(crate) fn layout(rows: &[Row], spans: &[Span], declared: usize, earlier: &Names) -> Layout {
    let titles = titles(rows, spans, declared);
    let declared = declared.saturating_sub(titles);
    let table = rows.get(titles..).unwrap_or_default();
    let plain = Layout { titles, body: titles, form: false, names: Names::default() };
    let form = header::is_form(table);
    if form && declared == 0 {
        return Layout { form, ..plain };
    }
    let count = header::count(table, spans, declared);
    if count > 0 && (declared > 0 || !earlier.cover(table) || header::is_above_numbers(table, count)) {
        let names = Names(header::names(table, spans, count));
        return Layout { body: titles + count, names, ..plain };
    }
    let names = if earlier.cover(table) { earlier.clone() } else { Names::default() };
    Layout { names, ..plain }
}

/// Repeats cells below the header rows that span rows in each row that the table has within the span.
pub(crate) fn fill_down(rows: &mut [Row], spans: &[Span], body: usize) {
    let Some(first) = rows.get(body).map(|(number, _)| *number) else { return };
    for span in spans.iter().filter(|span| span.bottom > span.top && span.top >= first) {
        let Ok(place) = rows.binary_search_by_key(&span.top, |(number, _)| *number) else { continue };
        let text = rows.get(place).and_then(|(_, cells)| cells.get(&span.left)).cloned();
        let last = span.bottom.min(span.top.saturating_add(grid::TALLEST));
        let below = rows.iter_mut().skip(place + 1).take_while(|(number, _)| *number <= last);
        if let Some(text) = text {
            for (_, cells) in below {
                cells.entry(span.left).or_insert_with(|| text.clone());
            }
        }
    }
}

/// Returns the number of leading rows with a single cell, if rows with several cells follow.
fn titles(rows: &[Row], spans: &[Span], declared: usize) -> usize {
    let leftmost = rows.iter().filter_map(|(_, cells)| cells.keys().next()).min().copied().unwrap_or(0);
    let is_title = |(number, cells): &&Row| {
        let [column] = cells.keys().copied().collect::<Vec<_>>()[..] else { return false };
        // A cell that spans some of the columns, or several rows, belongs to the header.
        let covering = spans.iter().find(|span| span.top == *number && span.left == column);
        covering.map_or(declared == 0, |span| span.bottom == span.top && span.left <= leftmost)
    };
    let titles = rows.iter().take_while(is_title).count();
    if titles < rows.len() { titles } else { 0 }
}

/// Returns a row as `label: value`.
fn pair(cells: &BTreeMap<u32, String>) -> String {
    let mut cells = cells.values();
    let Some(label) = cells.next() else { return String::new() };
    let values: Vec<&str> = cells.map(String::as_str).collect();
    if values.is_empty() {
        return label.clone();
    }
    format!("{}: {}", label.trim_end_matches([':', '：', ' ']), values.join(" | "))
}

/// Joins cells; a cell that repeats its left neighbour, because it spans both, is written once.
fn joined_once<'a>(cells: impl Iterator<Item = &'a String>) -> String {
    let mut cells: Vec<&str> = cells.map(String::as_str).collect();
    cells.dedup();
    cells.join(" | ")
}

#[cfg(test)]
mod tests;
