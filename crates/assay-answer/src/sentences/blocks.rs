//! Splits a text into runs of lines that may share a sentence.

use std::ops::Range;

use crate::terms::{is_dense, width};

/// Consecutive lines, each of which continues the one before.
pub(super) struct Block {
    /// Its byte range, without the list marker at its beginning.
    pub range: Range<usize>,
    /// Whether only a line break separates it from the block before.
    pub follows: bool,
    /// Whether it is a row of a table.
    pub row: bool,
}

/// A line of a paragraph, without its list marker.
struct Line<'a> {
    start: usize,
    body: &'a str,
    marked: bool,
}

/// The blocks of a text. Markdown headings, rules, fences and blank lines separate them.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut paragraph: Vec<Line<'_>> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let line_start = start;
        start += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || is_heading(trimmed) || is_rule(trimmed) {
            close(&mut paragraph, &mut found);
            continue;
        }
        let body = without_markers(trimmed);
        let begin = line_start + (line.len() - line.trim_start().len()) + (trimmed.len() - body.len());
        paragraph.push(Line { start: begin, body, marked: body.len() < trimmed.len() });
    }
    close(&mut paragraph, &mut found);
    found
}

fn close(paragraph: &mut Vec<Line<'_>>, found: &mut Vec<Block>) {
    let width = wrap_width(paragraph);
    let mut last: Option<&Line<'_>> = None;
    for line in paragraph.iter() {
        let range = line.start..line.start + line.body.len();
        let continues = last.is_some_and(|last| !line.marked && continues(last.body, line.body, width));
        match found.last_mut() {
            Some(block) if continues => block.range.end = range.end,
            _ => found.push(Block { range, follows: last.is_some(), row: is_row(line.body) }),
        }
        last = Some(line);
    }
    paragraph.clear();
}

/// Columns at which running text is wrapped, at least; narrower lines are items of a list.
const NARROWEST: usize = 50;
/// The same where most characters are twice as wide.
const NARROWEST_DENSE: usize = 30;
/// Columns at which it is wrapped, at most; longer lines are paragraphs by themselves.
const WIDEST: usize = 160;

/// The width at which the lines of a paragraph were wrapped, if they were: its widest line, provided that most breaks
/// were forced.
fn wrap_width(paragraph: &[Line<'_>]) -> Option<usize> {
    let widest = paragraph.iter().filter(|line| !is_row(line.body)).max_by_key(|line| width(line.body))?;
    let columns = width(widest.body);
    let dense = widest.body.chars().filter(|c| is_dense(*c)).count() > 8;
    if !(if dense { NARROWEST_DENSE } else { NARROWEST }..=WIDEST).contains(&columns) {
        return None;
    }
    let breaks = paragraph.windows(2).filter(|pair| matches!(pair, [_, next] if !next.marked));
    let forced = breaks.clone().filter(|pair| matches!(pair, [line, next] if is_forced(line.body, next.body, columns)));
    (forced.count() * 3 >= breaks.count() * 2).then_some(columns)
}

/// Whether the first word of the next line had no room on this one, give or take a sixth of the width: wrapping is often
/// ragged.
fn is_forced(line: &str, next: &str, columns: usize) -> bool {
    let first_word =
        next.split_whitespace().next().map_or(0, |word| if word.chars().any(is_dense) { 2 } else { width(word) });
    width(line) + 1 + first_word + columns / 6 > columns
}

/// Whether `next` continues the sentence of `line`, as far as the line break tells.
fn continues(line: &str, next: &str, wrapped_at: Option<usize>) -> bool {
    // An amount below its label, as forms print it.
    if is_value(next) && !is_value(line) && !is_row(line) && !line.ends_with(['.', '。']) {
        return true;
    }
    let Some(first) = next.chars().next() else { return false };
    if line.ends_with([':', '：']) || !(first.is_alphanumeric() || "“\"'(（「《".contains(first)) {
        return false;
    }
    if is_row(line) || is_row(next) || (label(line).is_some() && label(next).is_some()) {
        return false;
    }
    // An end mark does not end the block: only the sentence splitter knows abbreviations.
    line.ends_with([',', '，', '、', '-']) || wrapped_at.is_some_and(|columns| is_forced(line, next, columns))
}

/// Whether a line is a row of a table: cells between bars or tabs.
fn is_row(line: &str) -> bool {
    line.contains(" | ") || line.contains('\t') || line.starts_with("| ")
}

/// Most columns of a value that stands in a line of its own.
const VALUE: usize = 20;

/// Whether a line is a mere value: a number, an amount, a date, perhaps with a unit.
fn is_value(line: &str) -> bool {
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    width(line) <= VALUE && letters <= 3 && line.chars().any(|c| c.is_ascii_digit())
}

/// Most columns of a label.
const LABEL: usize = 40;

/// The label of a line like `Opening hours: ten to six`, or of one with a mere value below it.
pub(crate) fn label_of(text: &str) -> Option<&str> {
    match text.split_once('\n') {
        Some((above, below)) if is_value(below.trim()) => Some(above.trim()),
        Some(_) => None,
        None if is_row(text) => None,
        None => label(text),
    }
}

/// The label of a line like `Opening hours: ten to six`.
fn label(line: &str) -> Option<&str> {
    let (label, value) = line.split_once([':', '：'])?;
    let named = label.chars().next().is_some_and(char::is_alphabetic) && !label.contains(['.', '。', '!', '?']);
    (named && width(label) <= LABEL && !value.trim().is_empty()).then_some(label)
}

/// The words of the last Markdown heading that stands before a place of a text.
pub(crate) fn heading_above(text: &str, place: usize) -> Option<&str> {
    let before = text.get(..place)?;
    let line = before.lines().rev().map(str::trim).find(|line| is_heading(line))?;
    Some(line.trim_matches(['#', ' ', '\t'])).filter(|words| !words.is_empty())
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
