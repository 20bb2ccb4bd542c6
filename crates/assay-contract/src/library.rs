//! The library as a whole: its folders, notices, snapshots and its check.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;
use crate::{DocumentRow, DocumentState, ProblemView, RemoteRole, RemovedRow};

closed_set! {
    /// How a watched folder is followed.
    FolderState {
        /// The system reports changes.
        Watching = "watching",
        /// Scanned at intervals, because the system reports no changes there.
        Polling = "polling",
        /// Not there now. Its documents stay.
        Offline = "offline",
        /// Nothing follows it now.
        Resting = "resting",
    }
}

/// A watched folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FolderRow {
    /// The catalogue's number.
    #[ts(type = "number")]
    pub id: i64,
    /// Absolute path, in the terminal only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub path: Option<String>,
    /// Its own name.
    pub name: String,
    /// The collection its files join.
    pub collection: String,
    /// How it is followed.
    pub state: FolderState,
    /// Why it is polled or offline.
    pub reason: Option<String>,
    /// Files found by the last full scan.
    pub files: u32,
    /// Files and folders that a rule left out of the last full scan: hidden, ignored, too large.
    pub excluded: u32,
    /// Unix time of the last full scan, in seconds; absent before the first.
    #[ts(type = "number | null")]
    pub scanned: Option<i64>,
}

/// `assay folders --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FolderList {
    /// One row for every watched folder.
    pub folders: Vec<FolderRow>,
}

/// A collection and what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionRow {
    /// Its name.
    pub name: String,
    /// Documents in it.
    pub documents: u32,
    /// Watched folders whose files join it.
    pub folders: u32,
}

/// `assay collections --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionList {
    /// One row for every collection.
    pub collections: Vec<CollectionRow>,
}

closed_set! {
    /// What a notice is about.
    NoticeKind {
        /// Damage was repaired.
        Healed = "healed",
        /// Damage was found.
        Damaged = "damaged",
        /// The index is being rebuilt, or lacks documents that are read again.
        Rebuilding = "rebuilding",
        /// An earlier version filled the index, which answers with less than this one can.
        OlderIndex = "older_index",
        /// Work waited in the queue when the program last ended.
        Queue = "queue",
        /// A snapshot could not be taken.
        Snapshot = "snapshot",
        /// The data folder lies in a synchronised folder.
        SyncedFolder = "synced_folder",
        /// How the library stands to the object store that it is shared through.
        Remote = "remote",
        /// The bi-encoder reads English alone, and one that ships reads more.
        Embedder = "embedder",
    }
}

closed_set! {
    /// How the work that a notice is about stands.
    WorkState {
        /// It goes on by itself at the next chance.
        Waiting = "waiting",
        /// It is under way.
        GoingOn = "going_on",
        /// The user stopped it.
        Stopped = "stopped",
        /// It was begun and is in the queue no longer.
        Unfinished = "unfinished",
    }
}

/// Work in the queue that a notice is about, for screens of any language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum NoticeFact {
    /// A program copies the data folder to other machines.
    Synced {
        /// Its name.
        program: String,
    },
    /// A snapshot took the place of a catalogue that could not be used.
    CatalogueRestored {
        /// The snapshot's name.
        snapshot: String,
        /// Documents in it.
        documents: u32,
    },
    /// Kept questions of an earlier version could not be read in full.
    TurnsUnreadable {
        /// How many.
        turns: u32,
    },
    /// The catalogue on the disk is damaged.
    CatalogueDamaged,
    /// The index could not be opened and is filled again.
    IndexMoved {
        /// Why, in English.
        reason: String,
    },
    /// The newest lists of the index's files could not be read and moved away.
    ManifestsMoved {
        /// How many.
        manifests: u32,
    },
    /// Files of the index were damaged and left out.
    FilesLeftOut {
        /// How many.
        files: u32,
    },
    /// A search index was damaged and is built again.
    SearchIndexDropped {
        /// Its name.
        name: String,
    },
    /// Readings in the index belonged to no document.
    ReadingsUnknown {
        /// How many.
        readings: u32,
    },
    /// Documents lack passages in the index.
    PassagesLacking {
        /// How many.
        documents: u32,
    },
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
        #[ts(type = "number")]
        published: i64,
        /// When the store was last asked, in seconds since 1970.
        #[ts(type = "number | null")]
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
    /// The bi-encoder reads English alone.
    EnglishAlone {
        /// Its name.
        model: String,
    },
}

