//! Joins printed lines to paragraphs.
//!
//! A PDF only has positions of glyphs. A line that reaches the margin continues on the next line; a short
//! line, a wide gap or another font size ends the paragraph. A wrong join costs little, whereas a cut at
//! every line end breaks sentences, names and Chinese words.

use super::titles;
use crate::normalize::{close_up, is_han_or_kana, normalize, rejoin};

/// Number of lines before and after a line that determine the margins.
const NEIGHBOURS: usize = 8;
/// A gap wider than the usual one by this factor separates paragraphs.
const WIDE_GAP: f64 = 1.35;
/// Relative difference of font size that separates paragraphs.
const OTHER_SIZE: f64 = 0.12;
/// A line that ends this share of the column width before the margin ends its paragraph.
const SHORT: f64 = 0.22;
/// Maximum length of a heading, and how much larger than the body text it is.
const LONGEST_HEADING: usize = 120;
const HEADING_SIZE: f64 = 1.15;

/// A line on the page; distances are along and across the writing direction.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) across: f64,
    pub(super) size: f64,
}

impl Line {
    pub(super) fn at(along: f64, across: f64, size: f64) -> Self {
        Self { text: String::new(), start: along, end: along, across, size }
    }
}

/// A line, or lines, in larger type than the text of the page, or a title in type of its size.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    /// Byte offset in the text of the page.
    pub(super) at: usize,
    pub(super) text: String,
    /// Font size, or the one that a title stands for.
    pub(super) size: f64,
}

/// The usual measures of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    /// Distance of lines, in font sizes.
    gap: f64,
    /// Font size of the body text.
    size: f64,
}

impl Measure {
    /// Measures the lines of a page.
    pub(super) fn of(lines: &[Line]) -> Self {
        Self { gap: usual_gap(lines), size: body_size(lines) }
    }
}

/// Normalises lines and removes empty ones.
pub(super) fn cleaned(lines: &[Line]) -> Vec<Line> {
    let lines = lines.iter().map(|line| Line { text: clean_line(&line.text), ..line.clone() });
    lines.filter(|line| !line.text.is_empty()).collect()
}

/// Composes the page's text from normalised lines, with blank lines between paragraphs. Returns it with its headings.
pub(super) fn compose(lines: &[Line], measure: Measure) -> (String, Vec<Heading>) {
    let Measure { gap: usual_gap, size: body } = measure;
    let mut text = String::new();
    let mut headings: Vec<Heading> = Vec::new();
    let mut above: Option<&Line> = None;
    for (place, line) in lines.iter().enumerate() {
        let large = line.size > body * HEADING_SIZE && line.text.chars().count() <= LONGEST_HEADING;
        let same_kind = above.is_some_and(|above| (line.size / above.size - 1.0).abs() <= OTHER_SIZE);
        let wide = above.is_some_and(|above| (line.across - above.across).abs() > usual_gap * above.size * WIDE_GAP);
        match above {
            None => text.push_str(&line.text),
            Some(_) if !same_kind || wide => {
                text.push_str("\n\n");
                text.push_str(&line.text);
            }
            Some(above) if !is_short(lines, place - 1, above) && !is_item(&line.text) => join(&mut text, &line.text),
            Some(_) => {
                text.push('\n');
                text.push_str(&line.text);
            }
        }
        if large {
            let goes_on = above.is_some_and(|above| above.size > body * HEADING_SIZE) && same_kind && !wide;
            match headings.last_mut().filter(|_| goes_on) {
                Some(heading) => join(&mut heading.text, &line.text),
                None => {
                    let at = text.len() - line.text.len();
                    headings.push(Heading { at, text: line.text.clone(), size: line.size });
                }
            }
        } else if (above.is_none() || !same_kind || wide)
            && stands_alone(line, lines.get(place + 1), usual_gap)
            && let Some(rank) = titles::rank(&line.text)
        {
            let at = text.len() - line.text.len();
            headings.push(Heading { at, text: line.text.clone(), size: body * rank });
        }
        above = Some(line);
    }
    (text, headings)
}

fn clean_line(text: &str) -> String {
    close_up(normalize(text).replace(is_symbol_bullet, "\u{2022}").trim())
}

/// Whether a character is a bullet of Symbol or Wingdings, which extractors map to the private use area.
fn is_symbol_bullet(c: char) -> bool {
    let codes =
        ['\u{F0B7}', '\u{F0A7}', '\u{F0A8}', '\u{F0D8}', '\u{F0FC}', '\u{F076}', '\u{F0E0}', '\u{F06E}', '\u{F071}'];
    codes.contains(&c)
}

/// Joins a line to the text before it; Chinese and Japanese continue without a blank.
fn join(text: &mut String, next: &str) {
    if rejoin(text, next) {
        return;
    }
    let closed = text.chars().next_back().is_some_and(is_wide) && next.chars().next().is_some_and(is_wide);
    if !closed {
        text.push(' ');
    }
    text.push_str(next);
}

fn is_wide(c: char) -> bool {
    is_han_or_kana(c)
        || matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FFEF}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

