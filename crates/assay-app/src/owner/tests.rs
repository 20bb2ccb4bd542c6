use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use assay_contract::LibraryEvent;
use assay_contract::call::{Collections, Document, Folders, FrontEnd, Queue, Request, UnwatchFolder, WatchFolder};
use assay_domain::{Cancel, Problem};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::connection::{serve, stop_with};
use super::frame::{self, Answer, FrameError, Greeting, Stop};
use super::socket::{Listener, connect};
use super::{Owner, Remote};
use crate::app::{App, Opening};
use crate::session::{Session, named_owner};

const MOMENT: Duration = Duration::from_secs(20);

fn opening(data: &Path) -> Opening {
    Opening { data: Some(data.to_owned()), ..Opening::default() }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there is a file").permissions().mode() & 0o777
}

/// A frame with a length that need not be that of its JSON.
fn bytes(length: u32, json: &[u8]) -> Vec<u8> {
    [&length.to_le_bytes(), json].concat()
}

#[tokio::test]
async fn frames_that_are_cut_too_long_or_no_json_are_refused() {
    let call = br#"{"collections":{}}"#;
    for (sent, wanted) in [
        (bytes(call.len() as u32, call), "whole"),
        (Vec::new(), "closed"),
        (vec![1, 0], "closed"),
        (bytes(9, b"{\"colle"), "closed"),
        (bytes(100, b""), "closed"),
        (bytes(101, b"{}"), "too long"),
        (bytes(u32::MAX, b"{}"), "too long"),
        (bytes(0, b""), "malformed"),
        (bytes(3, b"\xff\xfe{"), "malformed"),
        (bytes(4, b"null"), "malformed"),
        (bytes(19, br#"{"delete_all":true}"#), "malformed"),
    ] {
        let (mut ours, mut theirs) = duplex(1 << 10);
        theirs.write_all(&sent).await.unwrap();
        drop(theirs);
        let found = match frame::read::<Request>(&mut ours, 100).await {
            Ok(_) => "whole",
            Err(FrameError::Closed) => "closed",
            Err(FrameError::TooLong { bytes }) if bytes > 100 => "too long",
            Err(FrameError::TooLong { .. }) => "short",
            Err(FrameError::Malformed(_)) => "malformed",
        };
        assert_eq!(found, wanted, "{sent:?}");
    }
    assert!(matches!(frame::framed(&"a long text", 5), Err(FrameError::TooLong { bytes: 13 })));
}

/// Scores of fusion are sums of such fractions.
#[tokio::test]
async fn numbers_cross_to_the_last_bit_but_for_one_in_a_thousand() {
    let share = |rank: u32| 1.0 / (60.0 + f64::from(rank));
    let sums = (1..300).flat_map(|one| (1..300).map(move |other| share(one) + share(other)));
    let sent: Vec<f64> =
        sums.chain([0.0, -0.0, 0.1, -1e300, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e22 / 3.0]).collect();
    let small: Vec<f32> = sent.iter().map(|number| *number as f32).filter(|number| number.is_finite()).collect();
    let frame = frame::framed(&(&sent, &small), frame::REPLY).unwrap();
    let (read, read_small): (Vec<f64>, Vec<f32>) = frame::read(&mut frame.as_slice(), frame::REPLY).await.unwrap();
    assert!(read_small == small && read.len() == sent.len());
    let off = |(read, sent): (&f64, &f64)| read.to_bits().abs_diff(sent.to_bits());
    let off: Vec<u64> = read.iter().zip(&sent).map(off).collect();
    assert!(off.iter().all(|bits| *bits <= 1));
    let exact = off.iter().filter(|bits| **bits == 0).count();
    assert!(exact * 1_000 >= sent.len() * 997, "{exact} of {}", sent.len());
}

#[tokio::test]
async fn a_client_of_another_version_is_greeted_and_asked_nothing() {
    for greeting in [
        Greeting { version: "0.0.1".to_owned(), ..Greeting::new(None) },
        Greeting { protocol: frame::PROTOCOL + 1, ..Greeting::new(None) },
    ] {
        let (ours, mut theirs) = duplex(1 << 10);
        let serving = tokio::spawn(serve(ours, Weak::new(), FrontEnd::Watch, Cancel::default(), &|_| ()));
        let owner: Greeting = frame::read(&mut theirs, frame::GREETING).await.unwrap();
        assert!(owner.fits() && owner.front_end == Some(FrontEnd::Watch));
        frame::write(&mut theirs, &greeting, frame::GREETING).await.unwrap();
        drop(frame::write(&mut theirs, &Request::from(Collections {}), frame::CALL).await);
        let mut rest = Vec::new();
        theirs.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"");
        serving.await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_this_version_does_not_know_is_a_failure() {
    let (ours, mut theirs) = duplex(1 << 10);
    tokio::spawn(serve(ours, Weak::new(), FrontEnd::Serve, Cancel::default(), &|_| ()));
    frame::read::<Greeting>(&mut theirs, frame::GREETING).await.unwrap();
    frame::write(&mut theirs, &Greeting::new(None), frame::GREETING).await.unwrap();
    theirs.write_all(&bytes(19, br#"{"delete_all":true}"#)).await.unwrap();
    let answer: Answer<(), ()> = frame::read(&mut theirs, frame::REPLY).await.unwrap();
    assert!(matches!(&answer, Answer::Failure(problem) if problem.message.contains("delete_all")), "{answer:?}");
}

#[tokio::test]
async fn an_owner_of_another_version_is_named() {
    let data = tempfile::tempdir().unwrap();
    let mut listener = Listener::bind(&data.path().canonicalize().unwrap()).unwrap();
    tokio::spawn(async move {
        let mut stream = listener.accept().await.unwrap();
        let greeting = Greeting { version: "99.0\u{1b}[2J".to_owned(), ..Greeting::new(Some(FrontEnd::Window)) };
        frame::write(&mut stream, &greeting, frame::GREETING).await.unwrap();
        frame::read::<Greeting>(&mut stream, frame::GREETING).await.unwrap();
    });
    let refused = Remote::find(data.path()).await.unwrap_err();
    assert_eq!(refused.problem, Problem::LibraryInUse);
    assert!(refused.message.starts_with("another version of Assay (99.0[2J)"), "{refused}");
}

/// A client that says so, and one that is killed.
#[tokio::test]
async fn a_client_stops_its_call_by_a_frame_or_by_leaving() {
    for leaves in [false, true] {
        let (mut ours, mut theirs) = duplex(1 << 10);
        let above = Cancel::default();
        let cancel = above.below();
        let pressed = cancel.clone();
        tokio::spawn(async move { stop_with(&mut ours, &cancel).await });
        if leaves {
            drop(theirs);
        } else {
            frame::write(&mut theirs, &Stop {}, frame::GREETING).await.unwrap();
        }
        tokio::time::timeout(MOMENT, pressed.stopped()).await.unwrap();
        assert!(pressed.is_pressed() && !above.is_stopped());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_is_open_elsewhere_does_calls_of_several_clients() {
    let folder = tempfile::tempdir().unwrap();
    let (data, files) = (folder.path().join("library"), folder.path().join("files"));
    fs::create_dir(&files).unwrap();
    let app = Arc::new(App::open(opening(&data)).unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = seen.clone();
    let owner = Owner::serve(&app, FrontEnd::Window, move |event| see.lock().unwrap().push(event)).await.unwrap();
    let socket = data.join("run/owner.sock");
    assert_eq!((mode(&socket), mode(&data.join("run"))), (0o600, 0o700));

    let first = Session::open(opening(&data), Duration::ZERO).await.unwrap();
    let second = Session::open(opening(&data), Duration::ZERO).await.unwrap();
    assert_eq!((first.owner(), second.owner()), (Some(FrontEnd::Window), Some(FrontEnd::Window)));
    let watch = WatchFolder { folder: files.clone().into(), collection: "notes".to_owned() };
    let number = first.call(watch).await.unwrap();
    let (queue, folders) = tokio::join!(first.call(Queue {}), second.call(Folders {}));
    assert_eq!(queue.unwrap(), app.queue().unwrap());
    assert_eq!(folders.unwrap(), app.folders().await.unwrap());
    first.call(UnwatchFolder { folder: number }).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [LibraryEvent::Changed, LibraryEvent::Changed], "reading changes nothing");
    // A failure crosses whole.
    let theirs = first.call(Document { document: 4711 }).await.unwrap_err();
    assert_eq!(theirs, app.document(4711).await.unwrap_err());

    let refused = named_owner(App::open(opening(&data)).err().unwrap(), Some(data.clone())).await;
    assert!(refused.message.starts_with("the window of Assay has the data folder"), "{refused}");
    owner.close().await;
    assert!(!socket.exists());
    assert_eq!(second.call(Queue {}).await.unwrap_err().problem, Problem::LibraryInUse);
    drop(app);
    assert_eq!(Session::open(opening(&data), Duration::ZERO).await.unwrap().owner(), None);
}

/// It is about to end, and lets those end that read.
#[tokio::test(flavor = "multi_thread")]
async fn a_command_lets_others_read_and_waits_for_them_unless_it_is_stopped() {
    let data = tempfile::tempdir().unwrap();
    let app = Arc::new(App::open(opening(data.path())).unwrap());
    let owner = Owner::serve(&app, FrontEnd::Command, |_| ()).await.unwrap();
    let session = Session::open(opening(data.path()), Duration::ZERO).await.unwrap();
    assert_eq!(session.call(Queue {}).await.unwrap(), app.queue().unwrap());
    let refused = session.call(UnwatchFolder { folder: 1 }).await.unwrap_err();
    assert!(refused.problem == Problem::LibraryInUse && refused.message.contains("only be read"), "{refused}");
    // A client that has not said yet what it wants.
    let mut waits = connect(&data.path().canonicalize().unwrap()).await.unwrap();
    frame::read::<Greeting>(&mut waits, frame::GREETING).await.unwrap();
    let stop = Cancel::default();
    let mut finishing = Box::pin(owner.finish(&stop));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut finishing).await;
    assert!(early.is_err() && !data.path().join("run/owner.sock").exists());
    drop(waits);
    tokio::time::timeout(MOMENT, finishing).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_on_the_socket_ends_its_connection_and_not_the_owner() {
    let data = tempfile::tempdir().unwrap();
    let app = Arc::new(App::open(opening(data.path())).unwrap());
    let owner = Owner::serve(&app, FrontEnd::Watch, |_| ()).await.unwrap();
    let real = data.path().canonicalize().unwrap();
    for garbage in [b"GET / HTTP/1.1\r\n\r\n".to_vec(), bytes(u32::MAX, b""), vec![0; 5_000], vec![7]] {
        let mut stream = connect(&real).await.unwrap();
        stream.write_all(&garbage).await.unwrap();
        drop(stream.shutdown().await);
        let mut rest = Vec::new();
        // The owner may have closed before it read all.
        drop(tokio::time::timeout(MOMENT, stream.read_to_end(&mut rest)).await.unwrap());
    }
    let session = Session::open(opening(data.path()), Duration::ZERO).await.unwrap();
    assert_eq!(session.call(Collections {}).await.unwrap(), app.collections().await.unwrap());
    owner.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_socket_of_an_owner_that_was_killed_is_no_owner() {
    let data = tempfile::tempdir().unwrap();
    let app = App::open(opening(data.path())).unwrap();
    let run = data.path().join("run");
    fs::create_dir(&run).unwrap();
    fs::set_permissions(&run, Permissions::from_mode(0o700)).unwrap();
    // Its file stays when it is dropped.
    drop(std::os::unix::net::UnixListener::bind(run.join("owner.sock")).unwrap());
    let refused = Session::open(opening(data.path()), Duration::ZERO).await.err().unwrap();
    assert!(refused.message.starts_with("another Assay has the data folder"), "{refused}");
    drop(app);
    let Session::Here(app) = Session::open(opening(data.path()), Duration::ZERO).await.unwrap() else { panic!() };
    let owner = Owner::serve(&app, FrontEnd::Watch, |_| ()).await.unwrap();
    assert_eq!(Session::open(opening(data.path()), Duration::ZERO).await.unwrap().owner(), Some(FrontEnd::Watch));
    owner.close().await;
}

/// Another place may serve, but nothing there is deleted or gets other permissions.
#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    let data = tempfile::tempdir().unwrap();
    let run = data.path().join("run");
    fs::create_dir(&run).unwrap();
    fs::set_permissions(&run, Permissions::from_mode(0o700)).unwrap();
    fs::write(run.join("owner.sock"), "mine").unwrap();
    drop(Listener::bind(data.path()));
    assert_eq!(fs::read_to_string(run.join("owner.sock")).unwrap(), "mine");
    fs::remove_file(run.join("owner.sock")).unwrap();
    fs::set_permissions(&run, Permissions::from_mode(0o755)).unwrap();
    drop(Listener::bind(data.path()));
    assert!(!run.join("owner.sock").exists() && mode(&run) == 0o755);
}
