//! Copies of the catalogue: snapshots, and what removed documents leave behind in them.
//!
//! The small snapshot is renewed by a thread of its own, at most every few minutes and when the library is closed,
//! and only if something was written since. What is removed leaves the copies at once.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use assay_catalogue::{CatalogueError, Store, small_snapshot_is_outdated};
use assay_domain::Failure;

use crate::error::LibraryError;
use crate::home::Home;
use crate::notices::{NoticeFact, NoticeKind, Notices};
use crate::recovery::remove_folder;

/// Time between two renewals of the small snapshot.
pub const EVERY: Duration = Duration::from_secs(120);
/// How long a renewal waits for a pause between writes; without one, the next renewal does its work.
const PATIENCE: Duration = Duration::from_secs(2);
/// So many renewals in a row are put off because they find no pause. The next one makes the writes wait instead, because
/// an ingest may take hours.
const MOST_DELAYS: u32 = 3;
/// File among the snapshots that says that a removed document may still be in them.
const PURGE_DUE: &str = "purge-due";

/// The copies of one open catalogue, and the thread that renews them.
pub struct Copies {
    work: Arc<Work>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Work {
    store: Arc<Store>,
    snapshots: PathBuf,
    damaged: [PathBuf; 2],
    notices: Arc<Notices>,
    state: Mutex<State>,
    closed: Condvar,
}

struct State {
    /// The catalogue's count of changes when the small snapshot was taken; `None` if it is older than the file.
    copied: Option<u64>,
    /// Renewals in a row that were put off.
    delays: u32,
    /// Whether a removed document may still be in a snapshot or in `damaged/`.
    purge: bool,
    closing: bool,
}

impl Copies {
    /// Begins to renew the copies of a catalogue whenever `every` has passed and something was written.
    pub fn keep(home: &Home, store: Arc<Store>, notices: Arc<Notices>, every: Duration) -> Self {
        let outdated = small_snapshot_is_outdated(&home.snapshots(), &home.catalogue());
        let purge = home.snapshots().join(PURGE_DUE).exists();
        let state = State { copied: (!outdated).then(|| store.changes()), delays: 0, purge, closing: false };
        let work = Arc::new(Work {
            store,
            snapshots: home.snapshots(),
            damaged: [home.damaged(), home.damaged_before()],
            notices,
            state: Mutex::new(state),
            closed: Condvar::new(),
        });
        let renewing = work.clone();
        let thread = thread::spawn(move || renewing.renew_until_closed(every));
        Self { work, thread: Mutex::new(Some(thread)) }
    }

    /// Purges removed documents from the snapshots and deletes `damaged/`. What fails is tried again with the next
    /// renewal.
    pub fn purge(&self) {
        let mut state = self.work.lock();
        state.purge = true;
        self.work.report(self.work.purge(&mut state));
        if state.purge {
            // The next run has to know, too. If even this fails, the failure above was reported.
            drop(fs::write(self.work.snapshots.join(PURGE_DUE), b""));
        }
    }

    /// Notes that documents are about to be removed, so that the copies are purged even if the program ends first.
    ///
    /// # Errors
    /// Fails if the note cannot be written.
    pub fn expect_removal(&self) -> Result<(), Failure> {
        let due = self.work.snapshots.join(PURGE_DUE);
        fs::create_dir_all(&self.work.snapshots)
            .and_then(|()| fs::write(&due, b""))
            .map_err(LibraryError::file(&due))?;
        self.work.lock().purge = true;
        Ok(())
    }

    /// Takes a whole snapshot of the catalogue; `why` becomes part of its name.
    ///
    /// # Errors
    /// Fails if the snapshot cannot be written.
    pub fn take_snapshot(&self, why: &str) -> Result<PathBuf, Failure> {
        let _state = self.work.lock();
        Ok(self.work.store.take_snapshot(&self.work.snapshots, why)?)
    }

    /// Renews the copies a last time and ends the thread. Called again, it does nothing.
    pub fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        self.work.lock().closing = true;
        self.work.closed.notify_all();
        // A panic of the thread was printed; the copies are as old as they were.
        drop(thread.join());
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        self.close();
    }
}

impl Work {
    fn renew_until_closed(&self, every: Duration) {
        let mut state = self.lock();
        loop {
            let waited = self.closed.wait_timeout_while(state, every, |state| !state.closing);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            match self.renew(&mut state) {
                Ok(false) => (),
                Ok(true) => self.report(Ok(())),
                Err(failure) => self.report(Err(failure)),
            }
            if state.closing {
                return;
            }
        }
    }

    /// Takes the small snapshot again, if something was written since, and purges the others. Returns whether the copies
    /// are up to date: work goes first, but not for ever, and not at the end.
    fn renew(&self, state: &mut State) -> Result<bool, Failure> {
        let changes = self.store.changes();
        let mut renewed = true;
        if state.copied != Some(changes) {
            let patience = (!state.closing && state.delays < MOST_DELAYS).then_some(PATIENCE);
            match self.store.take_small_snapshot(&self.snapshots, patience) {
                Ok(()) => (state.copied, state.delays) = (Some(changes), 0),
                Err(CatalogueError::GaveWay) => (state.delays, renewed) = (state.delays + 1, false),
                Err(error) => return Err(error.into()),
            }
            if renewed {
                self.store.pack()?;
            }
        }
        if state.purge {
            self.purge(state)?;
        }
        Ok(renewed)
    }

    fn purge(&self, state: &mut State) -> Result<(), Failure> {
        self.store.purge_snapshots(&self.snapshots)?;
        for folder in &self.damaged {
            remove_folder(folder).map_err(LibraryError::file(folder))?;
        }
        let due = self.snapshots.join(PURGE_DUE);
        match fs::remove_file(&due) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(LibraryError::file(&due)(error).into()),
            _ => state.purge = false,
        }
        Ok(())
    }

    /// A failure becomes a notice, because only the copies are affected; a success ends it.
    fn report(&self, renewed: Result<(), Failure>) {
        match renewed {
            Ok(()) => self.notices.withdraw(NoticeKind::Snapshot),
            Err(failure) => {
                let what = format!("the copies of the catalogue could not be renewed: {}", failure.message);
                let fact = NoticeFact::CopiesFailed { reason: failure.message };
                self.notices.add(NoticeKind::Snapshot, fact, what, failure.action);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
