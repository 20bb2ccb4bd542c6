//! Temporary files: in the data folder, where they are as private as the rest, and not in the system's shared
//! folder.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::claim::claim;
use crate::error::LibraryError;

/// Name of the folder in the data folder.
const NAME: &str = "scratch";

/// A folder for the temporary files of one process. It is deleted when this value is dropped; folders of
/// processes that died are deleted when the next one is made.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    lock_file: PathBuf,
    // Held while the folder is in use.
    lock: Option<File>,
}

impl Scratch {
    /// Makes a folder in a data folder.
    ///
    /// # Errors
    /// As [`claim`]; [`LibraryError::Home`] if the data folder cannot be written to.
    pub fn make(home: &Path) -> Result<Self, LibraryError> {
        claim(home)?;
        Self::make_claimed(home).map_err(|source| LibraryError::Home { folder: home.to_owned(), source })
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn make_claimed(home: &Path) -> io::Result<Self> {
        let all = std::path::absolute(home.join(NAME))?;
        fs::create_dir_all(&all)?;
        clear(&all);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let folder = all.join(format!("{}-{now}", std::process::id()));
        let lock_file = folder.with_extension("lock");
        let lock = File::create_new(&lock_file)?;
        lock.try_lock().map_err(io::Error::from)?;
        fs::create_dir(&folder)?;
        Ok(Self { folder, lock_file, lock: Some(lock) })
    }

    /// Makes all libraries of this process put their temporary files here; a front end calls it once, before
    /// its work begins. Child processes are not affected, because they may outlive this one.
    pub fn take_all(&self) {
        // Both fail if another folder was set before.
        drop(tempfile::env::override_temp_dir(&self.folder));
        drop(assay_catalogue::temporary_files_in(&self.folder));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
        // Windows does not remove an open file.
        drop(self.lock.take());
        drop(fs::remove_file(&self.lock_file));
    }
}

/// Removes the folders whose processes have ended.
fn clear(all: &Path) {
    let locks = fs::read_dir(all).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    for lock_file in locks.filter(|path| path.extension().is_some_and(|extension| extension == "lock")) {
        if File::open(&lock_file).is_ok_and(|file| file.try_lock().is_ok()) {
            drop(fs::remove_dir_all(lock_file.with_extension("")));
            drop(fs::remove_file(lock_file));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{NAME, Scratch};

    #[test]
    fn folders_of_dead_processes_are_deleted_and_those_of_living_ones_stay() {
        let home = tempfile::tempdir().unwrap();
        let living = Scratch::make(home.path()).unwrap();
        fs::write(living.folder.join("half a copy"), "words").unwrap();
        let dead = home.path().join(NAME).join("1-2");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join("half a copy"), "words").unwrap();
        fs::write(dead.with_extension("lock"), "").unwrap();

        let next = Scratch::make(home.path()).unwrap();
        assert!(!dead.exists() && !dead.with_extension("lock").exists());
        assert!(living.folder.join("half a copy").exists());
        assert!(next.folder.is_dir());
        drop((living, next));
        assert_eq!(fs::read_dir(home.path().join(NAME)).unwrap().count(), 0);
    }

    #[test]
    fn a_data_folder_that_cannot_be_made_is_an_error() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("file"), "in the way").unwrap();
        Scratch::make(&home.path().join("file/library")).unwrap_err();
    }
}
