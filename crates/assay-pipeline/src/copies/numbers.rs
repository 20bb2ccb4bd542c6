//! The numbers and codes of a text in order: digits with the letters around them, Roman and Chinese numerals, and words of
//! numbers.

use assay_domain::characters;

/// English words of numbers with their digits. `one` is left out, because it mostly is a pronoun.
const WORDS: [(&str, &str); 29] = [
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("thousand", "1000"),
    ("million", "1000000"),
];

/// Chinese numerals, those of accounts among them.
const NUMERALS: &str = "〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟";

/// The numbers and codes of a text, in order.
pub(super) fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut last = None;
    for c in characters(text).into_iter().chain([' ']) {
        let numeral = NUMERALS.contains(c);
        let starts = last.is_some_and(|last| NUMERALS.contains(last)) != numeral;
        if starts || !(c.is_alphanumeric() || is_within(&word, c)) {
            found.extend(number(std::mem::take(&mut word)));
        }
        if c.is_alphanumeric() || (!word.is_empty() && is_within(&word, c)) {
            word.push(c);
        }
        last = Some(c);
    }
    found
}

/// Whether a mark belongs to the number before it: `1,450`, `4.2`.
fn is_within(word: &str, c: char) -> bool {
    matches!(c, '.' | ',' | ':' | '/' | '-' | '’' | '\'') && word.ends_with(|last: char| last.is_ascii_digit())
}

/// A word as the number that it is.
fn number(word: String) -> Option<String> {
    let word = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    if word.contains(|c: char| c.is_ascii_digit()) {
        return Some(word.to_lowercase().replace([',', '’', '\''], ""));
    }
    let roman = word.len() <= 6 && word != "I" && word.chars().all(|c| "IVXLC".contains(c));
    let chinese = word.chars().all(|c| NUMERALS.contains(c));
    if !word.is_empty() && (roman || chinese) {
        return Some(word.to_owned());
    }
    let lower = word.to_lowercase();
    WORDS.iter().find(|(name, _)| *name == lower).map(|(_, digits)| (*digits).to_owned())
}
