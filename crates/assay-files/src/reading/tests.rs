use std::time::Duration;

use assay_domain::Problem;
use assay_domain::port::{Reader, Source};
use assay_process::WorkerCommand;
use futures::FutureExt;

use super::ChildReader;

/// Checks the problem that is reported for a file whose reader runs this shell command.
#[cfg(unix)]
async fn check(child: &str, problem: Problem) {
    let command = WorkerCommand { program: "/bin/sh".into(), args: vec!["-c".into(), child.into()], env: Vec::new() };
    let reader = ChildReader { command, time: Duration::from_secs(1), memory: 1 << 30, largest: 1 << 20, ocr: None };
    let source = Source::at("/tmp/minutes.pdf", "minutes.pdf");
    let failure = reader.read(&source).await.unwrap_err();
    assert_eq!(failure.problem, problem, "{failure}");
    assert!(failure.message.contains("minutes.pdf") && !failure.action.is_empty(), "{failure}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_kills_or_blocks_its_reader_is_reported() {
    check("kill -SEGV $$", Problem::ReaderDied).await;
    check("exit 0", Problem::ReaderDied).await;
    check("echo garbage", Problem::ReaderDied).await;
    check("sleep 30", Problem::TimedOut).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_deadline_does_not_wait_for_a_busy_caller() {
    let folder = tempfile::tempdir().unwrap();
    let heartbeat = folder.path().join("heartbeat");
    let child = format!("while :; do echo >> '{}'; sleep 0.05; done", heartbeat.display());
    let command = WorkerCommand { program: "/bin/sh".into(), args: vec!["-c".into(), child.into()], env: Vec::new() };
    let reader = ChildReader { command, time: Duration::from_secs(1), memory: 1 << 30, largest: 1 << 20, ocr: None };
    let mut reading = reader.read(&Source::at("/tmp/minutes.pdf", "minutes.pdf"));
    assert!((&mut reading).now_or_never().is_none(), "it is on its way");
    std::thread::sleep(Duration::from_millis(2500));
    let beats = std::fs::metadata(&heartbeat).unwrap().len();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(std::fs::metadata(&heartbeat).unwrap().len(), beats, "the child lives on");
    assert_eq!(reading.await.unwrap_err().problem, Problem::TimedOut);
}

#[tokio::test]
async fn only_regular_files_within_the_size_limit_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let command = WorkerCommand { program: "absent".into(), args: Vec::new(), env: Vec::new() };
    let reader = ChildReader { command, time: Duration::from_secs(1), memory: 1 << 30, largest: 10, ocr: None };
    let file = folder.path().join("long.txt");
    std::fs::write(&file, "eleven bytes").unwrap();
    for (path, problem) in [
        (folder.path().to_owned(), Problem::UnsupportedFile),
        (folder.path().join("absent.txt"), Problem::MissingFile),
        (file, Problem::TooLarge),
    ] {
        let source = Source::at(path.to_str().unwrap(), "file");
        assert_eq!(reader.fingerprint(&source).await.unwrap_err().problem, problem);
    }
}

/// A runtime waits for its blocking threads when it ends.
#[test]
fn hashing_ends_when_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.bin");
    // Zeros that take no room on the disk, and many seconds to hash.
    std::fs::File::create(&path).unwrap().set_len(64 << 30).unwrap();
    let command = WorkerCommand { program: "absent".into(), args: Vec::new(), env: Vec::new() };
    let reader = ChildReader { command, time: Duration::from_secs(1), memory: 1 << 30, largest: u64::MAX, ocr: None };
    let source = Source::at(path.to_str().unwrap(), "long.bin");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let hashing = async { tokio::time::timeout(Duration::from_millis(100), reader.fingerprint(&source)).await };
    assert!(runtime.block_on(hashing).is_err(), "it is on its way");
    let begun = std::time::Instant::now();
    drop(runtime);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}
