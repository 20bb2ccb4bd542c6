//! The words of a text, which all fakes take for its tokens.

use std::ops::Range;

/// Words in lower case. Each Chinese character is a word of its own.
pub fn words(text: &str) -> Vec<String> {
    word_ranges(text).into_iter().map(|range| text[range].to_lowercase()).collect()
}

/// Byte ranges of the words.
pub(super) fn word_ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut inside = false;
    for (at, c) in text.char_indices() {
        let han = ('\u{4e00}'..='\u{9fff}').contains(&c);
        let end = at + c.len_utf8();
        match ranges.last_mut() {
            Some(word) if inside && !han && c.is_alphanumeric() => word.end = end,
            _ if c.is_alphanumeric() => ranges.push(at..end),
            _ => (),
        }
        inside = !han && c.is_alphanumeric();
    }
    ranges
}