/// Something that happened to the library itself and that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticeRow {
    /// What it is about.
    pub kind: NoticeKind,
    /// One sentence: what happened.
    pub what: String,
    /// What to do about it; empty where there is nothing to do.
    #[serde(rename = "do")]
    pub action: String,
    /// The bi-encoder that a rebuild should fill the index with, where that is what the notice offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub embedder: Option<String>,
    /// What it tells, unless it is about the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub fact: Option<NoticeFact>,
    /// The work that waits or goes on, where the notice is about the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub work: Option<WaitingWork>,
}

/// A copy of the catalogue that can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SnapshotRow {
    /// Its name, which says when it was taken and before which change.
    pub name: String,
    /// Unix time in seconds.
    #[ts(type = "number")]
    pub taken: i64,
    /// Documents in it.
    pub documents: u32,
    /// Length of its file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Whether it holds the text of pages; without, the originals are read again.
    pub with_text: bool,
}

/// `assay restore --list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SnapshotList {
    /// The newest first.
    pub snapshots: Vec<SnapshotRow>,
}

/// The library pane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LibraryView {
    /// One row for every document.
    pub documents: Vec<DocumentRow>,
    /// Documents per state; they add up to the rows.
    pub counts: BTreeMap<DocumentState, u32>,
    /// Whether an ingest is running.
    pub busy: bool,
    /// Whether the running ingest is paused.
    pub paused: bool,
    /// Watched folders.
    pub folders: Vec<FolderRow>,
    /// Files that the user removed from watched folders; scans leave them out.
    pub removed: Vec<RemovedRow>,
    /// What happened to the library itself since it was opened.
    pub notices: Vec<NoticeRow>,
    /// Pieces of work that the user stopped and that wait until the user goes on.
    pub stopped: u32,
    /// What it is to the object store: unless that is off, the text of its documents lies there, too.
    pub shared: RemoteRole,
    /// Why the index cannot answer, if it cannot.
    pub problem: Option<ProblemView>,
    /// Names of the first files and folders that were added and wait until the library can take them in.
    #[serde(default)]
    pub waiting: Vec<String>,
    /// How many files and folders wait so.
    #[serde(default)]
    pub waiting_count: u32,
}

closed_set! {
    /// How catalogue and index differ.
    CheckKind {
        /// The index has fewer chunks than the catalogue.
        MissingRows = "missing_rows",
        /// The index has more chunks than the catalogue.
        ExtraRows = "extra_rows",
        /// A document was not ingested to the end.
        Unfinished = "unfinished",
        /// Another model or another chunking filled the index.
        OtherModel = "other_model",
        /// The index cannot be read.
        Damaged = "damaged",
        /// The index or the catalogue cannot be opened for another reason.
        NotOpen = "not_open",
    }
}

/// A difference between catalogue and index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckProblem {
    /// How they differ.
    pub kind: CheckKind,
    /// The document's name or number, where it is about one.
    pub document: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    #[serde(rename = "do")]
    pub action: String,
}

/// `assay check --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckReply {
    /// Whether index and catalogue agree.
    pub ok: bool,
    /// Documents that answer questions.
    pub documents: u32,
    /// Chunks that answer questions.
    #[ts(type = "number")]
    pub chunks: u64,
    /// What differs.
    pub problems: Vec<CheckProblem>,
}
