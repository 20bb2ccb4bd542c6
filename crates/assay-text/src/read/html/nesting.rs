//! Refuses pages that would keep the parser busy for hours. It scans all open elements for many tags, and
//! all attributes of a tag for each new one.

use crate::error::TextError;

/// Maximum depth of elements; real pages reach a few thousand.
const DEEPEST: usize = 10_000;
/// Maximum number of open formatting elements, which the parser reopens in each paragraph.
const MOST_FORMATTING: usize = 1_000;
const MOST_ATTRIBUTES: usize = 5_000;
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Void elements, and those that the next of their kind closes.
const FLAT: [&str; 26] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li",
    "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "param", "body",
];

/// Checks the nesting and the number of attributes.
///
/// # Errors
/// [`TextError::TooLarge`] above a limit.
pub(super) fn check(html: &str) -> Result<(), TextError> {
    let over = |what: String| Err(TextError::TooLarge { limit: what });
    let (mut depth, mut formatting) = (0_usize, 0_usize);
    for piece in html.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap_or_default();
        if tag.len() > MOST_ATTRIBUTES && tag.bytes().filter(|byte| *byte == b'=').count() > MOST_ATTRIBUTES {
            return over(format!("{MOST_ATTRIBUTES} attributes of one element"));
        }
        let closes = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is = |names: &[&str]| names.iter().any(|known| name.eq_ignore_ascii_case(known));
        if name.is_empty() || is(&FLAT) {
            continue;
        }
        let decorates = usize::from(is(&FORMATTING));
        if closes {
            (depth, formatting) = (depth.saturating_sub(1), formatting.saturating_sub(decorates));
        } else if !tag.ends_with('/') {
            (depth, formatting) = (depth + 1, formatting + decorates);
        }
        if depth > DEEPEST || formatting > MOST_FORMATTING {
            return over(format!("{DEEPEST} elements in elements, or {MOST_FORMATTING} for formatting"));
        }
    }
    Ok(())
}
