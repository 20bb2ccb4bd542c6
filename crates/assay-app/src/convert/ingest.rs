//! Ingests: their progress and their result.

use std::collections::BTreeMap;
use std::time::Duration;

use assay_contract::{FileRow, FileState, IngestReply, LibraryEvent};
use assay_library::{FileStatus, FileSummary, FollowEvent, IngestReport};
use assay_pipeline::ingest::IngestEvent;

use super::{document, problem};

/// The progress of an ingest.
pub fn ingest_event(event: IngestEvent) -> LibraryEvent {
    match event {
        IngestEvent::Started { files } => LibraryEvent::Started { files: files as u32 },
        IngestEvent::File { document, name, state, reason, problem } => LibraryEvent::File {
            document: document.0,
            name,
            state: document::state(state),
            reason,
            problem: problem.map(problem::code),
        },
        IngestEvent::Progress { done, files, left } => LibraryEvent::Progress {
            done: done as u32,
            files: files as u32,
            seconds_left: left.as_ref().map(Duration::as_secs_f64),
        },
    }
}

/// What happens while folders are followed.
pub fn follow_event(event: FollowEvent) -> LibraryEvent {
    match event {
        FollowEvent::Ingest(event) => ingest_event(event),
        FollowEvent::Finished(report) => LibraryEvent::Finished { reply: ingest_reply(report) },
        FollowEvent::Mirrored => LibraryEvent::Changed,
        FollowEvent::Failed(failure) => LibraryEvent::Failed { problem: problem::problem(&failure) },
    }
}

/// The end of an ingest: a row for every file, and their counts.
pub fn ingest_reply(report: IngestReport) -> IngestReply {
    let seconds = report.time.as_secs_f64();
    let files: Vec<FileRow> = report.files.into_iter().map(file).collect();
    let mut counts = BTreeMap::new();
    for file in &files {
        *counts.entry(file.state).or_default() += 1;
    }
    IngestReply { files, counts, seconds }
}

/// How an ingest ended for one file.
fn file(summary: FileSummary) -> FileRow {
    FileRow {
        path: Some(summary.path),
        name: summary.name,
        state: status(summary.status),
        reason: summary.reason,
        problem: summary.problem.map(problem::code),
        pages: summary.pages,
        pages_with_text: summary.pages_with_text,
        page_rows: summary.page_rows.map(|rows| rows.into_iter().map(document::page_row).collect()),
        chunks: summary.chunks,
        seconds: summary.time.as_secs_f64(),
    }
}

fn status(status: FileStatus) -> FileState {
    match status {
        FileStatus::Committed => FileState::Committed,
        FileStatus::Unchanged => FileState::Unchanged,
        FileStatus::Renamed => FileState::Renamed,
        FileStatus::Failed => FileState::Failed,
        FileStatus::Quarantined => FileState::Quarantined,
        FileStatus::Excluded => FileState::Excluded,
        FileStatus::Offline => FileState::Offline,
        FileStatus::Missing => FileState::Missing,
        FileStatus::Removed => FileState::Removed,
        FileStatus::Stopped => FileState::Stopped,
    }
}
