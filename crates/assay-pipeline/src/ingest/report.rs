//! What is told of an ingest, along the way and at its end.

use std::time::Duration;

use assay_domain::port::Source;
use assay_domain::{DocumentId, DocumentState, Failure, PageRow, Problem};

use super::queue::Queued;

/// What is told along the way.
#[derive(Debug, Clone, PartialEq)]
pub enum IngestEvent {
    /// All files have a row in the catalogue.
    Started {
        /// How many there are.
        files: usize,
    },
    /// A file moved along.
    File {
        /// Its row.
        document: DocumentId,
        /// Its name.
        name: String,
        /// Where it stands now.
        state: DocumentState,
        /// Why, if it failed.
        reason: Option<String>,
        /// Which problem that is.
        problem: Option<Problem>,
    },
    /// Another file is through.
    Progress {
        /// Files through, however they ended.
        done: usize,
        /// Files in all.
        files: usize,
        /// By the bytes still to read at the pace so far; `None` until the first file that took work.
        left: Option<Duration>,
    },
}

/// How a file ended.
#[derive(Debug, Clone, PartialEq)]
pub enum FileEnd {
    /// It answers questions now.
    Committed {
        /// What is incomplete about it, if anything.
        reason: Option<String>,
    },
    /// It answered before, its bytes are the same, and this reader would make no more of them.
    Unchanged,
    /// It answered before under another name and its bytes are the same.
    Renamed {
        /// The name it had.
        from: String,
    },
    /// It failed; an earlier reading, if there was one, still answers. The same bytes are not read
    /// again where the fault lies in them.
    Failed(Failure),
    /// It brought its reader down twice and is left alone until it changes or the user wants
    /// another try; an earlier reading, if there was one, still answers.
    Quarantined(Failure),
    /// The stop button came first; it is still in the queue.
    Stopped,
}

/// A file's row in the report.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// The file.
    pub source: Source,
    /// How it ended.
    pub end: FileEnd,
    /// Pages of the file.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// What became of each page; empty for a file that was not read.
    pub page_rows: Vec<PageRow>,
    /// Chunks in the index.
    pub chunks: u32,
    /// From reading to commit.
    pub time: Duration,
}

impl FileEnd {
    /// How a file ends for a failure.
    pub(super) fn of(failure: Failure) -> Self {
        if failure.problem == Problem::Stopped { Self::Stopped } else { Self::Failed(failure) }
    }
}

impl FileReport {
    /// A file that was not read now; what its earlier reading had is told if it still counts.
    pub(super) fn without_pages(file: &Queued, end: FileEnd) -> Self {
        let counts = matches!(end, FileEnd::Unchanged | FileEnd::Renamed { .. });
        let of_before = |number: u32| if counts { number } else { 0 };
        Self {
            source: file.source.clone(),
            end,
            pages: of_before(file.row.pages),
            pages_with_text: of_before(file.row.pages_with_text),
            page_rows: Vec::new(),
            chunks: of_before(file.row.chunks),
            time: file.begun.elapsed(),
        }
    }
}
