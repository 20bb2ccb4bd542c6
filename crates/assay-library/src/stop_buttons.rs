//! Stop buttons: one for each job that runs or waits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_domain::Cancel;

/// The stop buttons of all jobs of a kind.
#[derive(Debug, Default)]
pub struct StopButtons(Mutex<Vec<Cancel>>);

impl StopButtons {
    /// Adds a job with a button of its own below its caller's: stopping the jobs leaves the callers' other work
    /// alone. Dropping the ticket takes the job off the list.
    pub fn ticket(&self, caller: &Cancel) -> Ticket<'_> {
        let button = caller.below();
        self.list().push(button.clone());
        Ticket { list: self, button }
    }

    /// Stops every job.
    pub fn stop_all(&self) {
        self.list().drain(..).for_each(|button| button.stop());
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
    button: Cancel,
}

impl Ticket<'_> {
    /// The job's button, which its caller's button stops, too.
    pub fn button(&self) -> &Cancel {
        &self.button
    }

    /// Whether the job was stopped among all others, and not by its caller.
    pub fn was_stopped(&self) -> bool {
        self.button.is_pressed()
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.list.list().retain(|button| !button.is_same(&self.button));
    }
}

#[cfg(test)]
mod tests {
    use assay_domain::Cancel;

    use super::StopButtons;

    #[test]
    fn stopping_all_jobs_presses_no_button_of_a_caller() {
        let (buttons, caller) = (StopButtons::default(), Cancel::default());
        let (first, second) = (buttons.ticket(&caller), buttons.ticket(&caller));
        buttons.stop_all();
        assert!(first.was_stopped() && second.button().is_stopped() && !caller.is_stopped());
        let third = buttons.ticket(&caller);
        caller.stop();
        assert!(third.button().is_stopped() && !third.was_stopped());
        drop(third);
        assert!(buttons.is_empty());
    }
}
