//! The state that commands and event handlers share.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use assay_app::{App, Cancel, Failure, Owner, Scratch};

use crate::events::Watchers;

/// A backup that the user chose to restore.
pub struct RestorePlan {
    /// Its file.
    pub file: PathBuf,
    /// The folders of its documents on the old machine.
    pub folders: Vec<String>,
    /// Folders of the old machine, each with the one of this machine that takes its place.
    pub moves: Vec<(String, String)>,
}

/// The open library and the pages that watch it.
#[derive(Default)]
pub struct Managed {
    app: OnceLock<Result<Arc<App>, Failure>>,
    /// The pages that watch the library.
    pub watchers: Watchers,
    scratch: Mutex<Option<Scratch>>,
    owner: Mutex<Option<Owner>>,
    backup: Mutex<Cancel>,
    restore: Mutex<Option<RestorePlan>>,
}

impl Managed {
    /// Keeps the folder of temporary files until the program ends; `None` removes it.
    pub fn keep_scratch(&self, scratch: Option<Scratch>) {
        *self.scratch.lock().unwrap_or_else(PoisonError::into_inner) = scratch;
    }

    /// Keeps what serves the library to other programs; returns what did so before.
    pub fn keep_owner(&self, owner: Option<Owner>) -> Option<Owner> {
        std::mem::replace(&mut *self.owner.lock().unwrap_or_else(PoisonError::into_inner), owner)
    }

    /// The stop button of the backup or restore that begins now.
    pub fn begin_backup(&self) -> Cancel {
        let cancel = Cancel::default();
        *self.backup.lock().unwrap_or_else(PoisonError::into_inner) = cancel.clone();
        cancel
    }

    /// Stops the backup or restore that began last.
    pub fn stop_backup(&self) {
        self.backup.lock().unwrap_or_else(PoisonError::into_inner).stop();
    }

    /// Keeps the backup that the user chose to restore.
    pub fn set_restore(&self, plan: Option<RestorePlan>) {
        *self.restore.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }

    /// Works with the backup that the user chose to restore.
    pub fn with_restore<T>(&self, work: impl FnOnce(Option<&mut RestorePlan>) -> T) -> T {
        work(self.restore.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }

    /// Sets the open library, or why it cannot be opened.
    pub fn set(&self, app: Result<App, Failure>) {
        self.app.get_or_init(|| app.map(Arc::new));
    }

    /// The open library, if it is open by now.
    pub fn opened_by_now(&self) -> Option<&Arc<App>> {
        self.app.get()?.as_ref().ok()
    }

    /// The open library. It is opened while the page loads; early callers wait for it.
    pub fn opened(&self) -> Result<&Arc<App>, Failure> {
        self.app.wait().as_ref().map_err(Clone::clone)
    }
}
