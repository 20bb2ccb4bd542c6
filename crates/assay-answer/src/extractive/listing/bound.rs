//! Bounds of a question: `over 500`, `before March`, `between 10 and 20`, `超过500`, `3月之前`.

mod words;

use std::cmp::Ordering::{self, Equal, Greater, Less};
use std::ops::Range;

use assay_domain::{IdentifierKind, exclusion, identifiers, is_bound_mark};

use super::frame::is_frame;
use super::value::{Value, date, number};
use words::Kind::{self, Any, Date, Number};
use words::{AFTER, BEFORE, CHINESE_UNITS, CURRENCIES, LEAST, LESS, MORE, MOST, NO_UNITS, UNITS};

/// A bound on the values of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bound {
    /// Orders of a value to the bound's that are within it.
    orders: &'static [Ordering],
    pub value: Value,
    /// What is counted or measured, where the question says it: `days` of `over 30 days`. Only a column that says it, too, is
    /// meant.
    pub unit: Option<String>,
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

    /// The bound that all values beyond this one are within.
    fn inverted(self) -> Self {
        let orders = match self.orders {
            [Less] => LEAST,
            [Less, Equal] => MORE,
            [Greater] => MOST,
            _ => LESS,
        };
        Self { orders, ..self }
    }
}

/// The bounds of a question. `None` if it denies a span, which no bounds say.
pub(super) fn bounds(question: &str) -> Option<Vec<Bound>> {
    let lower = lowered(question);
    let codes = codes(question);
    let is_free = |found: &[Bound], range: &Range<usize>| {
        let apart = |other: &Range<usize>| other.end <= range.start || range.end <= other.start;
        found.iter().all(|bound| apart(&bound.range)) && codes.iter().all(apart)
    };
    let mut found = between(&lower);
    found.retain(|bound| is_free(&[], &bound.range));
    if found.first().is_some_and(|first| is_taken_out(&lower, &first.range)) {
        return None;
    }
    for bound in before_values(question, &lower).into_iter().chain(behind_values(&lower)) {
        if is_free(&found, &bound.range) {
            let denied = is_taken_out(&lower, &bound.range);
            found.push(if denied { bound.inverted() } else { bound });
        }
    }
    Some(found)
}

/// A text in small letters with every character at its byte.
pub(super) fn lowered(text: &str) -> String {
    let small = |c: char| {
        let mut lower = c.to_lowercase();
        lower.next().filter(|small| lower.next().is_none() && small.len_utf8() == c.len_utf8()).unwrap_or(c)
    };
    text.chars().map(small).collect()
}

/// The bytes of the codes of a question: `KX 300` is no number over which anything can be.
fn codes(question: &str) -> Vec<Range<usize>> {
    let codes = identifiers(question).into_iter().filter(|one| one.kind == IdentifierKind::Code);
    let named = codes.filter(|one| one.written.starts_with(char::is_alphabetic)).map(|one| one.written);
    named
        .flat_map(|code| question.match_indices(&code).map(|(at, code)| at..at + code.len()).collect::<Vec<_>>())
        .collect()
}

fn is_taken_out(lower: &str, range: &Range<usize>) -> bool {
    let side = |range: Range<usize>| lower.get(range).unwrap_or_default();
    exclusion(side(0..range.start), side(range.end..lower.len())).is_some()
}

/// Bounds whose word stands before the value.
fn before_values(question: &str, lower: &str) -> Vec<Bound> {
    let mut found = Vec::new();
    for &(word, orders, kind) in BEFORE {
        for (at, _) in lower.match_indices(word) {
            let begins = !word.starts_with(char::is_alphabetic) || !is_latin_before(lower, at);
            let after = lower.get(at + word.len()..).unwrap_or_default();
            let Some((value, rest)) = value(after, kind).filter(|_| begins) else { continue };
            let range = at..lower.len() - rest.len();
            if !is_name(question, value, range.end) {
                found.push(Bound { orders, value, unit: unit(value, rest), range });
            }
        }
    }
    found
}

