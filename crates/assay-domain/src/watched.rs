//! What is remembered of files and folders, so that what did not change is not read again.

use crate::Failure;

/// What the file system says of a file without opening it: as long as all of it is the same, the
/// bytes are taken to be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Length in bytes.
    pub bytes: u64,
    /// Time of the last writing, in nanoseconds since 1970.
    pub modified: i64,
    /// Time of the last change of whatever kind, also of name or rights; the same as `modified`
    /// where the system does not keep it.
    pub changed: i64,
    /// Number of the file on its disk; 0 where the system does not say.
    pub inode: u64,
}

/// The content that a file had when it was last hashed, whatever became of it afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastHash {
    /// BLAKE3 of the bytes, in lower-case hex.
    pub hash: String,
    /// As the file system told it before the bytes were hashed; `None` if the file had been written
    /// so shortly before that a later writing might look the same.
    pub stamp: Option<Stamp>,
}

/// The catalogue's number for a watched folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderId(pub i64);

/// A folder whose changes are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedFolder {
    /// The catalogue's number.
    pub id: FolderId,
    /// Absolute path.
    pub path: String,
    /// The collection that its files join.
    pub collection: String,
    /// The disk that it lay on at the last full look.
    pub device: Option<u64>,
    /// Unix time of the last full look, in seconds.
    pub scanned: Option<i64>,
    /// Files found at the last full look.
    pub files: u32,
    /// Files and folders left out by rule at the last full look.
    pub excluded: u32,
    /// Why it could not be looked at the last time, if it could not.
    pub away: Option<String>,
}

/// How often a file could not be read with the same bytes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedTries {
    /// Tries so far.
    pub tries: u32,
    /// How the last one ended.
    pub failure: Failure,
    /// What read it, as [`Reader::identity`](crate::port::Reader::identity) says.
    pub by: String,
}
