//! What an ingest reports: events while it runs, and a row for each file at the end.

use std::time::Duration;

use assay_domain::port::Source;
use assay_domain::{DocumentId, DocumentState, Failure, PageRow, Problem};

/// What happens while an ingest runs.
#[derive(Debug, Clone, PartialEq)]
pub enum IngestEvent {
    /// All files have a row in the catalogue.
    Started {
        /// How many there are.
        files: usize,
    },
    /// A file changed its state.
    File {
        /// Its document.
        document: DocumentId,
        /// Its name.
        name: String,
        /// Its state now.
        state: DocumentState,
        /// Why, if it failed.
        reason: Option<String>,
        /// Which problem that is.
        problem: Option<Problem>,
    },
    /// Another file is finished.
    Progress {
        /// Files finished, whatever their outcome.
        done: usize,
        /// Files in all.
        files: usize,
        /// Estimated time left; `None` until the first file that took work is finished.
        left: Option<Duration>,
    },
}

/// How a file ended.
#[derive(Debug, Clone, PartialEq)]
pub enum FileOutcome {
    /// It is searchable.
    Committed {
        /// What is incomplete about it, if anything.
        reason: Option<String>,
    },
    /// It was searchable, its bytes are the same, and this reader would not get more out of them.
    Unchanged,
    /// It was searchable under another name, and its bytes are the same.
    Renamed {
        /// The name it had.
        from: String,
    },
    /// It failed; an earlier generation, if there is one, stays searchable. If the fault is in its
    /// bytes, the same bytes are not read again.
    Failed(Failure),
    /// It crashed its reader twice and is not read again until it changes or the user asks for
    /// another try; an earlier generation, if there is one, stays searchable.
    Quarantined(Failure),
    /// The user stopped the ingest before it was finished; it stays in the queue.
    Stopped,
}

impl FileOutcome {
    /// The outcome of a file that failed or was stopped.
    pub(super) fn of(failure: Failure) -> Self {
        if failure.problem == Problem::Stopped { Self::Stopped } else { Self::Failed(failure) }
    }
}

/// A file's row in the report.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// The file.
    pub source: Source,
    /// How it ended.
    pub outcome: FileOutcome,
    /// Pages of the file.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// The outcome of each page; empty for a file that was not read.
    pub page_rows: Vec<PageRow>,
    /// Chunks in the index.
    pub chunks: u32,
    /// From reading to commit.
    pub time: Duration,
}
