//! Collects the characters of a page into lines and checks whether they are readable.

use std::collections::HashMap;
use std::fmt;

use assay_domain::{FaultKind, PageFault};
use pdf_extract::{Document, MediaBox, OutputDev, OutputError, Transform, output_doc_page};

use super::layout::GAP;
use super::lines::{Line, cleaned};
use crate::guard::catch;

/// Maximum text of one page; a page of small print has under 20 kB.
const MOST_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Above this share of unreadable characters the page counts as failed.
const MOST_UNREADABLE_PERCENT: usize = 2;
/// Above this share the whole text of the page is left out.
const HOPELESS_PERCENT: usize = 20;

/// Distance, in font sizes, within which the same glyph counts as drawn twice.
const OVERPRINT: f64 = 0.15;

/// The gap, in font sizes, that is checked at the beginning of a string.
const STRING_GAP: f64 = 0.1;
/// Widest gap, in font sizes, within a word whose glyphs are shown one by one, and the least number of glyphs
/// from which that is recognised.
const SPREAD: f64 = 0.4;
const LEAST_GLYPHS: usize = 8;

/// What is known of the segment that is being read.
#[derive(Default)]
struct Segment {
    glyphs: usize,
    /// Strings that the content stream shows; each has one glyph or more.
    strings: usize,
    /// Blanks that are shown.
    blanks: usize,
    /// Offsets of the blanks that narrow gaps suggest.
    inferred: Vec<usize>,
}

/// The result of reading a page. A page that was read in part has both lines and a fault.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) lines: Vec<Line>,
    pub(super) fault: Option<PageFault>,
    /// Number of glyphs drawn, readable or not.
    pub(super) shown: usize,
}

impl Reading {
    /// A page of which nothing was read.
    pub(super) fn failed(fault: PageFault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    /// Counts the readable characters.
    pub(super) fn letters(&self) -> usize {
        let letters = self.lines.iter().flat_map(|line| line.text.chars());
        letters.filter(|c| !c.is_whitespace() && !is_unreadable(*c)).count()
    }

    /// Whether there is text without a fault.
    pub(super) fn is_sound(&self) -> bool {
        self.fault.is_none() && !self.lines.is_empty()
    }
}

/// Reads a page by its number, counted from 1, with pdf-extract.
pub(super) fn read(document: &Document, number: u32) -> Reading {
    let mut glyphs = Glyphs::default();
    let outcome = catch(|| output_doc_page(document, &mut glyphs, number));
    let fault = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(_)) if glyphs.is_full() => {
            let reason = format!("the page has more than {} MiB of text", MOST_PAGE_BYTES >> 20);
            Some(FaultKind::TooLarge.because(reason))
        }
        Ok(Err(error)) => Some(FaultKind::Damaged.because(error.to_string())),
        Err(panic) => Some(FaultKind::ReaderFailed.because(format!("the PDF parser gave up: {panic}"))),
    };
    glyphs.finish(fault)
}

/// Returns a fault if too many characters are unreadable, and whether the text is to be left out.
fn encoding_fault(lines: &[Line], shown: usize, without_unicode: usize) -> Option<(PageFault, bool)> {
    let chars = || lines.iter().flat_map(|line| line.text.chars()).filter(|c| !c.is_whitespace());
    let (letters, garbled) = (chars().count(), chars().filter(|c| is_unreadable(*c)).count());
    // Some producers write `(cid:123)` for a glyph without Unicode.
    let numbered = lines.iter().map(|line| line.text.matches("(cid:").count()).sum();
    for (bad, all, what) in [
        (without_unicode, shown, "do not say which letter they are (a font without Unicode)"),
        (garbled, letters, "are unreadable (a font with an encoding of its own)"),
        (numbered, letters / 7, "are numbers of glyphs instead of letters"),
    ] {
        if bad > 2 && bad * 100 > all * MOST_UNREADABLE_PERCENT {
            let fault = FaultKind::Letters.because(format!("{bad} of {all} characters {what}"));
            return Some((fault, bad * 100 > all * HOPELESS_PERCENT));
        }
    }
    None
}

/// Returns the letters of a ligature, because a search for `Auflage` must find `Auﬂage`.
fn ligature(letter: &str) -> Option<&'static str> {
    Some(match letter {
        "\u{FB00}" => "ff",
        "\u{FB01}" => "fi",
        "\u{FB02}" => "fl",
        "\u{FB03}" => "ffi",
        "\u{FB04}" => "ffl",
        "\u{FB05}" | "\u{FB06}" => "st",
        _ => return None,
    })
}

