//! Whether a data folder holds nothing that a restore would replace.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use assay_catalogue::is_empty;

use super::manifest::CATALOGUE;
use crate::home::{Home, is_index};

/// Whether a restore may replace what is in a data folder: its catalogue is empty. Where the catalogue is gone, what it
/// left behind counts: the snapshots are the way back to it.
///
/// # Errors
/// Fails if the folder cannot be read.
pub fn may_be_replaced(data: &Path) -> io::Result<bool> {
    let catalogue = data.join(CATALOGUE);
    match fs::metadata(&catalogue) {
        Ok(metadata) if metadata.len() > 0 => Ok(is_empty(&catalogue)),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        // A new library begins with a file without bytes, too.
        _ => Ok(snapshots_are_empty(data)? && !has_index(data)?),
    }
}

/// Whether nothing would be lost with the snapshots.
///
/// # Errors
/// Fails if their folder cannot be read.
pub fn snapshots_are_empty(data: &Path) -> io::Result<bool> {
    let is_snapshot = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "sqlite");
    Ok(paths_in(&Home::snapshots_in(data))?.iter().filter(|path| is_snapshot(path)).all(|path| is_empty(path)))
}

fn has_index(data: &Path) -> io::Result<bool> {
    let is_one =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(is_index) && path.is_dir();
    Ok(paths_in(data)?.iter().any(is_one))
}

/// A folder that is not there has nothing in it.
fn paths_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries?.map(|entry| Ok(entry?.path())).collect(),
    }
}
