//! What a reader may use besides the bytes of the file.

use std::fmt;

use assay_domain::Extractor;
use assay_domain::port::Ocr;

/// A step of reading a file, so that who watches knows what a crash or a standstill is to blame on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// The page, counted from 1; 0 while the file is opened.
    pub page: u32,
    /// What is at work on it.
    pub extractor: Extractor,
}

/// Caps on recognising what is written in pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcrLimits {
    /// Most pages of one file.
    pub pages: u32,
    /// Most pixels of one page; larger pages are drawn smaller, larger picture files are not read.
    pub pixels: u64,
}

impl Default for OcrLimits {
    /// 500 pages of 16 megapixels: A4 at 400 dots per inch.
    fn default() -> Self {
        Self { pages: 500, pixels: 16_000_000 }
    }
}

/// What a reader may use besides the bytes of the file.
#[derive(Clone, Copy)]
pub struct Aids<'a> {
    /// Reads pictures; without it their pages say that they are not read.
    pub ocr: Option<&'a dyn Ocr>,
    /// Caps on that.
    pub limits: OcrLimits,
    /// Steps that brought an earlier try down and are left out. One at page 0 leaves the extractor
    /// out of the whole file.
    pub avoid: &'a [Step],
    /// Told before each step that could bring the process down.
    pub on_step: &'a (dyn Fn(Step) + Sync),
}

impl Aids<'_> {
    /// Announces a step, unless it is to be left out.
    pub(crate) fn may(&self, page: u32, extractor: Extractor) -> bool {
        let avoided = |step: &Step| step.extractor == extractor && (step.page == page || step.page == 0);
        if self.avoid.iter().any(avoided) {
            return false;
        }
        (self.on_step)(Step { page, extractor });
        true
    }
}

impl Default for Aids<'_> {
    /// Nothing to read pictures with, and nobody who watches.
    fn default() -> Self {
        Self { ocr: None, limits: OcrLimits::default(), avoid: &[], on_step: &|_| {} }
    }
}

impl fmt::Debug for Aids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aids").field("ocr", &self.ocr.is_some()).field("avoid", &self.avoid).finish_non_exhaustive()
    }
}
