//! How a shared library stands.

use std::fs;
use std::path::Path;

use assay_domain::Failure;
use assay_remote::{Address, Cost, Stored};

use super::machine_name::machine_name;
use super::note::{MirrorStanding, mirror};
use super::state::{RemoteRole, folder_in};
use crate::library::Library;

/// How a shared library stands.
#[derive(Debug, Clone)]
pub struct RemoteStanding {
    /// What it is; `None` if it is shared with nobody.
    pub role: Option<RemoteRole>,
    /// Where the store is.
    pub address: Option<Address>,
    /// Name of this machine.
    pub machine: String,
    /// Name of the machine that publishes, as far as is known.
    pub publisher: Option<String>,
    /// When the store was last asked, in seconds since 1970.
    pub looked: Option<i64>,
    /// What is mirrored here; `None` if nothing is.
    pub mirror: Option<MirrorStanding>,
    /// Bytes on this machine that belong to it: the index, and what is kept of the store.
    pub cached_bytes: u64,
    /// What the store says, or why it says nothing; `None` if it was not asked.
    pub stored: Option<Result<Stored, Failure>>,
    /// What the connection has cost since the library was opened.
    pub cost: Cost,
}

impl Library {
    /// How this library stands; with `ask`, the store is asked, too.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read. A store that cannot be reached is part of the answer.
    pub async fn remote_standing(&self, ask: bool) -> Result<RemoteStanding, Failure> {
        let engines = self.engines().await;
        let home = engines.home().clone();
        let index = home.index_named(&engines.answering_folder()?);
        drop(engines);
        let state = self.remote.state();
        let stored = match &state {
            Some(state) if ask => Some(match self.remote.connection(state) {
                Ok(remote) => remote.stored(&state.holder, true).await.map_err(Failure::from),
                Err(error) => Err(error.into()),
            }),
            _ => None,
        };
        let shared = state.is_some();
        let is_reader = state.as_ref().is_some_and(|state| state.role == RemoteRole::Reader);
        Ok(RemoteStanding {
            role: state.as_ref().map(|state| state.role),
            address: state.as_ref().map(|state| state.address.clone()),
            machine: state.as_ref().map_or_else(machine_name, |state| state.holder.machine.clone()),
            publisher: state.as_ref().map(|state| state.publisher.clone()).filter(|name| !name.is_empty()),
            looked: state.and_then(|state| state.looked),
            mirror: if is_reader { mirror(&index) } else { None },
            cached_bytes: if shared { size(&index) + size(&folder_in(home.folder())) } else { 0 },
            stored,
            cost: self.remote.cost(),
        })
    }
}

/// Bytes of the files below a folder.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.map(of).sum()
}
