//! What went wrong, in words a person can act on.

use std::fmt;

/// A closed set of problems; one is added only when somebody acts differently on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Problem {
    /// The format is not one that Assay reads.
    UnsupportedFile,
    /// The file is damaged or cannot be opened.
    UnreadableFile,
    /// The file needs a password.
    EncryptedFile,
    /// The file holds nothing at all.
    EmptyFile,
    /// The pages are pictures without text.
    ScannedFile,
    /// The file, or the question, is over a limit.
    TooLarge,
    /// The file or folder may not be read by this user.
    NoPermission,
    /// The file is no longer where it was.
    MissingFile,
    /// The file was written to while it was read.
    FileChanged,
    /// The child process that read the file died.
    ReaderDied,
    /// The child process that read the file overran its deadline.
    TimedOut,
    /// A model is not on this machine.
    ModelMissing,
    /// A model folder is damaged or of a kind that does not fit the role.
    ModelWrong,
    /// The index was filled by another model or another chunking.
    IndexOfAnotherModel,
    /// The index on disk cannot be read.
    IndexDamaged,
    /// What was written to the index did not come back from it as written.
    NotReadBack,
    /// Memory ran out.
    OutOfMemory,
    /// The disk is full.
    DiskFull,
    /// Another Assay has the data folder open.
    LibraryInUse,
    /// There is nothing in the library to search.
    EmptyLibrary,
    /// The question holds no words.
    EmptyQuestion,
    /// A setting or argument has a value that makes no sense.
    BadSetting,
    /// The user stopped it.
    Stopped,
    /// Assay's own fault: worth a report.
    Bug,
}

/// Each problem with the word that stands for it in JSON, between processes and on screen.
const WORDS: [(Problem, &str); 24] = [
    (Problem::UnsupportedFile, "unsupported_file"),
    (Problem::UnreadableFile, "unreadable_file"),
    (Problem::EncryptedFile, "encrypted_file"),
    (Problem::EmptyFile, "empty_file"),
    (Problem::ScannedFile, "scanned_file"),
    (Problem::TooLarge, "too_large"),
    (Problem::NoPermission, "no_permission"),
    (Problem::MissingFile, "missing_file"),
    (Problem::FileChanged, "file_changed"),
    (Problem::ReaderDied, "reader_died"),
    (Problem::TimedOut, "timed_out"),
    (Problem::ModelMissing, "model_missing"),
    (Problem::ModelWrong, "model_wrong"),
    (Problem::IndexOfAnotherModel, "index_of_another_model"),
    (Problem::IndexDamaged, "index_damaged"),
    (Problem::NotReadBack, "not_read_back"),
    (Problem::OutOfMemory, "out_of_memory"),
    (Problem::DiskFull, "disk_full"),
    (Problem::LibraryInUse, "library_in_use"),
    (Problem::EmptyLibrary, "empty_library"),
    (Problem::EmptyQuestion, "empty_question"),
    (Problem::BadSetting, "bad_setting"),
    (Problem::Stopped, "stopped"),
    (Problem::Bug, "bug"),
];

impl Problem {
    /// The word that stands for it outside.
    pub fn as_str(self) -> &'static str {
        WORDS.iter().find(|(problem, _)| *problem == self).map_or("bug", |(_, word)| word)
    }

    /// The problem for a word; one that is not known is our own fault.
    pub fn parse(word: &str) -> Self {
        WORDS.iter().find(|(_, known)| *known == word).map_or(Self::Bug, |(problem, _)| *problem)
    }

    /// Whether a file that ends so brought its reader down, so that reading it again costs another
    /// reader: after two tries it is left alone.
    pub fn breaks_reader(self) -> bool {
        matches!(self, Self::ReaderDied | Self::TimedOut | Self::OutOfMemory)
    }

    /// Whether the same bytes would fail again: what the file holds is at fault, not the moment.
    pub fn is_content_fault(self) -> bool {
        let content = matches!(self, Self::UnsupportedFile | Self::UnreadableFile | Self::EncryptedFile);
        content || matches!(self, Self::EmptyFile | Self::ScannedFile | Self::TooLarge) || self.breaks_reader()
    }
}

/// A problem, what happened, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which of the closed set it is.
    pub problem: Problem,
    /// What happened, naming the file, model or value.
    pub message: String,
    /// What the reader can do about it.
    pub action: String,
}

impl Failure {
    /// A failure from its three parts.
    pub fn new(problem: Problem, message: impl Into<String>, action: impl Into<String>) -> Self {
        Self { problem, message: message.into(), action: action.into() }
    }

    /// Our own fault: a state that should not be possible.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Problem::Bug, message, "this is a fault in Assay: please report it with the steps that led here")
    }

    /// The user's own stop.
    pub fn stopped() -> Self {
        Self::new(Problem::Stopped, "stopped", "start again whenever you like: finished work is kept")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.action)
    }
}

impl std::error::Error for Failure {}
