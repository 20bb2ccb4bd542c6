//! File metadata that shows whether a file changed.

use std::fs::Metadata;
use std::time::{SystemTime, UNIX_EPOCH};

use assay_domain::Stamp;

/// A file that changed less than this many nanoseconds ago may change again without a new time stamp:
/// FAT counts in steps of two seconds.
const TOO_FRESH: i64 = 2_000_000_000;

/// The stamp of a file, if every later change will show in it.
pub(super) fn trusted(meta: &Metadata) -> Option<Stamp> {
    let stamp = of(meta)?;
    let now = nanoseconds(SystemTime::now())?;
    (now.saturating_sub(stamp.changed) > TOO_FRESH).then_some(stamp)
}

fn nanoseconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

#[cfg(unix)]
fn of(meta: &Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let at = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Some(Stamp {
        bytes: meta.len(),
        modified: at(meta.mtime(), meta.mtime_nsec()),
        changed: at(meta.ctime(), meta.ctime_nsec()),
        inode: meta.ino(),
    })
}

#[cfg(not(unix))]
fn of(meta: &Metadata) -> Option<Stamp> {
    let modified = nanoseconds(meta.modified().ok()?)?;
    Some(Stamp { bytes: meta.len(), modified, changed: modified, inode: 0 })
}

/// The number of the disk that a file or folder lies on.
#[cfg(unix)]
pub(crate) fn device(meta: Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::dev(&meta))
}

/// The standard library gives no such number on other systems.
#[cfg(not(unix))]
pub(crate) fn device(_: Metadata) -> Option<u64> {
    None
}

/// The inode of a file or folder.
#[cfg(unix)]
pub(super) fn inode(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

/// The standard library gives no such number on other systems.
#[cfg(not(unix))]
pub(super) fn inode(_: &Metadata) -> u64 {
    0
}
