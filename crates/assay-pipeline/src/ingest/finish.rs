//! The end of a file: its outcome in the catalogue and in the report.

use assay_domain::{DocumentState, Failure, Problem};

use super::inputs::Ingest;
use super::progress::Progress;
use super::queue::QueuedFile;
use super::report::{FileOutcome, FileReport};

/// Writes a file's outcome into the catalogue and reports it. Returns whether the file is still in the queue
/// although it ended: nothing had to be written about it.
///
/// # Errors
/// Failures of the whole library (a full disk, a damaged index): they end the ingest, and the file stays in the
/// queue.
pub(super) fn finish(
    with: &Ingest<'_>,
    file: &QueuedFile,
    outcome: &FileOutcome,
    progress: &Progress<'_>,
) -> Result<bool, Failure> {
    let set = |state, why: Option<&Failure>| match progress.set_state(with, file, state, why) {
        // The document was removed from the library in the meantime.
        Err(failure) if failure.problem == Problem::Stopped => Ok(true),
        other => other,
    };
    let written = match outcome {
        FileOutcome::Committed { reason } => {
            progress.report_file(file, DocumentState::Committed, reason.as_deref(), None);
            true
        }
        // A committed row stays as it is; one that was failed or offline in between is committed again.
        FileOutcome::Unchanged | FileOutcome::Renamed { .. } if file.row.state == DocumentState::Committed => {
            progress.report_file(file, DocumentState::Committed, file.row.reason.as_deref(), None);
            false
        }
        FileOutcome::Unchanged | FileOutcome::Renamed { .. } => set(DocumentState::Committed, None)?,
        FileOutcome::Quarantined(failure) => set(DocumentState::Quarantined, Some(failure))?,
        FileOutcome::Stopped if file.touched => set(DocumentState::Queued, None)?,
        FileOutcome::Stopped => true,
        FileOutcome::Failed(failure) if concerns_library(failure.problem) => {
            // Where not even this can be written, the next opening queues it again.
            drop(set(DocumentState::Queued, None));
            return Err(failure.clone());
        }
        FileOutcome::Failed(failure) => set(DocumentState::Failed, Some(failure))?,
    };
    Ok(file.wanted && !written)
}

/// Whether every other file would fail in the same way.
fn concerns_library(problem: Problem) -> bool {
    matches!(problem, Problem::DiskFull | Problem::LibraryInUse | Problem::IndexDamaged | Problem::IndexOfAnotherModel)
        || matches!(problem, Problem::ModelMissing | Problem::ModelWrong)
}

/// The report of a file that was not read now. Page and chunk counts are those of the earlier
/// generation where that one stays.
pub(super) fn unread_report(file: &QueuedFile, outcome: FileOutcome) -> FileReport {
    let stays = matches!(outcome, FileOutcome::Unchanged | FileOutcome::Renamed { .. });
    let earlier = |count: u32| if stays { count } else { 0 };
    FileReport {
        source: file.source.clone(),
        outcome,
        pages: earlier(file.row.pages),
        pages_with_text: earlier(file.row.pages_with_text),
        page_rows: Vec::new(),
        chunks: earlier(file.row.chunks),
        time: file.begun.elapsed(),
    }
}
