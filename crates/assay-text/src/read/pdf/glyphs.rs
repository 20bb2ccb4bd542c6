//! The letters of one page, and whether they can be trusted.

use std::fmt;

use assay_domain::{FaultKind, PageFault};
use pdf_extract::{Document, MediaBox, OutputDev, OutputError, Transform, output_doc_page};

use super::lines::{Line, tidied};
use crate::contain::catch;

/// A page of small print has under 20 kB of text.
const MOST_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Over this share of letters that nobody can read, the page counts as failed.
const MOST_UNREADABLE_PERCENT: usize = 2;
/// Over this share, the rest does more harm than good and is left out.
const HOPELESS_PERCENT: usize = 20;

/// What reading a page gave. Lines stand beside a fault where only a part could be read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) lines: Vec<Line>,
    pub(super) fault: Option<PageFault>,
    /// Letters that were shown, whether or not it is known which.
    pub(super) shown: usize,
}

impl Reading {
    /// Nothing but what went wrong.
    pub(super) fn failed(fault: PageFault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    /// Letters that can be read.
    pub(super) fn letters(&self) -> usize {
        let letters = self.lines.iter().flat_map(|line| line.text.chars());
        letters.filter(|c| !c.is_whitespace() && !is_unreadable(*c)).count()
    }

    /// Whether there is text and nothing wrong with it.
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

/// Why a page's text cannot be trusted, and whether none of it can.
fn soup(lines: &[Line], shown: usize, mute: usize) -> Option<(PageFault, bool)> {
    let chars = || lines.iter().flat_map(|line| line.text.chars()).filter(|c| !c.is_whitespace());
    let (letters, garbled) = (chars().count(), chars().filter(|c| is_unreadable(*c)).count());
    // What some extractors write for a glyph that they know by number only.
    let numbered = lines.iter().map(|line| line.text.matches("(cid:").count()).sum();
    for (bad, all, what) in [
        (mute, shown, "do not say which letter they are (a font without Unicode)"),
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

/// The letters of a ligature: it is the printer's affair, and nobody asks for `Auﬂage`.
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

/// Where a letter stands, in units of the page, along and across its direction of writing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) along: f64,
    pub(super) across: f64,
    /// Size of the type.
    pub(super) size: f64,
    /// From its start to the next letter's.
    pub(super) advance: f64,
}

/// Puts characters into words and lines by where they stand, and counts what has no letter.
///
/// The distances are those of pdf-extract's own `PlainTextOutput`, which however takes the
/// square root of a negative number for turned text and then sees neither words nor lines.
/// Here they are measured along and across the direction of writing.
#[derive(Default)]
pub(super) struct Glyphs {
    lines: Vec<Line>,
    bytes: usize,
    word_begins: bool,
    shown: usize,
    mute: usize,
}

impl Glyphs {
    /// Adds a letter; a space before it, or a new line, where a gap of that many sizes says so.
    pub(super) fn put(&mut self, place: Place, letter: &str, gap: Option<f64>) {
        if self.is_full() {
            return;
        }
        if let Some(gap) = gap {
            self.settle(place, gap);
        }
        if let Some(line) = self.lines.last_mut() {
            line.end = place.along + place.advance;
            line.across = place.across;
            match ligature(letter) {
                Some(letters) => line.text.push_str(letters),
                None => line.text.push_str(letter),
            }
        }
        self.shown += 1;
        let silent = letter.chars().all(|c| c.is_control() && !c.is_whitespace());
        self.mute += usize::from(silent);
        self.bytes += letter.len();
    }

    /// The page, unless its letters say nothing.
    pub(super) fn finish(self, fault: Option<PageFault>) -> Reading {
        let (lines, shown) = (tidied(&self.lines), self.shown);
        match soup(&lines, shown, self.mute) {
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

    /// Begins a line, or a word on the same one, where a character's place says so.
    fn settle(&mut self, place: Place, gap: f64) {
        let Place { along, across, size, .. } = place;
        let Some(line) = self.lines.last_mut() else {
            return self.lines.push(Line::at(along, across, size));
        };
        let drop = (across - line.across).abs();
        if drop > size * 1.5 || (along < line.end && drop > size * 0.5) {
            self.lines.push(Line::at(along, across, size));
        } else if along > line.end + size * gap {
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
        self.put(place, letter, begins.then_some(0.1));
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
    fn ligatures_are_spelled_out() {
        let mut glyphs = Glyphs::default();
        for (number, letter) in ["A", "u", "\u{FB02}", "a", "g", "e"].into_iter().enumerate() {
            let place = Place { along: number as f64 * 6.0, across: 0.0, size: 10.0, advance: 6.0 };
            glyphs.put(place, letter, Some(0.2));
        }
        assert_eq!(glyphs.finish(None).lines[0].text, "Auflage");
    }
}
