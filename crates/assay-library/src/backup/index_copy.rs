//! A copy of an index that may be written to meanwhile.
//!
//! Lance never changes a file: each version of a table has a manifest that names its files, and what no kept version
//! names is deleted after a while. So a hard link keeps a file whatever happens to its name, and the copy is whole if
//! the newest version was the same before and after the files were linked.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::BackupError;

/// Tries before the copy is given up.
const TRIES: u32 = 20;

/// Copies an index folder by links, or by bytes where there are none, at one version.
///
/// # Errors
/// Fails if a file cannot be copied, or if the index changes too often.
pub fn copy_index(index: &Path, to: &Path) -> Result<(), BackupError> {
    let mut last = io::Error::other("the index changes all the time");
    for _ in 0..TRIES {
        let before = newest(index).map_err(BackupError::file(index))?;
        match link_all(index, to) {
            Ok(()) if newest(index).map_err(BackupError::file(index))? == before => return Ok(()),
            Ok(()) => (),
            // A file of an old version was deleted after it was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => last = error,
            Err(error) => return Err(BackupError::file(index)(error)),
        }
        fs::remove_dir_all(to).map_err(BackupError::file(to))?;
    }
    Err(BackupError::file(index)(last))
}

/// The manifests of all tables. A commit adds one.
fn newest(index: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for table in fs::read_dir(index)? {
        let versions = table?.path().join("_versions");
        if versions.is_dir() {
            for manifest in fs::read_dir(versions)? {
                found.push(manifest?.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn link_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, new) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            // Unreadable lists of files that a repair left behind.
            if entry.file_name() != "damaged" {
                link_all(&path, &new)?;
            }
        } else if let Err(error) = fs::hard_link(&path, &new) {
            if error.kind() == io::ErrorKind::NotFound {
                return Err(error);
            }
            fs::copy(&path, &new)?;
        }
    }
    Ok(())
}
