//! Lists of files: each version of the table has one, and the newest that can be read counts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lancedb::{Connection, Table};

use super::{DOING, is_whole};
use crate::IndexError;
use crate::layout::TABLE;
use crate::open::damaged;

/// Where unreadable lists are put; they hold names of files and no text.
const SET_ASIDE: &str = "set-aside";

/// Opens the newest version that can be opened and counts those that were set aside on the way
/// there; `None` if no version was ever finished. What the catalogue calls committed was synced
/// before, so the version before still has it.
pub async fn newest_that_opens(connection: &Connection, folder: &Path) -> Result<Option<(Table, usize)>, IndexError> {
    let mut moved = 0;
    loop {
        let Some(newest) = newest(folder).map_err(|error| IndexError::system(DOING, error))? else {
            if moved == 0 {
                return Ok(None);
            }
            let reason = "none of its lists of files can be read".to_owned();
            return Err(IndexError::Damaged { doing: "opening it", reason });
        };
        // Lance panics on a list that was cut short, so its end is looked at first.
        if is_whole(&newest, None).map_err(|error| IndexError::system(DOING, error))? {
            match try_to_open(connection, folder).await {
                Ok(table) => return Ok(Some((table, moved))),
                Err(IndexError::Damaged { .. }) => (),
                Err(other) => return Err(other),
            }
        }
        set_aside(folder, &newest).map_err(|error| IndexError::system(DOING, error))?;
        moved += 1;
    }
}

/// A list that is damaged in its middle may bring the engine to panic; on a task of its own that
/// is an error like any other.
async fn try_to_open(connection: &Connection, folder: &Path) -> Result<Table, IndexError> {
    let opening = connection.open_table(TABLE);
    match tokio::spawn(opening.execute()).await {
        Ok(opened) => opened.map_err(|error| damaged(folder, error)),
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

fn set_aside(folder: &Path, manifest: &Path) -> io::Result<()> {
    let aside = folder.join(SET_ASIDE);
    fs::create_dir_all(&aside)?;
    fs::rename(manifest, aside.join(manifest.file_name().unwrap_or_default()))
}
