//! Sentences as exact slices of a text.
//!
//! The rules are our own and not Unicode's (UAX 29), which cut after every abbreviation and every line, and do not cut at
//! a Chinese semicolon.

mod blocks;

use std::ops::Range;

use crate::terms::{is_dense, width};
use blocks::{Block, blocks};

pub(crate) use blocks::{heading_above, label_of};

/// Byte ranges of the sentences of a text, in order, without overlap.
///
/// A sentence ends at `.` `!` `?` before a space, at `。` `！` `？` `；`, and with its paragraph, list item or line that was
/// not wrapped. Abbreviations, decimals and version numbers stay whole. Markdown headings, rules and list markers are no
/// sentences. A very short sentence is joined to the next one, and a piece of more than 400 characters is cut at a clause or a
/// space. A row of a table is one sentence, however long it is.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    units(text).into_iter().map(|unit| unit.range).collect()
}

/// A sentence or a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Its bytes.
    pub range: Range<usize>,
    /// Whether it is a row of a table.
    pub row: bool,
}

/// The sentences and rows of a text, as [`sentences`] cuts them.
pub(crate) fn units(text: &str) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::new();
    let mut prose: Vec<Range<usize>> = Vec::new();
    let mut short: Option<Range<usize>> = None;
    let sentence = |range| Unit { range, row: false };
    for block in blocks(text) {
        let leads = |piece: &Range<usize>| slice(text, piece).ends_with(|c| is_end(c) || c == ':' || c == '：');
        if !block.follows || block.row || !short.as_ref().is_some_and(leads) {
            prose.extend(short.take());
        }
        if block.row {
            found.extend(prose.drain(..).flat_map(|range| cut(text, range)).map(sentence));
            found.extend(trimmed(text, block.range).map(|range| Unit { range, row: true }));
            continue;
        }
        for piece in split(text, &block) {
            let start = short.take().map_or(piece.start, |before| before.start);
            let whole = start..piece.end;
            if width(slice(text, &whole)) < SHORT {
                short = Some(whole);
            } else {
                prose.push(whole);
            }
        }
    }
    prose.extend(short);
    found.extend(prose.into_iter().flat_map(|range| cut(text, range)).map(sentence));
    found
}

/// A piece of fewer columns (a Chinese character takes 2) is joined to the next one.
const SHORT: usize = 12;

/// Most characters of a sentence.
const LONG: usize = 400;

fn split(text: &str, block: &Block) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> =
        slice(text, &block.range).char_indices().map(|(at, c)| (block.range.start + at, c)).collect();
    let offset = |index: usize| chars.get(index).map_or(block.range.end, |(at, _)| *at);
    let mut pieces = Vec::new();
    let mut start = block.range.start;
    let mut index = 0;
    while let Some((_, c)) = chars.get(index).copied() {
        if !is_end(c) {
            index += 1;
            continue;
        }
        let after = after_end(&chars, index);
        let stops = DENSE_ENDS.contains(c) || latin_stop(text, &chars, start, index, after);
        if stops {
            pieces.extend(trimmed(text, start..offset(after)));
            start = offset(after);
        }
        index = after;
    }
    pieces.extend(trimmed(text, start..block.range.end));
    pieces
}

const DENSE_ENDS: &str = "。！？；｡";

fn is_end(c: char) -> bool {
    DENSE_ENDS.contains(c) || matches!(c, '.' | '!' | '?' | '…')
}

/// The index after a run of end marks and after the brackets, quotes and citation numbers that close the sentence.
fn after_end(chars: &[(usize, char)], mut index: usize) -> usize {
    let at = |index: usize| chars.get(index).map(|(_, c)| *c);
    while let Some(c) = at(index) {
        if is_end(c) || "”’\"')]」』）】》»".contains(c) {
            index += 1;
            continue;
        }
        if !"[【".contains(c) {
            break;
        }
        let inside =
            chars.iter().skip(index + 1).take_while(|(_, c)| c.is_ascii_digit() || ", ，".contains(*c)).count();
        if inside == 0 || !at(index + 1 + inside).is_some_and(|c| "]】".contains(c)) {
            break;
        }
        index += inside + 2;
    }
    index
}

