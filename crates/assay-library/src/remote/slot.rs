//! What an open library holds of the store: its state, the connection, and what was published or mirrored last.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use assay_remote::{Cost, Mirrored, Published, Remote};

use super::state::{self, RemoteRole, State};
use crate::error::LibraryError;

/// What an open library holds of the store.
#[derive(Debug)]
pub(crate) struct Slot {
    data: PathBuf,
    state: Mutex<Option<State>>,
    /// One piece of work with the store at a time.
    pub(crate) work: tokio::sync::Mutex<Work>,
    connection: Mutex<Option<Remote>>,
}

/// What the last piece of work left.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// What was published last.
    pub(crate) published: Option<Published>,
    /// What was mirrored last.
    pub(crate) mirrored: Option<Arc<Mirrored>>,
    /// Rows written to the catalogue when it was published.
    pub(crate) changes: Option<u64>,
    /// When the lease was last renewed.
    pub(crate) renewed: Option<Instant>,
}

impl Slot {
    /// Reads the state of a data folder.
    pub(crate) fn open(data: &Path) -> Result<Self, LibraryError> {
        let state = Mutex::new(state::read(data)?);
        Ok(Self { data: data.to_owned(), state, work: Default::default(), connection: Default::default() })
    }

    pub(crate) fn state(&self) -> Option<State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn role(&self) -> Option<RemoteRole> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|state| state.role)
    }

    /// Writes the state, and holds it from then on.
    pub(crate) fn keep(&self, state: State) -> Result<(), LibraryError> {
        state::write(&self.data, &state)?;
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
        Ok(())
    }

    /// Changes the state, if there is one.
    pub(crate) fn change(&self, change: impl FnOnce(&mut State)) -> Result<(), LibraryError> {
        let Some(mut state) = self.state() else { return Ok(()) };
        let before = state.clone();
        change(&mut state);
        if state == before { Ok(()) } else { self.keep(state) }
    }

    /// Forgets the state and all that belongs to it.
    pub(crate) fn forget(&self) -> Result<(), LibraryError> {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = None;
        state::forget(&self.data)
    }

    /// The connection, which is opened once so that its requests are counted together.
    pub(crate) fn connection(&self, state: &State) -> Result<Remote, assay_remote::RemoteError> {
        let mut slot = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = slot.as_ref() {
            return Ok(open.clone());
        }
        Ok(slot.insert(Remote::open(&state.address, Some(&state.library))?).clone())
    }

    /// Takes a connection that is open.
    pub(crate) fn connected(&self, remote: Remote) {
        *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = Some(remote);
    }

    /// What the connection has cost.
    pub(crate) fn cost(&self) -> Cost {
        let slot = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        slot.as_ref().map(Remote::cost).unwrap_or_default()
    }

    /// Folder in which lists are kept.
    pub(crate) fn lists(&self) -> PathBuf {
        state::folder_in(&self.data).join("lists")
    }

    /// Folder in which what is fetched or sent is put together.
    pub(crate) fn staging(&self) -> PathBuf {
        state::folder_in(&self.data).join("staging")
    }

    /// File of objects that nothing names.
    pub(crate) fn unreferenced(&self) -> PathBuf {
        state::folder_in(&self.data).join("unreferenced.json")
    }
}
