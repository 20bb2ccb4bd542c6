//! What a data folder knows of the library that it shares: a file of its own, which is in no backup, so that a restored
//! library is nobody else's publisher. It holds no keys.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use assay_domain::{Failure, Problem};
use assay_remote::{Address, Holder};
use serde::{Deserialize, Serialize};

use crate::backup::write_synced;
use crate::error::LibraryError;

/// What a library is to the object store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteRole {
    /// It is published from here.
    Publisher,
    /// It follows what another machine publishes.
    Reader,
    /// It was published from here until another machine took over.
    Superseded,
}

/// The state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What it is.
    pub role: RemoteRole,
    /// Where the store is.
    pub address: Address,
    /// Number of the library there.
    pub library: String,
    /// This machine, as a publisher.
    pub holder: Holder,
    /// Name of the machine that publishes, as far as is known.
    pub publisher: String,
    /// Numbers of publications from here that may be the last one.
    #[serde(default)]
    pub own: Vec<String>,
    /// When the store was last asked, in seconds since 1970.
    #[serde(default)]
    pub looked: Option<i64>,
    /// When objects that nothing names were last looked for.
    #[serde(default)]
    pub swept: Option<i64>,
}

/// The folder of what belongs to it, in a data folder.
pub fn folder_in(data: &Path) -> PathBuf {
    data.join("remote")
}

fn file_in(data: &Path) -> PathBuf {
    folder_in(data).join("state.json")
}

/// Reads the state; `None` where the library is shared with nobody.
///
/// # Errors
/// Fails if the file cannot be read or understood.
pub fn read(data: &Path) -> Result<Option<State>, LibraryError> {
    let path = file_in(data);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(LibraryError::file(&path))?,
    };
    let wrong = |error: serde_json::Error| io::Error::new(io::ErrorKind::InvalidData, error);
    serde_json::from_slice(&bytes).map(Some).map_err(|error| LibraryError::file(&path)(wrong(error)))
}

/// Writes the state. A crash leaves the old one or the new one.
///
/// # Errors
/// Fails if the disk does.
pub fn write(data: &Path, state: &State) -> Result<(), LibraryError> {
    let folder = folder_in(data);
    let (path, staging) = (file_in(data), folder.join("state.json.new"));
    let text = serde_json::to_vec_pretty(state).unwrap_or_default();
    let written = fs::create_dir_all(folder.join("lists"))
        .and_then(|()| write_synced(&staging, &text))
        .and_then(|()| fs::rename(&staging, &path));
    written.map_err(LibraryError::file(&path))
}

/// Deletes the state and all that belongs to it.
///
/// # Errors
/// Fails if the disk does.
pub fn forget(data: &Path) -> Result<(), LibraryError> {
    let folder = folder_in(data);
    crate::recovery::remove_folder(&folder).map_err(LibraryError::file(&folder))
}

/// What the library in a data folder is to an object store, without opening it.
pub fn role_in(data: &Path) -> Option<RemoteRole> {
    read(data).ok().flatten().map(|state| state.role)
}

/// Another machine publishes what this one published.
pub(crate) fn superseded(state: &State) -> Failure {
    let machine = if state.publisher.is_empty() { "another machine" } else { &state.publisher };
    let message = format!("{machine} has taken over publishing this library, so this machine publishes it no longer");
    let action = "nothing on this machine is lost: go on with it as a library of its own after `assay remote leave`, or follow the other from a new data folder: assay --data FOLDER remote join URL";
    Failure::new(Problem::RemoteHeld, message, action)
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}
