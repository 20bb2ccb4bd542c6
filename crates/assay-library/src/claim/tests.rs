#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{MARKER, claim};
use crate::error::LibraryError;

/// Content and mode of everything below a folder.
fn everything(folder: &Path) -> BTreeMap<PathBuf, (Option<Vec<u8>>, u32)> {
    use std::os::unix::fs::PermissionsExt;
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let mode = fs::symlink_metadata(&path).unwrap().permissions().mode();
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            found.insert(path, (None, mode));
        } else {
            found.insert(path.clone(), (Some(fs::read(&path).unwrap()), mode));
        }
    }
    found
}

fn fill(folder: &Path, files: &[&str]) {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    for file in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
}

#[test]
fn a_folder_with_files_of_others_is_refused_and_stays_as_it_is() {
    for files in [
        &["letter.txt"][..],
        &["index_files/page.html", "index.html"],
        &["index/chunks.lance/data"],
        &["index-2/notes.txt", "catalogue.sqlite"],
        &["scratch/draft.txt", "thesis.tex"],
        &["lock", "database.db"],
        &["settings.toml", "src/main.rs"],
        &[".hidden"],
    ] {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("theirs");
        fill(&folder, files);
        let before = everything(&folder);
        let refused = claim(&folder).unwrap_err();
        assert!(matches!(refused, LibraryError::NotALibrary { .. }), "{files:?}: {refused}");
        assert_eq!(everything(&folder), before, "{files:?}");
    }
}

#[test]
fn a_database_of_another_program_is_no_catalogue() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), &["lock"]);
    fs::copy(foreign_database(folder.path()), folder.path().join("catalogue.sqlite")).unwrap();
    fs::remove_file(folder.path().join("other.sqlite")).unwrap();
    assert!(matches!(claim(folder.path()), Err(LibraryError::NotALibrary { .. })));
}

/// The score cache is an SQLite file with other tables than the catalogue's.
fn foreign_database(folder: &Path) -> PathBuf {
    let file = folder.join("other.sqlite");
    drop(assay_catalogue::ScoreCacheFile::open(&file, 1 << 20, &[]).unwrap());
    file
}

#[test]
fn new_empty_and_own_folders_are_claimed_once_and_for_all() {
    let parent = tempfile::tempdir().unwrap();
    for (name, files) in [
        ("empty", &[][..]),
        ("with settings", &["settings.toml"]),
        ("with models", &["models/m/config.json"]),
        ("after a download", &["scratch/1-2.lock", "models/m/config.json"]),
        ("opened once", &["lock", "window/cache", "window.json"]),
        ("damaged catalogue", &["lock", "catalogue.sqlite", "index/chunks.lance/data"]),
    ] {
        let folder = parent.path().join(name);
        fill(&folder, files);
        let before = everything(&folder);
        claim(&folder).unwrap();
        let mut after = everything(&folder);
        assert!(after.remove(&folder.join(MARKER)).is_some(), "{name}");
        assert_eq!(after, before, "{name}: nothing else is written or re-permissioned");
        fill(&folder, &["note of a user.txt"]);
        claim(&folder).unwrap();
    }
}

#[test]
fn a_new_folder_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/b/library");
    claim(&folder).unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(folder.join(MARKER).is_file());
}

#[test]
fn a_file_in_the_place_of_the_folder_is_reported() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "a letter").unwrap();
    for folder in [file.clone(), file.join("library")] {
        let error = claim(&folder).unwrap_err();
        assert!(matches!(error, LibraryError::Home { .. }), "{error}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "a letter");
}
