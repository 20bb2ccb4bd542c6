//! What a question asks of the rows of a table.

use std::collections::{BTreeMap, BTreeSet};

use assay_domain::is_taken_out;

use super::bound::{Bound, bounds};
use super::frame::{is_frame, without_frame};
use super::table::{Table, cells};
use super::value::Value;
use crate::terms::{distinct, is_dense, terms};

/// A question for rows.
pub(super) struct Asked {
    /// In small letters.
    text: String,
    bounds: Vec<Bound>,
    /// Its terms outside its bounds, sorted.
    terms: Vec<String>,
}

/// What the rows of one table have to fulfil.
#[derive(Default)]
pub(super) struct Conditions<'a> {
    /// For each column the values of which a row has to have one.
    wanted: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// For each column the values that a row must not have.
    excluded: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Columns with the bounds on their values.
    bounded: Vec<(&'a str, Bound)>,
    /// Words that some rows say in any cell: those that do are meant.
    said: Vec<String>,
    /// Words of the question that nothing in the table says.
    pub unsaid: Vec<String>,
}

impl Asked {
    pub fn of(question: &str) -> Self {
        let text = question.to_lowercase();
        let bounds = bounds(&text);
        let mut outside = text.clone();
        for bound in &bounds {
            let blank = " ".repeat(bound.range.len());
            outside.replace_range(bound.range.clone(), &blank);
        }
        Self { terms: distinct(&outside), text, bounds }
    }

    /// The words that say something about rows, as far as words are told apart.
    pub fn content(&self) -> impl Iterator<Item = &String> {
        self.terms.iter().filter(|term| !is_frame(term))
    }

    /// What it asks of a table; `None` if it is not about the table, or sets a bound that the table has no column for.
    pub fn conditions<'a>(&self, table: &Table<'a, '_>) -> Option<Conditions<'a>> {
        let mut found = Conditions::default();
        let values = table.values();
        for (column, values) in &values {
            let named = terms(column);
            let says_more = |value: &str| !terms(value).iter().all(|word| named.contains(word));
            for value in values.iter().copied().filter(|value| self.asks_for(value) && says_more(value)) {
                let side = if self.takes_out(value) { &mut found.excluded } else { &mut found.wanted };
                side.entry(*column).or_default().insert(value);
            }
        }
        for bound in &self.bounds {
            found.bounded.push(self.bounded_column(&values, bound)?);
        }
        let known = self.known(table, &found);
        let words = self.content().filter(|term| !known.contains(*term) && !term.chars().any(is_dense));
        for word in words {
            let saying = table.rows.iter().filter(|row| says(row.text(), word)).count();
            match saying {
                0 => found.unsaid.push(word.clone()),
                _ if saying < table.rows.len() => found.said.push(word.clone()),
                _ => (),
            }
        }
        let sets_any = !found.wanted.is_empty() || !found.excluded.is_empty() || !found.bounded.is_empty();
        let is_about = sets_any || (self.names(table) && found.unsaid.is_empty() && self.rest(table).is_empty());
        is_about.then_some(found)
    }

    /// Whether all words of a value stand in the question.
    fn asks_for(&self, value: &str) -> bool {
        let words = terms(value);
        let says = words.iter().any(|word| word.chars().count() > 1 || !word.is_ascii());
        says && words.iter().all(|word| self.terms.binary_search(word).is_ok())
    }

    /// Whether the question takes a value out: `not paid`, `except Acme`, `未付款`.
    fn takes_out(&self, value: &str) -> bool {
        let lower = value.to_lowercase();
        let first = lower.split_whitespace().next().unwrap_or_default();
        let found = self
            .text
            .find(&lower)
            .map(|at| (at, lower.len()))
            .or_else(|| self.text.find(first).map(|at| (at, first.len())));
        let Some((at, length)) = found else { return false };
        let (before, after) = (self.text.get(..at), self.text.get(at + length..));
        is_taken_out(before.unwrap_or_default(), after.unwrap_or_default())
    }

