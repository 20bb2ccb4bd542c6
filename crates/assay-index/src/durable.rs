//! Syncs the index's files, so that they survive a power cut. Lance never calls fsync: it writes,
//! links the manifest in place and trusts the page cache.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A folder, and which of its files are known to be on disk.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    synced: HashMap<PathBuf, Stamp>,
}

type Stamp = (u64, SystemTime);

impl Disk {
    /// Knows of no file yet, so the first sync takes all of them; files that are on disk already
    /// cost next to nothing.
    pub fn new(root: PathBuf) -> Self {
        Self { root, synced: HashMap::new() }
    }

    /// Syncs the files that are new or changed since the last call, then the folders above them and
    /// above those that were deleted. Nothing may write to the folder meanwhile.
    pub fn sync(&mut self) -> io::Result<()> {
        let mut found = HashMap::new();
        list(&self.root, &mut found)?;
        let fresh = found.iter().filter(|(path, stamp)| self.synced.get(*path) != Some(*stamp)).map(|(path, _)| path);
        let gone = self.synced.keys().filter(|path| !found.contains_key(*path));
        let mut folders = BTreeSet::new();
        for path in fresh.clone() {
            sync_file(path)?;
        }
        for path in fresh.chain(gone) {
            folders.extend(path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root)));
        }
        for folder in folders.iter().rev().filter(|folder| folder.is_dir()) {
            sync_folder(folder)?;
        }
        if self.synced.is_empty() {
            self.root.parent().map_or(Ok(()), sync_folder)?;
        }
        self.synced = found;
        Ok(())
    }
}

fn list(folder: &Path, found: &mut HashMap<PathBuf, Stamp>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            list(&entry.path(), found)?;
        } else if metadata.is_file() {
            found.insert(entry.path(), (metadata.len(), metadata.modified()?));
        }
    }
    Ok(())
}

/// Windows flushes only through a writable handle.
fn sync_file(path: &Path) -> io::Result<()> {
    OpenOptions::new().read(true).write(cfg!(windows)).open(path)?.sync_all()
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

/// Windows cannot sync a folder; NTFS keeps its own journal of names.
#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}
