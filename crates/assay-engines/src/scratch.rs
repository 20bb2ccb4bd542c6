//! Where temporary files go: into the data folder, where they are as private as the rest, and not into
//! a folder that everybody shares.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::home::make_private;

/// Name of the folder in the data folder.
const NAME: &str = "scratch";

/// A folder for the temporary files of one process. It goes with this value; what a process that
/// died left behind goes when the next one is made.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    mark: PathBuf,
    // Held as long as the folder is in use.
    lock: Option<File>,
}

impl Scratch {
    /// Makes one in a data folder.
    ///
    /// # Errors
    /// The data folder cannot be made or written to.
    pub fn make(home: &Path) -> io::Result<Self> {
        make_private(home)?;
        let all = std::path::absolute(home.join(NAME))?;
        fs::create_dir_all(&all)?;
        clear(&all);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        let folder = all.join(format!("{}-{now}", std::process::id()));
        let mark = folder.with_extension("lock");
        let lock = File::create_new(&mark)?;
        lock.try_lock().map_err(io::Error::from)?;
        fs::create_dir(&folder)?;
        Ok(Self { folder, mark, lock: Some(lock) })
    }

    /// Has all libraries of this process put their temporary files here. Programs that it starts are
    /// told nothing: they may outlive it. For a host, once, before its work begins.
    pub fn take_all(&self) {
        // Whoever came first has decided it.
        drop(tempfile::env::override_temp_dir(&self.folder));
        drop(assay_catalogue::temporary_files_in(&self.folder));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
        // An open file cannot be removed everywhere.
        drop(self.lock.take());
        drop(fs::remove_file(&self.mark));
    }
}

/// Removes the folders whose processes have ended.
fn clear(all: &Path) {
    let marks = fs::read_dir(all).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    for mark in marks.filter(|path| path.extension().is_some_and(|extension| extension == "lock")) {
        if File::open(&mark).is_ok_and(|file| file.try_lock().is_ok()) {
            drop(fs::remove_dir_all(mark.with_extension("")));
            drop(fs::remove_file(mark));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{NAME, Scratch};

    #[test]
    fn what_a_dead_process_left_goes_and_what_a_living_one_uses_stays() {
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
