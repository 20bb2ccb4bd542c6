//! Notices: what happened to the library itself and its owner should know.

use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_index::Repair;

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
    /// How the library stands to the object store that it is shared through.
    Remote,
}

/// How work in the queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkState {
    /// It goes on by itself at the next chance.
    Waiting,
    /// It is under way.
    GoingOn,
    /// The user stopped it.
    Stopped,
    /// It was begun and is in the queue no longer.
    Unfinished,
}

/// Work in the queue that a notice is about, for screens of any language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingWork {
    /// How it stands.
    pub state: WorkState,
    /// Files to read.
    pub files: u32,
    /// Files and folders that were added and not looked at yet.
    pub added: u32,
    /// Whether it is the rebuild of the index.
    pub rebuild: bool,
}

/// What a notice tells, with its names and numbers, for screens of any language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeFact {
    /// This program copies the data folder to other machines.
    Synced(&'static str),
    /// A snapshot took the place of a catalogue that could not be used.
    CatalogueRestored {
        /// The snapshot's name.
        snapshot: String,
        /// Documents in it.
        documents: u32,
    },
    /// So many kept questions of an earlier version could not be read in full.
    TurnsUnreadable(u32),
    /// The catalogue on the disk is damaged.
    CatalogueDamaged,
    /// The index could not be opened and is filled again.
    IndexMoved {
        /// Why, in English.
        reason: String,
    },
    /// Part of the index was damaged and repaired.
    IndexRepaired(Repair),
    /// So many readings in the index belonged to no document.
    ReadingsUnknown(u32),
    /// So many documents lack passages in the index.
    PassagesLacking(u32),
    /// Names of files and headings are not searched.
    NamesNotSearched,
    /// The copies of the catalogue could not be renewed.
    CopiesFailed {
        /// Why, in English.
        reason: String,
    },
    /// Answers come from a mirror that could not be renewed.
    MirrorOld {
        /// When it was published, in seconds since 1970.
        published: i64,
        /// When the store was last asked, in seconds since 1970.
        looked: Option<i64>,
        /// Why, in English.
        reason: String,
    },
    /// What changed is not published yet.
    NotPublished {
        /// Why, in English.
        reason: String,
    },
    /// Another machine has taken over publishing.
    TakenOver,
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
    /// What it tells, unless it is about the queue.
    pub fact: Option<NoticeFact>,
    /// The work that it is about, if it is about the queue.
    pub work: Option<WaitingWork>,
}

/// All notices since the library was opened, oldest first.
#[derive(Debug, Default)]
pub struct Notices(Mutex<Vec<Notice>>);

impl Notices {
    /// Adds a notice, unless the same one is there already.
    pub fn add(&self, kind: NoticeKind, fact: NoticeFact, what: impl Into<String>, action: impl Into<String>) {
        self.put(Notice { kind, what: what.into(), action: action.into(), fact: Some(fact), work: None });
    }

    /// Adds a notice about work in the queue.
    pub fn add_work(&self, kind: NoticeKind, what: String, action: &str, work: WaitingWork) {
        self.put(Notice { kind, what, action: action.to_owned(), fact: None, work: Some(work) });
    }

    fn put(&self, notice: Notice) {
        let mut list = self.list();
        if !list.contains(&notice) {
            list.push(notice);
        }
    }

    /// Removes all notices of a kind, because what they report is over.
    pub fn withdraw(&self, kind: NoticeKind) {
        self.list().retain(|notice| notice.kind != kind);
    }

    /// Removes all notices about work in the queue.
    pub fn withdraw_work(&self) {
        self.list().retain(|notice| notice.work.is_none());
    }

    /// All notices so far.
    pub fn all(&self) -> Vec<Notice> {
        self.list().clone()
    }

    fn list(&self) -> MutexGuard<'_, Vec<Notice>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
