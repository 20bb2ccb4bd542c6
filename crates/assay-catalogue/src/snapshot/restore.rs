//! Restoring a snapshot.

use std::fs;
use std::io;
use std::path::Path;

use super::{Snapshot, sync, sync_folder};
use crate::database;
use crate::error::CatalogueError;

/// Puts a snapshot in the place of the catalogue. The present file and its journal move into the
/// folder `damaged`; nothing may have it open. Documents without the text of their pages are queued;
/// their rows in the index answer until they were read again. One that is offline is read when it is back, because
/// the hash of what it holds is unknown. A rebuild that waited then does not begin by itself. A snapshot of an earlier
/// layout is brought up to date when the catalogue is opened.
///
/// # Errors
/// Fails if the disk does.
pub fn restore(snapshot: &Snapshot, catalogue: &Path, damaged: &Path) -> Result<(), CatalogueError> {
    let fault = |source| CatalogueError::Folder { path: catalogue.to_owned(), source };
    let new = catalogue.with_extension("sqlite.new");
    database::prepare_file(&new).map_err(fault)?;
    fs::copy(&snapshot.path, &new).and_then(|_| sync(&new)).map_err(fault)?;
    move_away(catalogue, damaged).map_err(fault)?;
    fs::rename(&new, catalogue).map_err(fault)?;
    sync_folder(catalogue.parent().unwrap_or(Path::new("."))).map_err(fault)?;
    let connection = database::connect(catalogue)?;
    connection.execute(
        "UPDATE documents SET hash = '', reason = CASE WHEN state <> 'committed' THEN reason END, \
             state = CASE WHEN state = 'committed' THEN 'queued' ELSE state END \
         WHERE id NOT IN (SELECT document FROM pages) AND generation IS NOT NULL",
        [],
    )?;
    // Layouts before 12 have no queue.
    if connection.table_exists(None, "queue")? {
        connection.execute("DELETE FROM queue WHERE what = 'rebuild'", [])?;
    }
    Ok(())
}

/// Moves a catalogue and its journal into the folder, under names that say when.
fn move_away(catalogue: &Path, damaged: &Path) -> io::Result<()> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    for ending in ["", "-journal", "-wal", "-shm", database::DAMAGED] {
        let file = database::sibling(catalogue, ending);
        if file.exists() {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            fs::create_dir_all(damaged)?;
            fs::rename(file, damaged.join(format!("{now}-{name}")))?;
        }
    }
    Ok(())
}
