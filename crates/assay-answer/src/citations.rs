//! Resolves the passage numbers in a written answer to the passages of the prompt.
//!
//! Only numbers count. An address that the model wrote is never followed or resolved.

use std::ops::Range;

use assay_domain::{Citation, NumberedPassage};

use crate::sentences;
use crate::terms::{distinct, terms};

/// The citations in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundCitations {
    /// One for each passage number in the text, in order of first appearance.
    pub citations: Vec<Citation>,
    /// Numbers that name no passage, each once; they stay in the text as they are.
    pub unknown: Vec<u32>,
    /// The sentences of the text that say something. One that introduces a list says nothing by itself.
    pub sentences: Vec<CitingSentence>,
}

/// A sentence of a text with the numbers in it that name a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitingSentence {
    /// Its bytes.
    pub range: Range<usize>,
    /// The numbers, each once.
    pub cites: Vec<u32>,
}

/// Finds `[1]`, `[1, 2]`, `[1-3]`, `【1】` and `［1］` in a text and resolves them.
///
/// The quote is an exact slice: the sentence of the passage that is most similar to an answer's sentence with the number,
/// or the whole passage if no sentence shares a content word.
pub fn find_citations(text: &str, passages: &[NumberedPassage]) -> FoundCitations {
    let markers = markers(text);
    let ranges = sentences(text);
    let places = places(text, &ranges, &markers);
    let terms_of: Vec<Vec<String>> =
        ranges.iter().map(|range| distinct(&without_markers(text, range, &markers))).collect();
    let mut found = FoundCitations::default();
    for number in markers.iter().flat_map(|marker| marker.numbers.iter().copied()) {
        if found.unknown.contains(&number) || found.citations.iter().any(|citation| citation.number == number) {
            continue;
        }
        let Some(passage) = passages.iter().find(|passage| passage.number == number) else {
            found.unknown.push(number);
            continue;
        };
        let citing = markers.iter().zip(&places).filter(|(marker, _)| marker.numbers.contains(&number));
        let claims = citing.filter_map(|(_, place)| terms_of.get((*place)?));
        found.citations.push(Citation {
            number,
            chunk: passage.chunk,
            document: passage.document,
            page: passage.page,
            quote: quote(&passage.text, claims).to_owned(),
        });
    }
    for (place, (range, terms)) in ranges.iter().zip(&terms_of).enumerate() {
        let range = without_leading(text, range, &markers);
        let said = text.get(range.clone()).unwrap_or_default().trim();
        if terms.is_empty() || said.ends_with([':', '：']) {
            continue;
        }
        let of_sentence = markers.iter().zip(&places).filter(|(_, of)| **of == Some(place));
        let mut cites = Vec::new();
        for number in of_sentence.flat_map(|(marker, _)| marker.numbers.iter().copied()) {
            if !cites.contains(&number) && !found.unknown.contains(&number) {
                cites.push(number);
            }
        }
        found.sentences.push(CitingSentence { range, cites });
    }
    found
}

/// A sentence without the markers at its beginning, which belong to the sentence before.
fn without_leading(text: &str, range: &Range<usize>, markers: &[Marker]) -> Range<usize> {
    let mut start = range.start;
    for marker in markers {
        if marker.range.start != start {
            continue;
        }
        let rest = text.get(marker.range.end..range.end).unwrap_or_default();
        start = range.end - rest.trim_start().len();
    }
    start..range.end
}

struct Marker {
    range: Range<usize>,
    numbers: Vec<u32>,
}

/// Most characters between brackets that may be a marker.
const LONGEST: usize = 40;

fn markers(text: &str) -> Vec<Marker> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((open, bracket)) =
        text.get(from..).and_then(|rest| rest.char_indices().find(|(_, c)| "[【［".contains(*c)))
    {
        let start = from + open;
        let inside = start + bracket.len_utf8();
        from = inside;
        let rest = text.get(inside..).unwrap_or_default();
        let close = rest.char_indices().take(LONGEST).find(|(_, c)| "]】］".contains(*c));
        let Some((length, bracket)) = close else { continue };
        let Some(numbers) = rest.get(..length).and_then(numbers) else { continue };
        from = inside + length + bracket.len_utf8();
        found.push(Marker { range: start..from, numbers });
    }
    found
}

/// The numbers of `1`, `1, 2`, `1；2`, `2-4`; `None` if there is anything else.
fn numbers(inside: &str) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    for part in inside.split([',', '，', '、', ';', '；']) {
        let mut ends = part.split(['-', '–', '—']).map(|end| end.trim().parse::<u32>());
        let first = ends.next()?.ok()?;
        match (ends.next(), ends.next()) {
            (None, None) => all.push(first),
            // [2019-2024] is a span of years.
            (Some(Ok(last)), None) if first <= last && last < 100 => all.extend(first..=last),
            _ => return None,
        }
    }
    Some(all)
}

/// For each marker, the place of the sentence that it is in. A marker at the beginning of a sentence belongs to the
/// sentence before: `It runs. [1] It stops. [2]`.
fn places(text: &str, ranges: &[Range<usize>], markers: &[Marker]) -> Vec<Option<usize>> {
    let place = |marker: &Marker| {
        let place = ranges.iter().rposition(|range| range.start <= marker.range.start)?;
        let before = ranges.get(place)?.start..marker.range.start;
        let leads = terms(&without_markers(text, &before, markers)).is_empty();
        Some(if leads { place.saturating_sub(1) } else { place })
    };
    markers.iter().map(place).collect()
}

/// A slice of the text with a space in place of each marker.
fn without_markers(text: &str, range: &Range<usize>, markers: &[Marker]) -> String {
    let mut rest = String::new();
    let mut from = range.start;
    for marker in markers.iter().filter(|marker| marker.range.start >= range.start && marker.range.end <= range.end) {
        rest.push_str(text.get(from..marker.range.start).unwrap_or_default());
        rest.push(' ');
        from = marker.range.end;
    }
    rest.push_str(text.get(from..range.end).unwrap_or_default());
    rest
}

fn quote<'a, 'b>(passage: &'a str, claims: impl Iterator<Item = &'b Vec<String>>) -> &'a str {
    let choices: Vec<(&str, Vec<String>)> = sentences(passage)
        .into_iter()
        .filter_map(|range| passage.get(range))
        .map(|sentence| (sentence, distinct(sentence)))
        .collect();
    let mut best = (0.0, passage);
    for claim in claims {
        for (sentence, terms) in &choices {
            let similarity = similarity(claim, terms);
            if similarity > best.0 {
                best = (similarity, sentence);
            }
        }
    }
    best.1
}

/// The Sørensen-Dice coefficient over content words: terms of more than three letters, numbers and dense pairs. Short
/// words such as `the` are in every sentence.
fn similarity(claim: &[String], sentence: &[String]) -> f32 {
    let content = |term: &&String| term.chars().count() > 3 || term.chars().any(|c| c.is_numeric() || !c.is_ascii());
    let shared = claim.iter().filter(content).filter(|term| sentence.binary_search(term).is_ok()).count();
    let all = claim.iter().filter(content).count() + sentence.iter().filter(content).count();
    if all == 0 { 0.0 } else { 2.0 * shared as f32 / all as f32 }
}

#[cfg(test)]
mod tests;
