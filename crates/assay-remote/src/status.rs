//! The state of a library on an object store.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::RemoteError;
use crate::remote::{Holder, Remote};

/// What the store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The lease; `None` if nobody has one.
    pub lease: Option<LeaseState>,
    /// What is published; `None` before the first publication.
    pub head: Option<HeadState>,
    /// All objects below the prefix, where they were listed.
    pub store: Option<StoreState>,
}

/// The lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseState {
    /// Name of its holder's machine.
    pub machine: String,
    /// Whether this publisher holds it.
    pub own: bool,
    /// Its token.
    pub token: u64,
    /// Seconds until it ends, by this machine's clock; 0 if it has ended or was given back.
    pub seconds: u64,
}

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadState {
    /// Number of the publication.
    pub sequence: u64,
    /// Its token.
    pub token: u64,
    /// Name of the publisher's machine.
    pub machine: String,
    /// When the store wrote it, in seconds since 1970.
    pub written: i64,
    /// Documents.
    pub documents: u64,
    /// Passages.
    pub passages: u64,
    /// Bytes of the index.
    pub index_bytes: u64,
}

/// All objects below the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreState {
    /// How many.
    pub objects: u64,
    /// Their length.
    pub bytes: u64,
}

impl Remote {
    /// Asks the store for one small object.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn reach(&self) -> Result<(), RemoteError> {
        self.lease().await.map(drop)
    }

    /// The state, with a list of all objects if that is wanted. Nothing is written.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn stored(&self, holder: &Holder, with_objects: bool) -> Result<Stored, RemoteError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
        let lease = self.lease().await?.map(|(lease, object)| LeaseState {
            own: lease.holder == holder.id,
            token: lease.token,
            seconds: lease.seconds_left(object.written, now),
            machine: lease.machine,
        });
        let head = self.head().await?.map(|found| HeadState {
            sequence: found.head.sequence,
            token: found.head.token,
            machine: found.head.machine,
            written: found.written,
            documents: found.head.documents,
            passages: found.head.passages,
            index_bytes: found.head.index_bytes,
        });
        let mut store = None;
        if with_objects {
            let objects = self.objects.list("").await?;
            store = Some(StoreState {
                objects: objects.len() as u64,
                bytes: objects.iter().map(|object| object.bytes).sum(),
            });
        }
        Ok(Stored { lease, head, store })
    }
}
