//! Faults of single pages.

/// The closed set of kinds. One is added only if code or user reacts to it in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// A part of the file is missing or damaged.
    Damaged,
    /// The fonts do not map their glyphs to letters.
    Letters,
    /// Some bytes are not text in the encoding of the rest.
    Encoding,
    /// Its reader crashed, blocked or gave up.
    ReaderFailed,
    /// The page is over a limit.
    TooLarge,
    /// An attachment could not be read.
    Attachment,
    /// The page is a picture, and no text recognition is installed.
    NoRecognition,
    /// The page is a picture, and a limit of text recognition was reached.
    RecognitionCap,
    /// The page is a picture, and recognition is not confident of its words.
    RecognitionUnsure,
    /// The page is a picture that could not be rendered or recognised.
    RecognitionFailed,
    /// An earlier version stored a reason without a kind.
    Other,
}

/// Each kind with its code in JSON, in the catalogue and between processes.
const CODES: [(FaultKind, &str); 11] = [
    (FaultKind::Damaged, "damaged"),
    (FaultKind::Letters, "letters"),
    (FaultKind::Encoding, "encoding"),
    (FaultKind::ReaderFailed, "reader_failed"),
    (FaultKind::TooLarge, "too_large"),
    (FaultKind::Attachment, "attachment"),
    (FaultKind::NoRecognition, "no_recognition"),
    (FaultKind::RecognitionCap, "recognition_cap"),
    (FaultKind::RecognitionUnsure, "recognition_unsure"),
    (FaultKind::RecognitionFailed, "recognition_failed"),
    (FaultKind::Other, "other"),
];

impl FaultKind {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        CODES.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, code)| code)
    }

    /// The kind for a code; an unknown code is [`FaultKind::Other`].
    pub fn parse(code: &str) -> Self {
        CODES.iter().find(|(_, known)| *known == code).map_or(Self::Other, |(kind, _)| *kind)
    }

    /// A fault of this kind, with the reader's reason.
    pub fn because(self, reason: impl Into<String>) -> PageFault {
        PageFault { kind: self, reason: reason.into() }
    }
}

/// Why a page was not read, or only in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFault {
    /// Which kind of fault, for screens in any language.
    pub kind: FaultKind,
    /// What was found and what to do, in English.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::{CODES, FaultKind};

    #[test]
    fn every_kind_has_a_code_of_its_own() {
        for (kind, code) in CODES {
            assert_eq!((kind.as_str(), FaultKind::parse(code)), (code, kind));
        }
        assert_eq!(FaultKind::parse("from a later version"), FaultKind::Other);
    }
}
