//! What goes wrong with an object store, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use assay_domain::{Failure, Problem};
use thiserror::Error;

/// Why an object store, or the library on it, cannot be used.
#[derive(Debug, Error)]
pub enum RemoteError {
    /// The address cannot be understood.
    #[error("{url} is no address of an object store: {why}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No keys were found.
    #[error("no keys for the object store were found")]
    NoKeys,
    /// The store knows no such keys, or the secret is wrong.
    #[error("the object store refuses the keys ({code})")]
    KeysRefused {
        /// The store's code.
        code: String,
    },
    /// The keys may not do this.
    #[error("the keys may not {doing}")]
    Forbidden {
        /// What was tried.
        doing: String,
    },
    /// The bucket does not exist.
    #[error("the object store has no bucket {bucket}")]
    NoBucket {
        /// Its name.
        bucket: String,
    },
    /// The clock of this machine is off by more than the store allows.
    #[error("the clock of this machine is off, so the object store refuses its requests")]
    ClockOff,
    /// The store asked for fewer requests until no try was left.
    #[error("the object store is busy and asked to wait each time it was tried again")]
    Throttled,
    /// The store cannot be reached.
    #[error("the object store cannot be reached: {reason}")]
    Unreachable {
        /// Why.
        reason: String,
    },
    /// The store does not do conditional puts.
    #[error("the object store {url} has no conditional put: {what}")]
    NoConditionalPut {
        /// Its address.
        url: String,
        /// What it did instead.
        what: &'static str,
    },
    /// Other objects lie below the prefix.
    #[error("{url} holds other things, such as {found}")]
    Taken {
        /// The address.
        url: String,
        /// One of the objects.
        found: String,
    },
    /// There is a library already.
    #[error("{url} holds a library already")]
    Exists {
        /// The address.
        url: String,
    },
    /// There is no library.
    #[error("there is no library at {url}")]
    NoLibrary {
        /// The address.
        url: String,
    },
    /// Another library lies where the own one was.
    #[error("{url} holds another library than before")]
    OtherLibrary {
        /// The address.
        url: String,
    },
    /// A newer Assay made it.
    #[error("a newer Assay made the library at {url} (format {found}; this one knows formats up to {known})")]
    Newer {
        /// The address.
        url: String,
        /// Its format.
        found: u32,
        /// The newest format that this program knows.
        known: u32,
    },
    /// Another publisher holds the lease.
    #[error("{machine} publishes this library; its lease ends in {seconds} s unless it is renewed")]
    Held {
        /// The machine that holds it.
        machine: String,
        /// Seconds until it ends.
        seconds: u64,
    },
    /// Another publisher took over.
    #[error("{machine} has taken over publishing this library, so this machine publishes it no longer")]
    Lost {
        /// The machine that publishes now.
        machine: String,
    },
    /// Nothing has been published yet.
    #[error("nothing has been published at {url} yet")]
    Nothing {
        /// The address.
        url: String,
    },
    /// An object is missing or is not what the head says.
    #[error("the object {object} at the store is damaged: {reason}")]
    Damaged {
        /// Its name.
        object: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something else changed the published state between two requests.
    #[error("what is published changed meanwhile")]
    Conflict,
    /// A local file cannot be read or written.
    #[error("{} cannot be read or written: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The caller could not give what is to be published.
    #[error("{0}")]
    Given(Failure),
    /// Any other answer of the store.
    #[error("the object store failed while it was asked to {doing}: {reason}")]
    Other {
        /// What was tried.
        doing: String,
        /// What it said.
        reason: String,
    },
}

/// Words in the answers of stores, and what they mean.
const SAID: [(&[&str], fn(&str) -> RemoteError); 4] = [
    (&["RequestTimeTooSkewed", "RequestExpired"], |_| RemoteError::ClockOff),
    (&["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "AuthFailure"], |code| {
        RemoteError::KeysRefused { code: code.to_owned() }
    }),
    (&["SlowDown", "TooManyRequests", "Please reduce your request rate"], |_| RemoteError::Throttled),
    (&["error sending request", "connect error", "dns error", "operation timed out", "connection closed"], |_| {
        RemoteError::Unreachable { reason: "no connection could be made".to_owned() }
    }),
];

impl RemoteError {
    /// Turns an I/O error on a local file into an error.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// What an error of the store means, which was asked to do this with a bucket.
    pub(crate) fn of_store(error: &object_store::Error, doing: &str, bucket: &str) -> Self {
        let said = whole(error);
        if said.contains("NoSuchBucket") {
            return Self::NoBucket { bucket: bucket.to_owned() };
        }
        for (words, meaning) in SAID {
            if let Some(word) = words.iter().find(|word| said.contains(**word)) {
                return meaning(word);
            }
        }
        match error {
            object_store::Error::Unauthenticated { .. } => Self::KeysRefused { code: "401".to_owned() },
            object_store::Error::PermissionDenied { .. } => Self::Forbidden { doing: doing.to_owned() },
            _ if said.contains("status 429") || said.contains("503 Service Unavailable") => Self::Throttled,
            // The store or what lies before it is down.
            _ if said.contains("Server error") => Self::Unreachable { reason: short(&said) },
            _ => Self::Other { doing: doing.to_owned(), reason: short(&said) },
        }
    }

