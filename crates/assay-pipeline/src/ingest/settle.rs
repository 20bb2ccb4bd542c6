//! How files end, in the catalogue and for whoever listens.

use std::sync::{Mutex, PoisonError};

use assay_domain::{DocumentState, Failure, Problem};

use super::queue::Queued;
use super::{FileEnd, Ingest, IngestEvent};

/// Writes a file's end into the catalogue. Failures of the whole library are passed on.
pub(super) fn optimize(with: &Ingest<'_>, file: &Queued, end: &FileEnd, told: &Told<'_>) -> Result<(), Failure> {
    let now = |state, why: Option<&Failure>| match told.state(with, file, state, why) {
        // Its document was taken out of the library meanwhile.
        Err(failure) if failure.problem == Problem::Stopped => Ok(()),
        other => other,
    };
    match end {
        FileEnd::Committed { reason } => told.file(file, DocumentState::Committed, reason.as_deref(), None),
        // A committed row is left alone; one that failed or was away in between is what it was again.
        FileEnd::Unchanged | FileEnd::Renamed { .. } if file.row.state == DocumentState::Committed => {
            told.file(file, DocumentState::Committed, file.row.reason.as_deref(), None);
        }
        FileEnd::Unchanged | FileEnd::Renamed { .. } => now(DocumentState::Committed, None)?,
        FileEnd::Quarantined(failure) => now(DocumentState::Quarantined, Some(failure))?,
        FileEnd::Stopped if file.touched => now(DocumentState::Queued, None)?,
        FileEnd::Stopped => (),
        FileEnd::Failed(failure) => {
            now(DocumentState::Failed, Some(failure))?;
            if concerns_everything(failure.problem) {
                return Err(failure.clone());
            }
        }
    }
    Ok(())
}

fn concerns_everything(problem: Problem) -> bool {
    matches!(problem, Problem::DiskFull | Problem::LibraryInUse | Problem::IndexDamaged | Problem::IndexOfAnotherModel)
        || matches!(problem, Problem::ModelMissing | Problem::ModelWrong)
}

/// Who hears of an ingest. The steps of the way share it.
pub(super) struct Told<'a>(Mutex<&'a mut (dyn FnMut(IngestEvent) + Send)>);

impl<'a> Told<'a> {
    pub(super) fn new(on: &'a mut (dyn FnMut(IngestEvent) + Send)) -> Self {
        Self(Mutex::new(on))
    }

    pub(super) fn tell(&self, event: IngestEvent) {
        (self.0.lock().unwrap_or_else(PoisonError::into_inner))(event);
    }

    fn file(&self, file: &Queued, state: DocumentState, reason: Option<&str>, problem: Option<Problem>) {
        let (name, reason) = (file.source.name.clone(), reason.map(str::to_owned));
        self.tell(IngestEvent::File { document: file.row.id, name, state, reason, problem });
    }

    /// Into the catalogue first, unless it says so already.
    pub(super) fn state(
        &self,
        with: &Ingest<'_>,
        file: &Queued,
        state: DocumentState,
        why: Option<&Failure>,
    ) -> Result<(), Failure> {
        let (reason, problem) = (why.map(Failure::to_string), why.map(|failure| failure.problem));
        let there =
            !file.touched && file.row.state == state && file.row.reason == reason && file.row.problem == problem;
        if !there {
            with.catalogue.set_state(file.row.id, state, why)?;
        }
        self.file(file, state, reason.as_deref(), problem);
        Ok(())
    }
}
