//! Reads plain text in any common encoding.

use assay_domain::{Extractor, FaultKind, Page, PageOutcome};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};

use crate::error::TextError;
use crate::normalize::normalize;

/// Text has almost no control characters, binary data has many.
const MOST_CONTROLS_PER_THOUSAND: usize = 5;
/// A wrong guess at the encoding shows as replacement characters.
const MOST_REPLACED_PER_THOUSAND: usize = 20;
/// Above this share of undecodable characters, damaged text is refused.
const HOPELESS_PERCENT: usize = 20;
/// A line of valid UTF-8 with this many characters beyond ASCII is not valid by chance.
const NOT_BY_CHANCE: usize = 6;

/// Returns the whole text as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = text_of(bytes, "a text file")?;
    Ok(vec![page(normalize(&text), Vec::new(), warning)])
}

/// Makes the page of a document that has no pages of its own.
pub(crate) fn page(text: String, headings: Vec<(usize, String)>, warning: Option<String>) -> Page {
    let (text, headings, outcome) = if text.trim().is_empty() {
        (String::new(), Vec::new(), PageOutcome::Empty)
    } else {
        (text, headings, PageOutcome::Text)
    };
    let page = Page { number: None, text, headings, extractor: Extractor::Format, confidence: None, outcome };
    with_warning(page, warning)
}

/// Adds a warning about undecodable characters to a page.
pub(crate) fn with_warning(page: Page, warning: Option<String>) -> Page {
    match warning {
        Some(warning) if page.outcome == PageOutcome::Text => {
            Page { outcome: PageOutcome::Failed(FaultKind::Encoding.because(warning)), ..page }
        }
        _ => page,
    }
}

/// The bytes are not text in any known encoding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotText;

/// Decoded text, with a warning if some characters could not be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) warning: Option<String>,
}

impl Decoded {
    fn complete(text: impl Into<String>) -> Self {
        Self { text: text.into(), warning: None }
    }

    pub(crate) fn with_replacements(text: String) -> Self {
        let warning = replacement_warning(&text);
        Self { text, warning }
    }
}

/// Returns a warning if the text has replacement characters.
pub(crate) fn replacement_warning(text: &str) -> Option<String> {
    let signs = replaced(text);
    let what = if signs == 1 { "one character is".to_owned() } else { format!("{signs} characters are") };
    (signs > 0).then(|| format!("{what} unreadable and shown as \u{FFFD}: the file is damaged or mixes encodings"))
}

/// Decodes a file that should be text.
pub(crate) fn text_of(bytes: &[u8], kind: &str) -> Result<Decoded, TextError> {
    decode(bytes).map_err(|NotText| TextError::Unsupported { found: format!("binary data under the name of {kind}") })
}

