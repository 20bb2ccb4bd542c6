//! What can be wrong with a page.

/// A closed set of kinds; one is added only when somebody acts differently on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// A part of the file is missing or damaged.
    Damaged,
    /// The fonts do not say which letters they show.
    Letters,
    /// Bytes that are no text in the encoding of the rest.
    Encoding,
    /// Its reader crashed, hung or gave up.
    ReaderFailed,
    /// The page is over a limit.
    TooLarge,
    /// An attachment could not be read.
    Attachment,
    /// A picture, and nothing here recognises what is written in it.
    NoRecognition,
    /// A picture, and a cap of recognition was reached.
    RecognitionCap,
    /// A picture, and recognition is not sure of its words.
    RecognitionUnsure,
    /// A picture that could not be drawn or recognised.
    RecognitionFailed,
    /// What an earlier version noted in words alone.
    Other,
}

/// Each kind with the word that stands for it in JSON, in the catalogue and between processes.
const WORDS: [(FaultKind, &str); 11] = [
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
    /// The word that stands for it outside.
    pub fn as_str(self) -> &'static str {
        WORDS.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, word)| word)
    }

    /// The kind for a word; one that is not known is some other.
    pub fn parse(word: &str) -> Self {
        WORDS.iter().find(|(_, known)| *known == word).map_or(Self::Other, |(kind, _)| *kind)
    }

    /// A fault of this kind, with what the reader says of it.
    pub fn because(self, reason: impl Into<String>) -> PageFault {
        PageFault { kind: self, reason: reason.into() }
    }
}

/// Why a page is not read, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFault {
    /// Which kind of fault, for screens of any language.
    pub kind: FaultKind,
    /// What was found and what to do, in English.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::{FaultKind, WORDS};

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for (kind, word) in WORDS {
            assert_eq!((kind.as_str(), FaultKind::parse(word)), (word, kind));
        }
        assert_eq!(FaultKind::parse("from a later version"), FaultKind::Other);
    }
}
