//! What is known about files and folders, so that unchanged files are not read again.

use crate::Failure;

/// What the file system tells about a file without opening it. As long as all of it is the same,
/// the bytes are taken to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Length in bytes.
    pub bytes: u64,
    /// Time of the last write, in nanoseconds since 1970.
    pub modified: i64,
    /// Time of the last change of any kind, also of name or permissions; the same as `modified`
    /// where the system does not record it.
    pub changed: i64,
    /// Number of the file on its disk; 0 if unknown.
    pub inode: u64,
}

/// Hash and stamp of a file when it was last hashed, whether or not it was read then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastHash {
    /// BLAKE3 of the bytes, in lower-case hex.
    pub hash: String,
    /// The stamp before the bytes were hashed; `None` if the file had been written so shortly before
    /// that a later write could have the same stamp.
    pub stamp: Option<Stamp>,
}

/// The catalogue's number for a watched folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderId(pub i64);

/// A folder that is watched for changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedFolder {
    /// The catalogue's number.
    pub id: FolderId,
    /// Absolute path.
    pub path: String,
    /// The collection that its files join.
    pub collection: String,
    /// Number of the disk that it was on at the last full scan.
    pub device: Option<u64>,
    /// Unix time of the last full scan, in seconds.
    pub scanned: Option<i64>,
    /// Files found at the last full scan.
    pub files: u32,
    /// Files and folders excluded by rule at the last full scan.
    pub excluded: u32,
    /// Why the last scan could not reach it, if so.
    pub unreachable: Option<String>,
}

/// Failed tries to read the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedTries {
    /// How many.
    pub tries: u32,
    /// The last failure.
    pub failure: Failure,
    /// The reader ([`Reader::identity`](crate::port::Reader::identity)).
    pub by: String,
}
