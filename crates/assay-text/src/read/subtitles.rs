//! Subtitles (srt, vtt): what is said, under headings that tell when.

use assay_domain::Page;

use crate::TextError;
use crate::compose::Composer;
use crate::read::plain::{self, Decoded};
use crate::tidy::tidy;

/// About as much text as one passage holds; a heading tells the time of that much.
const BLOCK_BYTES: usize = 500;

/// Whether a text begins as subtitles do.
pub(crate) fn opens_as_subtitles(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{FEFF}').lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return false };
    let numbered = first.parse::<u32>().is_ok() && lines.next().is_some_and(|line| times(line).is_some());
    first == "WEBVTT" || first.starts_with("WEBVTT ") || numbered
}

/// One page, all that is said.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, doubt } = plain::text_of(bytes, "subtitles")?;
    let text = tidy(&text);
    let mut cues: Vec<(&str, &str, String)> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if let Some((start, end)) = times(line) {
            cues.push((start, end, String::new()));
            open = true;
        } else if line.is_empty() {
            open = false;
        } else if open && let Some((_, _, words)) = cues.last_mut() {
            words.push_str(&untagged(line));
            words.push('\n');
        }
    }
    let mut composer = Composer::default();
    let mut rest = cues.as_slice();
    while let Some((start, ..)) = rest.first() {
        let mut bytes = 0;
        let count = rest
            .iter()
            .take_while(|(.., words)| {
                let full = bytes >= BLOCK_BYTES;
                bytes += words.len();
                !full
            })
            .count();
        let (block, after) = rest.split_at(count.max(1));
        let end = block.last().map_or("", |(_, end, _)| end);
        composer.section(1, &format!("{}–{}", short(start), short(end)));
        for (.., words) in block {
            composer.line();
            composer.words(words);
        }
        composer.paragraph();
        rest = after;
    }
    Ok(vec![plain::doubted(composer.finish(), doubt)])
}

/// The two times of a line such as `00:01:02,500 --> 00:01:04,000 align:start`.
fn times(line: &str) -> Option<(&str, &str)> {
    let (start, rest) = line.split_once("-->")?;
    let (start, end) = (start.trim(), rest.split_whitespace().next()?);
    let is_time =
        |time: &str| time.contains(':') && time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | ',' | '.'));
    (is_time(start) && is_time(end)).then_some((start, end))
}

/// A time without its thousandths.
fn short(time: &str) -> &str {
    time.split([',', '.']).next().unwrap_or(time)
}

/// What is said without marks such as `<i>` or `{\an8}`.
fn untagged(line: &str) -> String {
    let mut out = String::new();
    let mut closing = None;
    for c in line.chars() {
        match (closing, c) {
            (Some(end), c) if c == end => closing = None,
            (Some(_), _) => {}
            (None, '<') => closing = Some('>'),
            (None, '{') => closing = Some('}'),
            (None, c) => out.push(c),
        }
    }
    if closing.is_some() { line.to_owned() } else { out }
}
