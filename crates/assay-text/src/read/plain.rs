//! Plain text in whatever encoding it was written.

use assay_domain::{Extractor, FaultKind, Page, PageOutcome};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};

use crate::TextError;
use crate::tidy::tidy;

/// Text has next to none of the control characters that binary data is full of.
const MOST_CONTROLS_PER_THOUSAND: usize = 5;
/// A wrong guess at the encoding shows as replacement characters.
const MOST_REPLACED_PER_THOUSAND: usize = 20;
/// Over this share of characters that cannot be told, damaged text is of no use.
const HOPELESS_PERCENT: usize = 20;
/// A line of valid UTF-8 with so many characters beyond ASCII is not valid by chance.
const NOT_BY_CHANCE: usize = 6;

/// One page, the whole text.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, doubt } = text_of(bytes, "a text file")?;
    Ok(vec![page(tidy(&text), Vec::new(), doubt)])
}

/// A page that is a whole document.
pub(crate) fn page(text: String, headings: Vec<(usize, String)>, doubt: Option<String>) -> Page {
    let (text, headings, outcome) = if text.trim().is_empty() {
        (String::new(), Vec::new(), PageOutcome::Empty)
    } else {
        (text, headings, PageOutcome::Text)
    };
    let page = Page { number: None, text, headings, extractor: Extractor::Format, confidence: None, outcome };
    doubted(page, doubt)
}

/// A page with what is to be said of its letters.
pub(crate) fn doubted(page: Page, doubt: Option<String>) -> Page {
    match doubt {
        Some(doubt) if page.outcome == PageOutcome::Text => {
            Page { outcome: PageOutcome::Failed(FaultKind::Encoding.because(doubt)), ..page }
        }
        _ => page,
    }
}

/// The bytes are not text in any encoding that is known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotText;

/// Text, and what is to be said where its letters could not all be told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) doubt: Option<String>,
}

impl Decoded {
    fn sure(text: impl Into<String>) -> Self {
        Self { text: text.into(), doubt: None }
    }

    pub(crate) fn with_gaps(text: String) -> Self {
        let doubt = gaps(&text);
        Self { text, doubt }
    }
}

/// Said of text in which signs stand for what could not be decoded.
pub(crate) fn gaps(text: &str) -> Option<String> {
    let signs = replaced(text);
    let what = if signs == 1 { "one character is".to_owned() } else { format!("{signs} characters are") };
    (signs > 0).then(|| format!("{what} unreadable and shown as \u{FFFD}: the file is damaged or mixes encodings"))
}

/// The text of a file that should be text.
pub(crate) fn text_of(bytes: &[u8], kind: &str) -> Result<Decoded, TextError> {
    decode(bytes).map_err(|NotText| TextError::Unsupported { found: format!("binary data under the name of {kind}") })
}

/// Text by its byte order mark, else as UTF-8 if it is that, else as UTF-16 if every other
/// byte is zero, else as Firefox's detector guesses, line by line if it mixes UTF-8 with something else.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, NotText> {
    if let Some(text) = decode_four_bytes(bytes) {
        return Ok(Decoded::sure(text));
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes.get(mark..).unwrap_or_default());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if text.contains("\u{1B}$") {
            return decode_as(ISO_2022_JP, bytes); // seven bits wide, so it passes for UTF-8
        }
        return if looks_binary(text) { decode_wide(bytes) } else { Ok(Decoded::sure(text)) };
    }
    if bytes.contains(&0) {
        return decode_wide(bytes);
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

/// Whether bytes that are not UTF-8 as a whole are so for the greater part, or hold a line that is.
fn has_utf8(bytes: &[u8]) -> bool {
    let is_sure = |line| std::str::from_utf8(line).is_ok_and(|text| beyond_ascii(text) >= NOT_BY_CHANCE);
    !is_foreign(bytes) || bytes.split(|byte| *byte == b'\n').any(is_sure)
}

/// Whether a third of the bytes beyond ASCII or more break the rules of UTF-8: of GBK, up to half keep
/// them by chance.
fn is_foreign(bytes: &[u8]) -> bool {
    let (kept, broken) = bytes.utf8_chunks().fold((0, 0), |(kept, broken), chunk| {
        let wide = chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count();
        (kept + wide, broken + chunk.invalid().len())
    });
    broken * 2 > kept
}

/// Whether half of the words beyond ASCII have a capital after a small letter: the detector answers for any
/// bytes, and what are none of the answer's letters fall together like that.
fn is_noise(text: &str) -> bool {
    let words = || text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_ascii());
    let rises = |word: &&str| word.chars().zip(word.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    let noise = words().filter(rises).count();
    noise > 0 && noise * 2 >= words().count()
}

/// Text that mixes UTF-8 with one other encoding, each line by itself.
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
    let decoded = Decoded::with_gaps(text);
    if !wide || foreign == 0 {
        return Ok(decoded);
    }
    let what = if foreign == 1 { "one line is".to_owned() } else { format!("{foreign} lines are") };
    let mixed = format!("{what} in another encoding, taken for {}, than the rest, which is UTF-8", other.name());
    let doubts: Vec<String> = [Some(mixed), decoded.doubt].into_iter().flatten().collect();
    Ok(Decoded { doubt: Some(doubts.join("; ")), ..decoded })
}

fn beyond_ascii(text: &str) -> usize {
    text.chars().filter(|c| !c.is_ascii()).count()
}

fn replaced(text: &str) -> usize {
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
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
fn decode_wide(bytes: &[u8]) -> Result<Decoded, NotText> {
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
        .find(|decoded| is_plausible(&decoded.text))
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

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Result<Decoded, NotText> {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if looks_binary(&text) || (had_errors && looks_garbled(&text)) {
        return Err(NotText);
    }
    let text = text.into_owned();
    Ok(if had_errors { Decoded::with_gaps(text) } else { Decoded::sure(text) })
}

fn looks_binary(text: &str) -> bool {
    let controls = text
        .chars()
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{0C}' | '\u{1B}' | '\u{1A}' | '\u{85}'));
    let controls = controls.count();
    controls > 0 && controls * 1000 > text.chars().count() * MOST_CONTROLS_PER_THOUSAND
}

fn looks_garbled(text: &str) -> bool {
    replaced(text) * 1000 > text.chars().count() * MOST_REPLACED_PER_THOUSAND
}