/// Whether the Latin end marks at `index..after` end the sentence that begins at byte `start`.
fn latin_stop(text: &str, chars: &[(usize, char)], start: usize, index: usize, after: usize) -> bool {
    let (Some((dot, mark)), Some((_, follower))) = (chars.get(index).copied(), chars.get(after).copied()) else {
        return true;
    };
    if !follower.is_whitespace() {
        return matches!(mark, '!' | '?') && is_dense(follower);
    }
    let Some(next) = chars.iter().skip(after).map(|(_, c)| *c).find(|c| !c.is_whitespace()) else { return true };
    if next.is_lowercase() {
        return false;
    }
    let word = slice(text, &(start..dot)).rsplit(char::is_whitespace).next().unwrap_or_default();
    !(mark == '.' && after == index + 1 && is_abbreviation(word, next))
}

/// Whether the dot after `word` belongs to the word; `next` is the first character after the dot and the spaces.
fn is_abbreviation(word: &str, next: char) -> bool {
    let word = word.trim_start_matches(['(', '[', '“', '"', '\'', '‘', '（']).to_lowercase();
    let word = word.as_str();
    if ALWAYS.contains(&word) {
        return true;
    }
    if BEFORE_NUMBER.contains(&word) {
        return next.is_numeric();
    }
    if MAY_END.contains(&word) {
        return !next.is_alphabetic();
    }
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => letter.is_alphabetic() && !is_dense(letter) && letter != 'i',
        _ => word.contains('.') && word.split('.').all(|part| part.len() <= 2 && part.chars().all(char::is_alphabetic)),
    }
}

/// Abbreviations that never end a sentence.
const ALWAYS: [&str; 30] = [
    "dr", "mr", "mrs", "ms", "prof", "st", "mt", "gen", "col", "capt", "lt", "sgt", "rev", "hon", "vs", "cf", "approx",
    "ca", "eds", "e.g", "i.e", "eg", "ie", "dept", "z.b", "bzw", "ggf", "vgl", "ing", "resp",
];

/// Abbreviations before a number (`No. 5`), words otherwise.
const BEFORE_NUMBER: [&str; 24] = [
    "no", "nos", "nr", "p", "pp", "fig", "figs", "vol", "ch", "sec", "sect", "eq", "eqs", "art", "v", "ver", "tab",
    "app", "para", "ed", "jan", "feb", "oct", "dec",
];

/// Abbreviations that end a sentence if a capital letter follows.
const MAY_END: [&str; 11] = ["etc", "inc", "ltd", "co", "corp", "jr", "sr", "al", "a.m", "p.m", "ph.d"];

fn cut(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = range.start;
    loop {
        let rest = slice(text, &(start..range.end));
        let Some((limit, _)) = rest.char_indices().nth(LONG) else { break };
        let window = rest.get(..limit).unwrap_or(rest);
        let clause = |c: char| ";；,，、:：".contains(c);
        let end = [window.rfind(clause), window.rfind(char::is_whitespace)]
            .into_iter()
            .flatten()
            .find(|at| *at > limit / 3)
            .and_then(|at| window.get(at..)?.chars().next().map(|c| at + c.len_utf8()))
            .unwrap_or(limit);
        pieces.extend(trimmed(text, start..start + end));
        start += end;
    }
    pieces.extend(trimmed(text, start..range.end));
    pieces
}

fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = slice(text, &range);
    let body = piece.trim();
    let start = range.start + (piece.len() - piece.trim_start().len());
    (!body.is_empty()).then_some(start..start + body.len())
}

fn slice<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    text.get(range.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
