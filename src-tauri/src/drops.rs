//! Files dropped on the window, or named when it was started. Their paths stay on this side.

use std::path::{Path, PathBuf};

use assay_app::{Cancel, DEFAULT_COLLECTION, Failure};
use assay_contract::{FileRow, FileState, IngestReply, ProblemCode};
use tauri::{AppHandle, DragDropEvent, Manager, WindowEvent};

use crate::Managed;

/// Takes in what is dropped from the desktop.
pub fn on_window(handle: &AppHandle, event: &WindowEvent) {
    if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event
        && !paths.is_empty()
    {
        take(handle, paths.clone());
    }
}

/// Starts an ingest that reports to the pages that watch.
pub fn take(handle: &AppHandle, paths: Vec<PathBuf>) {
    take_into(handle, paths, None);
}

/// The same into a collection.
pub fn take_into(handle: &AppHandle, paths: Vec<PathBuf>, collection: Option<String>) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let managed = handle.state::<Managed>();
        let end = match managed.opened() {
            Ok(app) => {
                let (addresses, paths): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_address(path));
                let paths = paths.into_iter().flat_map(real).collect();
                let mut tell = |event| managed.watchers.tell(&event);
                let collection = collection.as_deref().unwrap_or(DEFAULT_COLLECTION);
                let reply = app.ingest(paths, collection, &Cancel::default(), &mut tell).await;
                reply.map(|reply| with_skipped(reply, &addresses))
            }
            Err(failure) => Err::<IngestReply, Failure>(failure),
        };
        managed.watchers.ended(end);
    });
}

/// A browser drops addresses. Nothing is fetched, and that is said.
fn is_address(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn with_skipped(mut reply: IngestReply, addresses: &[PathBuf]) -> IngestReply {
    for address in addresses {
        let reason = "is an address and no file, and Assay fetches nothing; save the file and drop that";
        reply.files.push(FileRow {
            path: None,
            name: address.to_string_lossy().into_owned(),
            state: FileState::Failed,
            reason: Some(reason.into()),
            problem: Some(ProblemCode::UnsupportedFile),
            pages: 0,
            pages_with_text: 0,
            page_rows: None,
            chunks: 0,
            seconds: 0.0,
        });
        *reply.counts.entry(FileState::Failed).or_default() += 1;
    }
    reply
}

/// Names come with U+FFFD in the place of what is no Unicode. The files that are meant are looked
/// up, so that what is wrong with them can be said; one that is not there keeps its name.
fn real(path: PathBuf) -> Vec<PathBuf> {
    if path.exists() || !is_marred(path.as_os_str()) {
        return vec![path];
    }
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        found = found.iter().flat_map(|folder| named(folder, part.as_os_str())).collect();
    }
    if found.is_empty() { vec![path] } else { found }
}

fn is_marred(name: &std::ffi::OsStr) -> bool {
    name.to_string_lossy().contains(char::REPLACEMENT_CHARACTER)
}

/// The entries of a folder that read like this.
fn named(folder: &Path, name: &std::ffi::OsStr) -> Vec<PathBuf> {
    if !is_marred(name) {
        return vec![folder.join(name)];
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy() == name.to_string_lossy()).map(|e| e.path()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{is_address, real};

    #[test]
    fn addresses_are_told_from_files() {
        for address in ["https://example.org/a.pdf", "smb://server/share/a.txt"] {
            assert!(is_address(Path::new(address)), "{address}");
        }
        for path in ["/tmp/https:/x", "/tmp/a.txt", "notes.md", "/odd/a b://c"] {
            assert!(!is_address(Path::new(path)), "{path}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_no_unicode_is_looked_up() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"));
        std::fs::write(&name, "text").unwrap();
        assert_eq!(real(folder.path().join("caf\u{fffd}.txt")), [name]);
        let absent = PathBuf::from("/no/such/caf\u{fffd}.txt");
        assert_eq!(real(absent.clone()), [absent]);
    }
}
