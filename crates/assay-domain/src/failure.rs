//! Failures: which problem, what happened, and what to do next.

use std::fmt;

/// The closed set of problems. One is added only if code or user reacts to it in a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Problem {
    /// Assay does not read this format.
    UnsupportedFile,
    /// The file is damaged or cannot be opened.
    UnreadableFile,
    /// The file needs a password.
    EncryptedFile,
    /// The file is empty.
    EmptyFile,
    /// The pages are pictures without text.
    ScannedFile,
    /// The file or the question is over a limit.
    TooLarge,
    /// The file or folder may not be read by this user.
    NoPermission,
    /// The file is no longer where it was.
    MissingFile,
    /// The file was changed while it was read.
    FileChanged,
    /// Disk, drive or network did not deliver the file's bytes.
    DeviceFault,
    /// The system has no more files to open.
    TooManyOpenFiles,
    /// Another program holds the file.
    FileInUse,
    /// The child process that read the file died.
    ReaderDied,
    /// The child process that read the file overran its deadline.
    TimedOut,
    /// A model is not on this machine.
    ModelMissing,
    /// A model folder is damaged, or its model does not fit the role.
    ModelWrong,
    /// The index was filled with another model or another chunking.
    IndexOfAnotherModel,
    /// The index on disk cannot be read.
    IndexDamaged,
    /// Rows did not come back from the index as they were written.
    NotReadBack,
    /// Memory ran out.
    OutOfMemory,
    /// The disk is full.
    DiskFull,
    /// Another Assay has the data folder open.
    LibraryInUse,
    /// A backup is restored only into an empty library, and this one is not.
    LibraryNotEmpty,
    /// A restore is confirmed and is done at the next start.
    RestoreWaits,
    /// The file is no backup, or a damaged one.
    BackupUnusable,
    /// A newer version of Assay wrote it.
    NewerAssay,
    /// A file or folder of somebody else has the name that is needed.
    FileInTheWay,
    /// Two folders cannot become one, because files in them have the same names.
    FoldersCollide,
    /// The object store cannot be reached or is busy; it is tried again by itself.
    RemoteUnreachable,
    /// The object store refuses the keys, the address or the clock, or lacks what is needed.
    RemoteRefused,
    /// Another machine publishes the library.
    RemoteHeld,
    /// The library follows one that another machine publishes, which takes the files in.
    FollowsAnother,
    /// There is nothing in the library to search.
    EmptyLibrary,
    /// The question has no words.
    EmptyQuestion,
    /// A setting or an argument has an invalid value.
    BadSetting,
    /// The user stopped the work.
    Stopped,
    /// A fault in Assay.
    Bug,
}

/// Each problem with its code in JSON, between processes and on screen.
const CODES: [(Problem, &str); 37] = [
    (Problem::UnsupportedFile, "unsupported_file"),
    (Problem::UnreadableFile, "unreadable_file"),
    (Problem::EncryptedFile, "encrypted_file"),
    (Problem::EmptyFile, "empty_file"),
    (Problem::ScannedFile, "scanned_file"),
    (Problem::TooLarge, "too_large"),
    (Problem::NoPermission, "no_permission"),
    (Problem::MissingFile, "missing_file"),
    (Problem::FileChanged, "file_changed"),
    (Problem::DeviceFault, "device_fault"),
    (Problem::TooManyOpenFiles, "too_many_open_files"),
    (Problem::FileInUse, "file_in_use"),
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
    (Problem::LibraryNotEmpty, "library_not_empty"),
    (Problem::RestoreWaits, "restore_waits"),
    (Problem::BackupUnusable, "backup_unusable"),
    (Problem::NewerAssay, "newer_assay"),
    (Problem::FileInTheWay, "file_in_the_way"),
    (Problem::FoldersCollide, "folders_collide"),
    (Problem::RemoteUnreachable, "remote_unreachable"),
    (Problem::RemoteRefused, "remote_refused"),
    (Problem::RemoteHeld, "remote_held"),
    (Problem::FollowsAnother, "follows_another"),
    (Problem::EmptyLibrary, "empty_library"),
    (Problem::EmptyQuestion, "empty_question"),
    (Problem::BadSetting, "bad_setting"),
    (Problem::Stopped, "stopped"),
    (Problem::Bug, "bug"),
];

impl Problem {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        CODES.iter().find(|(problem, _)| *problem == self).map_or("bug", |(_, code)| code)
    }

    /// The problem for a code; an unknown code is a bug.
    pub fn parse(code: &str) -> Self {
        CODES.iter().find(|(_, known)| *known == code).map_or(Self::Bug, |(problem, _)| *problem)
    }

    /// Whether the file crashed, blocked or overloaded the process that read it. Another try costs
    /// another process, so there are only two.
    pub fn breaks_reader(self) -> bool {
        matches!(self, Self::ReaderDied | Self::TimedOut | Self::OutOfMemory)
    }

    /// Whether the fault is of the moment and not of the file: it passes by itself, so the file is tried again
    /// after a pause.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::DeviceFault | Self::TooManyOpenFiles | Self::FileInUse | Self::FileChanged)
    }

    /// Whether the fault is in the file's content, so that the same bytes would fail again.
    pub fn is_content_fault(self) -> bool {
        let content = matches!(self, Self::UnsupportedFile | Self::UnreadableFile | Self::EncryptedFile);
        content || matches!(self, Self::EmptyFile | Self::ScannedFile | Self::TooLarge) || self.breaks_reader()
    }
}

/// A problem, what happened, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which problem it is.
    pub problem: Problem,
    /// What happened, naming the file, model or value.
    pub message: String,
    /// What the user can do about it.
    pub action: String,
}

impl Failure {
    /// A failure from its three parts.
    pub fn new(problem: Problem, message: impl Into<String>, action: impl Into<String>) -> Self {
        Self { problem, message: message.into(), action: action.into() }
    }

    /// A fault in Assay: a state that should be impossible.
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Problem::Bug, message, "this is a fault in Assay: please report it with the steps that led here")
    }

    /// The user stopped the work.
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
