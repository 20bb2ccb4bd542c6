//! Splits a text into runs of lines that may share a sentence.

use std::ops::Range;

use crate::terms::{is_dense, width};

/// Consecutive lines, each of which continues the one before.
pub(super) struct Block {
    /// Its byte range, without the list marker at its beginning.
    pub range: Range<usize>,
    /// Whether only a line break separates it from the block before.
    pub follows: bool,
}

/// The blocks of a text. Markdown headings, rules, fences and blank lines separate them.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut last_line: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let line_start = start;
        start += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || is_heading(trimmed) || is_rule(trimmed) {
            last_line = None;
            continue;
        }
        let body = without_markers(trimmed);
        let begin = line_start + (line.len() - line.trim_start().len()) + (trimmed.len() - body.len());
        let range = begin..begin + body.len();
        let continues = body.len() == trimmed.len() && last_line.is_some_and(|last| continues(last, body));
        match found.last_mut() {
            Some(block) if continues => block.range.end = range.end,
            _ => found.push(Block { range, follows: last_line.is_some() }),
        }
        last_line = Some(body);
    }
    found
}

/// A line of so many columns was wrapped rather than ended.
const WRAPPED: usize = 50;

/// Whether `next` continues the sentence of `line`, as far as the line break tells.
fn continues(line: &str, next: &str) -> bool {
    let Some(first) = next.chars().next() else { return false };
    if line.ends_with([':', '：']) || !(first.is_alphanumeric() || "“\"'(（「《".contains(first)) {
        return false;
    }
    // An end mark does not end the block: only the sentence splitter knows abbreviations.
    first.is_lowercase()
        || line.ends_with([',', '，', '、', '-', '.', '!', '?', '。', '！', '？', '；'])
        || is_wrapped(line)
}

fn is_wrapped(line: &str) -> bool {
    let dense = line.chars().filter(|c| is_dense(*c)).count();
    width(line) >= if dense > 8 { WRAPPED / 2 + 5 } else { WRAPPED }
}

fn is_heading(line: &str) -> bool {
    let body = line.trim_start_matches('#');
    let level = line.len() - body.len();
    (1..=6).contains(&level) && (body.is_empty() || body.starts_with([' ', '\t']))
}

fn is_rule(line: &str) -> bool {
    line.starts_with("```") || line.starts_with("~~~") || line.chars().all(|c| "-=*_|:+ \t".contains(c))
}

/// A line without `- `, `* `, `• `, `> `, `1. `, `2) `, `3、` at its beginning.
fn without_markers(line: &str) -> &str {
    let mut body = line;
    while let Some(rest) = after_marker(body) {
        body = rest;
    }
    body
}

fn after_marker(line: &str) -> Option<&str> {
    let mut chars = line.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    if "-*+>•◦▪‣·–—●○■□◆".contains(first) {
        let spaced = rest.starts_with(char::is_whitespace) || "•◦▪‣●○■□◆".contains(first);
        return spaced.then(|| rest.trim_start()).filter(|body| !body.is_empty());
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let mut after = line.get(digits..)?.chars();
    let mark = after.next()?;
    let rest = after.as_str();
    let is_marker = "、．".contains(mark) || (".)）".contains(mark) && rest.starts_with(char::is_whitespace));
    is_marker.then(|| rest.trim_start()).filter(|body| !body.is_empty())
}
