//! Words that mean one thing and nothing near it: part numbers, codes, names of functions, years.
//!
//! `KX-300`, `KX 300` and `kx300` are the same identifier; `KX-3000` is another one.

use std::collections::HashSet;
use std::ops::RangeInclusive;

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// Letters with digits or underscores: `KX-300`, `DEC-0054`, `apply_secrets`.
    Code,
    /// A year: `2021`.
    Year,
    /// Another number of at least two digits.
    Number,
}

/// An identifier in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// As it is written.
    pub written: String,
    /// What it is compared by.
    key: String,
    /// What it is.
    pub kind: IdentifierKind,
}

/// The identifiers of a text, in order, each once.
pub fn identifiers(text: &str) -> Vec<Identifier> {
    let tokens = tokens(text);
    let mut found: Vec<Identifier> = Vec::new();
    let mut place = 0;
    while let Some(token) = tokens.get(place) {
        place += 1;
        let mut written = token.clone();
        if let Some(next) = tokens.get(place).filter(|next| is_series(token) && is_digits(next)) {
            written = format!("{token} {next}");
            place += 1;
        }
        let key = key(&written);
        if let Some(kind) = kind(&written, &key)
            && found.iter().all(|known| known.key != key)
        {
            found.push(Identifier { written, key, kind });
        }
    }
    found
}

/// What a text names, to look identifiers up in.
#[derive(Debug, Clone, Default)]
pub struct Names {
    keys: HashSet<String>,
    spans: Vec<RangeInclusive<u32>>,
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
        let tokens = tokens(text);
        for token in &tokens {
            self.keys.insert(key(token));
            self.keys.extend(token.split(is_joiner).map(key));
            // The code of `dec-0054.md`.
            self.keys.extend(token.split(['.', '/']).map(key));
            // The year of `FY2021`.
            self.keys
                .extend(token.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 4).map(str::to_owned));
            let ends: Vec<Option<u32>> = token.split(is_joiner).map(year).collect();
            if let [Some(first), Some(last)] = ends.as_slice()
                && first < last
            {
                self.spans.push(*first..=*last);
            }
        }
        self.keys.extend(tokens.windows(2).filter_map(|pair| match pair {
            [series, number] if is_series(series) && is_digits(number) => Some(key(&format!("{series}{number}"))),
            _ => None,
        }));
    }

    /// Whether the text names this identifier.
    pub fn contain(&self, identifier: &Identifier) -> bool {
        let spanned = |year: u32| self.spans.iter().any(|span| span.contains(&year));
        self.keys.contains(&identifier.key) || year(&identifier.key).is_some_and(spanned)
    }
}

/// Runs of letters and digits with joiners inside them, with full-width forms as plain ones. Chinese characters end a run;
/// the digits of a Chinese year (`二〇二一年`) are a run of their own.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().map(plain).collect();
    let mut found = Vec::new();
    let mut run = String::new();
    for (place, c) in chars.iter().enumerate() {
        let next_is_word = chars.get(place + 1).is_some_and(|next| is_word(*next));
        if is_word(*c) || (is_joiner(*c) && !run.is_empty() && next_is_word) {
            run.push(if matches!(c, '\u{2010}' | '\u{2011}' | '–') { '-' } else { *c });
        } else if !run.is_empty() {
            found.push(std::mem::take(&mut run));
        }
    }
    found.extend(Some(run).filter(|run| !run.is_empty()));
    found.extend(chinese_years(&chars));
    found
}

fn chinese_years(chars: &[char]) -> impl Iterator<Item = String> + '_ {
    let digit = |c: &char| "〇一二三四五六七八九".chars().position(|known| known == *c).map(|value| value.to_string());
    chars.windows(5).filter_map(move |window| {
        let (_, digits) = window.split_last().filter(|(mark, _)| **mark == '年')?;
        digits.iter().map(digit).collect()
    })
}

fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '○' | '零' => '〇',
        _ => c,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '–' | '_' | '.' | '/')
}

/// Joiners count in plain numbers alone: `1.84` is not `18.4`.
fn key(written: &str) -> String {
    let letters = written.chars().any(char::is_alphabetic);
    let separates = |c: char| (is_joiner(c) && letters) || c.is_whitespace();
    written.chars().filter(|c| !separates(*c)).flat_map(char::to_lowercase).collect()
}

/// Letters that a number may follow after a space: `KX 300`.
fn is_series(token: &str) -> bool {
    (2..=5).contains(&token.len()) && token.chars().all(|c| c.is_ascii_uppercase())
}

fn is_digits(token: &str) -> bool {
    token.chars().all(|c| c.is_ascii_digit())
}

fn year(token: &str) -> Option<u32> {
    let number: u32 = Some(token).filter(|token| token.len() == 4)?.parse().ok()?;
    (1000..=2199).contains(&number).then_some(number)
}

fn kind(written: &str, key: &str) -> Option<IdentifierKind> {
    let digits = key.chars().filter(char::is_ascii_digit).count();
    let letters = key.chars().any(char::is_alphabetic);
    let is_ordinal = ["st", "nd", "rd", "th", "s"].iter().any(|end| key.strip_suffix(end).is_some_and(is_digits));
    if (letters && digits > 0 && !is_ordinal) || (letters && written.contains('_')) {
        return Some(IdentifierKind::Code);
    }
    if letters {
        return None;
    }
    if year(written).is_some() {
        return Some(IdentifierKind::Year);
    }
    (digits >= 2).then_some(IdentifierKind::Number)
}

#[cfg(test)]
mod tests {
    use super::{IdentifierKind, Names, identifiers};

    #[test]
    fn codes_years_and_numbers_are_found() {
        use IdentifierKind::{Code, Number, Year};
        let check = |text: &str, expected: &[(&str, IdentifierKind)]| {
            let found: Vec<_> = identifiers(text).into_iter().map(|one| (one.written, one.kind)).collect();
            let found: Vec<_> = found.iter().map(|(written, kind)| (written.as_str(), *kind)).collect();
            assert_eq!(found, expected, "identifiers of {text:?}");
        };
        check("How are the bolts of the KX-300 tightened?", &[("KX-300", Code)]);
        check("The KX 300 and the kx300", &[("KX 300", Code)]);
        check("What does apply_secrets do?", &[("apply_secrets", Code)]);
        check("What was the profit in 2021?", &[("2021", Year)]);
        check("SKU-14082的库存是多少？", &[("SKU-14082", Code)]);
        check("二〇二一年的利润", &[("2021", Year)]);
        check("２０２１年", &[("2021", Year)]);
        check("copper pipe 15 mm, 1 kite, in the 1990s, on the 2nd", &[("15", Number)]);
        check("Who was it, and where?", &[]);
    }

    #[test]
    fn a_near_miss_is_another_name() {
        let asked = |text: &str| identifiers(text).remove(0);
        for (text, question, named) in [
            ("DEC-0054 was accepted", "DEC-0054", true),
            ("DEC-0045A was accepted", "DEC-0045", false),
            ("the KX300 and its lid", "KX-300", true),
            ("the KX-3000", "KX-300", false),
            ("dec-0054.md", "DEC-0054", true),
            ("dec-0054a.md", "DEC-0054", false),
            ("stock_2021.csv", "2021", true),
            ("FY2021", "2021", true),
            ("from 2019-2024", "2021", true),
            ("from 2019–2024", "2021", true),
            ("in 2020 and 2022", "2021", false),
            ("on 2021-03-04", "2021", true),
            ("二〇二一年", "2021", true),
        ] {
            assert_eq!(Names::of(text).contain(&asked(question)), named, "{question} in {text:?}");
        }
    }
}
