//! The data folder: the only place where Assay writes.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use assay_files::real_path;

use crate::claim::{CATALOGUE, LOCK, claim};
use crate::error::LibraryError;

/// Name of the file of token ids and scores.
pub const SCORE_CACHE: &str = "pairs.sqlite";

/// An open data folder. No other Assay can open it until this value is dropped.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
    _lock: File,
}

impl Home {
    /// The platform's usual place for Assay's data.
    pub fn usual() -> PathBuf {
        let folders = directories::ProjectDirs::from("", "", "assay");
        folders.map_or_else(|| PathBuf::from("assay-data"), |folders| folders.data_local_dir().to_owned())
    }

    /// Claims the folder ([`claim`]) and takes its lock.
    ///
    /// # Errors
    /// [`LibraryError::NotALibrary`] if it holds other files, [`LibraryError::Home`] if it cannot be created or
    /// written, [`LibraryError::InUse`] if it is open.
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        let fault = |source| LibraryError::Home { folder: folder.to_owned(), source };
        claim(folder)?;
        let lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: real_path(folder).map_err(fault)?, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(LibraryError::InUse { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(fault(source)),
        }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of settings.
    pub fn settings(&self) -> PathBuf {
        self.folder.join("settings.toml")
    }

    /// The catalogue's file.
    pub fn catalogue(&self) -> PathBuf {
        Self::catalogue_in(&self.folder)
    }

    /// The catalogue's file in a data folder that need not be open.
    pub fn catalogue_in(folder: &Path) -> PathBuf {
        folder.join(CATALOGUE)
    }

    /// The file of token ids and scores.
    pub fn score_cache(&self) -> PathBuf {
        self.folder.join(SCORE_CACHE)
    }

    /// The folder of an index by its name in the catalogue.
    pub fn index_named(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folders of all indexes: the one that answers and those that rebuilds began.
    pub fn indexes(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        folders.filter(|entry| entry.file_name().to_str().is_some_and(is_index)).map(|entry| entry.path()).collect()
    }

    /// The folder of snapshots.
    pub fn snapshots(&self) -> PathBuf {
        Self::snapshots_in(&self.folder)
    }

    /// The folder of snapshots in a data folder that need not be open.
    pub fn snapshots_in(folder: &Path) -> PathBuf {
        folder.join(assay_catalogue::SNAPSHOTS)
    }

    /// The folder where damaged files lie until a document is removed.
    pub fn damaged(&self) -> PathBuf {
        Self::damaged_in(&self.folder)
    }

    /// The folder of damaged files in a data folder that need not be open.
    pub fn damaged_in(folder: &Path) -> PathBuf {
        folder.join("damaged")
    }

    /// The name that version 0.1 gave that folder.
    pub fn damaged_before(&self) -> PathBuf {
        self.folder.join("set-aside")
    }

    /// The folder of downloaded and imported models.
    pub fn models(&self) -> PathBuf {
        self.folder.join("models")
    }
}

/// Whether a folder bears the name of the first index, or of one that a rebuild began: `index-2`, `index-3`, ...
pub fn is_index(name: &str) -> bool {
    let number =
        name.strip_prefix("index-").map(|number| number.parse::<u32>().map(|parsed| parsed.to_string() == number));
    name == "index" || matches!(number, Some(Ok(true)))
}

#[cfg(test)]
mod tests {
    use super::Home;
    use crate::error::LibraryError;

    #[test]
    fn a_data_folder_is_open_once_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("library");
        let first = Home::open(&folder).unwrap();
        assert!(matches!(Home::open(&folder), Err(LibraryError::InUse { .. })));
        drop(first);
        Home::open(&folder).unwrap();
    }

    #[test]
    fn only_folders_with_the_exact_names_of_indexes_are_indexes() {
        let parent = tempfile::tempdir().unwrap();
        let home = Home::open(&parent.path().join("library")).unwrap();
        for name in ["index", "index-2", "index-31", "index_files", "index-", "index-old", "index-02", "index-2.bak"] {
            std::fs::create_dir(home.folder().join(name)).unwrap();
        }
        std::fs::write(home.folder().join("index-4"), "a file").unwrap();
        let mut found: Vec<_> = home.indexes().iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        found.sort();
        assert_eq!(found, ["index", "index-2", "index-31"]);
    }

    #[test]
    fn a_data_folder_that_cannot_be_created_is_reported() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        std::fs::write(&file, "in the way").unwrap();
        let error = Home::open(&file.join("library")).unwrap_err();
        assert!(error.to_string().contains("library"), "{error}");
    }
}
