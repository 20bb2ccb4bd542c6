//! Files that are no documents: lock files of Office, and placeholders of files that lie in a cloud. To read a
//! placeholder would download its file, which only the user may order.

use std::fs::Metadata;
use std::path::Path;

const LOCK: &str = "a lock file of Office, which is there while its document is open";
const CLOUD: &str = "only in the cloud: reading it would download it; keep it on this device to have it read";

/// Endings that synchronising programs give to placeholders.
const ENDINGS: [&str; 3] = ["icloud", "nextcloud", "owncloud"];

/// The rule that leaves such a file out.
pub(super) fn rule(path: &Path, meta: &Metadata) -> Option<&'static str> {
    if !meta.is_file() {
        return None;
    }
    if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("~$")) {
        return Some(LOCK);
    }
    let named = path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end.eq_ignore_ascii_case(known)));
    (named || is_away(meta)).then_some(CLOUD)
}

/// `FILE_ATTRIBUTE_OFFLINE`, `_RECALL_ON_OPEN` and `_RECALL_ON_DATA_ACCESS`: the bytes lie elsewhere.
#[cfg(windows)]
fn is_away(meta: &Metadata) -> bool {
    const AWAY: u32 = 0x1000 | 0x4_0000 | 0x40_0000;
    std::os::windows::fs::MetadataExt::file_attributes(meta) & AWAY != 0
}

/// `SF_DATALESS`: the bytes lie with a file provider.
#[cfg(target_os = "macos")]
fn is_away(meta: &Metadata) -> bool {
    std::os::macos::fs::MetadataExt::st_flags(meta) & 0x4000_0000 != 0
}

/// Other systems have no such mark; an empty block count may be a sparse or an inlined file.
#[cfg(not(any(windows, target_os = "macos")))]
fn is_away(_: &Metadata) -> bool {
    false
}