/// Bounds whose word stands behind the value.
fn behind_values(lower: &str) -> Vec<Bound> {
    let mut found = Vec::new();
    for start in lower.char_indices().map(|(at, _)| at) {
        let before = lower.get(..start).unwrap_or_default();
        if before.ends_with(|c: char| c.is_ascii_alphanumeric() || "-_./".contains(c)) {
            continue;
        }
        let text = lower.get(start..).unwrap_or_default();
        found.extend(AFTER.iter().find_map(|&(word, orders, kind)| {
            let (value, rest) = value(text, kind)?;
            // `500 元以上`
            let at = rest.char_indices().map(|(at, _)| at).take(4).find(|at| {
                let mark = rest.get(*at..).and_then(|rest| rest.strip_prefix(word));
                mark.is_some_and(|rest| is_bound_mark(word, rest))
            })?;
            let unit = unit(value, rest.get(..at)?);
            let range = start..lower.len() - rest.len() + at + word.len();
            Some(Bound { orders, value, unit, range })
        }));
    }
    found
}

/// `between 10 and 20`, `10 to 20` behind `from`, `10到20之间`
fn between(lower: &str) -> Vec<Bound> {
    for (start, joins) in [("between ", " and "), ("from ", " to "), ("介于", "和"), ("在", "到")] {
        for (at, _) in lower.match_indices(start) {
            let text = lower.get(at + start.len()..).unwrap_or_default();
            let Some((from, rest)) = value(text, Any) else { continue };
            let second = rest.find(joins).filter(|gap| *gap <= 12).and_then(|gap| rest.get(gap + joins.len()..));
            let Some((second, (to, rest))) = second.and_then(|second| Some((second, value(second, Any)?))) else {
                continue;
            };
            let (middle, unit) = (lower.len() - second.len(), unit(to, rest));
            return vec![
                Bound { orders: LEAST, value: from, unit: unit.clone(), range: at..middle },
                Bound { orders: MOST, value: to, unit, range: middle..lower.len() - rest.len() },
            ];
        }
    }
    Vec::new()
}

fn is_latin_before(lower: &str, at: usize) -> bool {
    lower.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// Whether a month is a person's or a firm's name: `by May Chen`, `before March Ltd`.
fn is_name(question: &str, value: Value, end: usize) -> bool {
    let Value::Date(date) = value else { return false };
    let next = question.get(end..).and_then(|rest| rest.strip_prefix(' ')).and_then(|rest| rest.split(' ').next());
    let word = next.unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
    let capital = word.starts_with(char::is_uppercase) && !is_frame(&word.to_lowercase());
    date.month.is_some() && date.year.is_none() && date.day.is_none() && capital
}

/// What the number of a bound counts or measures, as far as the words behind it say.
fn unit(value: Value, rest: &str) -> Option<String> {
    let Value::Number(_) = value else { return None };
    let rest = rest.trim_start();
    if rest.starts_with(['%', '％']) {
        return Some("%".to_owned());
    }
    if let Some(unit) = CHINESE_UNITS.iter().find(|unit| rest.starts_with(**unit)) {
        return Some((*unit).to_owned());
    }
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    let plural = word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !NO_UNITS.contains(&word.as_str());
    let counts = (plural && !CURRENCIES.contains(&word.as_str())) || UNITS.contains(&word.as_str());
    counts.then(|| word.trim_end_matches('s').to_owned())
}

/// The value that a text begins with. A bare year is a date where dates are asked for, and a number elsewhere.
fn value(text: &str, kind: Kind) -> Option<(Value, &str)> {
    let text = ["the end of ", "the ", "a ", "了"].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let of_date = || date(text).map(|(date, rest)| (Value::Date(date), rest));
    // `14082-B` is a code, and `300-400` a span.
    let of_number = || {
        let (number, rest) = number(text)?;
        let goes_on = rest.starts_with(['-', '_', '/']) && rest.chars().nth(1).is_some_and(char::is_alphanumeric);
        (!goes_on).then_some((Value::Number(number), rest))
    };
    match kind {
        Number => of_number(),
        Date => of_date(),
        Any => of_date().or_else(of_number),
    }
}

#[cfg(test)]
mod tests;
