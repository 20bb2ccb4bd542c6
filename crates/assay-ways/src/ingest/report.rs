//! What is told of an ingest, along the way and at its end.

use std::time::Duration;

use assay_domain::socket::Source;
use assay_domain::{DocumentId, DocumentState, Failure, PageRow};

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
    /// It answered before and its bytes are the same.
    Unchanged,
    /// It failed; an earlier reading, if there was one, still answers.
    Failed(Failure),
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

impl FileReport {
    pub(super) fn nothing(file: &Queued, end: FileEnd) -> Self {
        let time = file.begun.elapsed();
        let source = file.source.clone();
        Self { source, end, pages: 0, pages_with_text: 0, page_rows: Vec::new(), chunks: 0, time }
    }

    pub(super) fn unchanged(file: &Queued) -> Self {
        let mut report = Self::nothing(file, FileEnd::Unchanged);
        if let Some(known) = &file.known {
            (report.pages, report.pages_with_text, report.chunks) = (known.pages, known.pages_with_text, known.chunks);
        }
        report
    }
}
