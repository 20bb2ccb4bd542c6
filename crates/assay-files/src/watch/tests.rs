use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use assay_domain::FolderId;

use super::{DirtySet, Follower, WatchMode};
use crate::sources::{Limits, find};

const FOLDER: FolderId = FolderId(7);
/// Only a test that fails waits this long.
const LONG: Duration = Duration::from_secs(20);

fn folders(root: &Path) -> Vec<(PathBuf, u64)> {
    find(&[root.to_owned()], &Limits { largest: 1 << 20, own: PathBuf::new() }).folders
}

/// Follows a root until no folder below it is new.
async fn follow(follower: &mut Follower, dirty: &DirtySet, root: &Path) {
    loop {
        assert_eq!(follower.follow(FOLDER, root, &folders(root)), WatchMode::Events);
        if dirty.due(Duration::from_millis(700)).await.is_empty() {
            return;
        }
    }
}

#[tokio::test]
async fn changes_in_old_new_and_renamed_folders_mark_their_root() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::write(root.join("a/b/note.txt"), "text").unwrap();
    let dirty = Arc::new(DirtySet::default());
    let mut follower = Follower::new(dirty.clone());
    follow(&mut follower, &dirty, &root).await;

    let change: [(&str, &dyn Fn(&Path)); 6] = [
        ("a new file", &|root| fs::write(root.join("new.txt"), "text").unwrap()),
        ("a file written to", &|root| fs::write(root.join("a/b/note.txt"), "other text").unwrap()),
        ("a new folder", &|root| fs::create_dir(root.join("a/c")).unwrap()),
        ("a file in the new folder", &|root| fs::write(root.join("a/c/note.txt"), "text").unwrap()),
        ("a folder renamed", &|root| fs::rename(root.join("a/b"), root.join("a/d")).unwrap()),
        ("a file in the renamed folder", &|root| fs::remove_file(root.join("a/d/note.txt")).unwrap()),
    ];
    for (what, change) in change {
        change(&root);
        assert_eq!(dirty.due(LONG).await, [FOLDER], "{what}");
        follow(&mut follower, &dirty, &root).await;
    }

    // Reading marks nothing, and neither does a folder that is followed no longer.
    fs::read(root.join("new.txt")).unwrap();
    assert!(dirty.due(Duration::from_millis(900)).await.is_empty());
    follower.leave(FOLDER);
    fs::write(root.join("new.txt"), "other text").unwrap();
    assert!(dirty.due(Duration::from_millis(900)).await.is_empty());
}

#[tokio::test]
async fn a_scan_waits_for_quiet_but_not_for_ever() {
    let dirty = Arc::new(DirtySet::default());
    dirty.mark_due(FOLDER);
    assert_eq!(dirty.due(LONG).await, [FOLDER], "at once");

    let begun = Instant::now();
    let busy = dirty.clone();
    let changes = tokio::spawn(async move {
        while begun.elapsed() < Duration::from_secs(7) {
            busy.mark(FOLDER);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert_eq!(dirty.due(LONG).await, [FOLDER]);
    assert!(begun.elapsed() >= Duration::from_millis(4_900), "it was due during the changes");
    changes.await.unwrap();
    assert_eq!(dirty.due(LONG).await, [FOLDER], "and once more after it");
}
