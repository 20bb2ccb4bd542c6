//! Draws pages without readable text and passes them to text recognition (OCR).

use assay_domain::{Extractor, FaultKind, OcrFault, PageFault, PageOutcome, Picture, RecognisedText};

use super::draft::Draft;
use super::glyphs::Reading;
use super::second::Second;
use crate::context::Context;
use crate::read::recognition::{cap_reached, no_engine, unsure};

/// Confidence from which recognised text replaces text that was read in part.
const SURE: u8 = 80;
/// Recognition stops after this many pages in a row have failed.
const MOST_FAULTS: u32 = 5;

/// Recognises the pages of one file within its limits.
pub(super) struct Scans<'a> {
    context: &'a Context<'a>,
    faults: u32,
    /// Why recognition has stopped.
    over: Option<PageFault>,
}

impl<'a> Scans<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self { context, faults: 0, over: None }
    }

    /// Recognises a page of which the extractors read `kept`.
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
                recognised: Some(written.text),
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
        let Some(ocr) = self.context.options.ocr else { return Err(no_engine()) };
        if let Some(over) = &self.over {
            return Err(over.clone());
        }
        let (options, recognised) = (&self.context.options, &self.context.totals.recognised);
        if recognised.get() >= options.limits.pages {
            return Err(cap_reached(options.limits.pages));
        }
        if !options.begin(number, Extractor::Ocr) {
            return Err(FaultKind::RecognitionFailed.because("scanned; drawing the page crashed or took too long"));
        }
        recognised.set(recognised.get() + 1);
        let picture = file.picture(number, options.limits.pixels)?;
        let (width, height) = (picture.width, picture.height);
        let frames = ocr.recognise(&Picture::Grey { width, height, pixels: &picture.pixels });
        let failed = match frames {
            Ok(frames) => {
                self.faults = 0;
                return Ok(frames.into_iter().next().unwrap_or_default());
            }
            Err(failed) => failed,
        };
        self.faults += 1;
        let kind = match failed {
            OcrFault::Missing(_) => FaultKind::NoRecognition,
            OcrFault::OutOfTime(_) => FaultKind::RecognitionCap,
            OcrFault::Failed(_) => FaultKind::RecognitionFailed,
        };
        let fault = kind.because(format!("scanned; {}", failed.reason()));
        let stop = kind != FaultKind::RecognitionFailed || self.faults >= MOST_FAULTS;
        self.over = stop.then(|| fault.clone());
        Err(fault)
    }
}

/// Combines the faults of a page's text and its picture; the kind is the one that the user can fix.
fn both(letters: &PageFault, picture: &PageFault) -> PageFault {
    let fixable = matches!(picture.kind, FaultKind::NoRecognition | FaultKind::RecognitionCap);
    let kind = if fixable { picture.kind } else { letters.kind };
    kind.because(format!("{}; not recognised either: {}", letters.reason, picture.reason))
}

/// Whether recognised text is better than text that was read in part.
fn is_better(written: &RecognisedText, letters: usize) -> bool {
    let found = written.text.chars().filter(|c| !c.is_whitespace()).count();
    written.confidence >= SURE && found * 10 >= letters * 8
}
