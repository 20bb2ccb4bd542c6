//! Whether one of Lance's files is whole, told by its length and its last bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// The magic number at the end of Lance's own files (lance-io, `encodings`).
const MAGIC: &[u8; 4] = b"LANC";

/// What an error names as the thing that was tried.
pub const REPAIRING: &str = "repairing";

/// Whether a file exists, has the expected length, and ends with Lance's magic number.
///
/// # Errors
/// Fails if the file cannot be read at this moment, which does not mean that it is damaged.
pub fn is_whole(path: &Path, length: Option<u64>) -> io::Result<bool> {
    let mut file = match File::open(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(false);
        }
        opened => opened?,
    };
    if file.metadata()?.is_dir() {
        return Ok(false);
    }
    let found = file.metadata()?.len();
    if found < MAGIC.len() as u64 || length.is_some_and(|length| length != found) {
        return Ok(false);
    }
    let mut end = [0; MAGIC.len()];
    file.seek(SeekFrom::End(-(MAGIC.len() as i64)))?;
    file.read_exact(&mut end)?;
    Ok(&end == MAGIC)
}
