//! Pictures to text.

use crate::{OcrFault, Picture, RecognisedText};

/// Recognises text in pictures. Blocks until it is done; it runs inside the child process that
/// reads the file.
pub trait Ocr: Send + Sync {
    /// The text of a picture, frame by frame; a grey picture has one frame.
    fn recognise(&self, picture: &Picture<'_>) -> Result<Vec<RecognisedText>, OcrFault>;
}