fn is_unreadable(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// The position of a glyph in page units, along and across its writing direction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) along: f64,
    pub(super) across: f64,
    /// Font size.
    pub(super) size: f64,
    /// Distance from its start to the next glyph's.
    pub(super) advance: f64,
}

/// Groups glyphs into words and lines by position, and counts glyphs without Unicode.
///
/// The thresholds are those of pdf-extract's `PlainTextOutput`. That takes the square root of a negative
/// number for rotated text and finds neither words nor lines; here distances are measured along and
/// across the writing direction.
#[derive(Default)]
pub(super) struct Glyphs {
    lines: Vec<Line>,
    /// Where each glyph was drawn, by its place in a grid.
    drawn: HashMap<(char, i64, i64), (f64, f64)>,
    segment: Segment,
    /// The gap to check at the next glyph, if the one that asked for it was left out.
    pending: Option<f64>,
    bytes: usize,
    word_begins: bool,
    shown: usize,
    without_unicode: usize,
}

impl Glyphs {
    /// Adds a glyph, after a space if its distance exceeds `gap` font sizes, or as a new segment. A glyph that is
    /// drawn twice at nearly the same place, which makes it look bold, is added once.
    pub(super) fn put(&mut self, place: Place, letter: &str, gap: Option<f64>) {
        if self.is_full() {
            return;
        }
        let gap = gap.or(self.pending.take());
        if self.is_overprinted(place, letter) {
            self.pending = gap;
            return;
        }
        if let Some(gap) = gap {
            self.separate(place, gap);
        }
        self.segment.glyphs += 1;
        self.segment.strings += usize::from(gap.is_some_and(|gap| gap <= STRING_GAP));
        self.segment.blanks += usize::from(letter == " ");
        if let Some(line) = self.lines.last_mut() {
            line.end = place.along + place.advance;
            line.across = place.across;
            match ligature(letter) {
                Some(letters) => line.text.push_str(letters),
                None => line.text.push_str(letter),
            }
        }
        self.shown += 1;
        let is_control = letter.chars().all(|c| c.is_control() && !c.is_whitespace());
        self.without_unicode += usize::from(is_control);
        self.bytes += letter.len();
    }

    /// Returns the page, without its text if most of it is unreadable.
    pub(super) fn finish(mut self, fault: Option<PageFault>) -> Reading {
        self.end_segment();
        let (lines, shown) = (cleaned(&self.lines), self.shown);
        match encoding_fault(&lines, shown, self.without_unicode) {
            Some((fault, hopeless)) => {
                let lines = if hopeless { Vec::new() } else { lines };
                Reading { lines, shown, fault: Some(fault) }
            }
            None => Reading { lines, shown, fault },
        }
    }

    fn is_full(&self) -> bool {
        self.bytes > MOST_PAGE_BYTES
    }

    /// Removes the blanks that narrow gaps suggest from a segment that shows each glyph by itself, blanks included:
    /// its gaps come from the positions of its glyphs.
    fn end_segment(&mut self) {
        let Segment { glyphs, strings, blanks, inferred } = std::mem::take(&mut self.segment);
        let by_glyph = glyphs >= LEAST_GLYPHS && strings * 10 >= glyphs * 9 && blanks > 0;
        if let Some(line) = self.lines.last_mut().filter(|_| by_glyph) {
            inferred.iter().rev().for_each(|at| {
                line.text.remove(*at);
            });
        }
    }

    /// Whether the same glyph was drawn at nearly the same place; remembers the place if not.
    fn is_overprinted(&mut self, place: Place, letter: &str) -> bool {
        let reach = (OVERPRINT * place.size).min(0.5 * place.advance);
        let Some(c) = letter.chars().next().filter(|_| reach > 0.0 && reach.is_finite()) else { return false };
        let cell = |distance: f64| (distance / (2.0 * reach)).floor() as i64;
        let near = |distance: f64| [cell(distance - reach), cell(distance + reach)];
        let overprinted = near(place.along).into_iter().any(|x| {
            near(place.across).into_iter().any(|y| {
                let drawn = self.drawn.get(&(c, x, y));
                drawn.is_some_and(|(along, across)| {
                    (along - place.along).abs() < reach && (across - place.across).abs() < reach
                })
            })
        });
        if !overprinted {
            self.drawn.insert((c, cell(place.along), cell(place.across)), (place.along, place.across));
        }
        overprinted
    }

