//! Rows of tables that a question asks for all of.
//!
//! A row of any format is `header: value | header: value` (`assay_text`). A cell whose whole value stands in the question is
//! a condition: `List all open issues` takes the rows whose status is `open`. Conditions on one column are alternatives,
//! conditions on several columns hold together.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use assay_domain::DocumentId;

use super::pool::Sentence;
use super::wording::{Quoted, Read};
use crate::terms::{distinct, terms};

/// Most rows of an answer.
const MOST: usize = 60;

/// The rows that fulfil the question's conditions, in the order of their tables. `None` if no row fulfils any: then the
/// question is not about a table.
pub(super) fn rows<'a>(question: &str, all: &[Sentence<'a>]) -> Option<Quoted<'a>> {
    let tables = tables(all);
    let asked = distinct(question);
    let mut found: Vec<&Sentence<'a>> = Vec::new();
    let mut read = 0;
    let mut files: HashSet<DocumentId> = HashSet::new();
    for table in tables.values() {
        let conditions = conditions(&asked, table);
        if conditions.is_empty() && !is_whole(&asked, table) {
            continue;
        }
        read += table.len();
        files.extend(table.iter().map(|row| row.passage.document));
        found.extend(table.iter().filter(|row| fulfils(row, &conditions)));
    }
    if found.is_empty() {
        return None;
    }
    found.sort_by_key(|row| (row.passage.document, row.passage.chunk, row.range.start));
    let more = found.len().saturating_sub(MOST);
    let sentences = found.into_iter().take(MOST).cloned().collect();
    Some(Quoted { sentences, more, read: Some(Read { count: read, rows: true, files: files.len() }) })
}

/// Rows by document and column names, without rows that only say the names of another table's columns.
fn tables<'a, 'b>(all: &'b [Sentence<'a>]) -> BTreeMap<(DocumentId, Vec<&'a str>), Vec<&'b Sentence<'a>>> {
    let mut tables: BTreeMap<_, Vec<_>> = BTreeMap::new();
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
    tables
}

/// A table of fewer rows may be pieces of another's: a passage may begin within a row that the passage before holds whole.
const FEW: usize = 3;

/// The cells of a row with their columns' names; an empty name where the row does not say it.
fn cells(row: &str) -> impl Iterator<Item = (&str, &str)> {
    let cells = row.trim_matches('|').split(" | ").flat_map(|part| part.split('\t'));
    cells.map(|cell| {
        cell.split_once([':', '：']).map_or(("", cell.trim()), |(column, value)| (column.trim(), value.trim()))
    })
}

/// For each column the values that stand in the question as a whole and say more than its name.
type Conditions<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn conditions<'a>(asked: &[String], table: &[&Sentence<'a>]) -> Conditions<'a> {
    let mut conditions: Conditions<'a> = BTreeMap::new();
    for (column, value) in table.iter().flat_map(|row| cells(row.text())) {
        let named = terms(column);
        if is_asked(asked, value) && !terms(value).iter().all(|word| named.contains(word)) {
            conditions.entry(column).or_default().insert(value);
        }
    }
    conditions
}

/// Whether all words of a value stand in the question.
fn is_asked(asked: &[String], value: &str) -> bool {
    let words = terms(value);
    let says = words.iter().any(|word| word.chars().count() > 1 || !word.is_ascii());
    says && words.iter().all(|word| asked.binary_search(word).is_ok())
}

fn fulfils(row: &Sentence<'_>, conditions: &Conditions<'_>) -> bool {
    conditions
        .iter()
        .all(|(column, values)| cells(row.text()).any(|(name, value)| name == *column && values.contains(value)))
}

/// Whether the question names the table as a whole: its file or a column, and nothing in it.
fn is_whole(asked: &[String], table: &[&Sentence<'_>]) -> bool {
    let Some(first) = table.first() else { return false };
    let named = terms(first.passage.name.rsplit_once('.').map_or(first.passage.name.as_str(), |(stem, _)| stem));
    let columns = cells(first.text()).next().map(|(column, _)| terms(column)).unwrap_or_default();
    let asks = |words: &[String]| !words.is_empty() && words.iter().all(|word| asked.binary_search(word).is_ok());
    asks(&named) || asks(&columns)
}
