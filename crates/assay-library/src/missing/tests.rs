use std::fs;

use assay_domain::port::{Catalogue, Source};
use assay_domain::{Cancel, DocumentId, DocumentState, Failure, Problem};

use crate::fixtures::{NO_MODEL, Opened, SHIPPED};
use crate::report::FileStatus;

fn miss(opened: &Opened, document: DocumentId) {
    let why = Failure::new(Problem::MissingFile, "its file is gone", "put it back");
    opened.store().set_state(document, DocumentState::Missing, Some(&why)).unwrap();
}

async fn expire(opened: &Opened) -> Vec<FileStatus> {
    let files = opened.library.expire_if_idle(&Cancel::default(), &mut |_| ()).await.unwrap();
    files.into_iter().map(|file| file.status).collect()
}

fn state(opened: &Opened, document: DocumentId) -> Option<DocumentState> {
    opened.store().document(document).unwrap().map(|row| row.state)
}

#[tokio::test]
async fn a_document_of_a_folder_that_is_watched_no_longer_is_looked_for_before_it_goes() {
    let opened = Opened::new(NO_MODEL, 0);
    let folder = opened.watch("notes", "default");
    let [back, gone, away] =
        ["notes/back.txt", "notes/gone.txt", "notes/away.txt"].map(|name| opened.read(name, Some(folder)));
    for document in [back, gone, away] {
        miss(&opened, document);
    }
    // Its drive has another number than the folder above has now.
    let on_a_drive =
        Source { device: Some(1), ..Source::at(opened.path("notes/away.txt").to_str().unwrap(), "away.txt") };
    opened.store().admit("default", None, &[on_a_drive]).unwrap();
    opened.write("notes/back.txt", "words");
    assert_eq!(expire(&opened).await, [], "scans see to the documents of watched folders");

    opened.store().unwatch(folder).unwrap();
    assert_eq!(expire(&opened).await, [FileStatus::Removed]);
    let states = [back, gone, away].map(|document| state(&opened, document));
    assert_eq!(states, [Some(DocumentState::Queued), None, Some(DocumentState::Missing)]);
    assert!(opened.store().document(back).unwrap().unwrap().generation.is_some(), "and it answers meanwhile");
}

#[tokio::test]
async fn no_grace_time_ends_while_files_wait_that_may_be_the_missing_ones() {
    let opened = Opened::new(NO_MODEL, 0);
    let missing = opened.read("a.txt", None);
    miss(&opened, missing);
    let waits = opened.store().enqueue("default", &Source::at("/elsewhere/b.txt", "b.txt")).unwrap();
    for stopped in [false, true] {
        if stopped {
            opened.store().stop_work().unwrap();
        }
        assert_eq!(expire(&opened).await, []);
    }
    opened.store().remove(&[waits]).unwrap();
    assert_eq!(expire(&opened).await, [FileStatus::Removed]);
    assert_eq!(state(&opened, missing), None);
}

#[tokio::test]
async fn no_grace_time_ends_while_a_rebuild_waits_or_a_file_is_to_be_tried_again() {
    let opened = Opened::new(NO_MODEL, 0);
    let missing = opened.read("a.txt", None);
    miss(&opened, missing);
    opened.store().want_rebuild().unwrap();
    assert_eq!(expire(&opened).await, []);
    opened.store().drop_rebuild().unwrap();
    let busy = opened.store().enqueue("default", &Source::at("/elsewhere/b.txt", "b.txt")).unwrap();
    let failure = Failure::new(Problem::FileInUse, "it is in use", "close it");
    opened.store().set_state(busy, DocumentState::Failed, Some(&failure)).unwrap();
    assert_eq!(opened.store().queue().unwrap(), []);
    assert_eq!(expire(&opened).await, []);
    opened.store().remove(&[busy]).unwrap();
    assert_eq!(expire(&opened).await, [FileStatus::Removed]);
}

#[tokio::test]
async fn a_missing_document_that_is_read_again_stays_missing_until_its_file_is_back() {
    let opened = Opened::new(SHIPPED, 30);
    let missing = opened.read("a.txt", None);
    let busy = Failure::new(Problem::FileInUse, "it is in use", "close it");
    opened.store().set_state(missing, DocumentState::Failed, Some(&busy)).unwrap();
    miss(&opened, missing);
    let again = async || {
        let report = opened.library.ingest_again(&[missing], &Cancel::default(), &mut |_| ()).await.unwrap();
        report.files.iter().map(|file| file.status).collect::<Vec<_>>()
    };
    assert_eq!(again().await, [FileStatus::Missing]);
    assert_eq!(state(&opened, missing), Some(DocumentState::Missing));
    assert_eq!(opened.store().queue().unwrap(), []);
    // No program reads it in this test.
    opened.write("a.txt", "other words");
    assert_eq!(again().await, [FileStatus::Failed]);
    assert_eq!(state(&opened, missing), Some(DocumentState::Failed));
}

/// The walk does not list a link, whatever it leads to.
#[cfg(unix)]
#[tokio::test]
async fn a_rebuild_touches_no_missing_document() {
    let opened = Opened::new(SHIPPED, 0);
    let missing = opened.read("a.txt", None);
    miss(&opened, missing);
    opened.write("b.txt", "words");
    std::os::unix::fs::symlink(opened.path("b.txt"), opened.path("a.txt")).unwrap();
    let report = opened.library.rebuild(&Cancel::default(), &mut |_| ()).await.unwrap();
    assert_eq!(report.files.iter().map(|file| file.status).collect::<Vec<_>>(), [FileStatus::Missing]);
    let row = opened.store().document(missing).unwrap().unwrap();
    assert_eq!((row.state, row.generation.is_some()), (DocumentState::Missing, true));
}

#[tokio::test]
async fn a_stopped_scan_ends_no_grace_time() {
    let opened = Opened::new(NO_MODEL, 0);
    let folder = opened.watch("notes", "default");
    let missing = opened.read("notes/a.txt", Some(folder));
    miss(&opened, missing);
    let cancel = Cancel::default();
    cancel.stop();
    opened.library.rescan_all(&cancel, &mut |_| ()).await.unwrap();
    assert_eq!(state(&opened, missing), Some(DocumentState::Missing));
    let report = opened.library.rescan_all(&Cancel::default(), &mut |_| ()).await.unwrap();
    assert_eq!(report.files.iter().map(|file| file.status).collect::<Vec<_>>(), [FileStatus::Removed]);
    assert_eq!(state(&opened, missing), None);
}

/// The note that the copies are to be purged comes first, so that a program that dies between the two leaves no text.
#[tokio::test]
async fn nothing_is_removed_before_the_copies_are_known_to_lose_it() {
    let opened = Opened::new(NO_MODEL, 0);
    let missing = opened.read("a.txt", None);
    miss(&opened, missing);
    let snapshots = opened.folder.path().join("library/snapshots");
    drop(fs::remove_dir_all(&snapshots));
    fs::write(&snapshots, "in the way").unwrap();
    opened.library.expire_if_idle(&Cancel::default(), &mut |_| ()).await.unwrap_err();
    assert_eq!(state(&opened, missing), Some(DocumentState::Missing));
}
