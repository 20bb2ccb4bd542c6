//! What a caller of the reader can provide: text recognition (OCR), limits, and steps to leave out.

use std::fmt;

use assay_domain::Extractor;
use assay_domain::port::Ocr;

/// One step of reading a file. A supervisor that sees the process crash or hang blames the last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// The page, counted from 1; 0 while the file is opened.
    pub page: u32,
    /// The extractor that works on it.
    pub extractor: Extractor,
}

/// Limits on text recognition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcrLimits {
    /// Maximum number of recognised pages per file.
    pub pages: u32,
    /// Maximum number of pixels per page; larger pages are drawn smaller, larger picture files are not read.
    pub pixels: u64,
}

impl Default for OcrLimits {
    /// 500 pages of 16 megapixels, which is A4 at 400 dots per inch.
    fn default() -> Self {
        Self { pages: 500, pixels: 16_000_000 }
    }
}

/// What the reader may use besides the bytes of the file.
#[derive(Clone, Copy)]
pub struct ReadOptions<'a> {
    /// Recognises text in pictures; without it the rows of such pages say that they are not read.
    pub ocr: Option<&'a dyn Ocr>,
    /// Limits on recognition.
    pub limits: OcrLimits,
    /// Steps that crashed or hung an earlier attempt and are left out. A step at page 0 leaves its
    /// extractor out of the whole file.
    pub avoid: &'a [Step],
    /// Called before each step that could crash the process.
    pub on_step: &'a (dyn Fn(Step) + Sync),
}

impl ReadOptions<'_> {
    /// Announces a step and returns true, or returns false if the step is to be left out.
    pub(crate) fn begin(&self, page: u32, extractor: Extractor) -> bool {
        let avoided = |step: &Step| step.extractor == extractor && (step.page == page || step.page == 0);
        if self.avoid.iter().any(avoided) {
            return false;
        }
        (self.on_step)(Step { page, extractor });
        true
    }
}

impl Default for ReadOptions<'_> {
    /// No recognition, no steps to leave out, and no observer.
    fn default() -> Self {
        Self { ocr: None, limits: OcrLimits::default(), avoid: &[], on_step: &|_| {} }
    }
}

impl fmt::Debug for ReadOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOptions")
            .field("ocr", &self.ocr.is_some())
            .field("avoid", &self.avoid)
            .finish_non_exhaustive()
    }
}
