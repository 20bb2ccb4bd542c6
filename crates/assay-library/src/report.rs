//! What became of files: the reports of ingests, rescans and rebuilds.

use std::path::Path;
use std::time::{Duration, Instant};

use assay_domain::{Document, DocumentState, Failure, PageRow, Problem};
use assay_pipeline::ingest::{FileOutcome, FileReport, IngestEvent};

/// Receives the progress of an ingest.
pub type OnIngest<'a> = dyn FnMut(IngestEvent) + Send + 'a;

/// How a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStatus {
    /// It was read and answers questions.
    Committed,
    /// It answered before and nothing about it changed.
    Unchanged,
    /// It answered before under another name, and its bytes are the same.
    Renamed,
    /// It could not be read or reached.
    Failed,
    /// It brought its reader down twice and is left alone until it changes or is retried.
    Quarantined,
    /// A rule leaves it out: hidden, ignored or too large.
    Excluded,
    /// Its folder or drive is out of reach.
    Offline,
    /// Its file is gone or a rule leaves it out by now; it does not answer, and comes back with its file.
    Missing,
    /// It left the library for good.
    Removed,
    /// The ingest was stopped before its turn; it is still in the queue.
    Stopped,
}

impl FileStatus {
    /// Whether the file's text answers questions.
    pub(crate) fn answers(self) -> bool {
        matches!(self, Self::Committed | Self::Unchanged | Self::Renamed)
    }
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSummary {
    /// Absolute path of the file.
    pub path: String,
    /// File name.
    pub name: String,
    /// How it ended.
    pub status: FileStatus,
    /// Why, if there is a reason.
    pub reason: Option<String>,
    /// Which problem that is, if it failed or is out of reach.
    pub problem: Option<Problem>,
    /// Pages of the file.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// What became of each page; `None` for a file that was not part of an ingest.
    pub page_rows: Option<Vec<PageRow>>,
    /// Chunks in the index.
    pub chunks: u32,
    /// Time from reading to commit.
    pub time: Duration,
}

/// What became of all files of an ingest, a rescan or a rebuild.
#[derive(Debug, Clone, PartialEq)]
pub struct IngestReport {
    /// One row for every file.
    pub files: Vec<FileSummary>,
    /// Wall-clock time of the whole.
    pub time: Duration,
}

impl IngestReport {
    /// A report on work that began at `begun` and ends now.
    pub(crate) fn since(begun: Instant, files: Vec<FileSummary>) -> Self {
        Self { files, time: begun.elapsed() }
    }
}

impl FileSummary {
    /// A file or folder that was not read.
    pub(crate) fn unread(path: &Path, status: FileStatus, reason: Option<String>) -> Self {
        Self {
            path: path.to_string_lossy().into_owned(),
            name: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            status,
            reason,
            problem: None,
            pages: 0,
            pages_with_text: 0,
            page_rows: None,
            chunks: 0,
            time: Duration::ZERO,
        }
    }

    /// A file or folder that could not be reached.
    pub(crate) fn unreached(path: &Path, status: FileStatus, failure: &Failure) -> Self {
        Self { problem: Some(failure.problem), ..Self::unread(path, status, Some(failure.to_string())) }
    }

    /// A document that was not looked into, because nothing about it changed.
    pub(crate) fn unchanged(document: Document) -> Self {
        let status = match document.state {
            DocumentState::Failed => FileStatus::Failed,
            DocumentState::Quarantined => FileStatus::Quarantined,
            DocumentState::Missing => FileStatus::Missing,
            _ => FileStatus::Unchanged,
        };
        let reason = document.reason.filter(|_| status != FileStatus::Unchanged);
        Self {
            problem: document.problem,
            pages: document.pages,
            pages_with_text: document.pages_with_text,
            chunks: document.chunks,
            ..Self::unread(Path::new(&document.path), status, reason)
        }
    }

    /// A document whose turn did not come before the ingest was stopped.
    pub(crate) fn stopped(document: &Document) -> Self {
        Self {
            name: document.name.clone(),
            pages: document.pages,
            pages_with_text: document.pages_with_text,
            chunks: document.chunks,
            ..Self::unread(Path::new(&document.path), FileStatus::Stopped, None)
        }
    }
}

impl From<FileReport> for FileSummary {
    fn from(report: FileReport) -> Self {
        let (status, reason, problem) = match report.outcome {
            FileOutcome::Committed { reason } => (FileStatus::Committed, reason, None),
            FileOutcome::Unchanged => (FileStatus::Unchanged, None, None),
            FileOutcome::Renamed { from } => (FileStatus::Renamed, Some(format!("it was {from} before")), None),
            FileOutcome::Stopped => (FileStatus::Stopped, None, None),
            FileOutcome::Failed(failure) => (FileStatus::Failed, Some(failure.to_string()), Some(failure.problem)),
            FileOutcome::Quarantined(failure) => {
                let why =
                    format!("two tries failed, so it is left alone until it changes or you try it again: {failure}");
                (FileStatus::Quarantined, Some(why), Some(failure.problem))
            }
        };
        Self {
            path: report.source.path,
            name: report.source.name,
            status,
            reason,
            problem,
            pages: report.pages,
            pages_with_text: report.pages_with_text,
            page_rows: Some(report.page_rows),
            chunks: report.chunks,
            time: report.time,
        }
    }
}

/// The event of a document whose file was not read.
pub(crate) fn file_event(
    document: &Document,
    state: DocumentState,
    why: String,
    problem: Option<Problem>,
) -> IngestEvent {
    IngestEvent::File { document: document.id, name: document.name.clone(), state, reason: Some(why), problem }
}
