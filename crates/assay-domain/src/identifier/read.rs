//! The identifiers that a question names.

use std::ops::Range;

use super::token::{Token, is_digits, is_letters, key, tokens};
use super::unit::{COUNTED, LETTERS, MEASURES, UNITS, is_currency};
use super::year::{Years, gap, is_fiscal_year, marked, span, year, years};

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// Letters with digits or underscores: `KX-300`, `DEC-0054`, `apply_secrets`.
    Code,
    /// A year or a span of years: `2021`, `FY24`, `2019-2021`.
    Year,
    /// Another number of at least two digits, also an amount with its unit or currency.
    Number,
}

/// An identifier in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// As it is written.
    pub written: String,
    /// What it is.
    pub kind: IdentifierKind,
    /// What it is compared by.
    pub(super) key: String,
    /// The years that it says.
    pub(super) years: Option<Years>,
}

/// The identifiers of a text in order, each with its characters.
pub(super) fn located(chars: &[char]) -> Vec<(Identifier, Range<usize>)> {
    let tokens = tokens(chars);
    let shouts = !chars.iter().any(|c| c.is_lowercase()) && tokens.len() > 2;
    let text = Text { chars, tokens: &tokens, shouts };
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(token) = tokens.get(place) {
        let (identifier, count) = text.read(place).map_or((None, 1), |(identifier, count)| (Some(identifier), count));
        let end = tokens.get(place + count - 1).map_or(token.range.end, |last| last.range.end);
        found.extend(identifier.map(|identifier| (identifier, token.range.start..end)));
        place += count;
    }
    found
}

struct Text<'a> {
    chars: &'a [char],
    tokens: &'a [Token],
    /// Whether it has no small letters, so that capitals mean nothing.
    shouts: bool,
}

