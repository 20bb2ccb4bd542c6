//! The state that commands and event handlers share.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use assay_app::{App, Failure, Scratch};

use crate::events::Watchers;

/// The open library and the pages that watch it.
#[derive(Default)]
pub struct Managed {
    app: OnceLock<Result<Arc<App>, Failure>>,
    /// The pages that watch the library.
    pub watchers: Watchers,
    scratch: Mutex<Option<Scratch>>,
}

impl Managed {
    /// Keeps the folder of temporary files until the program ends; `None` removes it.
    pub fn keep_scratch(&self, scratch: Option<Scratch>) {
        *self.scratch.lock().unwrap_or_else(PoisonError::into_inner) = scratch;
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
