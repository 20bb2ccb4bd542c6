//! The tables that rows belong to.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use assay_domain::DocumentId;

use crate::extractive::pool::Sentence;
use crate::terms::terms;

/// The rows of one table.
pub(super) struct Table<'a, 'b> {
    pub columns: Vec<&'a str>,
    pub rows: Vec<&'b Sentence<'a>>,
}

impl<'a> Table<'a, '_> {
    /// The different values of each column.
    pub fn values(&self) -> BTreeMap<&'a str, Vec<&'a str>> {
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut seen = HashSet::new();
        for (column, value) in self.rows.iter().flat_map(|row| cells(row.text())) {
            if seen.insert((column, value)) {
                values.entry(column).or_default().push(value);
            }
        }
        values
    }

    /// The terms of what the table is called: its file without the ending.
    pub fn name(&self) -> Vec<String> {
        let Some(first) = self.rows.first() else { return Vec::new() };
        let file = first.passage.name.as_str();
        terms(file.rsplit_once('.').map_or(file, |(stem, _)| stem))
    }
}

/// The tables by document and column names, without rows that only say the names of another table's columns.
pub(super) fn tables<'a, 'b>(all: &'b [Sentence<'a>]) -> Vec<Table<'a, 'b>> {
    let mut tables: BTreeMap<(DocumentId, Vec<&'a str>), Vec<&'b Sentence<'a>>> = BTreeMap::new();
    for row in all.iter().filter(|sentence| sentence.row) {
        let columns: Vec<&str> = cells(row.text()).map(|(column, _)| column).collect();
        tables.entry((row.passage.document, columns)).or_default().push(row);
    }
    let columns: HashSet<(DocumentId, Vec<&str>)> = tables.keys().cloned().collect();
    let is_header = |row: &Sentence<'_>| {
        columns.contains(&(row.passage.document, cells(row.text()).map(|(_, value)| value).collect()))
    };
    for table in tables.values_mut() {
        table.retain(|row| !is_header(row));
    }
    let whole: Vec<&Sentence<'_>> = tables.values().filter(|table| table.len() >= FEW).flatten().copied().collect();
    let is_part = |row: &Sentence<'_>| {
        let of_its_file = whole.iter().filter(|other| other.passage.document == row.passage.document);
        of_its_file.map(|other| other.text()).any(|other| other != row.text() && other.contains(row.text()))
    };
    for table in tables.values_mut().filter(|table| table.len() < FEW) {
        table.retain(|row| !is_part(row));
    }
    tables.retain(|_, rows| !rows.is_empty());
    fill_gaps(&mut tables);
    tables.into_iter().map(|((_, columns), rows)| Table { columns, rows }).collect()
}

/// Puts rows that leave out some of a larger table's columns among its rows: a row does not write an empty cell.
fn fill_gaps<'a>(tables: &mut BTreeMap<(DocumentId, Vec<&'a str>), Vec<&Sentence<'a>>>) {
    let mut sizes: Vec<(usize, (DocumentId, Vec<&'a str>))> =
        tables.iter().map(|(key, rows)| (rows.len(), key.clone())).collect();
    sizes.sort_by_key(|(rows, _)| Reverse(*rows));
    for place in (1..sizes.len()).rev() {
        let Some(((_, (document, columns)), larger)) = sizes.get(place).zip(sizes.get(..place)) else { continue };
        let whole = larger.iter().find(|(_, (other, names))| other == document && leaves_out(columns, names));
        let Some((_, whole)) = whole else { continue };
        let rows = tables.remove(&(*document, columns.clone())).unwrap_or_default();
        tables.entry(whole.clone()).or_default().extend(rows);
    }
}

/// Whether the columns are some of a table's in their order, each with a name.
fn leaves_out(columns: &[&str], whole: &[&str]) -> bool {
    let mut rest = whole.iter();
    columns.len() < whole.len() && columns.iter().all(|name| !name.is_empty() && rest.any(|other| other == name))
}

/// A table of fewer rows may be pieces of another's: a passage may begin within a row that the passage before holds whole.
const FEW: usize = 3;

/// The cells of a row with their columns' names; an empty name where the row does not say it.
pub(super) fn cells(row: &str) -> impl Iterator<Item = (&str, &str)> {
    let cells = row.trim_matches('|').split(" | ").flat_map(|part| part.split('\t'));
    cells.map(|cell| {
        cell.split_once([':', '：']).map_or(("", cell.trim()), |(column, value)| (column.trim(), value.trim()))
    })
}
