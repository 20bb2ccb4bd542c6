//! Errors of the catalogue.

use std::io;
use std::path::PathBuf;

use assay_domain::{DocumentId, Failure, GenerationId, Problem};
use rusqlite::ErrorCode;

/// An error of the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The folder or file could not be created or protected.
    #[error("the catalogue {} cannot be prepared: {source}", path.display())]
    Folder {
        /// The catalogue's file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A later Assay wrote it.
    #[error("the library was written by a newer Assay (layout {found}; this one knows layouts up to {known})")]
    Newer {
        /// Layout of the file.
        found: i64,
        /// Newest layout that this program knows.
        known: i64,
    },
    /// The file is no SQLite database, or is damaged.
    #[error("the catalogue file is damaged: {source}")]
    Damaged {
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// The file is a catalogue, but something is missing from it.
    #[error("the catalogue file is damaged: {said}")]
    NotWhole {
        /// What was found.
        said: String,
    },
    /// The disk is full.
    #[error("the disk is full, so the catalogue could not be written")]
    DiskFull,
    /// Another process has had the file for longer than is waited for.
    #[error("another program has kept the catalogue file busy for half a minute")]
    InUse,
    /// A long read found no pause between writes.
    #[error("the library is being written to, so the catalogue could not be read as a whole")]
    GaveWay,
    /// The file may not be read or written.
    #[error("the catalogue may not be read or written: {source}")]
    NoPermission {
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// The operating system could not read or write the file.
    #[error("the catalogue could not be read or written: {source}")]
    Disk {
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// The document is not (or no longer) in the library.
    #[error("document {document} is no longer in the library")]
    DocumentGone {
        /// Its number.
        document: DocumentId,
    },
    /// The generation to commit is not open.
    #[error("generation {generation} of document {document} is not open, so it cannot be committed")]
    NotBegun {
        /// The document.
        document: DocumentId,
        /// The generation.
        generation: GenerationId,
    },
    /// A document without a committed generation cannot be in state committed.
    #[error("document {document} has nothing committed, so it cannot be in state committed")]
    NothingCommitted {
        /// Its number.
        document: DocumentId,
    },
    /// A row holds a name that no version of Assay writes.
    #[error("the catalogue holds {name:?} where a {what} should be")]
    UnknownName {
        /// What should be there.
        what: &'static str,
        /// What is there.
        name: String,
    },
    /// The pages of a document that another machine published cannot be read.
    #[error("{said}")]
    Mirror {
        /// Why.
        said: String,
    },
    /// Any other error of SQLite.
    #[error("the catalogue could not be read or written: {source}")]
    Sqlite {
        /// SQLite's error.
        source: rusqlite::Error,
    },
}

/// What an error says about the file that it happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The file was read and is damaged.
    Damage,
    /// Disk, rights, memory or other programs stand in the way at this moment; the file may be whole.
    Moment,
    /// Neither: a file of a later layout, a row that no version writes, a request that makes no sense.
    Other,
}

impl CatalogueError {
    /// What the error says about the file. Nothing is given up for lost for any reason but [`Fault::Damage`].
    pub fn fault(&self) -> Fault {
        match self {
            Self::Damaged { .. } | Self::NotWhole { .. } => Fault::Damage,
            Self::Folder { .. }
            | Self::DiskFull
            | Self::InUse
            | Self::GaveWay
            | Self::NoPermission { .. }
            | Self::Disk { .. } => Fault::Moment,
            Self::Sqlite { source } => match source.sqlite_error_code() {
                Some(
                    ErrorCode::OutOfMemory
                    | ErrorCode::OperationInterrupted
                    | ErrorCode::OperationAborted
                    | ErrorCode::FileLockingProtocolFailed
                    | ErrorCode::SchemaChanged,
                ) => Fault::Moment,
                _ => Fault::Other,
            },
            _ => Fault::Other,
        }
    }

    /// Whether a row cannot be read: its values are not what any version writes.
    pub(crate) fn is_about_a_row(&self) -> bool {
        let Self::Sqlite { source } = self else { return matches!(self, Self::UnknownName { .. }) };
        match source {
            rusqlite::Error::SqliteFailure(error, _) => {
                // Malformed JSON has the code of all errors that have no code of their own.
                matches!(
                    error.code,
                    ErrorCode::Unknown | ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig
                )
            }
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..) => true,
            _ => false,
        }
    }
}

impl From<rusqlite::Error> for CatalogueError {
    fn from(source: rusqlite::Error) -> Self {
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::CannotOpen) => {
                Self::NoPermission { source }
            }
            Some(ErrorCode::SystemIoFailure) => Self::Disk { source },
            _ => Self::Sqlite { source },
        }
    }
}

