//! Rows of the queue that are being worked on.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use assay_catalogue::QueueId;

/// Rows of the queue that a call of this process works on, so that `Library::resume` leaves them to it.
#[derive(Debug, Default)]
pub struct Claims(Mutex<HashSet<QueueId>>);

/// Rows that are claimed until this is dropped.
#[derive(Debug)]
pub struct Claim<'a> {
    claims: &'a Claims,
    /// The rows.
    pub rows: Vec<QueueId>,
}

impl Claims {
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut HashSet<QueueId>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn claim(&self, rows: Vec<QueueId>) -> Claim<'_> {
        self.with(|claimed| claimed.extend(&rows));
        Claim { claims: self, rows }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.with(|claimed| self.rows.iter().for_each(|row| _ = claimed.remove(row)));
    }
}
