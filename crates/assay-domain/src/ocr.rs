//! Reading what is written in pictures.

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
    /// A whole picture file (PNG, JPEG, TIFF, WebP, GIF or BMP).
    File(&'a [u8]),
}

/// What is written in one frame of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecognisedText {
    /// Its text, paragraphs parted by blank lines; empty where nothing could be read.
    pub text: String,
    /// How sure the words are, from 0 to 100. Above 0 beside an empty text: something is written
    /// there, but what was made of it is nonsense.
    pub confidence: u8,
}

/// Why a picture was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OcrFault {
    /// There is nothing here that could read it: what is missing, and what to install.
    Missing(String),
    /// A cap on time was reached: which one.
    OutOfTime(String),
    /// The picture could not be read.
    Failed(String),
}

impl OcrFault {
    /// The fault in words, for the page's row.
    pub fn reason(&self) -> &str {
        match self {
            Self::Missing(words) | Self::OutOfTime(words) | Self::Failed(words) => words,
        }
    }
}
