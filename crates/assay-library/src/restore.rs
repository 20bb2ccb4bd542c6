//! Restoring a snapshot of the catalogue.

use std::path::Path;

use assay_catalogue::{Snapshot, snapshots};
use assay_domain::Failure;

use crate::backup::open_home;
use crate::error::LibraryError;
use crate::home::Home;
use crate::recovery::put_back;

/// The snapshots of a data folder, newest first.
pub fn snapshots_of(data: &Path) -> Vec<Snapshot> {
    snapshots(&Home::snapshots_in(data))
}

/// Puts a snapshot in the place of the catalogue: the named one, else the newest with text, else the
/// newest. The catalogue that is there moves to `damaged/`. Rows that the index then lacks are filled in
/// when it is next opened.
///
/// # Errors
/// [`LibraryError::InUse`] while the library is open, [`LibraryError::UnknownSnapshot`],
/// [`LibraryError::NoSnapshot`], or a fault of the file system.
pub fn restore(data: &Path, name: Option<&str>) -> Result<Snapshot, Failure> {
    let home = open_home(data)?;
    let all = snapshots(&home.snapshots());
    let chosen = match name {
        Some(name) => all.iter().find(|snapshot| snapshot.name == name),
        None => all.iter().find(|snapshot| snapshot.with_text).or(all.first()),
    };
    let missing =
        || name.map_or(LibraryError::NoSnapshot, |name| LibraryError::UnknownSnapshot { name: name.to_owned() });
    let chosen = chosen.ok_or_else(missing)?;
    put_back(&home, chosen)?;
    Ok(chosen.clone())
}
