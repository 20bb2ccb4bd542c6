//! The state of a data folder, told without opening or changing it: another Assay may have it open, and it may be damaged.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use assay_catalogue::{CatalogueError, Fault, Survey, snapshots, survey};
use assay_domain::Failure;
use assay_index::{Contents, contents};

use crate::backup;
use crate::claim::{LOCK, Place, look_at};
use crate::home::{Home, is_index};
use crate::synced::synced_by;

/// Whether a data folder is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderUse {
    /// There is no library yet.
    New,
    /// It holds other files and is no library.
    Foreign,
    /// No Assay has it open.
    Free,
    /// Another Assay has it open.
    InUse,
    /// It cannot be read, for this reason.
    Unreadable(String),
}

/// What the catalogue's file is.
#[derive(Debug)]
pub enum CatalogueLook {
    /// There is none yet.
    None,
    /// It is whole, as far as was looked.
    Whole(Survey),
    /// It is damaged.
    Damaged(Failure),
    /// A later Assay wrote it.
    Newer(Failure),
    /// It could not be read at this moment.
    Busy(Failure),
}

/// An index in the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexLook {
    /// Name of its folder.
    pub folder: String,
    /// What it holds; `None` if it cannot be read.
    pub holds: Option<Contents>,
}

/// The state of a data folder.
#[derive(Debug)]
pub struct Examination {
    /// The folder.
    pub folder: PathBuf,
    /// Whether it is in use.
    pub used: FolderUse,
    /// The program that copies it to other machines, if it lies in such a folder.
    pub synced_by: Option<&'static str>,
    /// The catalogue.
    pub catalogue: CatalogueLook,
    /// The indexes, by name.
    pub indexes: Vec<IndexLook>,
    /// Snapshots of the catalogue that can be restored.
    pub snapshots: u32,
    /// Files and folders that repairs moved to `damaged/`.
    pub damaged: u32,
    /// Whether a restore was begun and not finished.
    pub restoring: bool,
}

/// Examines a data folder that this process has not open.
pub async fn examine(folder: &Path) -> Examination {
    let used = in_use(folder);
    let ours = matches!(used, FolderUse::Free | FolderUse::InUse);
    let mut indexes = Vec::new();
    for name in if ours { index_folders(folder) } else { Vec::new() } {
        let holds = contents(&folder.join(&name)).await;
        indexes.push(IndexLook { folder: name, holds });
    }
    Examination {
        catalogue: if ours { catalogue(&Home::catalogue_in(folder)) } else { CatalogueLook::None },
        synced_by: synced_by(folder),
        snapshots: if ours { snapshots(&Home::snapshots_in(folder)).len() as u32 } else { 0 },
        damaged: if ours { entries(&Home::damaged_in(folder)).len() as u32 } else { 0 },
        restoring: ours && backup::restoring_in(folder).is_dir(),
        folder: folder.to_owned(),
        used,
        indexes,
    }
}

fn in_use(folder: &Path) -> FolderUse {
    match look_at(folder) {
        Err(error) => return FolderUse::Unreadable(error.to_string()),
        Ok(Place::New) => return FolderUse::New,
        Ok(Place::Foreign) => return FolderUse::Foreign,
        Ok(Place::Library) => (),
    }
    // A library that was never opened has no lock.
    let Ok(lock) = File::open(folder.join(LOCK)) else { return FolderUse::Free };
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => FolderUse::InUse,
        Err(TryLockError::Error(error)) => FolderUse::Unreadable(error.to_string()),
        Ok(()) => FolderUse::Free,
    }
}

fn catalogue(path: &Path) -> CatalogueLook {
    if fs::metadata(path).map_or(true, |file| file.len() == 0) {
        return CatalogueLook::None;
    }
    match survey(path) {
        Ok(found) => CatalogueLook::Whole(found),
        Err(error @ CatalogueError::Newer { .. }) => CatalogueLook::Newer(error.into()),
        Err(error) if error.fault() == Fault::Moment => CatalogueLook::Busy(error.into()),
        Err(error) => CatalogueLook::Damaged(error.into()),
    }
}

fn index_folders(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = entries(folder).into_iter().filter(|name| is_index(name)).collect();
    names.retain(|name| folder.join(name).is_dir());
    names.sort();
    names
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{CatalogueLook, FolderUse, examine};
    use crate::home::Home;

    #[tokio::test]
    async fn a_folder_is_examined_without_a_change() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("library");
        assert_eq!(examine(&folder).await.used, FolderUse::New);
        assert!(!folder.exists(), "nothing is created");

        let open = Home::open(&folder).unwrap();
        assert_eq!(examine(&folder).await.used, FolderUse::InUse);
        drop(open);
        let found = examine(&folder).await;
        assert_eq!(found.used, FolderUse::Free);
        assert!(matches!(found.catalogue, CatalogueLook::None));
        Home::open(&folder).expect("the examination holds no lock");

        fs::write(folder.join("catalogue.sqlite"), "this is no database, however long it goes on. ".repeat(40))
            .unwrap();
        fs::create_dir_all(folder.join("damaged/x")).unwrap();
        fs::create_dir_all(folder.join("index-2/chunks.lance")).unwrap();
        let found = examine(&folder).await;
        assert!(matches!(found.catalogue, CatalogueLook::Damaged(_)), "{found:?}");
        assert_eq!((found.damaged, found.indexes[0].holds.is_none()), (1, true));

        let foreign = tempfile::tempdir().unwrap();
        fs::write(foreign.path().join("letter.txt"), "dear").unwrap();
        assert_eq!(examine(foreign.path()).await.used, FolderUse::Foreign);
        assert_eq!(fs::read_dir(foreign.path()).unwrap().count(), 1);
    }
}
