//! Errors of backups.

use std::io;
use std::path::{Path, PathBuf};

use assay_domain::{Failure, Problem};
use thiserror::Error;

/// Why a backup cannot be made or restored.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The data folder holds no library.
    #[error("there is no library in {}", folder.display())]
    NoLibrary {
        /// The data folder.
        folder: PathBuf,
    },
    /// The file to be written exists and is no backup.
    #[error("{} exists and is not a backup of Assay", file.display())]
    WouldOverwrite {
        /// The file.
        file: PathBuf,
    },
    /// The file is no backup, or only a part of one.
    #[error("{} is not a whole backup of Assay: {why}", file.display())]
    NotWhole {
        /// The file.
        file: PathBuf,
        /// What was found.
        why: String,
    },
    /// A later Assay made the backup.
    #[error("{} was made by a newer Assay ({program})", file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// The version that made it.
        program: String,
    },
    /// The data folder to restore into holds a library that is not empty.
    #[error("the library in {} is not empty, and a restore never merges two libraries", folder.display())]
    NotEmpty {
        /// The data folder.
        folder: PathBuf,
    },
    /// A restore was confirmed in the data folder and is done at the next start.
    #[error("a restore into {} is confirmed and is done when Assay is started again", folder.display())]
    Waits {
        /// The data folder.
        folder: PathBuf,
    },
    /// A folder that Assay did not make has the name of the one that a restore needs.
    #[error("{} is not a folder that Assay made, and a restore needs that name", folder.display())]
    InTheWay {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder to move is not one that documents of the backup lie in.
    #[error("no file of the backup lies in {old}; its folders are: {roots}")]
    UnknownRoot {
        /// The folder.
        old: String,
        /// The folders of the backup.
        roots: String,
    },
    /// Two documents would get one path.
    #[error("two folders of the backup cannot become one: some of their files have the same names")]
    SamePath,
    /// What is in the backup needs more room than there is.
    #[error("the backup needs {needed} MB and {free} MB are free")]
    NoRoom {
        /// Megabytes needed.
        needed: u64,
        /// Megabytes free.
        free: u64,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be read or written: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
}

impl BackupError {
    /// Turns an I/O error on `path` into [`BackupError::File`].
    pub fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// A file that is no whole backup, and why.
    pub fn not_whole(file: &Path, why: impl Into<String>) -> Self {
        Self::NotWhole { file: file.to_owned(), why: why.into() }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let (problem, action) = match &error {
            BackupError::NoLibrary { .. } => {
                (Problem::MissingFile, "name the data folder of your library with --data or ASSAY_DATA")
            }
            BackupError::WouldOverwrite { .. } => {
                (Problem::FileInTheWay, "choose another name, or say --force to replace that file")
            }
            BackupError::NotWhole { .. } => {
                (Problem::BackupUnusable, "use another copy of the backup; nothing was changed")
            }
            BackupError::Newer { .. } => {
                (Problem::NewerAssay, "install that version of Assay and restore with it; nothing was changed")
            }
            BackupError::NotEmpty { .. } => {
                (Problem::LibraryNotEmpty, "name an empty or a new folder with --data; nothing was changed")
            }
            BackupError::Waits { .. } => (Problem::RestoreWaits, "close Assay and start it again"),
            BackupError::InTheWay { .. } => (Problem::FileInTheWay, "move that folder elsewhere; nothing was changed"),
            BackupError::UnknownRoot { .. } => (Problem::BadSetting, "write --root OLD=NEW with one of them as OLD"),
            BackupError::SamePath => (Problem::FoldersCollide, "name a folder of its own for each of them"),
            BackupError::NoRoom { .. } => (Problem::DiskFull, "make room on the disk and try again"),
            BackupError::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                (Problem::DiskFull, "make room on the disk and try again; nothing was changed")
            }
            BackupError::File { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                (Problem::MissingFile, "check the name")
            }
            BackupError::File { .. } => (Problem::NoPermission, "check that the file may be read and written"),
        };
        Failure::new(problem, error.to_string(), action)
    }
}
