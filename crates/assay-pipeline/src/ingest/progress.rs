//! Reports of an ingest under way: state changes go into the catalogue first, then to the caller.

use std::sync::{Mutex, PoisonError};

use assay_domain::{DocumentState, Failure, Problem};

use super::inputs::Ingest;
use super::queue::QueuedFile;
use super::report::IngestEvent;

/// The caller's receiver of events; reading, embedding and writing share it.
pub(super) struct Progress<'a>(Mutex<&'a mut (dyn FnMut(IngestEvent) + Send)>);

impl<'a> Progress<'a> {
    pub(super) fn new(on: &'a mut (dyn FnMut(IngestEvent) + Send)) -> Self {
        Self(Mutex::new(on))
    }

    pub(super) fn report(&self, event: IngestEvent) {
        (self.0.lock().unwrap_or_else(PoisonError::into_inner))(event);
    }

    /// Reports a file's state without changing its row.
    pub(super) fn report_file(
        &self,
        file: &QueuedFile,
        state: DocumentState,
        reason: Option<&str>,
        problem: Option<Problem>,
    ) {
        let (name, reason) = (file.source.name.clone(), reason.map(str::to_owned));
        self.report(IngestEvent::File { document: file.row.id, name, state, reason, problem });
    }

    /// Writes a file's state into the catalogue, unless it is there already, and reports it. Returns whether it
    /// was written.
    pub(super) fn set_state(
        &self,
        with: &Ingest<'_>,
        file: &QueuedFile,
        state: DocumentState,
        why: Option<&Failure>,
    ) -> Result<bool, Failure> {
        let (reason, problem) = (why.map(Failure::to_string), why.map(|failure| failure.problem));
        let same = !file.touched && file.row.state == state && file.row.reason == reason && file.row.problem == problem;
        if !same {
            with.catalogue.set_state(file.row.id, state, why)?;
        }
        self.report_file(file, state, reason.as_deref(), problem);
        Ok(!same)
    }
}