    /// Begins a segment, or a word in the same segment, if the glyph's position requires it.
    fn separate(&mut self, place: Place, gap: f64) {
        let Place { along, across, size, .. } = place;
        let Some(line) = self.lines.last_mut() else {
            return self.lines.push(Line::at(along, across, size));
        };
        let drop = (across - line.across).abs();
        let apart = along > line.end + size * GAP || along < line.start - size;
        if drop > size * 1.5 || (along < line.end && drop > size * 0.5) || (apart && drop <= size * 0.5) {
            self.end_segment();
            self.lines.push(Line::at(along, across, size));
        } else if along > line.end + size * gap {
            if along <= line.end + size * SPREAD {
                self.segment.inferred.push(line.text.len());
            }
            line.text.push(' ');
        }
    }
}

impl OutputDev for Glyphs {
    fn begin_page(&mut self, _: u32, _: &MediaBox, _: Option<(f64, f64, f64, f64)>) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        at: &Transform,
        width: f64,
        _: f64,
        size: f64,
        letter: &str,
    ) -> Result<(), OutputError> {
        let stretch = at.m11.hypot(at.m12);
        let (right, up) = if stretch > 0.0 { (at.m11 / stretch, at.m12 / stretch) } else { (1.0, 0.0) };
        let place = Place {
            along: at.m31 * right + at.m32 * up,
            across: at.m32 * right - at.m31 * up,
            size: size.abs() * (at.m11 * at.m22 - at.m12 * at.m21).abs().sqrt(),
            advance: width * size * stretch,
        };
        let begins = std::mem::take(&mut self.word_begins);
        self.put(place, letter, begins.then_some(STRING_GAP));
        if self.is_full() { Err(OutputError::FormatError(fmt::Error)) } else { Ok(()) }
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.word_begins = true;
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Glyphs, Place};

    #[test]
    fn a_glyph_that_is_drawn_twice_is_read_once() {
        for offsets in [[0.0, 0.35].as_slice(), &[0.0], &[0.0, 0.3, 0.6]] {
            let mut glyphs = Glyphs::default();
            for (number, letter) in ["B", "o", "o", "k", " ", "6", "0"].into_iter().enumerate() {
                for offset in offsets {
                    let place = Place { along: number as f64 * 5.0 + offset, across: 0.0, size: 10.0, advance: 5.0 };
                    glyphs.put(place, letter, Some(0.2));
                }
            }
            assert_eq!(glyphs.finish(None).lines[0].text, "Book 60", "{offsets:?}");
        }
    }

    #[test]
    fn glyphs_that_are_shown_one_by_one_with_blanks_form_words() {
        for (text, expected) in [("Reserve fund", "Reserve fund"), ("Reservefund", "R e s e r v e f u n d")] {
            let mut glyphs = Glyphs::default();
            for (number, letter) in text.chars().enumerate() {
                let place = Place { along: number as f64 * 7.0, across: 0.0, size: 10.0, advance: 5.0 };
                glyphs.put(place, &letter.to_string(), Some(0.1));
            }
            assert_eq!(glyphs.finish(None).lines[0].text, expected);
        }
    }

    #[test]
    fn a_wide_gap_ends_a_segment() {
        let mut glyphs = Glyphs::default();
        for (along, letter) in [(0.0, "a"), (9.0, "b"), (60.0, "c")] {
            glyphs.put(Place { along, across: 0.0, size: 10.0, advance: 5.0 }, letter, Some(0.2));
        }
        let segments: Vec<String> = glyphs.finish(None).lines.into_iter().map(|line| line.text).collect();
        assert_eq!(segments, ["a b", "c"]);
    }

    #[test]
    fn ligatures_become_letters() {
        let mut glyphs = Glyphs::default();
        for (number, letter) in ["A", "u", "\u{FB02}", "a", "g", "e"].into_iter().enumerate() {
            let place = Place { along: number as f64 * 6.0, across: 0.0, size: 10.0, advance: 6.0 };
            glyphs.put(place, letter, Some(0.2));
        }
        assert_eq!(glyphs.finish(None).lines[0].text, "Auflage");
    }
}
