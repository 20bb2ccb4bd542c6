//! What passages name, to look identifiers up in.

use std::collections::{HashMap, HashSet};

use super::read::{Identifier, IdentifierKind};
use super::token::{Token, characters, is_digits, is_joiner, is_letters, key, tokens};
use super::year::{Years, gap, marked, possible_years, span};

/// Most words between the letters and the number of a series: `ISO/IEC 27001`, `DIN EN ISO 9001`.
const SERIES: usize = 3;

/// What a text names, in every form in which it may be written.
#[derive(Debug, Clone, Default)]
pub struct Names {
    keys: HashSet<String>,
    years: HashSet<Years>,
    /// For each number the words before it.
    series: HashMap<String, HashSet<String>>,
}

impl Names {
    /// The names in a text.
    pub fn of(text: &str) -> Self {
        let mut names = Self::default();
        names.add(text);
        names
    }

    /// Adds the names of another text.
    pub fn add(&mut self, text: &str) {
        let chars = characters(text);
        let tokens = tokens(&chars);
        for (place, token) in tokens.iter().enumerate() {
            self.add_token(&token.written);
            self.years.extend(possible_years(&token.written));
            self.years.extend(marked(&chars, &tokens, place).map(|year| year..=year));
            self.years.extend(span(&chars, &tokens, place).map(|(years, _)| years));
            let before = tokens.get(place.saturating_sub(SERIES)..place).unwrap_or_default();
            if let Some(last) = before.last().filter(|last| gap(&chars, last, token).chars().count() <= 2) {
                self.add_joined(last, token);
            }
            if is_digits(&token.written) {
                // `KX-100, 300 mm` names no KX-300.
                let words = before.iter().filter(|word| !word.written.contains(|c: char| c.is_ascii_digit()));
                let words = words.flat_map(|word| word.written.split(is_joiner)).filter(|word| is_letters(word));
                self.series.entry(token.written.clone()).or_default().extend(words.map(str::to_lowercase));
            }
        }
    }

    fn add_token(&mut self, written: &str) {
        self.keys.insert(key(written));
        self.keys.extend(written.split(|c: char| is_joiner(c) || c == ',').map(key));
        // The code of `dec-0054.md`.
        self.keys.extend(written.split(['.', '/']).map(key));
        // The year of `FY2021`.
        self.keys.extend(written.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4).map(str::to_owned));
        // `1.2` of `1.2.3`.
        let number = key(written);
        self.keys.extend(number.match_indices('.').filter_map(|(at, _)| number.get(..at)).map(str::to_owned));
    }

    /// `Office 365` names `Office365`, and `1,500 W` names `1500W`.
    fn add_joined(&mut self, one: &Token, next: &Token) {
        let joined = |word: &str| key(&format!("{word}{}", next.written));
        if next.written.starts_with(|c: char| c.is_ascii_digit()) {
            self.keys.extend(one.written.split('/').filter(|part| is_letters(part)).map(joined));
        } else if is_letters(&next.written) && next.written.chars().count() <= 4 && is_digits(&key(&one.written)) {
            self.keys.insert(joined(&one.written));
        }
    }

    /// Whether the text names this identifier.
    pub fn contain(&self, identifier: &Identifier) -> bool {
        let overlaps = |one: &Years, other: &Years| one.start() <= other.end() && other.start() <= one.end();
        let key = identifier.key.as_str();
        let short =
            Some(key).filter(|_| identifier.kind == IdentifierKind::Code).and_then(|key| key.strip_suffix(".0"));
        self.keys.contains(key)
            || short.is_some_and(|short| self.keys.contains(short))
            || identifier.years.as_ref().is_some_and(|asked| self.years.iter().any(|years| overlaps(years, asked)))
            || self.contain_series(key)
    }

    /// `iso27001` in `ISO/IEC 27001`, `art300` in `Article 300`.
    fn contain_series(&self, key: &str) -> bool {
        let digits = key.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let (letters, number) = key.split_at(digits);
        let begins = |word: &String| word == letters || (letters.len() >= 3 && word.starts_with(letters));
        letters.len() >= 2 && self.series.get(number).is_some_and(|words| words.iter().any(begins))
    }
}
