//! Stop buttons: one for each job that runs or waits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_domain::Cancel;

/// The stop buttons of all jobs of a kind.
#[derive(Debug, Default)]
pub struct StopButtons(Mutex<Vec<Cancel>>);

impl StopButtons {
    /// Adds a job; dropping the ticket takes it off the list.
    pub fn ticket(&self, cancel: &Cancel) -> Ticket<'_> {
        self.list().push(cancel.clone());
        Ticket { list: self, cancel: cancel.clone() }
    }

    /// Stops every job.
    pub fn stop_all(&self) {
        self.list().drain(..).for_each(|cancel| cancel.stop());
    }

    /// Whether no job runs or waits.
    pub fn is_empty(&self) -> bool {
        self.list().is_empty()
    }

    // The list is whole even if a holder panicked.
    fn list(&self) -> MutexGuard<'_, Vec<Cancel>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A job's place among the stop buttons.
#[derive(Debug)]
pub struct Ticket<'a> {
    list: &'a StopButtons,
    cancel: Cancel,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.list.list().retain(|cancel| !cancel.is_same(&self.cancel));
    }
}
