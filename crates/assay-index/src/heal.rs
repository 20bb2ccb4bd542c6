//! After a power cut: a version whose list of files never reached the disk.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::layout::TABLE;

/// Every manifest of Lance ends with these bytes (lance-io, `encodings`).
const END: &[u8; 4] = b"LANC";

/// Where unreadable manifests are put; they hold names of files and no text.
const SET_ASIDE: &str = "set-aside";

/// Looks at the newest manifest before Lance does, which panics on one that was cut short. If
/// there is one before it, the broken one is moved aside: what the catalogue calls committed was
/// synced before, so the version before still has it. Returns whether the newest one is whole.
pub fn check_newest(folder: &Path) -> io::Result<bool> {
    let versions = folder.join(format!("{TABLE}.lance")).join("_versions");
    if !versions.is_dir() {
        return Ok(true);
    }
    let mut manifests: Vec<PathBuf> = fs::read_dir(versions)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "manifest"))
        .collect();
    // Lance counts file names down, so that the newest comes first.
    manifests.sort();
    let [newest, older @ ..] = manifests.as_slice() else { return Ok(true) };
    if is_whole(newest)? {
        return Ok(true);
    }
    let Some(before) = older.first() else { return Ok(false) };
    let aside = folder.join(SET_ASIDE);
    fs::create_dir_all(&aside)?;
    fs::rename(newest, aside.join(newest.file_name().unwrap_or_default()))?;
    is_whole(before)
}

fn is_whole(manifest: &Path) -> io::Result<bool> {
    let mut file = File::open(manifest)?;
    if file.metadata()?.len() < END.len() as u64 {
        return Ok(false);
    }
    let mut end = [0; END.len()];
    file.seek(SeekFrom::End(-(END.len() as i64)))?;
    file.read_exact(&mut end)?;
    Ok(&end == END)
}
