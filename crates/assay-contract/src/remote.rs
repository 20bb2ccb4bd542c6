//! A library that is shared through an object store.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ProblemView;
use crate::closed_set::closed_set;

closed_set! {
    /// What a library is to the object store.
    RemoteRole {
        /// It is shared with nobody.
        Off = "off",
        /// It is published from this machine.
        Publisher = "publisher",
        /// It follows what another machine publishes.
        Reader = "reader",
        /// It was published from this machine until another took over.
        Superseded = "superseded",
    }
}

/// Where a shared library lies. Keys are never part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoteAddress {
    /// `s3://BUCKET/PREFIX`.
    pub url: String,
    /// Address of the store; absent for Amazon's.
    pub endpoint: Option<String>,
    /// Region; absent for that of the environment.
    pub region: Option<String>,
    /// Whether the endpoint may be reached without encryption.
    pub allow_http: bool,
}

/// Who may publish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoteLease {
    /// The machine that holds the lease.
    pub machine: String,
    /// Whether that is this library.
    pub own: bool,
    /// Grows with each new holder.
    #[ts(type = "number")]
    pub token: u64,
    /// Seconds until it ends unless it is renewed; 0 if it has ended.
    #[ts(type = "number")]
    pub seconds: u64,
}

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoteHead {
    /// Number of the publication.
    #[ts(type = "number")]
    pub sequence: u64,
    /// Token of the lease under which it was published.
    #[ts(type = "number")]
    pub token: u64,
    /// The machine that published it.
    pub machine: String,
    /// When the store wrote it, in seconds since 1970.
    #[ts(type = "number")]
    pub published: i64,
    /// Documents in it.
    #[ts(type = "number")]
    pub documents: u64,
    /// Passages in it.
    #[ts(type = "number")]
    pub passages: u64,
    /// Bytes of its index.
    #[ts(type = "number")]
    pub index_bytes: u64,
}

/// What is mirrored on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoteMirror {
    /// Number of the publication.
    #[ts(type = "number")]
    pub sequence: u64,
    /// When the store wrote it, in seconds since 1970.
    #[ts(type = "number")]
    pub published: i64,
    /// Documents in it.
    #[ts(type = "number")]
    pub documents: u64,
    /// Publications that it is behind; absent if the store was not asked.
    #[ts(type = "number | null")]
    pub behind: Option<u64>,
}

/// Requests and bytes since the library was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemoteCost {
    /// Requests that write, copy or list.
    #[ts(type = "number")]
    pub writes: u64,
    /// Requests that read.
    #[ts(type = "number")]
    pub reads: u64,
    /// Requests that delete.
    #[ts(type = "number")]
    pub deletes: u64,
    /// Bytes that were sent.
    #[ts(type = "number")]
    pub sent: u64,
    /// Bytes that were received.
    #[ts(type = "number")]
    pub received: u64,
}

/// What a publication or a mirroring did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct RemoteDone {
    /// Whether anything was new.
    pub changed: bool,
    /// Number of the publication.
    #[ts(type = "number")]
    pub sequence: u64,
    /// Files of the index that were sent or fetched.
    #[ts(type = "number")]
    pub files: u64,
    /// Texts of documents that were sent or fetched.
    #[ts(type = "number")]
    pub texts: u64,
    /// Bytes that were sent or fetched.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Seconds that it took.
    pub seconds: f64,
}

/// `assay remote ... --json`: how a shared library stands, and what the command did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RemoteView {
    /// What it is.
    pub role: RemoteRole,
    /// Where it lies.
    pub address: Option<RemoteAddress>,
    /// Name of this machine.
    pub machine: String,
    /// Name of the machine that publishes, as far as is known.
    pub publisher: Option<String>,
    /// Who holds the lease; absent if the store was not asked or nobody does.
    pub lease: Option<RemoteLease>,
    /// What is published; absent if the store was not asked or nothing is.
    pub head: Option<RemoteHead>,
    /// What is mirrored here, where it is followed.
    pub mirror: Option<RemoteMirror>,
    /// When the store was last asked for what is new, in seconds since 1970.
    #[ts(type = "number | null")]
    pub looked: Option<i64>,
    /// Bytes on this machine: the index, and what is kept of the store.
    #[ts(type = "number")]
    pub cached_bytes: u64,
    /// Objects at the store; absent if it was not asked.
    #[ts(type = "number | null")]
    pub objects: Option<u64>,
    /// Bytes of these objects.
    #[ts(type = "number | null")]
    pub stored_bytes: Option<u64>,
    /// What the store has cost since the library was opened.
    pub cost: RemoteCost,
    /// What the command did, if it published or mirrored.
    pub done: Option<RemoteDone>,
    /// Why the store could not be asked.
    pub problem: Option<ProblemView>,
}
