//! Reads the values of form fields and the comments on a page, which are not in its content streams.

use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::lines::Line;
use super::objects::{dereferenced, text_of};
use crate::read::margin::Comment;

/// Field trees deeper than this are loops.
const DEEPEST: usize = 32;
/// Maximum number of annotations per page.
const MOST: usize = 5_000;
/// Font size of a field that fits its text to the field.
const AUTO_SIZE: f64 = 12.0;
/// Flags of an annotation that is not shown (ISO 32000-1, table 165: hidden and no view).
const UNSEEN: i64 = 1 << 1 | 1 << 5;
/// Flag of a text field for passwords (ISO 32000-1, table 228).
const PASSWORD: i64 = 1 << 13;
/// Kinds of annotations that are comments of a reader (ISO 32000-1, table 169).
const COMMENTS: [&[u8]; 13] = [
    b"Text",
    b"FreeText",
    b"Highlight",
    b"Underline",
    b"Squiggly",
    b"StrikeOut",
    b"Caret",
    b"Square",
    b"Circle",
    b"Line",
    b"Polygon",
    b"Ink",
    b"Stamp",
];

/// The annotations of a page.
#[derive(Default)]
pub(super) struct Annotations {
    /// The values of form fields, at the positions of the fields.
    pub(super) values: Vec<Line>,
    pub(super) comments: Vec<Comment>,
}

/// Reads the annotations of a page.
pub(super) fn read(document: &Document, page: ObjectId) -> Annotations {
    let mut found = Annotations::default();
    let listed = document.get_dictionary(page).ok().and_then(|page| page.get(b"Annots").ok());
    let Some(Ok(listed)) = listed.and_then(|listed| dereferenced(document, listed)).map(Object::as_array) else {
        return found;
    };
    for annotation in listed.iter().take(MOST) {
        let Some(Ok(annotation)) = dereferenced(document, annotation).map(Object::as_dict) else { continue };
        if number(document, annotation, b"F").is_some_and(|flags| flags & UNSEEN != 0) {
            continue;
        }
        match annotation.get(b"Subtype").and_then(Object::as_name) {
            Ok(b"Widget") => found.values.extend(value(document, annotation)),
            Ok(kind) if COMMENTS.contains(&kind) => found.comments.extend(comment(document, annotation)),
            _ => {}
        }
    }
    found
}

/// Inserts the values of fields into the lines of a page: after the lines on the same baseline, which are the
/// field's label, else by height.
pub(super) fn insert(lines: &mut Vec<Line>, values: Vec<Line>) {
    for mut value in values {
        let level = |line: &Line| (line.across - value.across).abs();
        let level_lines = lines.iter().enumerate().filter(|(_, line)| level(line) < 0.6 * value.size.max(line.size));
        let place = level_lines.min_by(|(_, a), (_, b)| level(a).total_cmp(&level(b))).map(|(place, _)| place);
        let place = match place {
            Some(place) => {
                value.across = lines.get(place).map_or(value.across, |line| line.across);
                let row = lines.iter().skip(place).take_while(|line| (line.across - value.across).abs() < 0.5);
                place + row.count()
            }
            None => lines.iter().position(|line| line.across < value.across).unwrap_or(lines.len()),
        };
        lines.insert(place, value);
    }
}

/// Returns a field's value as a line at the field's position. A check box becomes `[x]` or `[ ]`.
fn value(document: &Document, widget: &Dictionary) -> Option<Line> {
    let kind = inherited(document, widget, b"FT")?.as_name().ok()?;
    let flags = inherited(document, widget, b"Ff").and_then(|flags| flags.as_i64().ok()).unwrap_or(0);
    let text = match kind {
        b"Tx" if flags & PASSWORD == 0 => text_of(inherited(document, widget, b"V")?)?,
        b"Ch" => match inherited(document, widget, b"V")? {
            Object::Array(chosen) => {
                let chosen = chosen.iter().filter_map(|value| text_of(dereferenced(document, value)?));
                chosen.collect::<Vec<_>>().join(", ")
            }
            value => text_of(value)?,
        },
        b"Btn" => {
            let state = widget.get(b"AS").ok().and_then(|state| dereferenced(document, state)?.as_name().ok())?;
            if state == b"Off" { "[ ]" } else { "[x]" }.to_owned()
        }
        _ => return None,
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let rect = dereferenced(document, widget.get(b"Rect").ok()?)?.as_array().ok()?;
    let rect: Vec<f64> =
        rect.iter().filter_map(|corner| dereferenced(document, corner)?.as_float().ok()).map(f64::from).collect();
    let &[x0, y0, x1, y1] = rect.as_slice() else { return None };
    if text.is_empty() {
        return None;
    }
    let (height, width) = ((y1 - y0).abs(), (x1 - x0).abs());
    let size = font_size(document, widget).unwrap_or_else(|| AUTO_SIZE.min(height * 0.7)).max(1.0);
    // Viewers centre a line in its field; text of several lines begins at the top.
    let centred = y0.min(y1) + (height - size) / 2.0 + 0.2 * size;
    let across = if height > 3.0 * size { y0.max(y1) - size } else { centred };
    let start = x0.min(x1) + 2.0;
    let end = start + (text.chars().count() as f64 * size * 0.5).min(width);
    Some(Line { text, start, end, across, size })
}

/// Returns the size in a field's default appearance, such as `/Helv 11 Tf 0 g`; `None` if it is automatic.
fn font_size(document: &Document, widget: &Dictionary) -> Option<f64> {
    let appearance = text_of(inherited(document, widget, b"DA")?)?;
    let words: Vec<&str> = appearance.split_whitespace().collect();
    let size = words.windows(2).find_map(|pair| match pair {
        [size, "Tf"] => size.parse::<f64>().ok(),
        _ => None,
    });
    size.filter(|size| *size > 0.0)
}

fn comment(document: &Document, annotation: &Dictionary) -> Option<Comment> {
    let string = |key: &[u8]| text_of(dereferenced(document, annotation.get(key).ok()?)?);
    let text = string(b"Contents").filter(|text| !text.trim().is_empty())?;
    Some(Comment {
        author: string(b"T").unwrap_or_default(),
        date: string(b"M").map(|date| day(&date)).unwrap_or_default(),
        about: String::new(),
        text: text.split_whitespace().collect::<Vec<_>>().join(" "),
    })
}

/// Converts a date such as `D:20260302100000Z` to `2026-03-02`; empty if it is none.
fn day(date: &str) -> String {
    let digits: String = date.trim_start_matches("D:").chars().take_while(char::is_ascii_digit).collect();
    match (digits.get(..4), digits.get(4..6), digits.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => String::new(),
    }
}

/// Returns an attribute of a field or of the nearest field above it.
fn inherited<'a>(document: &'a Document, field: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut field = field;
    for _ in 0..DEEPEST {
        if let Ok(object) = field.get(key) {
            return dereferenced(document, object);
        }
        field = dereferenced(document, field.get(b"Parent").ok()?)?.as_dict().ok()?;
    }
    None
}

fn number(document: &Document, dictionary: &Dictionary, key: &[u8]) -> Option<i64> {
    dereferenced(document, dictionary.get(key).ok()?)?.as_i64().ok()
}
