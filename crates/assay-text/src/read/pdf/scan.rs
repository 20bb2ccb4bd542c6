//! Pages whose letters are only to be seen: drawn, and handed to recognition.

use assay_domain::{Extractor, OcrFault, PageOutcome, Picture, Written};

use super::Draft;
use super::glyphs::Reading;
use super::second::Second;
use crate::aids::Aids;

/// Said of a page that is left unread for want of an engine.
pub(crate) const NO_ENGINE: &str = "scanned; install Tesseract to read it";
/// Text that could be read in part is only given up for recognition that is as sure as this.
const SURE: u8 = 80;
/// Another page's recognition is tried no more after so many that failed in a row.
const MOST_FAULTS: u32 = 5;

/// Recognition over the pages of one file, held to its caps.
pub(super) struct Scans<'a> {
    aids: &'a Aids<'a>,
    pages: u32,
    faults: u32,
    /// Why no other page is tried.
    over: Option<String>,
}

impl<'a> Scans<'a> {
    pub(super) fn new(aids: &'a Aids<'a>) -> Self {
        Self { aids, pages: 0, faults: 0, over: None }
    }

    /// Reads the picture of a page of which the extractors made out `kept`.
    pub(super) fn read(&mut self, file: &Second, number: u32, kept: Reading, extractor: Extractor) -> Draft {
        let letters = kept.letters();
        match self.recognise(file, number) {
            Ok(written) if written.text.is_empty() && letters == 0 => match kept.fault {
                Some(fault) => Draft::of(Vec::new(), Extractor::None, PageOutcome::Failed(fault)),
                None if written.confidence > 0 => {
                    Draft::of(Vec::new(), Extractor::None, PageOutcome::Scanned(unsure(written.confidence)))
                }
                None => Draft::of(Vec::new(), Extractor::Ocr, PageOutcome::Empty),
            },
            Ok(written) if letters == 0 || is_better(&written, letters) => Draft {
                written: Some(written.text),
                confidence: Some(written.confidence),
                ..Draft::of(Vec::new(), Extractor::Ocr, PageOutcome::Text)
            },
            outcome => {
                let unread = outcome.err();
                let outcome = match (kept.fault, unread) {
                    (Some(fault), Some(why)) => PageOutcome::Failed(format!("{fault}; not recognised either: {why}")),
                    (Some(fault), None) => PageOutcome::Failed(fault),
                    (None, Some(why)) if letters == 0 => PageOutcome::Scanned(why),
                    (None, _) => PageOutcome::Text,
                };
                let extractor = if letters == 0 { Extractor::None } else { extractor };
                Draft::of(kept.lines, extractor, outcome)
            }
        }
    }

    fn recognise(&mut self, file: &Second, number: u32) -> Result<Written, String> {
        let Some(ocr) = self.aids.ocr else { return Err(NO_ENGINE.to_owned()) };
        if let Some(over) = &self.over {
            return Err(over.clone());
        }
        if self.pages >= self.aids.limits.pages {
            return Err(format!(
                "scanned; only {} pages of a file are recognised: raise that in the settings to read the rest",
                self.aids.limits.pages
            ));
        }
        if !self.aids.may(number, Extractor::Ocr) {
            return Err("scanned; drawing the page brought its reader down".to_owned());
        }
        self.pages += 1;
        let picture = file.picture(number, self.aids.limits.pixels)?;
        let (width, height) = (picture.width, picture.height);
        let frames = ocr.written(&Picture::Grey { width, height, pixels: &picture.pixels });
        let fault = match frames {
            Ok(frames) => {
                self.faults = 0;
                return Ok(frames.into_iter().next().unwrap_or_default());
            }
            Err(fault) => fault,
        };
        self.faults += 1;
        let words = format!("scanned; {}", fault.words());
        let stop = !matches!(fault, OcrFault::Failed(_)) || self.faults >= MOST_FAULTS;
        self.over = stop.then(|| words.clone());
        Err(words)
    }
}

/// Said of a picture of which recognition made nothing.
pub(crate) fn unsure(confidence: u8) -> String {
    format!(
        "scanned; recognition is not sure of its words ({confidence} of 100), so they are left out: it may be \
         handwriting, a drawing, or a language that the settings do not name"
    )
}

/// Whether recognition beats text that is known to be wrong in places.
fn is_better(written: &Written, letters: usize) -> bool {
    let found = written.text.chars().filter(|c| !c.is_whitespace()).count();
    written.confidence >= SURE && found * 10 >= letters * 8
}
