//! Reads subtitles (srt, vtt) under headings with their times.

use assay_domain::Page;

use crate::compose::Composer;
use crate::error::TextError;
use crate::normalize::normalize;
use crate::read::plain::{self, Decoded};

/// About as much text as one passage holds; each block has a heading with its time span.
const BLOCK_BYTES: usize = 500;

/// Whether a text begins with the header of a subtitle file or its first cue.
pub(crate) fn opens_as_subtitles(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{FEFF}').lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return false };
    let numbered = first.parse::<u32>().is_ok() && lines.next().is_some_and(|line| times(line).is_some());
    first == "WEBVTT" || first.starts_with("WEBVTT ") || numbered
}

/// Returns all cues as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = plain::text_of(bytes, "subtitles")?;
    let text = normalize(&text);
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
        composer.begin_section(1, &format!("{}–{}", short(start), short(end)));
        for (.., words) in block {
            composer.begin_line();
            composer.push_inline(words);
        }
        composer.begin_paragraph();
        rest = after;
    }
    Ok(vec![plain::with_warning(composer.finish(), warning)])
}

/// Parses the two times of a line such as `00:01:02,500 --> 00:01:04,000 align:start`.
fn times(line: &str) -> Option<(&str, &str)> {
    let (start, rest) = line.split_once("-->")?;
    let (start, end) = (start.trim(), rest.split_whitespace().next()?);
    let is_time =
        |time: &str| time.contains(':') && time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | ',' | '.'));
    (is_time(start) && is_time(end)).then_some((start, end))
}

/// Cuts the fraction of a second off a time.
fn short(time: &str) -> &str {
    time.split([',', '.']).next().unwrap_or(time)
}

/// Removes markup such as `<i>` or `{\an8}`.
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
