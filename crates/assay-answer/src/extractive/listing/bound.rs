//! Bounds of a question: `over 500`, `before March`, `between 10 and 20`, `超过500`, `3月之前`.

use std::cmp::Ordering;
use std::ops::Range;

use super::value::{Value, date, number};

/// A bound on the values of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bound {
    /// Orders of a value to the bound's that are within it.
    orders: &'static [Ordering],
    pub value: Value,
    /// Its bytes in the question in small letters.
    pub range: Range<usize>,
}

impl Bound {
    /// The same bound with its value read in another way.
    pub fn on(&self, value: Value) -> Self {
        Self { value, ..self.clone() }
    }

    /// Whether a value is within the bound; `None` if it is of another kind.
    pub fn holds(&self, value: Value) -> Option<bool> {
        value.compared(self.value).map(|order| self.orders.contains(&order))
    }
}

const LESS: &[Ordering] = &[Ordering::Less];
const MOST: &[Ordering] = &[Ordering::Less, Ordering::Equal];
const MORE: &[Ordering] = &[Ordering::Greater];
const LEAST: &[Ordering] = &[Ordering::Greater, Ordering::Equal];

/// What may follow a word of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Date,
    Any,
}

use Kind::{Any, Date, Number};

/// Words before a bound; a longer one stands before those that it contains.
const BEFORE: &[(&str, &[Ordering], Kind)] = &[
    ("no more than ", MOST, Number),
    ("not more than ", MOST, Number),
    ("no less than ", LEAST, Number),
    ("not less than ", LEAST, Number),
    ("not over ", MOST, Number),
    ("not under ", LEAST, Number),
    ("more than ", MORE, Number),
    ("greater than ", MORE, Number),
    ("higher than ", MORE, Number),
    ("less than ", LESS, Number),
    ("fewer than ", LESS, Number),
    ("lower than ", LESS, Number),
    ("at least ", LEAST, Number),
    ("at most ", MOST, Number),
    ("exceeding ", MORE, Number),
    ("exceed ", MORE, Number),
    ("up to ", MOST, Any),
    ("over ", MORE, Number),
    ("above ", MORE, Number),
    ("under ", LESS, Number),
    ("below ", LESS, Number),
    (">= ", LEAST, Any),
    ("<= ", MOST, Any),
    (">=", LEAST, Any),
    ("<=", MOST, Any),
    (">", MORE, Any),
    ("<", LESS, Any),
    ("earlier than ", LESS, Date),
    ("prior to ", LESS, Date),
    ("before ", LESS, Date),
    ("later than ", MORE, Date),
    ("after ", MORE, Date),
    ("since ", LEAST, Date),
    ("until ", MOST, Date),
    ("by ", MOST, Date),
    ("不超过", MOST, Any),
    ("不高于", MOST, Number),
    ("不低于", LEAST, Number),
    ("不少于", LEAST, Number),
    ("超过", MORE, Number),
    ("大于", MORE, Number),
    ("高于", MORE, Number),
    ("多于", MORE, Number),
    ("低于", LESS, Number),
    ("小于", LESS, Number),
    ("少于", LESS, Number),
    ("不到", LESS, Number),
    ("至少", LEAST, Number),
    ("最多", MOST, Number),
    ("至多", MOST, Number),
    ("早于", LESS, Date),
    ("晚于", MORE, Date),
];

/// Words behind a bound.
const AFTER: &[(&str, &[Ordering], Kind)] = &[
    ("以上", LEAST, Number),
    ("以下", MOST, Number),
    ("之前", LESS, Date),
    ("以前", LESS, Date),
    ("之后", MORE, Date),
    ("以后", MORE, Date),
    ("以来", LEAST, Date),
    ("前", LESS, Date),
    ("后", MORE, Date),
    ("起", LEAST, Date),
];

/// The bounds of a question in small letters.
pub(super) fn bounds(question: &str) -> Vec<Bound> {
    let mut found = between(question);
    let is_free = |found: &[Bound], range: &Range<usize>| {
        found.iter().all(|bound| bound.range.end <= range.start || range.end <= bound.range.start)
    };
    for &(word, orders, kind) in BEFORE {
        for (at, _) in question.match_indices(word) {
            let begins = !word.starts_with(char::is_alphabetic) || !is_latin_before(question, at);
            let after = question.get(at + word.len()..).unwrap_or_default();
            let Some((value, rest)) = value(after, kind).filter(|_| begins) else { continue };
            let range = at..question.len() - rest.len();
            if is_free(&found, &range) {
                found.push(Bound { orders, value, range });
            }
        }
    }
    for start in question.char_indices().map(|(at, _)| at) {
        let follows_digit = question.get(..start).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
        let text = question.get(start..).unwrap_or_default();
        let bound = AFTER.iter().find_map(|&(word, orders, kind)| {
            let (value, rest) = value(text, kind)?;
            // `500 元以上`
            let unit = rest
                .char_indices()
                .map(|(at, _)| at)
                .take(4)
                .find(|at| rest.get(*at..).is_some_and(|rest| rest.starts_with(word)))?;
            let range = start..question.len() - rest.len() + unit + word.len();
            Some(Bound { orders, value, range })
        });
        if let Some(bound) = bound.filter(|bound| !follows_digit && is_free(&found, &bound.range)) {
            found.push(bound);
        }
    }
    found
}

