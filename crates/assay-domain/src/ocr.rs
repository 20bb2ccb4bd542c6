//! Pictures of text, and what recognition finds in them.

/// A picture of a page.
#[derive(Debug, Clone, Copy)]
pub enum Picture<'a> {
    /// Shades of grey, row by row from the top; 0 is black. `pixels` has `width * height` bytes.
    Grey {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// One byte each.
        pixels: &'a [u8],
    },
    /// A picture file (PNG, JPEG, TIFF, WebP, GIF or BMP).
    File(&'a [u8]),
}

/// The text recognised in one frame of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecognisedText {
    /// The text, with blank lines between paragraphs; empty if none was recognised.
    pub text: String,
    /// Confidence of the words, from 0 to 100. Above 0 with an empty text: there is text in the
    /// picture, but what was recognised is not plausible.
    pub confidence: u8,
}

/// Why a picture was not recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OcrFault {
    /// No recognition is installed: what is missing and what to install.
    Missing(String),
    /// A time limit was reached: which one.
    OutOfTime(String),
    /// The picture could not be recognised.
    Failed(String),
}

impl OcrFault {
    /// The reason, for the page's row.
    pub fn reason(&self) -> &str {
        match self {
            Self::Missing(reason) | Self::OutOfTime(reason) | Self::Failed(reason) => reason,
        }
    }
}
