//! Errors of the model registry, of downloads and of hosted rerankers.

use std::io;
use std::path::{Path, PathBuf};

use assay_domain::{Failure, Problem};
use thiserror::Error;

use crate::address::shown;
use crate::family::Obstacle;

/// Why a model cannot be found, fetched, imported, verified or reached.
#[derive(Debug, Error)]
pub enum ModelsError {
    /// The registry lists no model of that name.
    #[error("no model is called {name:?}; known are {known}")]
    UnknownModel {
        /// The name that was asked for.
        name: String,
        /// The names that the registry lists.
        known: String,
    },
    /// The registry lists the model, but its files are not on this machine.
    #[error("the model {name} is not on this machine")]
    NotInstalled {
        /// The model's name.
        name: String,
    },
    /// The SHA-256 of a file differs from the expected one.
    #[error("{} of the model {name} is damaged: its SHA-256 is {found}, and should be {wanted}", file.display())]
    Damaged {
        /// The model's name.
        name: String,
        /// The file.
        file: PathBuf,
        /// The expected SHA-256.
        wanted: String,
        /// The SHA-256 of the file.
        found: String,
    },
    /// A download failed.
    #[error("{} could not be fetched: {reason}", shown(url))]
    Fetch {
        /// The file's address.
        url: String,
        /// What the last try reported.
        reason: String,
    },
    /// The hub requires a login or the acceptance of the model's terms.
    #[error("{} is not given to everybody: the hub answered {status}", shown(url))]
    Refused {
        /// The file's address.
        url: String,
        /// The HTTP status, 401 or 403.
        status: u16,
        /// The model's page.
        page: String,
    },
    /// The hub has no such file.
    #[error("{} is not there", shown(url))]
    NotOnHub {
        /// The file's address.
        url: String,
    },
    /// The catalogue lists the model and does not offer it.
    #[error("{name} is not offered: {}", why(*obstacle))]
    NotOffered {
        /// The model's name.
        name: String,
        /// Why not.
        obstacle: Obstacle,
    },
    /// The registry has no pair of that name.
    #[error("no pair is called {name:?}; known are {known}")]
    UnknownPair {
        /// The name that was asked for.
        name: String,
        /// The names of the catalogue.
        known: String,
    },
    /// The model is in use, so its files cannot be removed.
    #[error("{name} cannot be removed: {why}")]
    InUse {
        /// The model's name.
        name: String,
        /// What uses it.
        why: String,
    },
    /// Neither the catalogue nor the hub states a hash of the file.
    #[error("{} comes without a hash, so it cannot be told from a damaged or a forged one", shown(url))]
    NoHash {
        /// The file's address.
        url: String,
    },
    /// The disk has too little free space for a download.
    #[error(
        "the download needs {} MB in {} and {} MB are free",
        needed.div_ceil(1_000_000), folder.display(), free / 1_000_000
    )]
    DiskFull {
        /// The folder of models.
        folder: PathBuf,
        /// Bytes to fetch and bytes that must stay free.
        needed: u64,
        /// Free bytes.
        free: u64,
    },
    /// Another download of the same model is running.
    #[error("the model {name} is being fetched already")]
    AlreadyFetching {
        /// The model's name.
        name: String,
    },
    /// The user stopped the download.
    #[error("stopped")]
    Stopped,
    /// An address in the settings is not usable.
    #[error("{:?} is no address that can be used: {reason}", shown(address))]
    BadAddress {
        /// The address as written.
        address: String,
        /// Why it is not usable.
        reason: String,
    },
    /// A model cannot have that name.
    #[error("a model cannot be called {name:?}: {reason}")]
    BadName {
        /// The name as written.
        name: String,
        /// Why it is not usable.
        reason: String,
    },
    /// The file is a pickle, which can run code when it is opened.
    #[error("{} is a pickle, a format that can run code when it is opened, and Assay does not open it", path.display())]
    Pickle {
        /// The file.
        path: PathBuf,
    },
    /// A hosted reranker requires a key and none is kept.
    #[error("{host} wants a key, and none is kept for it")]
    NoKey {
        /// The host.
        host: String,
    },
    /// A hosted reranker refused the request.
    #[error("{host} refused the passages with {status}: {body}")]
    HostRefused {
        /// The host.
        host: String,
        /// The HTTP status.
        status: u16,
        /// The first characters of the reply.
        body: String,
    },
    /// A hosted reranker did not answer in time, retries included.
    #[error("{host} did not answer: {reason}")]
    HostUnreachable {
        /// The host.
        host: String,
        /// What the last try reported.
        reason: String,
    },
    /// The reply of a hosted reranker is not usable.
    #[error("{host} gave an answer that cannot be used: {reason}")]
    BadHostReply {
        /// The host.
        host: String,
        /// What is wrong with the reply.
        reason: String,
    },
    /// The system's key store did not accept a key.
    #[error("the key was not kept by the system's key store: {reason}")]
    KeyStore {
        /// What the key store reported.
        reason: String,
    },
    /// The file or folder to import is not a usable model.
    #[error("{} is not a model that Assay can use: {reason}", path.display())]
    NotAModel {
        /// The file or folder.
        path: PathBuf,
        /// Why it is not usable.
        reason: String,
    },
    /// The list of models, or the manifest in a model's folder, cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        reason: String,
    },
    /// A model's file cannot be read or written.
    #[error("{} cannot be read or written: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
}

