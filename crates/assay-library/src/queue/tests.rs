use std::pin::pin;
use std::time::Duration;

use assay_catalogue::Work;
use assay_domain::port::{Catalogue, Source};
use assay_domain::{Cancel, DocumentState, Failure, Problem};
use assay_pipeline::ingest::IngestEvent;
use futures::FutureExt;
use futures::future::{Either, select};

use crate::fixtures::{NO_MODEL, Opened, SHIPPED};
use crate::follow::FollowEvent;
use crate::report::FileStatus;

/// Whether each row of the queue is stopped.
fn stopped(opened: &Opened) -> Vec<bool> {
    opened.store().queue().unwrap().iter().map(|row| row.stopped).collect()
}

#[tokio::test]
async fn work_that_its_caller_ends_goes_on_by_itself() {
    let opened = Opened::new(NO_MODEL, 30);
    let document = opened.store().enqueue("default", &Source::at("/elsewhere/b.txt", "b.txt")).unwrap();
    let cancel = Cancel::default();
    cancel.stop();
    drop(opened.library.resume(&cancel, &mut |_| ()).await);
    assert_eq!(stopped(&opened), [false]);
    drop(opened.library.ingest_again(&[document], &cancel, &mut |_| ()).await);
    assert_eq!(stopped(&opened), [false]);
    opened.library.ingest(vec![opened.path("c.txt")], "default", &cancel, &mut |_| ()).await.unwrap();
    assert_eq!(stopped(&opened), [false, false]);
    drop(opened.library.rebuild(&cancel, &mut |_| ()).await);
    assert!(!stopped(&opened).contains(&true));
}

/// Another job's files wait, too, and go on.
#[tokio::test]
async fn the_rest_of_one_job_waits_for_the_user_and_that_of_another_does_not() {
    let opened = Opened::new(NO_MODEL, 30);
    let (mine, other) = (opened.path("mine.txt"), opened.path("other.txt"));
    for path in [&mine, &other] {
        opened.store().enqueue("default", &Source::at(path.to_str().unwrap(), "a.txt")).unwrap();
    }
    let cancel = Cancel::default();
    cancel.stop();
    let folder = opened.path("folder");
    opened.library.ingest(vec![folder.clone()], "default", &cancel, &mut |_| ()).await.unwrap();
    let left = [&mine, &folder].map(|path| path.to_str().unwrap().to_owned()).into();
    opened.library.stop_rest(&left, false).unwrap();
    assert_eq!(stopped(&opened), [true, false, true]);
}

/// The files of the first collection are being read when the user stops.
#[tokio::test]
async fn a_stop_is_one_for_every_collection_of_a_scan() {
    let opened = Opened::new(SHIPPED, 30);
    for collection in ["a", "b", "c"] {
        opened.watch(collection, collection);
        opened.write(&format!("{collection}/note.txt"), &format!("words of {collection}"));
    }
    let mut stop = |event| {
        if let IngestEvent::File { state: DocumentState::Reading, .. } = event {
            opened.library.stop_ingest().unwrap();
        }
    };
    let report = opened.library.rescan_all(&Cancel::default(), &mut stop).await.unwrap();
    assert_eq!(report.files.iter().map(|file| file.status).collect::<Vec<_>>(), [FileStatus::Stopped; 3]);
    assert_eq!(stopped(&opened), [true; 3]);
    let report = opened.library.rescan_all(&Cancel::default(), &mut |_| ()).await.unwrap();
    assert!(report.files.iter().all(|file| file.status == FileStatus::Stopped), "a later scan leaves them alone");
    assert_eq!(stopped(&opened), [true; 3]);
}

/// The folder is being walked when the user stops.
#[tokio::test]
async fn a_stop_reaches_a_scan_that_has_found_no_work_yet() {
    let opened = Opened::new(NO_MODEL, 0);
    let folder = opened.watch("notes", "default");
    let gone = opened.read("notes/gone.txt", Some(folder));
    opened.write("notes/new.txt", "words");
    let (cancel, mut on) = (Cancel::default(), |_| ());
    let mut scanning = Box::pin(opened.library.rescan_all(&cancel, &mut on));
    assert!((&mut scanning).now_or_never().is_none());
    opened.library.stop_ingest().unwrap();
    let report = scanning.await.unwrap();
    assert_eq!(report.files.iter().map(|file| file.status).collect::<Vec<_>>(), [FileStatus::Stopped]);
    assert_eq!(stopped(&opened), [true]);
    let gone = opened.store().document(gone).unwrap().unwrap();
    assert_eq!((gone.state, cancel.is_stopped()), (DocumentState::Committed, false));
}

