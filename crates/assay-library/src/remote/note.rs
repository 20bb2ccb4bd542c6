//! What an index was mirrored from, noted in its own folder: the catalogue names the folder, so both change in one
//! transaction.

use std::fs;
use std::path::Path;

use assay_remote::noted;

/// Name of the file in a mirrored index's folder.
pub(crate) const NOTE: &str = "assay-head.json";

/// What is mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MirrorStanding {
    /// Number of the publication.
    pub sequence: u64,
    /// When the store wrote it, in seconds since 1970.
    pub published: i64,
    /// Documents in it.
    pub documents: u64,
}

/// What the index in a folder was mirrored from.
pub(crate) fn mirror(index: &Path) -> Option<MirrorStanding> {
    let (head, written) = noted(&fs::read(index.join(NOTE)).ok()?).ok()?;
    Some(MirrorStanding { sequence: head.sequence, published: written, documents: head.documents })
}
