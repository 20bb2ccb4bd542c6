//! Conversions of the library's reports.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use assay_contract::{CheckProblem, CheckReply, FileRow, FolderRow, IngestReply, LibraryEvent, NoticeRow, SnapshotRow};
use assay_domain::{DocumentState, Problem};
use assay_library::{
    CheckOutcome, FileStatus, FileSummary, FollowEvent, FollowState, FollowedFolder, IngestReport, Notice, NoticeKind,
    Snapshot,
};
use assay_pipeline::consistency::Difference;
use assay_pipeline::ingest::IngestEvent;

use crate::convert::{code, page_row, problem};

/// An ingest's progress.
pub fn ingest_event(event: IngestEvent) -> LibraryEvent {
    match event {
        IngestEvent::Started { files } => LibraryEvent::Started { files: files as u32 },
        IngestEvent::File { document, name, state, reason, problem } => LibraryEvent::File {
            document: document.0,
            name,
            state: state.as_str().to_owned(),
            reason,
            problem: problem.map(code),
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
        FollowEvent::Failed(failure) => LibraryEvent::Failed { problem: problem(&failure) },
    }
}

/// Rows with their counts.
pub fn ingest_reply(report: IngestReport) -> IngestReply {
    let seconds = report.time.as_secs_f64();
    let files: Vec<FileRow> = report.files.into_iter().map(file).collect();
    let mut counts = BTreeMap::new();
    for file in &files {
        *counts.entry(file.state.clone()).or_default() += 1;
    }
    IngestReply { files, counts, seconds }
}

/// A file's row of an ingest.
fn file(summary: FileSummary) -> FileRow {
    let state = match summary.status {
        FileStatus::Committed => "committed",
        FileStatus::Unchanged => "unchanged",
        FileStatus::Renamed => "renamed",
        FileStatus::Failed => "failed",
        FileStatus::Quarantined => "quarantined",
        FileStatus::Excluded => "excluded",
        FileStatus::Offline => "offline",
        FileStatus::Removed => "removed",
        FileStatus::Stopped => "stopped",
    };
    FileRow {
        path: Some(summary.path),
        name: summary.name,
        state: state.to_owned(),
        reason: summary.reason,
        problem: summary.problem.map(code),
        pages: summary.pages,
        pages_with_text: summary.pages_with_text,
        page_rows: summary.page_rows.map(|rows| rows.into_iter().map(page_row).collect()),
        chunks: summary.chunks,
        seconds: summary.time.as_secs_f64(),
    }
}

/// A watched folder's row; the path is for the terminal alone.
pub fn folder(row: FollowedFolder, with_path: bool) -> FolderRow {
    let FollowedFolder { folder, state, reason } = row;
    let state = match state {
        FollowState::Watching => "watching",
        FollowState::Polling => "polling",
        FollowState::Offline => "offline",
        FollowState::Resting => "resting",
    };
    let name = Path::new(&folder.path).file_name().map(|name| name.to_string_lossy().into_owned());
    FolderRow {
        id: folder.id.0,
        name: name.unwrap_or_else(|| folder.path.clone()),
        path: with_path.then_some(folder.path),
        collection: folder.collection,
        state: state.to_owned(),
        reason,
        files: folder.files,
        excluded: folder.excluded,
        scanned: folder.scanned,
    }
}

/// What happened to the library itself.
pub fn notice(notice: Notice) -> NoticeRow {
    let kind = match notice.kind {
        NoticeKind::Recovered => "healed",
        NoticeKind::Damaged => "damaged",
        NoticeKind::Rebuilding => "rebuilding",
        NoticeKind::Snapshot => "snapshot",
        NoticeKind::SyncedFolder => "synced_folder",
    };
    NoticeRow { kind: kind.to_owned(), what: notice.what, action: notice.action }
}

/// A snapshot's row.
pub fn snapshot(snapshot: Snapshot) -> SnapshotRow {
    SnapshotRow {
        name: snapshot.name,
        taken: snapshot.taken,
        documents: snapshot.documents,
        bytes: snapshot.bytes,
        with_text: snapshot.with_text,
    }
}

/// What a check found.
pub fn check_reply(report: CheckOutcome) -> CheckReply {
    match report {
        CheckOutcome::Compared(checked) => {
            let problems: Vec<CheckProblem> = checked.differences.into_iter().map(check_problem).collect();
            CheckReply { ok: problems.is_empty(), documents: checked.documents, chunks: checked.chunks, problems }
        }
        CheckOutcome::NotOpened(failure) => {
            let kind = match failure.problem {
                Problem::IndexOfAnotherModel => "other_model",
                Problem::IndexDamaged => "damaged",
                _ => "not_open",
            };
            let (what, action) = (failure.message, failure.action);
            let problem = CheckProblem { kind: kind.into(), document: None, what, action };
            CheckReply { ok: false, documents: 0, chunks: 0, problems: vec![problem] }
        }
    }
}

fn check_problem(difference: Difference) -> CheckProblem {
    let (kind, document, what, action) = match difference {
        Difference::Rows { name, wanted, found, .. } => {
            let kind = if found < wanted { "missing_rows" } else { "extra_rows" };
            let what = format!("{name} should have {wanted} chunks in the index and has {found}");
            (kind, Some(name), what, "rebuild the index: assay rebuild")
        }
        Difference::Orphans { generation, found } => {
            let what = format!("{found} chunks of reading {generation} belong to no document");
            ("extra_rows", None, what, "rebuild the index: assay rebuild")
        }
        Difference::Unfinished { name, .. } => {
            let what = format!("{name} is still {}", DocumentState::Queued.as_str());
            ("unfinished", Some(name), what, "ingest it again")
        }
    };
    CheckProblem { kind: kind.into(), document, what, action: action.into() }
}