/// A file that waits is looked at, whether it is a removed one under another name, when the user stops.
#[tokio::test]
async fn a_stop_while_a_waiting_file_is_looked_at_is_one_for_all_that_wait() {
    let opened = Opened::new(NO_MODEL, 30);
    let folder = opened.watch("notes", "default");
    let removed = opened.read("notes/removed.txt", Some(folder));
    opened.store().dismiss(&[removed]).unwrap();
    let source = |name| Source::at(opened.path(name).to_str().unwrap(), name);
    opened.write("notes/first.txt", "words");
    let waiting = ["notes/first.txt", "notes/gone.txt"].map(source);
    opened.store().admit("default", Some(folder), &waiting).unwrap();
    let (cancel, mut on) = (Cancel::default(), |_| ());
    let mut resuming = Box::pin(opened.library.resume(&cancel, &mut on));
    assert!((&mut resuming).now_or_never().is_none());
    opened.library.stop_ingest().unwrap();
    let report = resuming.await.unwrap();
    assert_eq!(report.files.iter().map(|file| file.status).collect::<Vec<_>>(), [FileStatus::Stopped; 2]);
    assert_eq!(stopped(&opened), [true; 2]);
    assert!(opened.store().documents().unwrap().iter().all(|row| row.state == DocumentState::Queued));
}

#[tokio::test]
async fn a_stop_of_another_try_does_not_end_the_following() {
    let opened = Opened::new(SHIPPED, 30);
    opened.write("a.txt", "words");
    let path = opened.path("a.txt");
    let document = opened.store().enqueue("default", &Source::at(path.to_str().unwrap(), "a.txt")).unwrap();
    let busy = Failure::new(Problem::FileInUse, "it is in use", "close it");
    opened.store().set_state(document, DocumentState::Failed, Some(&busy)).unwrap();
    // The first pause is the shortest.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let (cancel, reached) = (Cancel::default(), Cancel::default());
    let mut on = |event| {
        if let FollowEvent::Ingest(IngestEvent::File { state: DocumentState::Reading, .. }) = event {
            opened.library.stop_ingest().unwrap();
            reached.stop();
        }
    };
    let following = pin!(opened.library.follow(&cancel, &mut on));
    let Either::Right((_, mut following)) = select(following, reached.stopped()).await else {
        panic!("the following ended before the try");
    };
    let later = tokio::time::timeout(Duration::from_secs(5), &mut following).await;
    assert!(later.is_err() && !cancel.is_stopped(), "it goes on");
    assert_eq!(stopped(&opened), [true], "and the file waits until the user goes on");
    cancel.stop();
    following.await.unwrap();
}

#[tokio::test]
async fn a_rebuild_that_waits_for_its_turn_is_begun_by_nobody_else() {
    let opened = Opened::new(NO_MODEL, 30);
    let turn = opened.library.writing.lock().await;
    let (cancel, mut on) = (Cancel::default(), |_| ());
    let mut rebuilding = Box::pin(opened.library.rebuild(&cancel, &mut on));
    assert!((&mut rebuilding).now_or_never().is_none());
    let row = opened.store().queue().unwrap().remove(0);
    assert_eq!(row.work, Work::Rebuild);
    assert!(opened.library.claims.with(|claimed| claimed.contains(&row.id)));
    drop(turn);
    rebuilding.await.unwrap_err();
    assert!(opened.library.claims.with(|claimed| claimed.is_empty()));
}

#[tokio::test]
async fn a_planned_try_at_a_file_that_is_gone_is_the_last() {
    let opened = Opened::new(SHIPPED, 30);
    let path = opened.path("gone.txt");
    let document = opened.store().enqueue("default", &Source::at(path.to_str().unwrap(), "gone.txt")).unwrap();
    let busy = Failure::new(Problem::FileInUse, "it is in use", "close it");
    opened.store().set_state(document, DocumentState::Failed, Some(&busy)).unwrap();
    opened.library.ingest_again(&[document], &Cancel::default(), &mut |_| ()).await.unwrap();
    let row = opened.store().document(document).unwrap().unwrap();
    assert_eq!((row.state, row.problem, row.retry), (DocumentState::Failed, Some(Problem::MissingFile), None));
}
