//! Why a file gave no text.

use assay_domain::{Failure, Problem};

/// Why a file could not be read, or its text not be cut. Messages say what is wrong with the
/// file and begin in lower case, so that a caller can put the file's name before them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing in it.
    #[error("the file is empty (0 bytes)")]
    Empty,
    /// Not one of [`FORMATS`](crate::FORMATS).
    #[error("the file is {found}, which Assay does not read")]
    Unsupported {
        /// What the content shows, with its article: `a PNG picture`.
        found: String,
    },
    /// Broken beyond reading.
    #[error("the file is a damaged {format}: {cause}")]
    Damaged {
        /// The format it claims to be.
        format: &'static str,
        /// What the parser found.
        cause: String,
    },
    /// Needs a password.
    #[error("the {format} is locked with a password")]
    Encrypted {
        /// The format it is.
        format: &'static str,
    },
    /// Pages without letters, but with pictures.
    #[error("the {format} has only pictures on its {pages} page(s), and none was read: {cause}")]
    Scanned {
        /// The format it is.
        format: &'static str,
        /// Pages that are pictures.
        pages: usize,
        /// Why they were not read.
        cause: String,
    },
    /// Opened, but there is nothing to read in it.
    #[error("the {format} holds no text")]
    NoText {
        /// The format it is.
        format: &'static str,
    },
    /// Over a limit that keeps one file from taking the whole machine.
    #[error("the file is over a limit: {limit}")]
    TooLarge {
        /// Which limit, with its value.
        limit: String,
    },
    /// No memory for a thread to read on.
    #[error("there was not enough memory to start reading")]
    OutOfMemory,
    /// A chunk size that cannot be cut to.
    #[error("a chunk of {tokens} tokens with an overlap of {overlap} cannot be made")]
    ChunkSize {
        /// Most tokens in a chunk, as asked for.
        tokens: usize,
        /// Overlap, as asked for.
        overlap: usize,
    },
}

impl TextError {
    /// What the reader of the message can do about it.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Empty => "check that it was saved or copied completely, then add it again",
            Self::Unsupported { .. } => {
                "save or export it as docx, xlsx, pptx, PDF, HTML or plain text, or unpack it, and add that"
            }
            Self::Damaged { .. } => "open it in the program that made it, save it again and add the new file",
            Self::Encrypted { .. } => "save a copy without a password and add that copy",
            Self::Scanned { .. } => "see to that and add the file again, or add one that holds its text",
            Self::NoText { .. } => "check that this is the file you meant",
            Self::TooLarge { .. } => "split it into smaller files and add those",
            Self::OutOfMemory => "close other programs or raise the reader's memory limit, then try again",
            Self::ChunkSize { .. } => "set the chunk size to 1 or more and the overlap below it",
        }
    }
}

impl From<TextError> for Failure {
    fn from(error: TextError) -> Self {
        let problem = match &error {
            TextError::Empty | TextError::NoText { .. } => Problem::EmptyFile,
            TextError::Unsupported { .. } => Problem::UnsupportedFile,
            TextError::Damaged { .. } => Problem::UnreadableFile,
            TextError::Encrypted { .. } => Problem::EncryptedFile,
            TextError::Scanned { .. } => Problem::ScannedFile,
            TextError::TooLarge { .. } => Problem::TooLarge,
            TextError::OutOfMemory => Problem::OutOfMemory,
            TextError::ChunkSize { .. } => Problem::BadSetting,
        };
        Failure::new(problem, error.to_string(), error.action())
    }
}