/// `between 10 and 20`, `10 to 20` behind `from`, `10到20之间`
fn between(question: &str) -> Vec<Bound> {
    let mut found = Vec::new();
    for (start, joins) in [("between ", " and "), ("from ", " to "), ("介于", "和"), ("在", "到")] {
        let Some(at) = question.find(start) else { continue };
        let text = question.get(at + start.len()..).unwrap_or_default();
        let Some((from, rest)) = value(text, Any) else { continue };
        let Some(second) = rest.find(joins).filter(|gap| *gap <= 12).and_then(|gap| rest.get(gap + joins.len()..))
        else {
            continue;
        };
        let Some((to, rest)) = value(second, Any) else { continue };
        let middle = question.len() - second.len();
        found.push(Bound { orders: LEAST, value: from, range: at..middle });
        found.push(Bound { orders: MOST, value: to, range: middle..question.len() - rest.len() });
        break;
    }
    found
}

fn is_latin_before(question: &str, at: usize) -> bool {
    question.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// The value that a text begins with. A bare year is a date where dates are asked for, and a number elsewhere.
fn value(text: &str, kind: Kind) -> Option<(Value, &str)> {
    let text = ["the end of ", "the ", "a "].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let of_date = || date(text).map(|(date, rest)| (Value::Date(date), rest));
    let of_number = || number(text).map(|(number, rest)| (Value::Number(number), rest));
    match kind {
        Number => of_number(),
        Date => of_date(),
        Any => of_date().or_else(of_number),
    }
}

#[cfg(test)]
mod tests {
    use super::bounds;
    use crate::extractive::listing::value::{Date, Value};

    #[test]
    fn bounds_are_read_with_their_values() {
        let month = |year, month| Value::Date(Date { year, month: Some(month), day: None });
        for (question, within, beyond) in [
            ("list invoices over 500", Value::Number(501.0), Value::Number(500.0)),
            ("list invoices of at least 500 euros", Value::Number(500.0), Value::Number(499.0)),
            ("list invoices of no more than 500", Value::Number(500.0), Value::Number(501.0)),
            ("list invoices under 1,500", Value::Number(1499.0), Value::Number(1500.0)),
            ("list invoices > 500", Value::Number(501.0), Value::Number(500.0)),
            ("list invoices before march", month(Some(2024), 2), month(Some(2024), 3)),
            ("list invoices after march 2024", month(Some(2024), 4), month(Some(2024), 3)),
            ("list invoices since march", month(None, 3), month(None, 2)),
            ("list invoices by march 2024", month(Some(2023), 12), month(Some(2024), 4)),
            ("列出超过500元的发票", Value::Number(501.0), Value::Number(500.0)),
            ("列出不超过500的发票", Value::Number(500.0), Value::Number(501.0)),
            ("列出500元以上的发票", Value::Number(500.0), Value::Number(499.0)),
            ("列出3月之前的发票", month(Some(2024), 2), month(Some(2024), 3)),
            ("列出2024年3月以后的发票", month(Some(2024), 4), month(Some(2024), 3)),
            ("列出3万以上的合同", Value::Number(30_000.0), Value::Number(29_999.0)),
        ] {
            let found = bounds(question);
            assert_eq!(found.len(), 1, "{question}: {found:?}");
            assert_eq!((found[0].holds(within), found[0].holds(beyond)), (Some(true), Some(false)), "{question}");
        }
    }

    #[test]
    fn a_span_has_two_bounds_and_other_words_have_none() {
        for (question, count) in [
            ("list invoices between 100 and 200", 2),
            ("list invoices from march to may", 2),
            ("列出介于100和200的发票", 2),
            ("what must be open before the report?", 0),
            ("who was there after all", 0),
            ("list the invoices by acme", 0),
            ("list invoices of 500", 0),
            ("列出前三名", 0),
        ] {
            assert_eq!(bounds(question).len(), count, "{question}: {:?}", bounds(question));
        }
    }
}
