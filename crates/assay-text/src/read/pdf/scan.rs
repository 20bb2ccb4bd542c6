//! Pages whose letters are only to be seen: drawn, and handed to recognition.

use assay_domain::{Extractor, FaultKind, OcrFault, PageFault, PageOutcome, Picture, RecognisedText};

use super::Draft;
use super::glyphs::Reading;
use super::second::Second;
use crate::aids::Aids;

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
    over: Option<PageFault>,
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
                    (Some(fault), Some(why)) => PageOutcome::Failed(both(&fault, &why)),
                    (Some(fault), None) => PageOutcome::Failed(fault),
                    (None, Some(why)) if letters == 0 => PageOutcome::Scanned(why),
                    (None, _) => PageOutcome::Text,
                };
                let extractor = if letters == 0 { Extractor::None } else { extractor };
                Draft::of(kept.lines, extractor, outcome)
            }
        }
    }

    fn recognise(&mut self, file: &Second, number: u32) -> Result<RecognisedText, PageFault> {
        let Some(ocr) = self.aids.ocr else { return Err(no_engine()) };
        if let Some(over) = &self.over {
            return Err(over.clone());
        }
        if self.pages >= self.aids.limits.pages {
            return Err(FaultKind::RecognitionCap.because(format!(
                "scanned; only {} pages of a file are recognised: raise that in the settings to read the rest",
                self.aids.limits.pages
            )));
        }
        if !self.aids.may(number, Extractor::Ocr) {
            return Err(FaultKind::RecognitionFailed.because("scanned; drawing the page brought its reader down"));
        }
        self.pages += 1;
        let picture = file.picture(number, self.aids.limits.pixels)?;
        let (width, height) = (picture.width, picture.height);
        let frames = ocr.recognise(&Picture::Grey { width, height, pixels: &picture.pixels });
        let fault = match frames {
            Ok(frames) => {
                self.faults = 0;
                return Ok(frames.into_iter().next().unwrap_or_default());
            }
            Err(fault) => fault,
        };
        self.faults += 1;
        let kind = match fault {
            OcrFault::Missing(_) => FaultKind::NoRecognition,
            OcrFault::OutOfTime(_) => FaultKind::RecognitionCap,
            OcrFault::Failed(_) => FaultKind::RecognitionFailed,
        };
        let told = kind.because(format!("scanned; {}", fault.reason()));
        let stop = kind != FaultKind::RecognitionFailed || self.faults >= MOST_FAULTS;
        self.over = stop.then(|| told.clone());
        Err(told)
    }
}

/// Said of a page that is left unread for want of an engine.
pub(crate) fn no_engine() -> PageFault {
    FaultKind::NoRecognition.because("scanned; install Tesseract to read it")
}

/// Said of a picture of which recognition made nothing.
pub(crate) fn unsure(confidence: u8) -> PageFault {
    FaultKind::RecognitionUnsure.because(format!(
        "scanned; recognition is not sure of its words ({confidence} of 100), so they are left out: it may be \
         handwriting, a drawing, or a language that the settings do not name"
    ))
}

/// A page that neither its letters nor its picture gave; the kind is that of what can be helped.
fn both(letters: &PageFault, picture: &PageFault) -> PageFault {
    let curable = matches!(picture.kind, FaultKind::NoRecognition | FaultKind::RecognitionCap);
    let kind = if curable { picture.kind } else { letters.kind };
    kind.because(format!("{}; not recognised either: {}", letters.reason, picture.reason))
}

/// Whether recognition beats text that is known to be wrong in places.
fn is_better(written: &RecognisedText, letters: usize) -> bool {
    let found = written.text.chars().filter(|c| !c.is_whitespace()).count();
    written.confidence >= SURE && found * 10 >= letters * 8
}
