//! What can go wrong between settings and engines.

use std::io;
use std::path::{Path, PathBuf};

use assay_domain::{Failure, Problem};
use thiserror::Error;

/// Faults of the data folder and of the model shelf.
#[derive(Debug, Error)]
pub enum EnginesError {
    /// The folder cannot be made or written.
    #[error("the data folder {} cannot be used: {source}", folder.display())]
    Home {
        /// Which folder.
        folder: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// Another Assay is at work in the folder.
    #[error("another Assay has the data folder {} open", folder.display())]
    InUse {
        /// Which folder.
        folder: PathBuf,
    },
    /// No model of that name is known.
    #[error("no model is called {name:?}; known are {known}")]
    UnknownModel {
        /// The name.
        name: String,
        /// The known names.
        known: String,
    },
    /// A model is known but its files are not here.
    #[error("the model {name} is not on this machine")]
    NotHere {
        /// The name.
        name: String,
    },
    /// A file is not what it should be.
    #[error("{} of the model {name} is damaged: its SHA-256 is {found}, and should be {wanted}", file.display())]
    Damaged {
        /// The model.
        name: String,
        /// The file.
        file: PathBuf,
        /// As it should be.
        wanted: String,
        /// As it is.
        found: String,
    },
    /// A download failed.
    #[error("{url} could not be fetched: {reason}")]
    Fetch {
        /// Which address.
        url: String,
        /// Why.
        reason: String,
    },
    /// What is to be imported is not a model.
    #[error("{} is not a model that Assay can use: {reason}", path.display())]
    NotAModel {
        /// What was named.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The list of models, or a manifest beside a model, cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    Manifest {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Reading or writing a model's files failed.
    #[error("{} cannot be read or written: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

impl EnginesError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

impl From<EnginesError> for Failure {
    fn from(error: EnginesError) -> Self {
        let full = |source: &io::Error| source.kind() == io::ErrorKind::StorageFull;
        let (problem, action) = match &error {
            EnginesError::Home { source, .. } | EnginesError::File { source, .. } if full(source) => {
                (Problem::DiskFull, "make room on the disk and start again; nothing stored is lost".to_owned())
            }
            EnginesError::Home { .. } => (
                Problem::NoPermission,
                "choose another with --data, or give yourself the right to write there".to_owned(),
            ),
            EnginesError::InUse { .. } => {
                (Problem::LibraryInUse, "close the other window or wait until its command has ended".to_owned())
            }
            EnginesError::UnknownModel { .. } => (
                Problem::ModelMissing,
                "choose one of these, or import a folder: assay models import NAME FOLDER".to_owned(),
            ),
            EnginesError::NotHere { name } => (Problem::ModelMissing, format!("fetch it: assay models pull {name}")),
            EnginesError::Damaged { name, .. } => {
                (Problem::ModelWrong, format!("fetch it again: assay models pull {name}"))
            }
            EnginesError::Fetch { .. } => (
                Problem::ModelMissing,
                "check the connection and try again; what has arrived is kept and the rest follows".to_owned(),
            ),
            EnginesError::NotAModel { .. } => (
                Problem::ModelWrong,
                "give a folder with model.safetensors, config.json and tokenizer.json, or a .gguf file".to_owned(),
            ),
            EnginesError::Manifest { .. } => {
                (Problem::ModelWrong, "delete that file and import the model again".to_owned())
            }
            EnginesError::File { .. } => {
                (Problem::NoPermission, "check that the file may be read and written".to_owned())
            }
        };
        Failure::new(problem, error.to_string(), action)
    }
}
