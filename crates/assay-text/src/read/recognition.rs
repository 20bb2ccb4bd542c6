//! What the row of a picture says when text recognition (OCR) did not read it.

use assay_domain::{FaultKind, PageFault};

/// No recognition engine is installed.
pub(crate) fn no_engine() -> PageFault {
    FaultKind::NoRecognition.because("scanned; install Tesseract to read it")
}

/// The engine's confidence is too low to keep its text.
pub(crate) fn unsure(confidence: u8) -> PageFault {
    FaultKind::RecognitionUnsure.because(format!(
        "scanned; recognition is not sure of its words ({confidence} of 100), so they are left out: it may be \
         handwriting, a drawing, or a language that the settings do not name"
    ))
}

/// The file has more pages to recognise than the limit allows.
pub(crate) fn cap_reached(pages: u32) -> PageFault {
    FaultKind::RecognitionCap.because(format!(
        "scanned; only {pages} pages of a file are recognised: raise that in the settings to read the rest"
    ))
}
