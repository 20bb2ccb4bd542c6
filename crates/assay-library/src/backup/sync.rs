//! Writing what must be on the disk.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file, which is on the disk when this returns; its name may not be. The file is synced through the handle
/// that wrote it: Windows syncs none that was opened for reading.
pub fn write_synced(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// Puts the names in a folder on the disk.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows cannot sync a folder; NTFS keeps its own journal of names.
#[cfg(not(unix))]
pub fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