    /// The column that a bound is set on: one that the question names, else the only one with values of the bound's kind.
    fn bounded_column<'a>(&self, values: &BTreeMap<&'a str, Vec<&'a str>>, bound: &Bound) -> Option<(&'a str, Bound)> {
        // `between 2000 and 3000` may be years or amounts.
        let amount = match bound.value {
            Value::Date(date) if date.month.is_none() => date.year.map(|year| Value::Number(f64::from(year))),
            _ => None,
        };
        let bounds = [Some(bound.clone()), amount.map(|value| bound.on(value))];
        bounds.into_iter().flatten().find_map(|bound| {
            let fits = |values: &[&str]| {
                let count = values.iter().filter(|value| holds(&bound, value).is_some()).count();
                count > 0 && count * 5 >= values.iter().filter(|value| !value.is_empty()).count() * 4
            };
            let fitting: Vec<&str> = values
                .iter()
                .filter(|(column, values)| !is_number_of_row(column) && fits(values))
                .map(|(column, _)| *column)
                .collect();
            let named = fitting.iter().find(|column| {
                let words = terms(column);
                !words.is_empty() && words.iter().all(|word| self.terms.binary_search(word).is_ok())
            });
            match (named, fitting.as_slice()) {
                (Some(column), _) | (None, [column]) => Some((*column, bound)),
                _ => None,
            }
        })
    }

    /// Whether the question names a table or one of its columns.
    fn names(&self, table: &Table<'_, '_>) -> bool {
        let asks =
            |words: &[String]| !words.is_empty() && words.iter().all(|word| self.terms.binary_search(word).is_ok());
        asks(&table.name()) || table.columns.iter().any(|column| asks(&terms(column)))
    }

    /// The terms of the columns, of the table's name and of the values that are asked for.
    fn known(&self, table: &Table<'_, '_>, conditions: &Conditions<'_>) -> BTreeSet<String> {
        let mut known: BTreeSet<String> = table.name().into_iter().collect();
        let values = conditions.wanted.values().chain(conditions.excluded.values()).flatten();
        known.extend(table.columns.iter().chain(values).flat_map(|text| terms(text)));
        known
    }

    /// What a question in a script without spaces says besides the table, its columns and words of every list.
    fn rest(&self, table: &Table<'_, '_>) -> String {
        let name = table.rows.first().map(|row| row.passage.name.to_lowercase()).unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        let mut rest: String = self.text.chars().filter(|c| is_dense(*c)).collect();
        for word in
            table.columns.iter().map(|column| column.to_lowercase()).chain([stem]).filter(|word| !word.is_empty())
        {
            rest = rest.replace(&word, "");
        }
        without_frame(rest)
    }
}

impl Conditions<'_> {
    /// Whether a row fulfils them.
    pub fn hold(&self, row: &str) -> bool {
        let has = |column: &str, values: &BTreeSet<&str>| {
            cells(row).any(|(name, value)| name == column && values.contains(value))
        };
        self.wanted.iter().all(|(column, values)| has(column, values))
            && !self.excluded.iter().any(|(column, values)| has(column, values))
            && self.bounded.iter().all(|(column, bound)| {
                cells(row).any(|(name, value)| name == *column && holds(bound, value) == Some(true))
            })
            && self.said.iter().all(|word| says(row, word))
    }
}

/// Whether a cell is within a bound; `None` if it is of another kind.
fn holds(bound: &Bound, cell: &str) -> Option<bool> {
    Value::of_cell(cell).into_iter().find_map(|value| bound.holds(value))
}

fn says(text: &str, word: &str) -> bool {
    terms(text).iter().any(|term| term == word)
}

/// Columns that number the rows and measure nothing.
fn is_number_of_row(column: &str) -> bool {
    ["no", "no.", "nr", "nr.", "number", "id", "#", "row", "编号", "序号", "号", "行"]
        .contains(&column.to_lowercase().as_str())
}
