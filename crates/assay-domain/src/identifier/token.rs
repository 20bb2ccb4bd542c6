//! Runs of letters and digits, and what they are compared by.

use std::ops::Range;

/// A run of letters and digits with joiners inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// As it is written, with full-width forms as plain ones and every dash as `-`.
    pub written: String,
    /// Its characters in the text.
    pub range: Range<usize>,
}

/// The characters of a text with full-width forms as plain ones; as many as before.
pub fn characters(text: &str) -> Vec<char> {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '○' | '零' => '〇',
        _ => c,
    };
    text.chars().map(plain).collect()
}

/// The tokens of a text in order. Chinese characters end one; the digits of a Chinese year (`二〇二一年`) are one.
pub(super) fn tokens(chars: &[char]) -> Vec<Token> {
    let mut found = Vec::new();
    let mut run = String::new();
    for (place, c) in chars.iter().copied().enumerate() {
        let next_is_word = chars.get(place + 1).is_some_and(|next| is_word(*next));
        if is_word(c) {
            run.push(c);
        } else if is_joiner(c) && !run.is_empty() && next_is_word {
            run.push(if matches!(c, '\u{2010}' | '\u{2011}' | '–') { '-' } else { c });
        } else if is_grouping(chars, place) {
            run.push(',');
        } else if !run.is_empty() {
            found.push(closed(&mut run, place));
        }
    }
    if !run.is_empty() {
        found.push(closed(&mut run, chars.len()));
    }
    found.extend(chinese_years(chars));
    found.sort_by_key(|token| token.range.start);
    found
}

fn closed(run: &mut String, end: usize) -> Token {
    let written = std::mem::take(run);
    Token { range: end - written.chars().count()..end, written }
}

fn chinese_years(chars: &[char]) -> impl Iterator<Item = Token> + '_ {
    let digit = |c: &char| "〇一二三四五六七八九".chars().position(|known| known == *c).map(|value| value.to_string());
    chars.windows(5).enumerate().filter_map(move |(start, window)| {
        let (_, digits) = window.split_last().filter(|(mark, _)| **mark == '年')?;
        let written = digits.iter().map(digit).collect::<Option<String>>()?;
        Some(Token { written, range: start..start + 4 })
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '–' | '_' | '.' | '/')
}

/// Whether a mark stands between groups of three digits: `1,500`, `1’500`.
fn is_grouping(chars: &[char], place: usize) -> bool {
    let digits = |range: Range<usize>| {
        chars.get(range).is_some_and(|all| !all.is_empty() && all.iter().all(char::is_ascii_digit))
    };
    let marks = matches!(chars.get(place), Some(',' | '\'' | '’' | '\u{a0}' | '\u{2009}' | '\u{202f}'));
    let before = chars.get(..place).unwrap_or_default().iter().rev().take_while(|c| c.is_ascii_digit()).count();
    let ends = chars.get(place + 4).is_none_or(|c| !is_word(*c) || c.is_alphabetic());
    marks && (1..=3).contains(&before) && digits(place + 1..place + 4) && ends
}

/// What a token is compared by. Joiners count in plain numbers alone: `1.84` is not `18.4`. Marks between groups of digits
/// never count, and neither does the `v` of a version.
pub(super) fn key(written: &str) -> String {
    let written = version(written).unwrap_or(written);
    let letters = written.chars().any(char::is_alphabetic);
    let separates = |c: char| c == ',' || c.is_whitespace() || (is_joiner(c) && letters);
    written.chars().filter(|c| !separates(*c)).flat_map(char::to_lowercase).collect()
}

/// The number of `v1.2.3`.
fn version(written: &str) -> Option<&str> {
    let number = written.strip_prefix(['v', 'V'])?;
    let number = number.strip_prefix('.').unwrap_or(number);
    let dotted = number.split('.').count() > 1 && number.split('.').all(is_digits);
    dotted.then_some(number)
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

pub(super) fn is_letters(text: &str) -> bool {
    !text.is_empty() && text.chars().all(char::is_alphabetic)
}