    /// Whether it passes by itself: the mirror answers meanwhile, and what is to be published waits.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Throttled | Self::Unreachable { .. } | Self::Conflict)
    }
}

/// An error with its causes.
fn whole(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said}: {error}");
        cause = error.source();
    }
    said
}

/// The beginning of a text on one line: stores answer with pages of XML.
fn short(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

impl From<RemoteError> for Failure {
    fn from(error: RemoteError) -> Self {
        let message = error.to_string();
        let (problem, action) = match error {
            RemoteError::Given(failure) => return failure,
            RemoteError::Address { .. } => (Problem::BadSetting, "write it as s3://BUCKET/PREFIX"),
            RemoteError::NoKeys => (
                Problem::RemoteRefused,
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws/credentials with AWS_PROFILE",
            ),
            RemoteError::KeysRefused { .. } => (
                Problem::RemoteRefused,
                "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile in ~/.aws/credentials; nothing was changed",
            ),
            RemoteError::Forbidden { .. } => (
                Problem::RemoteRefused,
                "give the keys the right to list, read, write and delete objects below the prefix, or to list and read for a reader",
            ),
            RemoteError::NoBucket { .. } => {
                (Problem::RemoteRefused, "create the bucket at the store, or correct the address and the endpoint")
            }
            RemoteError::ClockOff => {
                (Problem::RemoteRefused, "set the clock of this machine, then try again; nothing was changed")
            }
            RemoteError::Throttled => {
                (Problem::RemoteUnreachable, "wait a few minutes; it is tried again by itself and nothing is lost")
            }
            RemoteError::Unreachable { .. } => (
                Problem::RemoteUnreachable,
                "check the network and the endpoint; it is tried again by itself, and the library on this machine answers meanwhile",
            ),
            RemoteError::NoConditionalPut { .. } => (
                Problem::RemoteRefused,
                "choose a store that honours If-None-Match and If-Match, such as Amazon S3, Cloudflare R2 or MinIO: without them two publishers could overwrite each other",
            ),
            RemoteError::Taken { .. } => {
                (Problem::FileInTheWay, "choose an empty prefix: s3://BUCKET/PREFIX; nothing there was changed")
            }
            RemoteError::Exists { .. } => (
                Problem::FileInTheWay,
                "follow it with `assay remote join` from a new data folder, or choose another prefix",
            ),
            RemoteError::NoLibrary { .. } => {
                (Problem::MissingFile, "check the address, or create one there from a library: assay remote create URL")
            }
            RemoteError::OtherLibrary { .. } => {
                (Problem::FileInTheWay, "leave it with `assay remote leave`; nothing on this machine was changed")
            }
            RemoteError::Newer { .. } => {
                (Problem::NewerAssay, "install the newer Assay on this machine; nothing was changed")
            }
            RemoteError::Held { .. } => {
                (Problem::RemoteHeld, "wait until it has ended, or let that machine leave: assay remote leave")
            }
            RemoteError::Lost { .. } => (
                Problem::RemoteHeld,
                "nothing on this machine is lost: go on with the library as it is after `assay remote leave`, or join again from a new data folder",
            ),
            RemoteError::Nothing { .. } => {
                (Problem::RemoteUnreachable, "wait until its publisher has published; it is looked for by itself")
            }
            RemoteError::Damaged { .. } => (
                Problem::RemoteUnreachable,
                "the library on this machine answers as before; run `assay remote sync` on the machine that publishes",
            ),
            RemoteError::Conflict => (Problem::RemoteUnreachable, "try again; nothing is lost"),
            RemoteError::File { ref source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                (Problem::DiskFull, "free some space and try again: what is on this machine answers as before")
            }
            RemoteError::File { .. } => {
                (Problem::NoPermission, "check the disk and your rights on the data folder, and try again")
            }
            RemoteError::Other { .. } => {
                (Problem::RemoteUnreachable, "try again; if it stays, look at the store; nothing is lost")
            }
        };
        Failure::new(problem, message, action)
    }
}
