//! Notices: what happened to the library itself and its owner should know.

use std::sync::{Mutex, PoisonError};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Damage was found and repaired.
    Recovered,
    /// The catalogue on the disk is damaged; the next opening repairs it.
    Damaged,
    /// The index is incomplete and is filled again.
    Rebuilding,
    /// An earlier version filled the index, which answers with less than this one can.
    OlderIndex,
    /// Work waits in the queue, or Assay goes on with it.
    Queue,
    /// The copies of the catalogue could not be renewed.
    Snapshot,
    /// Another program copies the data folder to other machines.
    SyncedFolder,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// What happened, in one sentence.
    pub what: String,
    /// What to do about it; empty if there is nothing to do.
    pub action: String,
}

/// All notices since the library was opened, oldest first.
#[derive(Debug, Default)]
pub struct Notices(Mutex<Vec<Notice>>);

impl Notices {
    /// Adds a notice, unless the same one is there already.
    pub fn add(&self, kind: NoticeKind, what: impl Into<String>, action: impl Into<String>) {
        let notice = Notice { kind, what: what.into(), action: action.into() };
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !list.contains(&notice) {
            list.push(notice);
        }
    }

    /// Removes all notices of a kind, because what they report is over.
    pub fn withdraw(&self, kind: NoticeKind) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|notice| notice.kind != kind);
    }

    /// All notices so far.
    pub fn all(&self) -> Vec<Notice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
