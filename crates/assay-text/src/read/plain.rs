//! Plain text in whatever encoding it was written.

use assay_domain::{Extractor, Page, PageOutcome};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};

use crate::TextError;
use crate::tidy::tidy;

/// Text has next to none of the control characters that binary data is full of.
const MOST_CONTROLS_PER_THOUSAND: usize = 5;
/// A wrong guess at the encoding shows as replacement characters.
const MOST_REPLACED_PER_THOUSAND: usize = 20;

/// One page, the whole text.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let text =
        tidy(&decode(bytes).map_err(|NotText| TextError::Unsupported {
            found: "binary data under the name of a text file".to_owned(),
        })?);
    Ok(vec![page(text, Vec::new())])
}

/// A page that is a whole document.
pub(crate) fn page(text: String, headings: Vec<(usize, String)>) -> Page {
    let (text, headings, outcome) = if text.trim().is_empty() {
        (String::new(), Vec::new(), PageOutcome::Empty)
    } else {
        let outcome = replaced(&text).map_or(PageOutcome::Text, PageOutcome::Failed);
        (text, headings, outcome)
    };
    Page { number: None, text, headings, extractor: Extractor::Format, confidence: None, outcome }
}

/// Said of text that has signs in it which stand for what could not be decoded.
fn replaced(text: &str) -> Option<String> {
    let signs = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let what = if signs == 1 { "one character is".to_owned() } else { format!("{signs} characters are") };
    (signs > 0).then(|| format!("{what} unreadable and shown as \u{FFFD}: the file is damaged or mixes encodings"))
}

/// The bytes are not text in any encoding that is known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotText;

/// Text by its byte order mark, else as UTF-8 if it is that, else as UTF-16 if every other
/// byte is zero, else as Firefox's detector guesses.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, NotText> {
    if let Some(text) = decode_four_bytes(bytes) {
        return Ok(text);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes.get(mark..).unwrap_or_default());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if text.contains("\u{1B}$") {
            return decode_as(ISO_2022_JP, bytes); // seven bits wide, so it passes for UTF-8
        }
        return if looks_binary(text) { decode_wide(bytes) } else { Ok(text.to_owned()) };
    }
    if bytes.contains(&0) {
        return decode_wide(bytes);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    decode_as(detector.guess(None, Utf8Detection::Allow), bytes)
}

/// UTF-32, which encoding_rs leaves out, by its byte order mark.
fn decode_four_bytes(bytes: &[u8]) -> Option<String> {
    let (mark, units) = bytes.split_first_chunk::<4>()?;
    let read = match mark {
        [0xFF, 0xFE, 0, 0] => u32::from_le_bytes,
        [0, 0, 0xFE, 0xFF] => u32::from_be_bytes,
        _ => return None,
    };
    let (units, rest) = units.as_chunks::<4>();
    let text: Option<String> = units.iter().map(|unit| char::from_u32(read(*unit))).collect();
    text.filter(|_| rest.is_empty())
}

/// UTF-16 without a mark shows in Western text as zeros on one side of each pair.
fn decode_wide(bytes: &[u8]) -> Result<String, NotText> {
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let half = bytes.len() / 2;
    if odd * 10 > half * 4 && even * 20 < half {
        return decode_as(UTF_16LE, bytes);
    }
    if even * 10 > half * 4 && odd * 20 < half {
        return decode_as(UTF_16BE, bytes);
    }
    // Chinese text has few zeros, but none of its pairs is out of place.
    [UTF_16LE, UTF_16BE]
        .into_iter()
        .filter(|_| bytes.len().is_multiple_of(2))
        .filter_map(|encoding| decode_as(encoding, bytes).ok())
        .find(|text| is_plausible(text))
        .ok_or(NotText)
}

/// Whether nearly all characters are of scripts that are in common use.
fn is_plausible(text: &str) -> bool {
    let common = |c: &char| {
        matches!(c, '\n' | '\r' | '\t' | ' '..='~' | '\u{A0}'..='\u{24F}' | '\u{370}'..='\u{6FF}' | '\u{2010}'..='\u{2030}'
            | '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF00}'..='\u{FFEF}')
    };
    let all = text.chars().count();
    all > 0 && text.chars().filter(common).count() * 100 >= all * 97
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, NotText> {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if looks_binary(&text) || (had_errors && looks_garbled(&text)) {
        return Err(NotText);
    }
    Ok(text.into_owned())
}

fn looks_binary(text: &str) -> bool {
    let controls = text
        .chars()
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{0C}' | '\u{1B}' | '\u{1A}' | '\u{85}'));
    let controls = controls.count();
    controls > 0 && controls * 1000 > text.chars().count() * MOST_CONTROLS_PER_THOUSAND
}

fn looks_garbled(text: &str) -> bool {
    let replaced = text.chars().filter(|c| *c == '\u{FFFD}').count();
    replaced * 1000 > text.chars().count() * MOST_REPLACED_PER_THOUSAND
}
