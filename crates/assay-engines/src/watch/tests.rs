use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use assay_domain::FolderId;

use super::{DirtySet, Follower, How};
use crate::sources::{Limits, find};

const FOLDER: FolderId = FolderId(7);
/// A test that waits so long has failed; none that passes does.
const LONG: Duration = Duration::from_secs(20);

fn folders(root: &Path) -> Vec<(PathBuf, u64)> {
    find(&[root.to_owned()], &Limits { largest: 1 << 20, own: PathBuf::new() }).folders
}

/// Follows until following it finds no other folder to watch.
async fn follow(follower: &mut Follower, marks: &DirtySet, root: &Path) {
    loop {
        assert_eq!(follower.follow(FOLDER, root, &folders(root)), How::Events);
        if marks.due(Duration::from_millis(700)).await.is_empty() {
            return;
        }
    }
}

#[tokio::test]
async fn changes_in_folders_old_new_and_renamed_mark_their_root() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::write(root.join("a/b/note.txt"), "text").unwrap();
    let marks = Arc::new(DirtySet::default());
    let mut follower = Follower::new(marks.clone());
    follow(&mut follower, &marks, &root).await;

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
        assert_eq!(marks.due(LONG).await, [FOLDER], "{what}");
        follow(&mut follower, &marks, &root).await;
    }

    // Reading changes nothing, and what is followed no longer marks nothing.
    fs::read(root.join("new.txt")).unwrap();
    assert!(marks.due(Duration::from_millis(900)).await.is_empty());
    follower.leave(FOLDER);
    fs::write(root.join("new.txt"), "other text").unwrap();
    assert!(marks.due(Duration::from_millis(900)).await.is_empty());
}

#[tokio::test]
async fn a_storm_is_waited_for_but_not_for_ever() {
    let marks = Arc::new(DirtySet::default());
    marks.mark_due(FOLDER);
    assert_eq!(marks.due(LONG).await, [FOLDER], "at once");

    let begun = Instant::now();
    let stormy = marks.clone();
    let storm = tokio::spawn(async move {
        while begun.elapsed() < Duration::from_secs(7) {
            stormy.mark(FOLDER);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert_eq!(marks.due(LONG).await, [FOLDER]);
    assert!(begun.elapsed() >= Duration::from_millis(4_900), "it was looked at in the storm");
    storm.await.unwrap();
    assert_eq!(marks.due(LONG).await, [FOLDER], "and once more after it");
}
