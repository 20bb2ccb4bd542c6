//! Presence of a path: there, gone, or out of reach.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::stamp;

/// What the file system says about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// The path exists, on the disk with this number.
    There(Option<u64>),
    /// The path does not exist; its nearest existing ancestor lies on the disk with this number. Where a
    /// drive was unplugged, that is another disk than the one that the file lay on.
    Gone(Option<u64>),
    /// The file system does not say, with the reason.
    Unknown(String),
}

/// Whether a folder lists a regular file under exactly this path. A path may also lead to a file of another
/// name, where letter case does not count, or through a link.
pub fn is_listed(path: &Path) -> bool {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
    if !fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file()) {
        return false;
    }
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let found = entries.into_iter().find(|entry| entry.file_name() == name);
    found.is_some_and(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
}

/// Looks up a path, and its ancestors until one exists.
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
