//! What a question asks of the rows of a table.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use assay_domain::{Exclusion, exclusion};

use super::bound::{Bound, bounds, lowered};
use super::frame::{is_frame, without_frame};
use super::table::{Table, cells};
use super::value::Value;
use crate::terms::{distinct, is_dense, terms};

/// A question for rows.
pub(super) struct Asked {
    /// In small letters.
    text: String,
    /// `None` if it sets bounds that no comparison of a row's values says.
    bounds: Option<Vec<Bound>>,
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
    /// Words that some rows say in any cell and that the question takes out: the others are meant.
    denied: Vec<String>,
    /// Words of the question that nothing in the table says.
    pub unsaid: Vec<String>,
}

impl Asked {
    pub fn of(question: &str) -> Self {
        let text = lowered(question);
        let bounds = bounds(question);
        let mut outside = text.clone();
        for bound in bounds.iter().flatten() {
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
        let mut asked = Vec::new();
        for (column, values) in &values {
            let named = terms(column);
            let says_more = |value: &str| !terms(value).iter().all(|word| named.contains(word));
            let of_column = values.iter().copied().filter(|value| self.asks_for(value) && says_more(value));
            asked.extend(of_column.map(|value| (*column, value)));
        }
        for ((column, value), is_out) in asked.iter().zip(self.taken_out(asked.iter().map(|(_, value)| *value))) {
            let side = if is_out { &mut found.excluded } else { &mut found.wanted };
            side.entry(*column).or_default().insert(*value);
        }
        for bound in self.bounds.as_ref()? {
            found.bounded.push(self.bounded_column(&values, table, bound)?);
        }
        let known = self.known(table, &found);
        let words = self.content().filter(|term| !known.contains(*term) && !term.chars().any(is_dense));
        for word in words {
            let saying = table.rows.iter().filter(|row| says(row.text(), word)).count();
            let is_out = || self.taken_out([word.as_str()].into_iter()).contains(&true);
            match saying {
                0 => found.unsaid.push(word.clone()),
                _ if is_out() => found.denied.push(word.clone()),
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

    /// For each value whether the question takes it out wherever it stands: `not paid`, `except Acme and Brandt`, `未付款`.
    fn taken_out<'v>(&self, values: impl Iterator<Item = &'v str>) -> Vec<bool> {
        let places: Vec<Vec<Range<usize>>> = values.map(|value| places(&self.text, &value.to_lowercase())).collect();
        let mut order: Vec<&Range<usize>> = places.iter().flatten().collect();
        order.sort_by_key(|place| (place.start, place.end));
        order.dedup();
        let text = |range: Range<usize>| self.text.get(range).unwrap_or_default();
        let mut out: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut last: Option<(usize, Exclusion)> = None;
        for place in order {
            let goes_on = last.filter(|(end, how)| joins(text(*end..place.start.max(*end)), *how)).map(|(_, how)| how);
            let how = goes_on.or_else(|| exclusion(text(0..place.start), text(place.end..self.text.len())));
            last = how.map(|how| (place.end, how));
            if how.is_some() {
                out.insert((place.start, place.end));
            }
        }
        let is_out = |all: &Vec<Range<usize>>| {
            !all.is_empty() && all.iter().all(|place| out.contains(&(place.start, place.end)))
        };
        places.iter().map(is_out).collect()
    }

    /// The column that a bound is set on: one that the question names, else the only one with values of the bound's kind.
    fn bounded_column<'a>(
        &self,
        values: &BTreeMap<&'a str, Vec<&'a str>>,
        table: &Table<'_, '_>,
        bound: &Bound,
    ) -> Option<(&'a str, Bound)> {
        // `more than 5 invoices` counts rows, and no column says how many there are.
        if bound.unit.as_ref().is_some_and(|unit| table.name().contains(unit)) {
            return None;
        }
        // `between 2000 and 3000` may be years or amounts.
        let amount = match bound.value {
            Value::Date(date) if date.month.is_none() => date.year.map(|year| Value::Number(f64::from(year))),
            _ => None,
        };
        let bounds = [Some(bound.clone()), amount.map(|value| bound.on(value))];
        bounds.iter().flatten().find_map(|bound| {
            let fits = |values: &[&str]| {
                let count = values.iter().filter(|value| holds(bound, value).is_some()).count();
                count > 0 && count * 5 >= values.iter().filter(|value| !value.is_empty()).count() * 4
            };
            let fitting: Vec<&str> = values
                .iter()
                .filter(|(column, values)| !is_number_of_row(column) && fits(values) && measures(bound, column, values))
                .map(|(column, _)| *column)
                .collect();
            let named = fitting.iter().find(|column| {
                let words = terms(column);
                !words.is_empty() && words.iter().all(|word| self.terms.binary_search(word).is_ok())
            });
            match (named, fitting.as_slice()) {
                (Some(column), _) | (None, [column]) => Some((*column, bound.clone())),
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

/// Whether a row fulfils the conditions of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fulfils {
    Yes,
    No,
    /// It does not say what the question asks about.
    Unsaid,
}

impl Conditions<'_> {
    /// Whether a row fulfils them.
    pub fn of_row(&self, row: &str) -> Fulfils {
        let cells: Vec<(&str, &str)> = cells(row).filter(|(_, value)| !is_blank(value)).collect();
        let said = |column: &str| {
            cells.iter().filter(|(name, _)| *name == column).map(|(_, value)| *value).collect::<Vec<_>>()
        };
        let among = |column: &str, values: &BTreeSet<&str>| {
            let said = said(column);
            (!said.is_empty()).then(|| said.iter().any(|value| values.contains(value)))
        };
        let wanted = self.wanted.iter().map(|(column, values)| among(column, values));
        let excluded = self.excluded.iter().map(|(column, values)| among(column, values).map(|is_out| !is_out));
        let bounded = self.bounded.iter().map(|(column, bound)| {
            let said = said(column);
            (!said.is_empty()).then(|| said.iter().any(|value| holds(bound, value) == Some(true)))
        });
        let of_columns: Vec<Option<bool>> = wanted.chain(excluded).chain(bounded).collect();
        let of_words = self.said.iter().all(|word| says(row, word)) && !self.denied.iter().any(|word| says(row, word));
        if !of_words || of_columns.contains(&Some(false)) {
            Fulfils::No
        } else if of_columns.contains(&None) {
            Fulfils::Unsaid
        } else {
            Fulfils::Yes
        }
    }
}

/// Whether a cell says nothing.
fn is_blank(value: &str) -> bool {
    let nothing = ["n/a", "na", "tbd", "tba", "unknown", "未知", "不详", "待定"];
    !value.chars().any(char::is_alphanumeric) || nothing.contains(&value.to_lowercase().as_str())
}

/// Where the words of a value stand in a text, both in small letters: as they are, else the first of them.
fn places(text: &str, value: &str) -> Vec<Range<usize>> {
    let whole = |word: &str| {
        let is_word = |(at, found): &(usize, &str)| {
            let latin = |c: char| c.is_ascii_alphanumeric();
            let (before, after) =
                (text.get(..*at).unwrap_or_default(), text.get(at + found.len()..).unwrap_or_default());
            let in_word = (found.starts_with(latin) && before.ends_with(latin))
                || (found.ends_with(latin) && after.starts_with(latin));
            !in_word
        };
        let plural = format!("{word}s");
        let of = |word: &str| {
            text.match_indices(word).filter(is_word).map(|(at, found)| at..at + found.len()).collect::<Vec<_>>()
        };
        [of(word), of(&plural)].concat()
    };
    let found = whole(value);
    if found.is_empty() { value.split_whitespace().next().map(whole).unwrap_or_default() } else { found }
}

/// Whether what stands between two values makes the second one go on with what takes the first one out: `except Acme and
/// Brandt`, `not paid or open`. `not paid and overdue` denies the first alone.
fn joins(between: &str, how: Exclusion) -> bool {
    let little = ["", "or", "nor", "the", "a", "of", "those", "from", "或", "、", "，"];
    let and = ["and", "和", "与", "及"];
    let words: Vec<&str> = between.split([' ', ',']).collect();
    let is_list = words.iter().all(|word| little.contains(word) || (how == Exclusion::Excepted && and.contains(word)));
    is_list && between.chars().any(|c| !c.is_whitespace())
}

/// Whether a column says what the number of a bound counts or measures, where the question does.
fn measures(bound: &Bound, column: &str, values: &[&str]) -> bool {
    let Some(unit) = &bound.unit else { return true };
    let says_unit = |text: &str| match unit.is_ascii() && unit != "%" {
        true => text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|word| word.trim_end_matches('s') == unit),
        false => text.contains(unit.as_str()),
    };
    says_unit(column) || values.iter().any(|value| says_unit(value))
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
