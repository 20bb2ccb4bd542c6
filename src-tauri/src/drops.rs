//! Files that are dropped on the window or named on its command line. The page never sees their paths.

use std::path::{Path, PathBuf};

use assay_app::{Cancel, DEFAULT_COLLECTION, Failure};
use assay_contract::{FileRow, FileState, IngestReply, ProblemCode};
use tauri::{AppHandle, DragDropEvent, Manager, WindowEvent};

use crate::managed::Managed;

/// Ingests what is dropped on the window.
pub fn on_window(handle: &AppHandle, event: &WindowEvent) {
    if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event
        && !paths.is_empty()
    {
        ingest(handle, paths.clone());
    }
}

/// Starts an ingest, which reports to the pages that watch.
pub fn ingest(handle: &AppHandle, paths: Vec<PathBuf>) {
    ingest_into(handle, paths, None);
}

/// The same into a collection.
pub fn ingest_into(handle: &AppHandle, paths: Vec<PathBuf>, collection: Option<String>) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let managed = handle.state::<Managed>();
        let end = match managed.opened() {
            Ok(app) => {
                let (urls, paths): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_url(path));
                let paths = paths.into_iter().flat_map(resolved).collect();
                let mut forward = |event| managed.watchers.send(&event);
                let collection = collection.as_deref().unwrap_or(DEFAULT_COLLECTION);
                let reply = app.ingest(paths, collection, &Cancel::default(), &mut forward).await;
                reply.map(|reply| with_skipped(reply, &urls))
            }
            Err(failure) => Err::<IngestReply, Failure>(failure),
        };
        managed.watchers.send_end(end);
    });
}

/// Whether this is a URL, as browsers drop them. Nothing is downloaded; the reply says so.
fn is_url(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn with_skipped(mut reply: IngestReply, urls: &[PathBuf]) -> IngestReply {
    for url in urls {
        let reason = "is a web address, and Assay downloads nothing; save the file and drop that";
        reply.files.push(FileRow {
            path: None,
            name: url.to_string_lossy().into_owned(),
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

/// The files of a path in which U+FFFD replaces bytes that are not Unicode, so that their problems can be
/// reported. A path that is not found stays as it is.
fn resolved(path: PathBuf) -> Vec<PathBuf> {
    if path.exists() || !is_lossy(path.as_os_str()) {
        return vec![path];
    }
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        found = found.iter().flat_map(|folder| entries_named(folder, part.as_os_str())).collect();
    }
    if found.is_empty() { vec![path] } else { found }
}

fn is_lossy(name: &std::ffi::OsStr) -> bool {
    name.to_string_lossy().contains(char::REPLACEMENT_CHARACTER)
}

/// The entries of a folder whose names read like this.
fn entries_named(folder: &Path, name: &std::ffi::OsStr) -> Vec<PathBuf> {
    if !is_lossy(name) {
        return vec![folder.join(name)];
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy() == name.to_string_lossy()).map(|e| e.path()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{is_url, resolved};

    #[test]
    fn urls_are_told_from_files() {
        for url in ["https://example.org/a.pdf", "smb://server/share/a.txt"] {
            assert!(is_url(Path::new(url)), "{url}");
        }
        for path in ["/tmp/https:/x", "/tmp/a.txt", "notes.md", "/odd/a b://c"] {
            assert!(!is_url(Path::new(path)), "{path}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_that_is_not_unicode_is_resolved() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"));
        std::fs::write(&name, "text").unwrap();
        assert_eq!(resolved(folder.path().join("caf\u{fffd}.txt")), [name]);
        let absent = PathBuf::from("/no/such/caf\u{fffd}.txt");
        assert_eq!(resolved(absent.clone()), [absent]);
    }
}
