//! Repair of an index after a power cut or other damage: what is whole stays, the rest is left out.
//!
//! Nothing here reads a row. Lance's files end with a magic number and the manifest holds their
//! lengths, so the end of each file tells whether it was truncated, emptied or overwritten. The
//! rows that a document loses are noticed when they are counted against the catalogue.

mod whole;
mod manifests;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use lance::Dataset;
use lance::dataset::transaction::Operation;
use lance::index::DatasetIndexExt;
use lancedb::{Connection, Table};

use crate::error::IndexError;
use crate::layout::TABLE;
use crate::table::dataset;
use whole::{REPAIRING, is_whole};

/// What was damaged and how it was repaired; shown as one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// The newest manifests could not be read and moved to `damaged/`; an older one lists the files.
    ManifestsMoved {
        /// How many.
        manifests: u32,
    },
    /// Files with rows were damaged and left out.
    FilesLeftOut {
        /// How many.
        files: u32,
    },
    /// A search index was damaged and is built again.
    SearchIndexDropped {
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ManifestsMoved { manifests: 1 } => {
                write!(f, "the newest list of files of the index could not be read and was moved to damaged/")
            }
            Self::ManifestsMoved { manifests } => {
                write!(
                    f,
                    "the {manifests} newest lists of files of the index could not be read and were moved to damaged/"
                )
            }
            Self::FilesLeftOut { files: 1 } => write!(f, "1 of the index's files was damaged and left out"),
            Self::FilesLeftOut { files } => write!(f, "{files} of the index's files were damaged and left out"),
            Self::SearchIndexDropped { name } => {
                write!(f, "the damaged search structure {name} was dropped and built again")
            }
        }
    }
}

/// Opens an index and repairs what can be repaired: unreadable manifests are moved into `damaged/`,
/// fragments whose files are gone or truncated are left out, and damaged search indexes are dropped
/// so that they are built again. `None` if there is no table yet. Returns the repairs.
pub async fn open_whole(connection: &Connection, folder: &Path) -> Result<(Option<Table>, Vec<Repair>), IndexError> {
    let mut repairs = Vec::new();
    let Some((table, moved)) = manifests::newest_that_opens(connection, folder).await? else {
        return Ok((None, repairs));
    };
    if moved > 0 {
        repairs.push(Repair::ManifestsMoved { manifests: counted(moved) });
    }
    let root = folder.join(format!("{TABLE}.lance"));
    let lost = leave_out_broken_fragments(&table, &root).await?;
    if lost > 0 {
        repairs.push(Repair::FilesLeftOut { files: counted(lost) });
    }
    for name in broken_indexes(&table, &root).await? {
        table.drop_index(&name).await.map_err(|error| IndexError::engine(REPAIRING, error))?;
        repairs.push(Repair::SearchIndexDropped { name });
    }
    Ok((Some(table), repairs))
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Takes fragments that cannot be read out of the manifest. A fragment that only lost its deletion
/// file stays: the rows it brings back belong to no reading and are purged later.
async fn leave_out_broken_fragments(table: &Table, root: &Path) -> Result<usize, IndexError> {
    let dataset = dataset(table).await?;
    let (mut gone, mut changed) = (Vec::new(), Vec::new());
    for fragment in dataset.get_fragments() {
        let metadata = fragment.metadata();
        let files = metadata.files.iter();
        let whole = all_whole(files.map(|file| {
            let length = file.file_size_bytes.get().map(u64::from);
            (root.join("data").join(&file.path), length)
        }))?;
        if !whole {
            gone.push(metadata.id);
        } else if metadata.deletion_file.is_some() && fragment.get_deletion_vector().await.is_err() {
            changed.push(lance::table::format::Fragment { deletion_file: None, ..metadata.clone() });
        }
    }
    let lost = gone.len() + changed.len();
    if lost > 0 {
        let operation =
            Operation::Delete { updated_fragments: changed, deleted_fragment_ids: gone, predicate: "false".to_owned() };
        let (version, session) = (dataset.version().version, dataset.session());
        Dataset::commit(dataset, operation, Some(version), None, None, session, true)
            .await
            .map_err(|error| IndexError::engine(REPAIRING, error.into()))?;
        table.checkout_latest().await.map_err(|error| IndexError::engine(REPAIRING, error))?;
    }
    Ok(lost)
}

/// Whether all of these files, with their lengths, are whole.
fn all_whole(mut files: impl Iterator<Item = (PathBuf, Option<u64>)>) -> Result<bool, IndexError> {
    files
        .try_fold(true, |whole, (path, length)| Ok(whole && is_whole(&path, length)?))
        .map_err(|error| IndexError::system(REPAIRING, error))
}

/// Names of search indexes with a file that is gone, of another length, or without its end.
async fn broken_indexes(table: &Table, root: &Path) -> Result<Vec<String>, IndexError> {
    let dataset = dataset(table).await?;
    let indexes = dataset.load_indices().await.map_err(|error| IndexError::engine(REPAIRING, error.into()))?;
    let mut broken = Vec::new();
    for index in indexes.iter().filter(|index| index.base_id.is_none()) {
        let folder = root.join("_indices").join(index.uuid.to_string());
        let whole = match &index.files {
            Some(files) => all_whole(files.iter().map(|file| (folder.join(&file.path), Some(file.size_bytes))))?,
            // One that is only defined has no files yet.
            None => index.fragment_bitmap.as_ref().is_some_and(|covered| covered.is_empty()) || folder.is_dir(),
        };
        if !whole && !broken.contains(&index.name) {
            broken.push(index.name.clone());
        }
    }
    Ok(broken)
}
