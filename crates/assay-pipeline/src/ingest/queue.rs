//! The files that wait for a reader, each with its catalogue row.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use assay_domain::port::Source;
use assay_domain::{Document, DocumentId, DocumentState, Failure, IngestControl};

use super::inputs::Ingest;

/// A file with its row as it was before the ingest.
pub(super) struct QueuedFile {
    /// Its place in the report.
    pub(super) place: usize,
    pub(super) source: Source,
    pub(super) row: Document,
    pub(super) bytes: u64,
    pub(super) begun: Instant,
    /// Whether this ingest has changed its row.
    pub(super) touched: bool,
    /// Whether it has a row in the catalogue's queue.
    pub(super) wanted: bool,
}

impl QueuedFile {
    /// Whether the file system's stamp is the one of the last hash, so that the bytes are the same.
    pub(super) fn looks_unchanged(&self) -> bool {
        let hashed = self.row.last_hash.as_ref().and_then(|last| last.stamp);
        hashed.is_some() && hashed == self.source.stamp
    }
}

/// Files that have their rows in the catalogue and its queue, for [`super::ingest`].
pub struct Enqueued(pub(super) Vec<QueuedFile>);

/// Gives every file a row in the catalogue, and every file that is not known to be unchanged one in its queue,
/// before any work begins: whatever ends the program, none of them is lost. What is known is taken off the queue. Opens
/// no file.
///
/// # Errors
/// What the catalogue reports.
pub fn enqueue(with: &Ingest<'_>, sources: Vec<Source>) -> Result<Enqueued, Failure> {
    let rows = with.catalogue.admit(with.collection, None, &sources)?;
    let (begun, by, revision) = (Instant::now(), with.reader.identity(), with.reader.revision());
    let files = (0..).zip(sources).zip(rows).map(|((place, source), row)| {
        let bytes = source.bytes;
        let mut file = QueuedFile { place, source, row, bytes, begun, touched: false, wanted: true };
        let hash = file.row.last_hash.as_ref().filter(|_| file.looks_unchanged()).map(|last| &last.hash);
        let is_read = hash.is_some_and(|hash| file.row.is_read(hash, &by, revision));
        file.wanted = !is_read || file.row.state != DocumentState::Committed;
        file
    });
    let files: Vec<QueuedFile> = files.collect();
    let documents = |wanted: bool| -> Vec<DocumentId> {
        files.iter().filter(|file| file.wanted == wanted).map(|file| file.row.id).collect()
    };
    let (wanted, known) = (documents(true), documents(false));
    if !wanted.is_empty() {
        with.catalogue.want(&wanted, with.why)?;
    }
    // An ingest that was killed after it found a file unchanged left its row in the queue.
    if !known.is_empty() {
        with.catalogue.unwant(&known)?;
    }
    Ok(Enqueued(files))
}

/// Files that wait for a reader.
pub(super) struct Queue(Mutex<VecDeque<QueuedFile>>);

impl Queue {
    pub(super) fn new(files: Vec<QueuedFile>) -> Self {
        Self(Mutex::new(files.into()))
    }

    /// Whether no file waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    /// The next file: prioritised ones first, then in the order they came.
    pub(super) fn next(&self, control: &IngestControl) -> Option<QueuedFile> {
        let mut waiting = self.waiting();
        let first = control.take_prioritised(|document| waiting.iter().any(|file| file.row.id == document));
        for document in first.into_iter().rev() {
            let at = waiting.iter().position(|file| file.row.id == document);
            if let Some(file) = at.and_then(|at| waiting.remove(at)) {
                waiting.push_front(file);
            }
        }
        waiting.pop_front()
    }

    /// Puts a file behind all others, for another try.
    pub(super) fn put_back(&self, file: QueuedFile) {
        self.waiting().push_back(file);
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<QueuedFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
