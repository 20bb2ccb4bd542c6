//! The files of an ingest that wait, each with its row.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use assay_domain::port::Source;
use assay_domain::{Document, Failure, IngestControl};

use super::Ingest;
use super::pace::Pace;

/// A file with its row as it was before.
pub(super) struct Queued {
    /// Its place in the report.
    pub(super) place: usize,
    pub(super) source: Source,
    pub(super) row: Document,
    pub(super) bytes: u64,
    pub(super) begun: Instant,
    /// Whether its row says something else by now.
    pub(super) touched: bool,
}

impl Queued {
    /// Whether the file system says that it is as it was when it was last hashed.
    pub(super) fn looks_unchanged(&self) -> bool {
        let seen = self.row.seen.as_ref().and_then(|seen| seen.stamp);
        seen.is_some() && seen == self.source.stamp
    }
}

/// Files that wait for a reader.
pub(super) struct Queue(Mutex<VecDeque<Queued>>);

/// Gives every file a row before any work begins, so that a crash loses none of them. No file is
/// opened for that.
pub(super) fn fill(with: &Ingest<'_>, sources: Vec<Source>) -> Result<(Queue, Pace), Failure> {
    let rows = with.catalogue.admit(with.collection, None, &sources)?;
    let begun = Instant::now();
    let files = (0..).zip(sources).zip(rows).map(|((place, source), row)| {
        let bytes = source.bytes;
        Queued { place, source, row, bytes, begun, touched: false }
    });
    let files: VecDeque<Queued> = files.collect();
    let pace = Pace::new(files.iter());
    Ok((Queue(Mutex::new(files)), pace))
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Queued>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether no file waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    /// The next file: what is wanted first, then as they came.
    pub(super) fn next(&self, control: &IngestControl) -> Option<Queued> {
        let mut waiting = self.waiting();
        let first = control.take_first(|wanted| waiting.iter().any(|file| file.row.id == wanted));
        for wanted in first.into_iter().rev() {
            let at = waiting.iter().position(|file| file.row.id == wanted);
            if let Some(file) = at.and_then(|at| waiting.remove(at)) {
                waiting.push_front(file);
            }
        }
        waiting.pop_front()
    }

    /// Another try at a file once all others had theirs.
    pub(super) fn put_back(&self, file: Queued) {
        self.waiting().push_back(file);
    }
}
