//! After a power cut or worse: what of an index can still be used, and what is left of it then.
//!
//! Nothing here reads a row. Lance's files end with a mark and their lengths stand in the list of
//! files, so a look at the end of each tells one that was cut short, emptied or written over.
//! Whatever a document loses by it is noticed when the rows are counted against the catalogue.

mod manifests;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use lance::Dataset;
use lance::dataset::transaction::Operation;
use lance::index::DatasetIndexExt;
use lancedb::{Connection, Table};

use crate::IndexError;
use crate::layout::TABLE;

/// Lance's own files end with these bytes (lance-io, `encodings`).
const END: &[u8; 4] = b"LANC";

const DOING: &str = "healing";

/// Makes an index usable that can be, and opens it: unreadable lists of files are set aside,
/// fragments whose files are gone or cut short are left out, and indexes over them dropped, so
/// that they are built anew. `None` if there is no table yet. One sentence for each thing done.
pub async fn open_whole(connection: &Connection, folder: &Path) -> Result<(Option<Table>, Vec<String>), IndexError> {
    let mut said = Vec::new();
    let Some((table, moved)) = manifests::newest_that_opens(connection, folder).await? else {
        return Ok((None, said));
    };
    if moved > 0 {
        said.push(format!("{} of the index could not be read and {} set aside", lists(moved), was(moved)));
    }
    let root = folder.join(format!("{TABLE}.lance"));
    let lost = leave_out_broken_fragments(&table, &root).await?;
    if lost > 0 {
        said.push(format!("{lost} of the index's files {} damaged and left out", was(lost)));
    }
    for name in broken_indexes(&table, &root).await? {
        table.drop_index(&name).await.map_err(|error| IndexError::engine(DOING, error))?;
        said.push(format!("the damaged search structure {name} was dropped and built anew"));
    }
    Ok((Some(table), said))
}

fn lists(count: usize) -> String {
    if count == 1 { "the newest list of files".to_owned() } else { format!("the {count} newest lists of files") }
}

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// Fragments that cannot be read any more leave the list of files. A fragment that only lost the
/// list of its deleted rows stays: those rows belong to no reading and are swept.
async fn leave_out_broken_fragments(table: &Table, root: &Path) -> Result<usize, IndexError> {
    let dataset = crate::writer::dataset(table).await?;
    let (mut gone, mut changed) = (Vec::new(), Vec::new());
    for fragment in dataset.get_fragments() {
        let metadata = fragment.metadata();
        let whole = metadata.files.iter().all(|file| {
            let length = file.file_size_bytes.get().map(u64::from);
            is_whole(&root.join("data").join(&file.path), length).unwrap_or(false)
        });
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
            .map_err(|error| IndexError::engine(DOING, error.into()))?;
        table.checkout_latest().await.map_err(|error| IndexError::engine(DOING, error))?;
    }
    Ok(lost)
}

/// Names of indexes with a file that is gone, of another length, or without its end.
async fn broken_indexes(table: &Table, root: &Path) -> Result<Vec<String>, IndexError> {
    let dataset = crate::writer::dataset(table).await?;
    let indexes = dataset.load_indices().await.map_err(|error| IndexError::engine(DOING, error.into()))?;
    let mut broken = Vec::new();
    for index in indexes.iter().filter(|index| index.base_id.is_none()) {
        let folder = root.join("_indices").join(index.uuid.to_string());
        let whole = match &index.files {
            Some(files) => {
                files.iter().all(|file| is_whole(&folder.join(&file.path), Some(file.size_bytes)).unwrap_or(false))
            }
            // One that is only defined has no files yet.
            None => index.fragment_bitmap.as_ref().is_some_and(|covered| covered.is_empty()) || folder.is_dir(),
        };
        if !whole && !broken.contains(&index.name) {
            broken.push(index.name.clone());
        }
    }
    Ok(broken)
}

/// Whether a file is there, as long as it should be, and ends as Lance ends its files.
fn is_whole(path: &Path, length: Option<u64>) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let found = file.metadata()?.len();
    if found < END.len() as u64 || length.is_some_and(|length| length != found) {
        return Ok(false);
    }
    let mut end = [0; END.len()];
    file.seek(SeekFrom::End(-(END.len() as i64)))?;
    file.read_exact(&mut end)?;
    Ok(&end == END)
}
