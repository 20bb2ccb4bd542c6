//! Problems, as the screen acts on them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A closed set of codes. The screen holds a headline and advice for each, in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words are the domain's own; each is explained there")]
pub enum ProblemCode {
    UnsupportedFile,
    UnreadableFile,
    EncryptedFile,
    EmptyFile,
    ScannedFile,
    TooLarge,
    NoPermission,
    MissingFile,
    FileChanged,
    ReaderDied,
    TimedOut,
    ModelMissing,
    ModelWrong,
    IndexOfAnotherModel,
    IndexDamaged,
    NotReadBack,
    OutOfMemory,
    DiskFull,
    LibraryInUse,
    EmptyLibrary,
    EmptyQuestion,
    BadSetting,
    Stopped,
    Bug,
}

/// A problem with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProblemView {
    /// Which it is.
    pub problem: ProblemCode,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub action: String,
}
