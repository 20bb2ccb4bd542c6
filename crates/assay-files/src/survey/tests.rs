use std::fs;
use std::path::{Path, PathBuf};

use assay_domain::{Document, DocumentId, DocumentState, FolderId, WatchedFolder};

use super::{Survey, survey};
use crate::sources::Limits;

/// A watched folder with documents that it brought in.
struct Watched {
    _folder: tempfile::TempDir,
    root: PathBuf,
    documents: Vec<Document>,
}

impl Watched {
    fn with(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("watched");
        for name in names {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        let mut watched = Self { _folder: folder, root, documents: Vec::new() };
        let found = watched.survey(None).found.sources;
        watched.documents = found.into_iter().map(|source| row(&source.path, source.device)).collect();
        assert_eq!(watched.documents.len(), names.len());
        watched
    }

    fn survey(&self, device: Option<u64>) -> Survey {
        let folder = WatchedFolder {
            id: FolderId(1),
            path: self.root.to_str().unwrap().into(),
            collection: "default".into(),
            device,
            scanned: Some(1),
            files: 0,
            excluded: 0,
            unreachable: None,
        };
        survey(&folder, self.documents.clone(), &Limits { largest: 1_000, own: PathBuf::new() })
    }
}

fn row(path: &str, device: Option<u64>) -> Document {
    Document {
        id: DocumentId(1),
        collection: "default".into(),
        path: path.into(),
        name: Path::new(path).file_name().unwrap().to_str().unwrap().into(),
        state: DocumentState::Committed,
        reason: None,
        problem: None,
        fingerprint: None,
        generation: None,
        pages: 0,
        pages_with_text: 0,
        chunks: 0,
        format: None,
        language: None,
        folder: Some(FolderId(1)),
        root: None,
        device,
        last_hash: None,
        partly_by: None,
        reader_revision: None,
        missing_since: None,
        written: None,
        retry: None,
    }
}

/// Names of what is found, missing and offline.
fn names(survey: &Survey) -> [Vec<&str>; 3] {
    let mut names = [
        survey.found.sources.iter().map(|source| source.name.as_str()).collect::<Vec<_>>(),
        survey.missing.iter().map(|(document, _)| document.name.as_str()).collect(),
        survey.offline.iter().map(|(document, _)| document.name.as_str()).collect(),
    ];
    names.iter_mut().for_each(|names| names.sort_unstable());
    names
}

#[test]
fn deleted_files_and_files_of_a_new_rule_are_missing_with_the_reason() {
    let watched = Watched::with(&["a.txt", "b.txt", "sub/c.txt", "sub/d.txt", "build/e.txt"]);
    fs::remove_file(watched.root.join("a.txt")).unwrap();
    fs::remove_dir_all(watched.root.join("sub")).unwrap();
    fs::write(watched.root.join(".assayignore"), "build/\n").unwrap();
    fs::write(watched.root.join("f.txt"), "new").unwrap();
    let survey = watched.survey(None);
    assert_eq!(survey.unreachable, None);
    assert_eq!(names(&survey), [vec!["b.txt", "f.txt"], vec!["a.txt", "c.txt", "d.txt", "e.txt"], vec![]]);
    let why = |name: &str| survey.missing.iter().find(|(row, _)| row.name == name).map(|(_, why)| why.as_str());
    assert_eq!((why("c.txt"), why("e.txt")), (Some("its file is gone"), Some("the rule build/ in .assayignore")));
}

#[test]
fn a_folder_that_is_not_there_takes_its_documents_offline() {
    let watched = Watched::with(&["a.txt", "sub/c.txt"]);
    let away = watched.root.with_file_name("elsewhere");
    fs::rename(&watched.root, &away).unwrap();
    let survey = watched.survey(None);
    assert!(survey.unreachable.as_ref().is_some_and(|why| why.contains("is not there")), "{:?}", survey.unreachable);
    assert_eq!(names(&survey), [vec![], vec![], vec!["a.txt", "c.txt"]]);
    fs::rename(&away, &watched.root).unwrap();
    assert_eq!(names(&watched.survey(None)), [vec!["a.txt", "c.txt"], vec![], vec![]]);

    // A file in its place is no folder either.
    fs::rename(&watched.root, &away).unwrap();
    fs::write(&watched.root, "text").unwrap();
    assert!(watched.survey(None).unreachable.is_some());
}

#[test]
fn an_emptied_folder_is_offline_on_another_disk_and_gone_on_its_own() {
    let watched = Watched::with(&["a.txt"]);
    let disk = watched.survey(None).device;
    fs::remove_file(watched.root.join("a.txt")).unwrap();
    assert_eq!(names(&watched.survey(disk))[1], ["a.txt"]);
    let survey = watched.survey(disk.map(|disk| disk + 1));
    assert!(survey.unreachable.is_some());
    assert_eq!(names(&survey)[2], ["a.txt"]);
}

#[test]
fn an_unplugged_drive_differs_from_a_deletion_and_from_new_disk_numbers() {
    let mut watched = Watched::with(&["a.txt", "usb/b.txt"]);
    fs::remove_dir_all(watched.root.join("usb")).unwrap();
    let other = |document: &Document| document.device.map(|disk| disk + 1);
    let usb = watched.documents.iter().position(|document| document.name == "b.txt").unwrap();
    watched.documents[usb].device = other(&watched.documents[usb]);
    assert_eq!(names(&watched.survey(None))[2], ["b.txt"], "it lay on a disk that is not there");
    watched.documents[1 - usb].device = watched.documents[usb].device;
    assert_eq!(names(&watched.survey(None))[1], ["b.txt"], "the disk is there, with another number");
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_not_a_deletion() {
    use std::os::unix::fs::PermissionsExt;
    let watched = Watched::with(&["a.txt", "locked/b.txt"]);
    let locked = watched.root.join("locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let survey = watched.survey(None);
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
    let [found, gone, offline] = names(&survey);
    // A user who may read everything (root in a container) finds the file.
    assert!(found == ["a.txt", "b.txt"] || offline == ["b.txt"], "{survey:?}");
    assert_eq!(gone, [""; 0]);
}

/// In each case the old path still leads to a file, and no further look finds anything else.
#[cfg(unix)]
#[test]
fn a_document_whose_path_leads_elsewhere_is_missing_at_the_first_look() {
    use std::os::unix::fs::symlink;
    type Change = fn(&Path);
    let changes: [(&str, Change, &[&str], &[&str]); 4] = [
        (
            "a folder in place of the file",
            |root| {
                fs::remove_file(root.join("a.txt")).unwrap();
                fs::create_dir(root.join("a.txt")).unwrap();
                fs::write(root.join("a.txt/a.txt"), "text").unwrap();
            },
            &["a.txt", "c.txt"],
            &["a.txt"],
        ),
        (
            "a link in place of the file",
            |root| {
                fs::rename(root.join("a.txt"), root.join("b.txt")).unwrap();
                symlink(root.join("b.txt"), root.join("a.txt")).unwrap();
            },
            &["b.txt", "c.txt"],
            &["a.txt"],
        ),
        (
            "a folder moved away and linked",
            |root| {
                fs::rename(root.join("sub"), root.with_file_name("other")).unwrap();
                symlink(root.with_file_name("other"), root.join("sub")).unwrap();
            },
            &["a.txt"],
            &["c.txt"],
        ),
        (
            "a file in place of the folder",
            |root| {
                fs::remove_dir_all(root.join("sub")).unwrap();
                fs::write(root.join("sub"), "text").unwrap();
            },
            &["a.txt", "sub"],
            &["c.txt"],
        ),
    ];
    for (what, change, found, missing) in changes {
        let watched = Watched::with(&["a.txt", "sub/c.txt"]);
        change(&watched.root);
        let survey = watched.survey(None);
        assert_eq!(names(&survey), [found.to_vec(), missing.to_vec(), vec![]], "{what}");
        assert!(!survey.moving, "{what}: a further look finds the same");
    }
}

#[cfg(unix)]
#[test]
fn a_watched_folder_that_was_moved_and_linked_keeps_its_documents_at_their_paths() {
    let mut watched = Watched::with(&["a.txt", "sub/c.txt"]);
    let elsewhere = watched.root.with_file_name("elsewhere");
    fs::rename(&watched.root, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &watched.root).unwrap();
    let survey = watched.survey(None);
    assert_eq!(names(&survey), [vec!["a.txt", "c.txt"], vec![], vec![]]);
    let paths = |survey: &Survey| survey.found.sources.iter().map(|source| source.path.clone()).collect::<Vec<_>>();
    let documents: Vec<String> = watched.documents.iter().map(|row| row.path.clone()).collect();
    assert_eq!(paths(&survey), documents);

    // The same with a folder above it.
    fs::remove_file(&watched.root).unwrap();
    let above = watched.root.with_file_name("above");
    fs::create_dir(&above).unwrap();
    fs::rename(&elsewhere, above.join("watched")).unwrap();
    let linked = watched.root.with_file_name("linked");
    std::os::unix::fs::symlink(&above, &linked).unwrap();
    watched.root = linked.join("watched");
    let found = watched.survey(None).found.sources;
    watched.documents = found.iter().map(|source| row(&source.path, source.device)).collect();
    let survey = watched.survey(None);
    assert_eq!((paths(&survey).len(), survey.missing.len()), (2, 0));
    assert!(Path::new(&paths(&survey)[0]).starts_with(&watched.root));
}