/// Decodes by the byte order mark, else as UTF-8 if valid, else as UTF-16 if every other byte is zero,
/// else as chardetng (Firefox's detector) guesses, line by line if UTF-8 is mixed with another encoding.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, NotText> {
    if let Some(text) = decode_utf32(bytes) {
        return Ok(Decoded::complete(text));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes.get(mark..).unwrap_or_default());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if text.contains("\u{1B}$") {
            return decode_as(ISO_2022_JP, bytes); // seven bits wide, so it is also valid UTF-8
        }
        return if looks_binary(text) { decode_utf16(bytes) } else { Ok(Decoded::complete(text)) };
    }
    if bytes.contains(&0) {
        return decode_utf16(bytes);
    }
    match decode_as(guess(bytes), bytes) {
        Ok(decoded) if !has_utf8(bytes) && !is_noise(&decoded.text) => Ok(decoded),
        _ => decode_lines(bytes),
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// Whether bytes that are not valid UTF-8 as a whole are mostly UTF-8, or have a line that certainly is.
fn has_utf8(bytes: &[u8]) -> bool {
    let is_utf8 = |line| std::str::from_utf8(line).is_ok_and(|text| beyond_ascii(text) >= NOT_BY_CHANCE);
    !is_foreign(bytes) || bytes.split(|byte| *byte == b'\n').any(is_utf8)
}

/// Whether at least a third of the bytes beyond ASCII are invalid UTF-8. Up to half of the bytes of GBK
/// are valid UTF-8 by chance.
fn is_foreign(bytes: &[u8]) -> bool {
    let (kept, broken) = bytes.utf8_chunks().fold((0, 0), |(kept, broken), chunk| {
        let wide = chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count();
        (kept + wide, broken + chunk.invalid().len())
    });
    broken * 2 > kept
}

/// Whether half of the words beyond ASCII have a capital after a small letter. The detector returns an
/// encoding for any bytes, and a wrong encoding produces such words.
fn is_noise(text: &str) -> bool {
    let words = || text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_ascii());
    let rises = |word: &&str| word.chars().zip(word.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    let noise = words().filter(rises).count();
    noise > 0 && noise * 2 >= words().count()
}

/// Decodes text that mixes UTF-8 with one other encoding, each line by itself.
fn decode_lines(bytes: &[u8]) -> Result<Decoded, NotText> {
    let lines = || bytes.split_inclusive(|byte| *byte == b'\n');
    let other = guess(&lines().filter(|line| is_foreign(line)).collect::<Vec<_>>().concat());
    let mut text = String::with_capacity(bytes.len());
    let (mut wide, mut foreign) = (false, 0);
    for line in lines() {
        let plain = String::from_utf8_lossy(line);
        let better = Some(line).filter(|line| is_foreign(line)).map(|line| other.decode_without_bom_handling(line).0);
        let better = better.filter(|better| replaced(better) < replaced(&plain) && !is_noise(better));
        let line = match better {
            Some(better) => {
                foreign += 1;
                better
            }
            None => {
                wide |= beyond_ascii(&plain) > replaced(&plain);
                plain
            }
        };
        text.push_str(&line);
    }
    if looks_binary(&text) || replaced(&text) * 100 > text.chars().count() * HOPELESS_PERCENT {
        return Err(NotText);
    }
    let decoded = Decoded::with_replacements(text);
    if !wide || foreign == 0 {
        return Ok(decoded);
    }
    let what = if foreign == 1 { "one line is".to_owned() } else { format!("{foreign} lines are") };
    let mixed = format!("{what} in another encoding, taken for {}, than the rest, which is UTF-8", other.name());
    let warnings: Vec<String> = [Some(mixed), decoded.warning].into_iter().flatten().collect();
    Ok(Decoded { warning: Some(warnings.join("; ")), ..decoded })
}

fn beyond_ascii(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

fn replaced(text: &str) -> usize {
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
}

/// Decodes UTF-32, which encoding_rs does not support, by its byte order mark.
fn decode_utf32(bytes: &[u8]) -> Option<String> {
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

/// Decodes UTF-16 without a byte order mark: Western text has a zero in each pair of bytes.
fn decode_utf16(bytes: &[u8]) -> Result<Decoded, NotText> {
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let half = bytes.len() / 2;
    if odd * 10 > half * 4 && even * 20 < half {
        return decode_as(UTF_16LE, bytes);
    }
    if even * 10 > half * 4 && odd * 20 < half {
        return decode_as(UTF_16BE, bytes);
    }
    // Chinese text has few zeros, but all of its pairs are valid.
    [UTF_16LE, UTF_16BE]
        .into_iter()
        .filter(|_| bytes.len().is_multiple_of(2))
        .filter_map(|encoding| decode_as(encoding, bytes).ok())
        .find(|decoded| is_plausible(&decoded.text))
        .ok_or(NotText)
}

/// Whether at least 97 % of the characters belong to common scripts.
fn is_plausible(text: &str) -> bool {
    let common = |c: &char| {
        matches!(c, '\n' | '\r' | '\t' | ' '..='~' | '\u{A0}'..='\u{24F}' | '\u{370}'..='\u{6FF}' | '\u{2010}'..='\u{2030}'
            | '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF00}'..='\u{FFEF}')
    };
    let all = text.chars().count();
    all > 0 && text.chars().filter(common).count() * 100 >= all * 97
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Result<Decoded, NotText> {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if looks_binary(&text) || (had_errors && has_wrong_encoding(&text)) {
        return Err(NotText);
    }
    let text = text.into_owned();
    Ok(if had_errors { Decoded::with_replacements(text) } else { Decoded::complete(text) })
}

fn looks_binary(text: &str) -> bool {
    let controls = text
        .chars()
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{0C}' | '\u{1B}' | '\u{1A}' | '\u{85}'));
    let controls = controls.count();
    controls > 0 && controls * 1000 > text.chars().count() * MOST_CONTROLS_PER_THOUSAND
}

fn has_wrong_encoding(text: &str) -> bool {
    replaced(text) * 1000 > text.chars().count() * MOST_REPLACED_PER_THOUSAND
}
