//! Whether something that is not found was deleted or is merely out of reach.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::stamp;

/// What the file system says of a place where something was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Something is there, on this disk.
    There(Option<u64>),
    /// It is not there; the nearest folder that is lies on this disk. A drive that was taken away
    /// leaves a folder of another disk behind.
    Gone(Option<u64>),
    /// That cannot be told, with the reason.
    Unknown(String),
}

/// Looks at a place, and above it where nothing is there.
pub fn presence(path: &Path) -> Presence {
    for (height, place) in path.ancestors().enumerate() {
        match fs::symlink_metadata(place) {
            Ok(meta) if height == 0 => return Presence::There(stamp::device(meta)),
            Ok(meta) => return Presence::Gone(stamp::device(meta)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => (),
            Err(error) => return Presence::Unknown(format!("{} cannot be reached: {error}", place.display())),
        }
    }
    Presence::Gone(None)
}
