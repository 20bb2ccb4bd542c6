use std::fs;
use std::path::Path;
use std::time::Duration;

use assay_domain::port::{Catalogue, Source};
use assay_domain::{DocumentId, Problem};
use tempfile::TempDir;

use super::open_catalogue;
use crate::fixtures::reading;
use crate::home::Home;
use crate::notices::{NoticeKind, Notices};

fn home() -> (TempDir, Home) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(&folder.path().join("library")).unwrap();
    (folder, home)
}

fn fill(home: &Home) -> Vec<DocumentId> {
    let store = open_catalogue(home, &Notices::default()).unwrap();
    let ids = ["/a.txt", "/b.txt", "/c.txt"].map(|path| {
        let source = Source::at(path, path);
        let id = store.enqueue("default", &source).unwrap();
        let generation = store.begin(id).unwrap();
        store.commit(id, generation, &reading(&format!("words of {path} {}", "and more ".repeat(3000)))).unwrap();
        id
    });
    ids.to_vec()
}

const DAMAGES: [(&str, fn(&Path)); 5] = [
    ("emptied", |path| fs::write(path, b"").unwrap()),
    ("gone", |path| fs::remove_file(path).unwrap()),
    ("cut to a half", |path| {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("garbage", |path| fs::write(path, "no database of any kind ".repeat(999)).unwrap()),
    ("written over in its middle", |path| {
        let mut bytes = fs::read(path).unwrap();
        let (from, to) = (bytes.len() / 3, bytes.len() / 3 + 9000);
        bytes[from..to].fill(0x5a);
        fs::write(path, bytes).unwrap();
    }),
];

#[test]
fn a_damaged_catalogue_is_replaced_by_its_newest_snapshot() {
    for (what, damage) in DAMAGES {
        for with_text in [false, true] {
            let (_folder, home) = home();
            let ids = fill(&home);
            let store = open_catalogue(&home, &Notices::default()).unwrap();
            if with_text {
                store.take_snapshot(&home.snapshots(), "before-rebuild").unwrap();
            } else {
                store.take_small_snapshot(&home.snapshots(), Some(Duration::from_secs(9))).unwrap();
            }
            drop(store);
            damage(&home.catalogue());
            let notices = Notices::default();
            let store = open_catalogue(&home, &notices).unwrap();
            assert_eq!(store.documents().unwrap().len(), ids.len(), "{what}");
            assert_eq!(store.pages(ids[0]).unwrap().len(), usize::from(with_text), "{what}");
            let said = notices.all();
            assert_eq!(said.len(), 1, "{what}: {said:?}");
            assert!(said[0].kind == NoticeKind::Recovered && said[0].what.contains("snapshot"), "{said:?}");
            if what != "gone" {
                assert_eq!(fs::read_dir(home.damaged()).unwrap().count(), 1, "{what}");
            }
            drop(store);
            let notices = Notices::default();
            drop(open_catalogue(&home, &notices).unwrap());
            assert!(notices.all().is_empty(), "what was repaired stays so");
        }
    }
}

#[test]
fn a_damaged_catalogue_without_a_snapshot_is_reported_and_left_as_it_is() {
    let (_folder, home) = home();
    fill(&home);
    fs::write(home.catalogue(), "no database of any kind ".repeat(999)).unwrap();
    let failure = open_catalogue(&home, &Notices::default()).unwrap_err();
    assert_eq!(failure.problem, Problem::IndexDamaged);
    assert!(failure.action.contains("catalogue.sqlite") && failure.action.contains("restore"), "{failure}");
    assert!(fs::metadata(home.catalogue()).unwrap().len() > 10_000);
}

#[test]
fn a_damaged_snapshot_is_skipped() {
    let (_folder, home) = home();
    fill(&home);
    let store = open_catalogue(&home, &Notices::default()).unwrap();
    store.take_small_snapshot(&home.snapshots(), Some(Duration::from_secs(9))).unwrap();
    drop(store);
    fs::write(home.snapshots().join("2999-01-01-000000-layout4-before-upgrade.sqlite"), b"torn").unwrap();
    fs::write(home.catalogue(), b"torn").unwrap();
    let notices = Notices::default();
    assert_eq!(open_catalogue(&home, &notices).unwrap().documents().unwrap().len(), 3);
    assert!(notices.all()[0].what.contains("without-text"), "{:?}", notices.all());
}

#[test]
fn a_synced_data_folder_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(&folder.path().join("Dropbox/assay")).unwrap();
    let notices = Notices::default();
    drop(open_catalogue(&home, &notices).unwrap());
    let said = notices.all();
    assert!(said[0].kind == NoticeKind::SyncedFolder && said[0].what.contains("Dropbox"), "{said:?}");
    assert!(said[0].action.contains("--data"));
}

/// An error of the moment does not make a catalogue that is there look gone.
#[cfg(unix)]
#[test]
fn a_catalogue_that_cannot_be_looked_at_is_not_replaced() {
    let (folder, home) = home();
    fill(&home);
    let store = open_catalogue(&home, &Notices::default()).unwrap();
    store.take_small_snapshot(&home.snapshots(), Some(Duration::from_secs(9))).unwrap();
    drop(store);
    let before = fs::read(home.catalogue()).unwrap();
    let away = folder.path().join("away.sqlite");
    fs::rename(home.catalogue(), &away).unwrap();
    std::os::unix::fs::symlink(home.catalogue(), home.catalogue()).unwrap();
    open_catalogue(&home, &Notices::default()).unwrap_err();
    fs::remove_file(home.catalogue()).unwrap();
    fs::rename(&away, home.catalogue()).unwrap();
    assert!(!home.damaged().exists(), "nothing was moved");
    assert_eq!(fs::read(home.catalogue()).unwrap(), before);
}