/// Why a model is not offered, in words.
fn why(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::Family => "no engine of this program opens its family yet",
        Obstacle::Pickle => "the hub has its weights only as a pickle, which Assay does not open",
    }
}

impl ModelsError {
    /// Turns an I/O error on `path` into [`ModelsError::File`].
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    fn problem(&self) -> Problem {
        match self {
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => Problem::DiskFull,
            Self::File { .. } => Problem::NoPermission,
            Self::DiskFull { .. } => Problem::DiskFull,
            Self::AlreadyFetching { .. } => Problem::LibraryInUse,
            Self::Stopped => Problem::Stopped,
            Self::UnknownModel { .. }
            | Self::NotOffered { .. }
            | Self::NotInstalled { .. }
            | Self::Fetch { .. }
            | Self::Refused { .. }
            | Self::NotOnHub { .. }
            | Self::HostUnreachable { .. } => Problem::ModelMissing,
            Self::BadAddress { .. }
            | Self::BadName { .. }
            | Self::UnknownPair { .. }
            | Self::InUse { .. }
            | Self::NoKey { .. }
            | Self::KeyStore { .. }
            | Self::HostRefused { .. } => Problem::BadSetting,
            Self::Damaged { .. }
            | Self::NoHash { .. }
            | Self::Pickle { .. }
            | Self::BadHostReply { .. }
            | Self::NotAModel { .. }
            | Self::Manifest { .. } => Problem::ModelWrong,
        }
    }

    fn action(&self) -> String {
        let action = match self {
            Self::NotInstalled { name } => return format!("fetch it: assay models pull {name}"),
            Self::Damaged { name, .. } => return format!("fetch it again: assay models pull {name}"),
            Self::Refused { page, .. } => {
                return format!(
                    "open {} in a browser, log in and accept its terms, save the files there, and import them",
                    shown(page)
                );
            }
            Self::File { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "make room on the disk and start again; nothing stored is lost"
            }
            Self::File { .. } => "check that the file may be read and written",
            Self::NotOffered { obstacle: Obstacle::Family, .. } => "choose another model, or update Assay",
            Self::NotOffered { obstacle: Obstacle::Pickle, .. } => {
                "convert its weights to model.safetensors and import that folder: assay models import NAME FOLDER"
            }
            Self::UnknownPair { .. } => "choose one of these: assay models pairs",
            Self::InUse { .. } => "choose another model for that, or rebuild the index, and remove it then",
            Self::UnknownModel { .. } => "choose one of these, or import a folder: assay models import NAME FOLDER",
            Self::Fetch { .. } => "check the connection and try again; what has arrived is kept and the rest follows",
            Self::NotOnHub { .. } => {
                "the model may have moved: look for it on the hub, save its files, and import them"
            }
            Self::NoHash { .. } => {
                "use the hub itself or a mirror that passes its X-Linked-Etag on, or import the files"
            }
            Self::DiskFull { .. } => "make room there and start again; what has arrived is kept",
            Self::AlreadyFetching { .. } => "wait until that download has ended, or stop it",
            Self::Stopped => "start again whenever you like: what has arrived is kept",
            Self::BadAddress { .. } => "write it as http://host:port or https://host, or leave it empty",
            Self::BadName { .. } => "choose another name",
            Self::NoKey { .. } | Self::KeyStore { .. } => {
                "put it into the environment variable ASSAY_RERANK_KEY and start again"
            }
            Self::HostRefused { .. } => {
                "check the address, the model's name and the key in the settings, or switch the host off"
            }
            Self::HostUnreachable { .. } => {
                "check the connection and the address, or switch the host off in the settings"
            }
            Self::BadHostReply { .. } => "check that the form in the settings is the host's, or switch the host off",
            Self::Pickle { .. } => "use a copy of the model with model.safetensors",
            Self::NotAModel { .. } => {
                "give a folder with model.safetensors, config.json and tokenizer.json, or a .gguf file"
            }
            Self::Manifest { .. } => "delete that file and import the model again",
        };
        action.to_owned()
    }
}

impl From<ModelsError> for Failure {
    fn from(error: ModelsError) -> Self {
        Failure::new(error.problem(), error.to_string(), error.action())
    }
}
