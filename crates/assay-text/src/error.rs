//! Errors of reading and chunking.

use assay_domain::{Failure, Problem};

/// Why a file could not be read or its text not be chunked. Messages begin in lower case, so that a
/// caller can put the file's name before them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The file has no bytes.
    #[error("the file is empty (0 bytes)")]
    Empty,
    /// The format is not one of [`FORMATS`](crate::FORMATS).
    #[error("the file is {found}, which Assay does not read")]
    Unsupported {
        /// The detected content, with its article: `a PNG picture`.
        found: String,
    },
    /// The file is too damaged to be read.
    #[error("the file is a damaged {format}: {cause}")]
    Damaged {
        /// Name of the format that it claims to be.
        format: &'static str,
        /// The parser's message.
        cause: String,
    },
    /// The file needs a password.
    #[error("the {format} is locked with a password")]
    Encrypted {
        /// Name of the format.
        format: &'static str,
    },
    /// The pages have pictures but no text, and the pictures were not recognised.
    #[error("the {format} has only pictures on its {pages} page(s), and none was read: {cause}")]
    Scanned {
        /// Name of the format.
        format: &'static str,
        /// Pages that are pictures.
        pages: usize,
        /// Why the pictures were not read.
        cause: String,
    },
    /// The file was read and has no text.
    #[error("the {format} holds no text")]
    NoText {
        /// Name of the format.
        format: &'static str,
    },
    /// The file exceeds a limit that protects the machine.
    #[error("the file is over a limit: {limit}")]
    TooLarge {
        /// Which limit, with its value.
        limit: String,
    },
    /// No memory was left to start the reading thread.
    #[error("there was not enough memory to start reading")]
    OutOfMemory,
    /// The chunk size is 0, or the overlap is not below it.
    #[error("a chunk of {tokens} tokens with an overlap of {overlap} cannot be made")]
    ChunkSize {
        /// The requested maximum number of tokens in a chunk.
        tokens: usize,
        /// The requested overlap in tokens.
        overlap: usize,
    },
}

impl TextError {
    /// What the user can do about it.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Empty => "check that it was saved or copied completely, then add it again",
            Self::Unsupported { .. } => {
                "save or export it as docx, xlsx, pptx, PDF, HTML or plain text, or unpack it, and add that"
            }
            Self::Damaged { .. } => "open it in the program that made it, save it again and add the new file",
            Self::Encrypted { .. } => "save a copy without a password and add that copy",
            Self::Scanned { .. } => "fix that and add the file again, or add a copy that holds its text",
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
