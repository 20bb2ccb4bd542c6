//! Manifests: each version of the table has one, and the newest that can be read counts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lancedb::{Connection, Table};

use super::whole::{REPAIRING, is_whole};
use crate::error::IndexError;
use crate::layout::TABLE;

/// Folder for unreadable manifests, which hold names of files and no text. Versions up to 0.1.0
/// called it `set-aside`; a folder of that name stays as it is.
const DAMAGED: &str = "damaged";

/// Opens the newest version that can be opened and counts the manifests that were moved away
/// before that; `None` if no version was ever finished. What the catalogue calls committed was
/// synced earlier, so the version before still has it.
pub async fn newest_that_opens(connection: &Connection, folder: &Path) -> Result<Option<(Table, usize)>, IndexError> {
    let mut moved = 0;
    loop {
        let Some(newest) = newest(folder).map_err(|error| IndexError::system(REPAIRING, error))? else {
            if moved == 0 {
                return Ok(None);
            }
            let reason = "none of its lists of files can be read".to_owned();
            return Err(IndexError::Damaged { doing: "opening it", reason });
        };
        // Lance panics on a truncated manifest, so its end is checked first.
        if is_whole(&newest, None).map_err(|error| IndexError::system(REPAIRING, error))? {
            match try_to_open(connection, folder).await {
                Ok(table) => return Ok(Some((table, moved))),
                Err(IndexError::Damaged { .. }) => (),
                Err(other) => return Err(other),
            }
        }
        move_away(folder, &newest).map_err(|error| IndexError::system(REPAIRING, error))?;
        moved += 1;
    }
}

/// Lance may panic on a manifest that is damaged in its middle; on a task of its own the panic
/// becomes an error.
async fn try_to_open(connection: &Connection, folder: &Path) -> Result<Table, IndexError> {
    let opening = connection.open_table(TABLE);
    match tokio::spawn(opening.execute()).await {
        Ok(opened) => opened.map_err(|error| IndexError::opening(folder, error)),
        Err(_) => {
            let reason = "its list of files makes no sense".to_owned();
            Err(IndexError::Damaged { doing: "opening it", reason })
        }
    }
}

fn newest(folder: &Path) -> io::Result<Option<PathBuf>> {
    let versions = folder.join(format!("{TABLE}.lance")).join("_versions");
    if !versions.is_dir() {
        return Ok(None);
    }
    let mut manifests: Vec<PathBuf> = fs::read_dir(versions)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "manifest"))
        .collect();
    // Lance counts file names down, so that the newest comes first.
    manifests.sort();
    Ok(manifests.into_iter().next())
}

fn move_away(folder: &Path, manifest: &Path) -> io::Result<()> {
    let damaged = folder.join(DAMAGED);
    fs::create_dir_all(&damaged)?;
    fs::rename(manifest, damaged.join(manifest.file_name().unwrap_or_default()))
}
