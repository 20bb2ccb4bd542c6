//! The queue: work that was asked for and is not done.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::DocumentState;
use crate::closed_set::closed_set;

closed_set! {
    /// What is to be done.
    QueueWork {
        /// A file is read.
        Read = "read",
        /// A file or folder is looked through, and what is in it is read.
        Walk = "walk",
        /// The index is rebuilt.
        Rebuild = "rebuild",
    }
}

closed_set! {
    /// Why work waits.
    QueueReason {
        /// The user added the file.
        Added = "added",
        /// It is new or changed in a watched folder.
        Watched = "watched",
        /// The user wants it read again.
        Again = "again",
    }
}

/// Work that waits or is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueRow {
    /// What is to be done.
    pub work: QueueWork,
    /// The document's number, if a file is read.
    #[ts(type = "number | null")]
    pub document: Option<i64>,
    /// Absolute path, in the terminal only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub path: Option<String>,
    /// Name of the file or folder; empty for a rebuild.
    pub name: String,
    /// Collection; empty for a rebuild.
    pub collection: String,
    /// How far the document is; absent for other work.
    pub state: Option<DocumentState>,
    /// Why it is read.
    pub why: QueueReason,
    /// Whether the user stopped it. It waits until the user goes on; all else goes on by itself.
    pub stopped: bool,
    /// Unix time in seconds when it was asked for.
    #[ts(type = "number")]
    pub since: i64,
}

/// `assay queue --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueReply {
    /// In the order in which the work is done.
    pub queue: Vec<QueueRow>,
    /// Rows that go on by themselves.
    pub waiting: u32,
    /// Rows that the user stopped.
    pub stopped: u32,
}
