use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use assay_tests::{Library, rows, samples, word};

#[test]
fn a_library_survives_being_killed_at_any_point() {
    let library = Library::default();
    let begun = Instant::now();
    let (_, reply) = Library::default().json(&["ingest", &samples()]);
    let whole = begun.elapsed();
    let files = rows(&reply, "files").len();

    for share in [0.2, 0.45, 0.7, 0.9] {
        let mut ingest = library.command(&["ingest", &samples()]);
        let mut ingest = ingest.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(whole.mul_f64(share));
        ingest.kill().unwrap();
        ingest.wait().unwrap();
        // The library opens after any kill, and every document has a state.
        let (_, list) = library.json(&["documents"]);
        assert!(rows(&list, "documents").iter().all(|row| !word(row, "state").is_empty()));
    }

    let (status, reply) = library.json(&["ingest", &samples()]);
    assert_eq!(status, 0, "{reply}");
    assert_eq!(rows(&reply, "files").len(), files);
    let (status, check) = library.json(&["check"]);
    assert!(status == 0 && check["documents"].as_u64() == Some(files as u64), "{check}");
    let (_, list) = library.json(&["documents"]);
    assert!(rows(&list, "documents").iter().all(|row| word(row, "state") == "committed"));
}

#[cfg(unix)]
#[test]
fn a_second_process_on_the_same_data_folder_reads_beside_an_ingest_and_changes_nothing() {
    let library = Library::default();
    let mut ingest = library.command(&["ingest", &samples()]);
    let mut ingest = ingest.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let socket = library.data.path().join("run/owner.sock");
    let begun = Instant::now();
    while std::os::unix::net::UnixStream::connect(&socket).is_err() && begun.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(20));
    }
    let (status, reply) = library.json(&["queue"]);
    assert!(status == 0 || status == 3, "{reply}");
    let (status, reply) = library.json(&["ingest", &samples()]);
    assert_eq!((status, word(&reply["problem"], "problem")), (1, "library_in_use"), "{reply}");
    ingest.kill().unwrap();
    ingest.wait().unwrap();
    assert_eq!(library.run(&["documents"]).status.code().map(|code| code == 0 || code == 3), Some(true));
}