impl From<CatalogueError> for Failure {
    fn from(error: CatalogueError) -> Self {
        let message = error.to_string();
        let (problem, action) = match error {
            CatalogueError::Folder { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                (Problem::DiskFull, "free some space and try again")
            }
            CatalogueError::Folder { .. } | CatalogueError::NoPermission { .. } => {
                (Problem::NoPermission, "make the data folder writable for you, or choose another with --data")
            }
            CatalogueError::Newer { .. } => {
                (Problem::NewerAssay, "start the newer Assay again, or choose another data folder with --data")
            }
            CatalogueError::Damaged { .. } | CatalogueError::NotWhole { .. } | CatalogueError::UnknownName { .. } => (
                Problem::IndexDamaged,
                "put a snapshot back: assay restore; if there is none, move catalogue.sqlite out of the data folder \
                 and add your files again: the originals were never touched",
            ),
            CatalogueError::DiskFull => {
                (Problem::DiskFull, "free some space and try again: what was committed is kept")
            }
            CatalogueError::Disk { .. } => (
                Problem::UnreadableFile,
                "check the disk and your rights on the data folder, and try again: what was committed is kept",
            ),
            CatalogueError::InUse => (
                Problem::LibraryInUse,
                "close the program that reads the data folder (a database viewer, a copying program) and try again",
            ),
            CatalogueError::Mirror { .. } => (
                Problem::RemoteUnreachable,
                "run `assay remote sync` again; the library on this machine answers as before",
            ),
            CatalogueError::GaveWay => (Problem::LibraryInUse, "try again when no files are being added"),
            CatalogueError::DocumentGone { .. } => (Problem::Stopped, "add the file again if you want it back"),
            CatalogueError::NotBegun { .. }
            | CatalogueError::NothingCommitted { .. }
            | CatalogueError::Sqlite { .. } => return Failure::bug(message),
        };
        Failure::new(problem, message, action)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::{CatalogueError, Fault};

    fn of(code: i32) -> CatalogueError {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into()
    }

    #[test]
    fn only_damage_is_damage_and_only_a_bad_row_is_a_bad_row() {
        for (code, fault, row) in [
            (ffi::SQLITE_CORRUPT, Fault::Damage, false),
            (ffi::SQLITE_NOTADB, Fault::Damage, false),
            (ffi::SQLITE_FULL, Fault::Moment, false),
            (ffi::SQLITE_BUSY, Fault::Moment, false),
            (ffi::SQLITE_LOCKED, Fault::Moment, false),
            (ffi::SQLITE_NOMEM, Fault::Moment, false),
            (ffi::SQLITE_INTERRUPT, Fault::Moment, false),
            (ffi::SQLITE_IOERR, Fault::Moment, false),
            // Too many open files, too.
            (ffi::SQLITE_CANTOPEN, Fault::Moment, false),
            (ffi::SQLITE_READONLY, Fault::Moment, false),
            (ffi::SQLITE_PERM, Fault::Moment, false),
            (ffi::SQLITE_ERROR, Fault::Other, true),
            (ffi::SQLITE_CONSTRAINT, Fault::Other, true),
            (ffi::SQLITE_MISUSE, Fault::Other, false),
        ] {
            let error = of(code);
            assert_eq!((error.fault(), error.is_about_a_row()), (fault, row), "{error:?}");
        }
    }
}
