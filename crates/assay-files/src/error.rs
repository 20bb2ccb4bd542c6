//! Errors of the user's files and folders.

use std::io;
use std::path::PathBuf;

use assay_domain::{Failure, Problem};
use thiserror::Error;

use crate::transient::{problem_of, problem_of_start};

/// What to do about a fault that passes by itself.
const AGAIN: &str = "nothing needs to be done: it is tried again by itself";

/// Why a file or folder cannot be found, watched or read.
#[derive(Debug, Error)]
pub enum FilesError {
    /// A path names something that is neither a file nor a folder.
    #[error("{} is neither a file nor a folder", path.display())]
    NeitherFileNorFolder {
        /// The path.
        path: PathBuf,
    },
    /// A link leads to something that is neither a file nor a folder.
    #[error("{} leads to neither a file nor a folder", path.display())]
    LeadsToNeither {
        /// The path of the link.
        path: PathBuf,
    },
    /// The name of a file is not valid Unicode.
    #[error("{} has a name that is not valid Unicode", path.display())]
    NotUnicode {
        /// The path.
        path: PathBuf,
    },
    /// A path does not exist.
    #[error("{} does not exist", path.display())]
    NotFound {
        /// The path.
        path: PathBuf,
    },
    /// The user has no right to read a path.
    #[error("{} may not be read by you", path.display())]
    PermissionDenied {
        /// The path.
        path: PathBuf,
    },
    /// A path cannot be opened.
    #[error("{} cannot be opened: {source}", path.display())]
    NotOpened {
        /// The path.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// A folder to watch cannot be opened.
    #[error("{} cannot be opened: {source}", path.display())]
    FolderNotOpened {
        /// The path.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// A path to watch is not a folder.
    #[error("{} is not a folder", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// A folder to watch lies in Assay's own data folder.
    #[error("{} lies in Assay's own data folder", path.display())]
    OwnFolder {
        /// The path.
        path: PathBuf,
    },
    /// The name of a folder to watch is not valid Unicode.
    #[error("{} has a name that is not valid Unicode", path.display())]
    FolderNotUnicode {
        /// The path.
        path: PathBuf,
    },
    /// A file that was found before is gone.
    #[error("{name} is no longer there")]
    FileGone {
        /// The file's name.
        name: String,
    },
    /// The user has no right to read a file.
    #[error("{name} may not be read by you")]
    FilePermissionDenied {
        /// The file's name.
        name: String,
    },
    /// A file cannot be read.
    #[error("{name} cannot be read: {source}")]
    FileNotRead {
        /// The file's name.
        name: String,
        /// The error of the file system.
        source: io::Error,
    },
    /// A file is a pipe, a device or a link.
    #[error("{name} is not a regular file")]
    NotRegular {
        /// The file's name.
        name: String,
    },
    /// A file is larger than the limit in the settings.
    #[error("{name} is {} MiB long, and the limit is {} MiB", bytes >> 20, limit >> 20)]
    TooLarge {
        /// The file's name.
        name: String,
        /// Its length in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file was written to while it was read.
    #[error("{name} was written to while it was read")]
    Changed {
        /// The file's name.
        name: String,
    },
    /// Reading a file took longer than the limit in the settings.
    #[error("reading {name} took longer than {seconds:.0} s and was given up")]
    TimedOut {
        /// The file's name.
        name: String,
        /// The limit in seconds.
        seconds: f64,
    },
    /// A file holds more text than a reader may send back.
    #[error("{name} holds more text than can be taken in at once")]
    TooMuchText {
        /// The file's name.
        name: String,
    },
    /// Reading a file needed more memory than the limit in the settings.
    #[error("reading {name} needed more than {} MiB of memory and was stopped", limit >> 20)]
    OutOfMemory {
        /// The file's name.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// The process that should read a file cannot be started.
    #[error("{name} cannot be read now, because no reader can be started: {source}")]
    NotStarted {
        /// The file's name.
        name: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The process that read a file died.
    #[error("{name} brought its reader down: {how}")]
    ReaderDied {
        /// The file's name.
        name: String,
        /// How the process ended.
        how: String,
    },
}

impl From<FilesError> for Failure {
    fn from(error: FilesError) -> Self {
        let transient = match &error {
            FilesError::NotOpened { source, .. } | FilesError::FileNotRead { source, .. } => problem_of(source),
            FilesError::NotStarted { source, .. } => problem_of_start(source),
            _ => None,
        };
        if let Some(problem) = transient {
            return Failure::new(problem, error.to_string(), AGAIN);
        }
        let (problem, action) = match &error {
            FilesError::NeitherFileNorFolder { .. } | FilesError::LeadsToNeither { .. } => {
                (Problem::UnsupportedFile, "name a file")
            }
            FilesError::NotUnicode { .. } => (Problem::UnreadableFile, "rename it and add it again"),
            FilesError::NotFound { .. } => (Problem::MissingFile, "check the path and try again"),
            FilesError::PermissionDenied { .. } => {
                (Problem::NoPermission, "give yourself the right to read it, then add it again")
            }
            FilesError::NotOpened { .. } => (Problem::UnreadableFile, "try again later"),
            FilesError::FolderNotOpened { .. } => (Problem::BadSetting, "give yourself the right to read it"),
            FilesError::NotAFolder { .. } => {
                (Problem::BadSetting, "name a folder; single files are taken in with assay ingest")
            }
            FilesError::OwnFolder { .. } => (Problem::BadSetting, "name another folder"),
            FilesError::FolderNotUnicode { .. } => (Problem::BadSetting, "rename it and try again"),
            FilesError::FileGone { .. } => (Problem::MissingFile, "put it back or remove it from the library"),
            FilesError::FilePermissionDenied { .. } => {
                (Problem::NoPermission, "give yourself the right to read it and try again")
            }
            FilesError::FileNotRead { .. } => (Problem::UnreadableFile, "check the disk and try again"),
            FilesError::NotRegular { .. } => (Problem::UnsupportedFile, "add a file or a folder"),
            FilesError::TooLarge { .. } => (Problem::TooLarge, "raise the limit in the settings, or split the file"),
            FilesError::Changed { .. } => (Problem::FileChanged, AGAIN),
            FilesError::NotStarted { .. } => (Problem::Bug, "check that Assay is installed completely"),
            FilesError::TimedOut { .. } => {
                (Problem::TimedOut, "raise the reading time in the settings and try this file again")
            }
            FilesError::TooMuchText { .. } => (Problem::TooLarge, "split it into several files"),
            FilesError::OutOfMemory { .. } => {
                (Problem::OutOfMemory, "raise the reading memory in the settings, or split the file")
            }
            FilesError::ReaderDied { .. } => {
                (Problem::ReaderDied, "open it in the program that made it, save it anew or as PDF, and add that")
            }
        };
        Failure::new(problem, error.to_string(), action)
    }
}
