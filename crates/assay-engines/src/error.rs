//! What can go wrong between settings and engines.

use std::io;
use std::path::{Path, PathBuf};

use assay_domain::{Failure, Problem};
use thiserror::Error;

/// Faults of the data folder and of the model registry.
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
    /// The hub wants a login, or its terms accepted.
    #[error("{url} is not given to everybody: the hub answered {status}")]
    Refused {
        /// Which address.
        url: String,
        /// 401 or 403.
        status: u16,
        /// The model's page.
        page: String,
    },
    /// The hub knows no such file.
    #[error("{url} is not there")]
    NotOnHub {
        /// Which address.
        url: String,
    },
    /// Neither the catalogue nor the hub says what the file must be.
    #[error("{url} comes without a hash, so it cannot be told from a damaged or a forged one")]
    NoHash {
        /// Which address.
        url: String,
    },
    /// The disk has no room for a download.
    #[error(
        "the download needs {} MB in {} and {} MB are free",
        needed.div_ceil(1_000_000), folder.display(), free / 1_000_000
    )]
    NoRoom {
        /// Where.
        folder: PathBuf,
        /// Bytes, with what must stay free.
        needed: u64,
        /// Bytes.
        free: u64,
    },
    /// Another download of the same model runs.
    #[error("the model {name} is being fetched already")]
    Busy {
        /// The model.
        name: String,
    },
    /// The user stopped it.
    #[error("stopped")]
    Stopped,
    /// An address in the settings is none.
    #[error("{address:?} is no address that can be used: {reason}")]
    BadAddress {
        /// As written.
        address: String,
        /// Why not.
        reason: String,
    },
    /// A model cannot be called that.
    #[error("a model cannot be called {name:?}: {reason}")]
    BadName {
        /// As written.
        name: String,
        /// Why not.
        reason: String,
    },
    /// Weights in a format that can run code.
    #[error("{} is a pickle, a format that can run code when it is opened, and Assay does not open it", path.display())]
    Pickle {
        /// Which file.
        path: PathBuf,
    },
    /// A hosted reranker wants a key and none was found.
    #[error("{host} wants a key, and none is kept for it")]
    NoKey {
        /// The host.
        host: String,
    },
    /// A hosted reranker does not take the request.
    #[error("{host} refused the passages with {status}: {said}")]
    HostRefused {
        /// The host.
        host: String,
        /// Of HTTP.
        status: u16,
        /// The beginning of what it said.
        said: String,
    },
    /// A hosted reranker gave no answer in time, tries included.
    #[error("{host} did not answer: {reason}")]
    HostSilent {
        /// The host.
        host: String,
        /// At the last try.
        reason: String,
    },
    /// A hosted reranker's answer cannot be used.
    #[error("{host} gave an answer that cannot be used: {reason}")]
    HostAnswer {
        /// The host.
        host: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The system's key store did not take a key.
    #[error("the key was not kept by the system's key store: {reason}")]
    KeyStore {
        /// What it said.
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
            EnginesError::Refused { page, .. } => (
                Problem::ModelMissing,
                format!("open {page} in a browser, log in and accept its terms, save the files there, and import them"),
            ),
            EnginesError::NotOnHub { .. } => (
                Problem::ModelMissing,
                "the model may have moved: look for it on the hub, save its files, and import them".to_owned(),
            ),
            EnginesError::NoHash { .. } => (
                Problem::ModelWrong,
                "use the hub itself or a mirror that passes its X-Linked-Etag on, or import the files".to_owned(),
            ),
            EnginesError::NoRoom { .. } => {
                (Problem::DiskFull, "make room there and start again; what has arrived is kept".to_owned())
            }
            EnginesError::Busy { .. } => {
                (Problem::LibraryInUse, "wait until that download has ended, or stop it".to_owned())
            }
            EnginesError::Stopped => {
                (Problem::Stopped, "start again whenever you like: what has arrived is kept".to_owned())
            }
            EnginesError::BadAddress { .. } => {
                (Problem::BadSetting, "write it as http://host:port or https://host, or leave it empty".to_owned())
            }
            EnginesError::BadName { .. } => (Problem::BadSetting, "choose another name".to_owned()),
            EnginesError::NoKey { .. } | EnginesError::KeyStore { .. } => (
                Problem::BadSetting,
                "put it into the environment variable ASSAY_RERANK_KEY and start again".to_owned(),
            ),
            EnginesError::HostRefused { .. } => (
                Problem::BadSetting,
                "check the address, the model's name and the key in the settings, or switch the host off".to_owned(),
            ),
            EnginesError::HostSilent { .. } => (
                Problem::ModelMissing,
                "check the connection and the address, or switch the host off in the settings".to_owned(),
            ),
            EnginesError::HostAnswer { .. } => (
                Problem::ModelWrong,
                "check that the form in the settings is the host's, or switch the host off".to_owned(),
            ),
            EnginesError::Pickle { .. } => {
                (Problem::ModelWrong, "use a copy of the model with model.safetensors".to_owned())
            }
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
