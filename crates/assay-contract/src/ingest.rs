//! What an ingest does with each file, while it runs and at its end.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;
use crate::{DocumentState, PageRow, ProblemCode, ProblemView};

closed_set! {
    /// How an ingest ended for one file.
    FileState {
        /// Read and searchable.
        Committed = "committed",
        /// The library has these bytes already.
        Unchanged = "unchanged",
        /// The library has these bytes under another name, so nothing was embedded again.
        Renamed = "renamed",
        /// It could not be ingested.
        Failed = "failed",
        /// It brought its reader down twice, so it waits until it changes or the user retries it.
        Quarantined = "quarantined",
        /// Left out by a rule: hidden, ignored, too large.
        Excluded = "excluded",
        /// Its folder or drive is not there now.
        Offline = "offline",
        /// Gone from a watched folder, or left out by a rule from now on; it comes back with its file.
        Missing = "missing",
        /// Out of the library for good.
        Removed = "removed",
        /// The ingest was stopped before its turn.
        Stopped = "stopped",
    }
}

/// How an ingest ended for one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FileRow {
    /// The path, in the terminal only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub path: Option<String>,
    /// File name.
    pub name: String,
    /// How the ingest ended for it.
    pub state: FileState,
    /// Why, where there is a reason.
    pub reason: Option<String>,
    /// The problem's code, for a file that failed.
    pub problem: Option<ProblemCode>,
    /// Pages of the file.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// How each page was read, in the terminal only: the window asks for one document's rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub page_rows: Option<Vec<PageRow>>,
    /// Chunks in the index.
    pub chunks: u32,
    /// Wall-clock time from reading to commit.
    pub seconds: f64,
}

/// `assay ingest --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct IngestReply {
    /// A row for every file.
    pub files: Vec<FileRow>,
    /// Files per state; they add up to the rows.
    pub counts: BTreeMap<FileState, u32>,
    /// Wall-clock time of the whole.
    pub seconds: f64,
}

/// What happens in the library, as it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LibraryEvent {
    /// An ingest begins.
    Started {
        /// Files found.
        files: u32,
    },
    /// The state of a file changed.
    File {
        /// The catalogue's number.
        #[ts(type = "number")]
        document: i64,
        /// File name.
        name: String,
        /// Its state.
        state: DocumentState,
        /// Why it failed.
        reason: Option<String>,
        /// Which problem that is.
        problem: Option<ProblemCode>,
    },
    /// Progress of the whole ingest.
    Progress {
        /// Files finished, however they ended.
        done: u32,
        /// Files found.
        files: u32,
        /// Estimated from the bytes still to read; absent until the first file is done.
        seconds_left: Option<f64>,
    },
    /// The ingest was paused or resumed.
    Paused {
        /// Whether it is paused now.
        paused: bool,
    },
    /// The ingest ended.
    Finished {
        /// Its reply.
        reply: IngestReply,
    },
    /// The ingest could not begin or continue.
    Failed {
        /// Why.
        problem: ProblemView,
    },
    /// Another front end changed the documents or the watched folders.
    Changed,
}
