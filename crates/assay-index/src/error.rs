//! Errors of the index.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use assay_domain::{Failure, Problem};

/// An error of the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The index was filled by another model or another chunking.
    #[error("the index was filled under other settings: the {difference}")]
    AnotherModel {
        /// The first difference.
        difference: String,
    },
    /// The index on disk cannot be read.
    #[error("the index cannot be read while {doing}: {reason}")]
    Damaged {
        /// What was tried.
        doing: &'static str,
        /// What was found instead.
        reason: String,
    },
    /// A vector of another length than the index holds.
    #[error("a vector has {found} numbers where the index holds {expected}")]
    WrongDimension {
        /// Length of the index's vectors.
        expected: usize,
        /// Length of the vector given.
        found: usize,
    },
    /// The disk is full.
    #[error("the disk is full, so {doing} the index could not be finished")]
    DiskFull {
        /// What was tried.
        doing: &'static str,
    },
    /// The folder may not be read or written, or its name cannot be used.
    #[error("the index folder {} cannot be used: {reason}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Any other error of LanceDB.
    #[error("{doing} the index failed: {source}")]
    Engine {
        /// What was tried.
        doing: &'static str,
        /// LanceDB's error.
        source: Box<lancedb::Error>,
    },
    /// Any other error of the operating system.
    #[error("{doing} the index failed: {source}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// The operating system's error.
        source: io::Error,
    },
}

impl IndexError {
    /// Sorts an error of LanceDB by its root cause.
    pub(crate) fn engine(doing: &'static str, source: lancedb::Error) -> Self {
        let mut cause: Option<&(dyn Error + 'static)> = Some(&source);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<io::Error>() {
                match error.kind() {
                    io::ErrorKind::StorageFull => return Self::DiskFull { doing },
                    io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => {
                        return Self::Damaged { doing, reason: source.to_string() };
                    }
                    _ => {}
                }
            }
            cause = error.source();
        }
        // Some layers keep the error below them only as text.
        let text = source.to_string();
        if text.contains("No space left on device") {
            return Self::DiskFull { doing };
        }
        if ["corrupt", "Not found", "not found", "EOF", "magic"].iter().any(|sign| text.contains(sign)) {
            return Self::Damaged { doing, reason: text };
        }
        Self::Engine { doing, source: Box::new(source) }
    }

    /// Sorts an error of opening an existing table: all but the disk, its permissions and what passes means damage.
    pub(crate) fn opening(folder: &Path, source: lancedb::Error) -> Self {
        match Self::engine("opening it", source) {
            Self::Engine { doing, source } if source.to_string().contains("Permission denied") => {
                Self::Folder { folder: folder.to_owned(), reason: format!("{doing}: permission denied") }
            }
            Self::Engine { doing, source } if passes(&source.to_string()) => Self::Engine { doing, source },
            Self::Engine { doing, source } => Self::Damaged { doing, reason: source.to_string() },
            other => other,
        }
    }

    /// Sorts an error of the operating system.
    pub(crate) fn system(doing: &'static str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull { doing },
            _ => Self::System { doing, source },
        }
    }
}

/// Whether an error of the operating system, which some layers keep only as text, says nothing about the file: it may
/// be whole, and the next try may succeed.
fn passes(text: &str) -> bool {
    let signs =
        ["Too many open files", "Input/output error", "Cannot allocate memory", "Stale file handle", "timed out"];
    signs.iter().any(|sign| text.contains(sign))
}

const REBUILD: &str = "run `assay ingest --rebuild`, or press Rebuild in the window";

const DISK: &str = "check the disk and your rights on the data folder, and try again: what was committed is kept";

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        let message = error.to_string();
        match error {
            IndexError::AnotherModel { .. } => Failure::new(
                Problem::IndexOfAnotherModel,
                message,
                format!("go back to those settings, or fill the index again: {REBUILD}"),
            ),
            IndexError::Damaged { .. } => Failure::new(
                Problem::IndexDamaged,
                message,
                format!("{REBUILD}: it is filled again from your files, so nothing is lost"),
            ),
            IndexError::DiskFull { .. } => {
                Failure::new(Problem::DiskFull, message, "free some space and try again: what was committed is kept")
            }
            IndexError::Folder { .. } => Failure::new(
                Problem::NoPermission,
                message,
                "make the data folder writable for you, or choose another with --data",
            ),
            IndexError::System { .. } => Failure::new(Problem::UnreadableFile, message, DISK),
            // An error of the operating system, kept by LanceDB as text.
            IndexError::Engine { .. } if message.contains("os error") || message.contains("(IO)") => {
                Failure::new(Problem::UnreadableFile, message, DISK)
            }
            IndexError::WrongDimension { .. } | IndexError::Engine { .. } => Failure::bug(message),
        }
    }
}
