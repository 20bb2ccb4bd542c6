//! Errors of an open library and of its data folder.

use std::io;
use std::path::{Path, PathBuf};

use assay_domain::{Failure, FolderId, GenerationId, Problem};
use thiserror::Error;

/// Why a library cannot be opened, changed or checked.
#[derive(Debug, Error)]
pub enum LibraryError {
    /// The data folder cannot be created or written.
    #[error("the data folder {} cannot be used: {source}", folder.display())]
    Home {
        /// The data folder.
        folder: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The folder holds files and is no library.
    #[error("{} holds other files and is not a library of Assay", folder.display())]
    NotALibrary {
        /// The folder.
        folder: PathBuf,
    },
    /// Another Assay has the data folder open.
    #[error("another Assay has the data folder {} open", folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// A file or folder of the library cannot be moved or deleted.
    #[error("{} cannot be read or written: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The settings cannot change while the engines are in use.
    #[error("the engines are at work, so these settings cannot change now")]
    EnginesInUse,
    /// The library has no document of that number.
    #[error("the library has no document {id}")]
    UnknownDocument {
        /// The number.
        id: i64,
    },
    /// No removed file has that number.
    #[error("no removed file has the number {id}")]
    UnknownDismissed {
        /// The number.
        id: i64,
    },
    /// The library watches no folder of that number.
    #[error("no watched folder has the number {}", id.0)]
    UnknownFolder {
        /// The number.
        id: FolderId,
    },
    /// The library has no collection of that name.
    #[error("the library has no collection {name}")]
    UnknownCollection {
        /// The name.
        name: String,
    },
    /// Another collection has that name.
    #[error("there is a collection {name} already")]
    CollectionTaken {
        /// The name.
        name: String,
    },
    /// A collection cannot have that name.
    #[error("a collection's name has 1 to {longest} characters on one line")]
    BadName {
        /// Characters at most.
        longest: usize,
    },
    /// A document of a watched folder cannot leave the folder's collection.
    #[error("{name} lies in the watched folder {folder}, whose files are in one collection")]
    OfFolder {
        /// Name of the document.
        name: String,
        /// Path of the folder.
        folder: String,
    },
    /// A file or a watched folder is in the collection already.
    #[error("{path} is in the collection {name} already")]
    TwiceInCollection {
        /// Its path.
        path: String,
        /// The collection.
        name: String,
    },
    /// Files are being read.
    #[error("files are being read, so collections cannot change now")]
    Reading,
    /// There is no snapshot of that name, or it is damaged.
    #[error("there is no snapshot {name}, or it is damaged")]
    UnknownSnapshot {
        /// The name.
        name: String,
    },
    /// The data folder holds no usable snapshot.
    #[error("there is no snapshot to put back")]
    NoSnapshot,
    /// A rebuilt index does not hold as many chunks as were written to it.
    #[error("reading {reading} should have {wanted} chunks in the new index and has {found}")]
    RebuildIncomplete {
        /// The generation whose pages were used.
        reading: GenerationId,
        /// Chunks that were written.
        wanted: u64,
        /// Chunks in the index.
        found: u64,
    },
}

impl LibraryError {
    /// Turns an I/O error on `path` into [`LibraryError::File`].
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

impl From<LibraryError> for Failure {
    fn from(error: LibraryError) -> Self {
        let full = |source: &io::Error| source.kind() == io::ErrorKind::StorageFull;
        let (problem, action) = match &error {
            LibraryError::Home { source, .. } | LibraryError::File { source, .. } if full(source) => {
                (Problem::DiskFull, "make room on the disk and start again; nothing stored is lost")
            }
            LibraryError::Home { .. } => {
                (Problem::NoPermission, "choose another with --data, or give yourself the right to write there")
            }
            LibraryError::NotALibrary { .. } => {
                (Problem::NoPermission, "choose an empty or a new folder with --data; nothing in this one was changed")
            }
            LibraryError::InUse { .. } => {
                (Problem::LibraryInUse, "close the other window or wait until its command has ended")
            }
            LibraryError::File { .. } => (Problem::NoPermission, "check that the file may be read and written"),
            LibraryError::EnginesInUse => {
                (Problem::LibraryInUse, "wait until reading and answering have ended, or stop them")
            }
            LibraryError::UnknownDocument { .. } => (Problem::MissingFile, "list them: assay documents"),
            LibraryError::UnknownDismissed { .. } => (Problem::MissingFile, "list them: assay documents --removed"),
            LibraryError::UnknownFolder { .. } => (Problem::MissingFile, "list them: assay folders"),
            LibraryError::UnknownCollection { .. } => (Problem::MissingFile, "list them: assay collections"),
            LibraryError::CollectionTaken { .. } => (
                Problem::FoldersCollide,
                "choose another name, or move documents and folders there: assay collections move",
            ),
            LibraryError::BadName { .. } => (Problem::BadSetting, "choose a shorter name, without line ends"),
            LibraryError::OfFolder { .. } => {
                (Problem::FoldersCollide, "move the folder: assay collections move NAME --folder FOLDER")
            }
            LibraryError::TwiceInCollection { .. } => {
                (Problem::FoldersCollide, "remove it from one of the two collections first; nothing was moved")
            }
            LibraryError::Reading => (Problem::LibraryInUse, "wait until reading has ended, or stop it"),
            LibraryError::UnknownSnapshot { .. } | LibraryError::NoSnapshot => {
                (Problem::MissingFile, "list them: assay restore --list")
            }
            LibraryError::RebuildIncomplete { .. } => (
                Problem::IndexDamaged,
                "the index before it still answers: try again, and look at the disk if it happens again",
            ),
        };
        Failure::new(problem, error.to_string(), action)
    }
}