/// Whether no line follows in the same paragraph.
fn stands_alone(line: &Line, below: Option<&Line>, usual_gap: f64) -> bool {
    below.is_none_or(|below| {
        (below.size / line.size - 1.0).abs() > OTHER_SIZE
            || (below.across - line.across).abs() > usual_gap * line.size * WIDE_GAP
    })
}

/// Whether a line ends well before the column's right margin.
fn is_short(lines: &[Line], place: usize, line: &Line) -> bool {
    let column = lines.iter().skip(place.saturating_sub(NEIGHBOURS)).take(2 * NEIGHBOURS + 1);
    let column = column.filter(|other| (other.size / line.size - 1.0).abs() <= OTHER_SIZE && other.start < line.end);
    let (left, right) =
        column.fold((line.start, line.end), |(left, right), other| (left.min(other.start), right.max(other.end)));
    right - line.end > (right - left) * SHORT
}

/// Whether a line begins with a bullet or a number of a list.
fn is_item(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('•' | '◦' | '▪' | '‣' | '●' | '○' | '■' | '–' | '·') => true,
        Some('-' | '*') => chars.next() == Some(' '),
        Some(first) if first.is_ascii_digit() => {
            let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
            rest.starts_with(") ") || rest.starts_with(". ") || rest.starts_with('、')
        }
        _ => false,
    }
}

/// Returns the median gap between neighbouring lines of one font size, in font sizes.
fn usual_gap(lines: &[Line]) -> f64 {
    let pairs = lines.iter().zip(lines.iter().skip(1));
    let same = pairs.filter(|(a, b)| (b.size / a.size - 1.0).abs() <= OTHER_SIZE);
    let gaps = same.map(|(a, b)| (b.across - a.across).abs() / a.size).filter(|gap| (0.5..4.0).contains(gap));
    median(gaps.collect()).unwrap_or(1.2)
}

/// Returns the median font size of all characters.
fn body_size(lines: &[Line]) -> f64 {
    let sizes = lines.iter().flat_map(|line| std::iter::repeat_n(line.size, line.text.chars().count().min(200)));
    median(sizes.collect()).unwrap_or(1.0)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::{Line, Measure, compose};

    /// Rows of (gap above, left, right, size, text), composed.
    fn check(rows: &[(f64, f64, f64, f64, &str)], expected: &str, headings: &[&str]) {
        let mut across = 700.0;
        let lines: Vec<Line> = rows
            .iter()
            .map(|&(gap, start, end, size, text)| {
                across -= gap;
                Line { text: text.to_owned(), start, end, across, size }
            })
            .collect();
        let (text, found) = compose(&lines, Measure::of(&lines));
        assert_eq!(text, expected);
        assert_eq!(found.iter().map(|heading| heading.text.as_str()).collect::<Vec<_>>(), headings);
        for heading in &found {
            let first = heading.text.split(' ').next().unwrap();
            assert!(text[heading.at..].starts_with(first), "{heading:?}");
        }
    }

    #[test]
    fn full_lines_continue_and_short_lines_end_a_paragraph() {
        check(
            &[
                (0.0, 50.0, 200.0, 16.0, "The harbour"),
                (30.0, 50.0, 398.0, 10.0, "The pump delivers forty li-"),
                (14.0, 50.0, 400.0, 10.0, "tres a minute when it is"),
                (14.0, 50.0, 180.0, 10.0, "in order."),
                (14.0, 50.0, 399.0, 10.0, "Another paragraph follows it"),
                (14.0, 50.0, 300.0, 10.0, "after a short line."),
                (30.0, 50.0, 200.0, 10.0, "And one after a wide gap."),
            ],
            "The harbour\n\nThe pump delivers forty litres a minute when it is in order.\n\
             Another paragraph follows it after a short line.\n\nAnd one after a wide gap.",
            &["The harbour"],
        );
    }

    #[test]
    fn chinese_lines_join_without_a_blank() {
        check(
            &[
                (0.0, 50.0, 400.0, 10.0, "老人在青溪镇的老屋病逝，享年"),
                (16.0, 50.0, 396.0, 10.0, "七十二岁。那天正是冬至前夜。"),
                (16.0, 50.0, 120.0, 10.0, "学生们来了。"),
            ],
            "老人在青溪镇的老屋病逝，享年七十二岁。那天正是冬至前夜。学生们来了。",
            &[],
        );
    }

    #[test]
    fn lists_and_tables_keep_their_lines() {
        check(
            &[
                (0.0, 50.0, 400.0, 10.0, "What is needed for the whole of it:"),
                (14.0, 50.0, 390.0, 10.0, "• a torque wrench for twelve newton metres"),
                (14.0, 50.0, 395.0, 10.0, "• a second one"),
                (14.0, 50.0, 120.0, 10.0, "Crank 21"),
                (14.0, 50.0, 130.0, 10.0, "Pedal 12"),
            ],
            "What is needed for the whole of it:\n• a torque wrench for twelve newton metres\n• a second one Crank 21\nPedal 12",
            &[],
        );
    }
}