impl Text<'_> {
    /// The identifier that begins with a token, and its number of tokens.
    fn read(&self, place: usize) -> Option<(Identifier, usize)> {
        let span = span(self.chars, self.tokens, place);
        let is_span = |(years, count): &(Years, usize)| self.is_year(place, years) && !self.has_unit(place + count - 1);
        if let Some((years, count)) = span.filter(is_span) {
            let last = self.tokens.get(place + count - 1)?;
            let range = self.tokens.get(place)?.range.start..last.range.end;
            let written: String = self.chars.get(range)?.iter().collect();
            return Some((
                Identifier { key: key(&written), written, kind: IdentifierKind::Year, years: Some(years) },
                count,
            ));
        }
        let token = self.tokens.get(place)?;
        if let Some(number) = self.tokens.get(place + 1).filter(|number| self.is_series(token, number)) {
            let written = format!("{} {}", token.written, number.written);
            let key = key(&written);
            return Some((Identifier { written, kind: IdentifierKind::Code, key, years: None }, 2));
        }
        let written = token.written.clone();
        let fiscal = is_fiscal_year(self.chars, self.tokens, place);
        let years = years(&written).or_else(|| marked(self.chars, self.tokens, place).map(|year| year..=year));
        let is_year = years.as_ref().is_some_and(|years| (fiscal || written.len() > 2) && self.is_year(place, years));
        let key = key(&written);
        let kind = if is_year { IdentifierKind::Year } else { kind(&written, &key)? };
        // Two digits before 年 may be a duration, so they are a number that may name a year.
        let years = years.filter(|_| is_year || written.len() == 2);
        Some((Identifier { written, kind, key, years }, 1))
    }

    /// Letters with a number after a space: `KX 300`. Years follow any word, and amounts follow currencies.
    fn is_series(&self, token: &Token, number: &Token) -> bool {
        let word = token.written.as_str();
        let letters = (2..=5).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase());
        let lower = word.to_lowercase();
        let spaced = matches!(gap(self.chars, token, number).as_str(), " " | "\u{a0}");
        let recent = year(&number.written).is_some_and(|year| RECENT.contains(&year));
        let says = !self.shouts && !is_currency(&lower) && !LITTLE.contains(&lower.as_str());
        letters && spaced && is_digits(&number.written) && says && !recent
    }

    /// Whether the token is a year and no quantity: years long past or far ahead have to be called one.
    fn is_year(&self, place: usize, years: &Years) -> bool {
        let called = self.word_before(place).is_some_and(|word| BEFORE_YEARS.contains(&word.as_str()))
            || self.after(place).first() == Some(&'年');
        let recent = RECENT.contains(years.start()) && RECENT.contains(years.end());
        (recent || called) && !self.is_quantity(place)
    }

    /// Whether what stands around a number makes it an amount, a measure, a share, a time, or a part of a longer number.
    fn is_quantity(&self, place: usize) -> bool {
        let Some(token) = self.tokens.get(place) else { return false };
        let before = self.chars.get(..token.range.start).unwrap_or_default();
        let signed = before.iter().rev().find(|c| **c != ' ').is_some_and(|c| "$€£¥₤₹#+§№".contains(*c));
        let timed = before.last() == Some(&':') || self.after(place).first() == Some(&':');
        let counted =
            self.word_before(place).is_some_and(|word| is_currency(&word) || COUNTED.contains(&word.as_str()));
        signed || timed || counted || self.is_dialled(place) || self.has_unit(place)
    }

    fn has_unit(&self, place: usize) -> bool {
        let after = self.after(place);
        let spaces = after.iter().take_while(|c| matches!(**c, ' ' | '\u{a0}')).count();
        let Some(next) = after.get(spaces).filter(|_| spaces <= 1) else { return false };
        if "%‰°".contains(*next) || (spaces == 0 && MEASURES.contains(*next)) {
            return true;
        }
        let adjoins = self
            .tokens
            .get(place + 1)
            .filter(|unit| self.tokens.get(place).is_some_and(|token| unit.range.start == token.range.end + spaces));
        adjoins.is_some_and(|unit| {
            LETTERS.contains(&unit.written.as_str())
                || is_currency(&unit.written.to_lowercase())
                || UNITS.contains(&unit.written.to_lowercase().trim_end_matches('s'))
        })
    }

    /// Whether the number is a group of a longer one, such as that of a telephone. `3 2021` after a month is a date.
    fn is_dialled(&self, place: usize) -> bool {
        let group = |one: usize, next: usize| {
            let (Some(one), Some(next)) = (self.tokens.get(one), self.tokens.get(next)) else { return false };
            let near = matches!(gap(self.chars, one, next).as_str(), " " | "\u{a0}" | "-" | ") ");
            near && is_digits(&one.written) && is_digits(&next.written)
        };
        let Some(before) = place.checked_sub(1) else { return group(place, place + 1) };
        let dated = self.word_before(before).is_some_and(|word| years(&format!("{word}-2000")).is_some());
        (group(before, place) && !dated) || group(place, place + 1)
    }

    fn word_before(&self, place: usize) -> Option<String> {
        place.checked_sub(1).and_then(|before| self.tokens.get(before)).map(|token| token.written.to_lowercase())
    }

    fn after(&self, place: usize) -> &[char] {
        self.tokens.get(place).and_then(|token| self.chars.get(token.range.end..)).unwrap_or_default()
    }
}

const RECENT: Years = 1900..=2099;

/// Words in capitals before a number that are no series.
const LITTLE: &[&str] = &[
    "in", "of", "at", "on", "to", "for", "by", "the", "and", "or", "no", "nr", "am", "pm", "with", "over", "top",
    "all", "fy", "cy", "tel", "fax",
];

/// Words that make the number after them a year.
const BEFORE_YEARS: &[&str] = &["in", "year", "since", "until", "till", "from", "around", "circa", "anno", "during"];

/// Letters with digits are a code, unless the letters are a currency; digits alone are a number.
fn kind(written: &str, key: &str) -> Option<IdentifierKind> {
    let digits = key.chars().filter(char::is_ascii_digit).count();
    if key.chars().any(char::is_alphabetic) || written.starts_with(['v', 'V']) {
        let is_ordinal = ["st", "nd", "rd", "th", "s"].iter().any(|end| key.strip_suffix(end).is_some_and(is_digits));
        let around = key.trim_matches(|c: char| c.is_ascii_digit());
        let is_amount = is_letters(around) && is_currency(around);
        return match (digits > 0 && !is_ordinal, is_amount) {
            (true, true) => Some(IdentifierKind::Number),
            (true, false) => Some(IdentifierKind::Code),
            (false, _) => written.contains('_').then_some(IdentifierKind::Code),
        };
    }
    (digits >= 2).then_some(IdentifierKind::Number)
}
