//! The text of one page, and whether it can be trusted.

use std::fmt;

use pdf_extract::{Document, MediaBox, OutputDev, OutputError, Transform, output_doc_page};

use super::lines::{Line, compose};
use crate::contain::catch;

/// A page of small print has under 20 kB of text.
const MOST_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Over this share of letters that nobody can read, the page counts as failed.
const MOST_UNREADABLE_PERCENT: usize = 2;
/// Over this share, the rest does more harm than good and is left out.
const HOPELESS_PERCENT: usize = 20;

/// What reading a page gave. Text stands beside a fault where only a part could be read.
pub(super) struct Reading {
    pub(super) text: String,
    /// Where each heading begins, and what it says.
    pub(super) headings: Vec<(usize, String)>,
    pub(super) fault: Option<String>,
}

/// Reads a page by its number, counted from 1.
pub(super) fn read(document: &Document, number: u32) -> Reading {
    let mut glyphs = Glyphs::default();
    let outcome = catch(|| output_doc_page(document, &mut glyphs, number));
    let (text, headings) = compose(&glyphs.lines);
    if let Some((fault, hopeless)) = soup(&text, glyphs.shown, glyphs.mute) {
        let (text, headings) = if hopeless { Default::default() } else { (text, headings) };
        return Reading { text, headings, fault: Some(fault) };
    }
    let fault = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(_)) if glyphs.is_full() => Some(format!("the page has more than {} MiB of text", MOST_PAGE_BYTES >> 20)),
        Ok(Err(error)) => Some(error.to_string()),
        Err(panic) => Some(format!("the PDF parser gave up: {panic}")),
    };
    Reading { text, headings, fault }
}

/// Why a page's text cannot be trusted, and whether none of it can.
fn soup(text: &str, shown: usize, mute: usize) -> Option<(String, bool)> {
    let letters = text.chars().filter(|c| !c.is_whitespace()).count();
    let garbled = text.chars().filter(|c| is_unreadable(*c)).count();
    for (bad, all, what) in [
        (mute, shown, "do not say which letter they are (a font without Unicode)"),
        (garbled, letters, "are unreadable (a font with an encoding of its own)"),
    ] {
        if bad > 2 && bad * 100 > all * MOST_UNREADABLE_PERCENT {
            return Some((format!("{bad} of {all} characters {what}"), bad * 100 > all * HOPELESS_PERCENT));
        }
    }
    None
}

fn is_unreadable(c: char) -> bool {
    matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// Puts characters into words and lines by where they stand, and counts what has no letter.
///
/// The distances are those of pdf-extract's own `PlainTextOutput`, which however takes the
/// square root of a negative number for turned text and then sees neither words nor lines.
/// Here they are measured along and across the direction of writing.
#[derive(Default)]
struct Glyphs {
    lines: Vec<Line>,
    bytes: usize,
    word_begins: bool,
    shown: usize,
    mute: usize,
}

impl Glyphs {
    fn is_full(&self) -> bool {
        self.bytes > MOST_PAGE_BYTES
    }

    /// Begins a line, or a word on the same one, where a character's place says so.
    fn settle(&mut self, along: f64, across: f64, size: f64) {
        let Some(line) = self.lines.last_mut() else {
            return self.lines.push(Line::at(along, across, size));
        };
        let drop = (across - line.across).abs();
        if drop > size * 1.5 || (along < line.end && drop > size * 0.5) {
            self.lines.push(Line::at(along, across, size));
        } else if along > line.end + size * 0.1 {
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
        let along = at.m31 * right + at.m32 * up;
        let across = at.m32 * right - at.m31 * up;
        if std::mem::take(&mut self.word_begins) {
            self.settle(along, across, size.abs() * (at.m11 * at.m22 - at.m12 * at.m21).abs().sqrt());
        }
        if let Some(line) = self.lines.last_mut() {
            line.end = along + width * size * stretch;
            line.across = across;
            line.text.push_str(letter);
        }
        self.shown += 1;
        self.mute += usize::from(letter.is_empty() || letter == "\0");
        self.bytes += letter.len();
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
