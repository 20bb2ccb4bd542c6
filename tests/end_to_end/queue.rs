//! Tests that work that was asked for is done, whatever ends the program: nobody ingests anything again here.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assay_tests::{Library, rows, word};
use serde_json::Value;

const NOTES: usize = 60;

fn notes(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for number in 0..NOTES {
        let text =
            format!("Note {number}: the lantern of pier {number} is trimmed by keeper zq{number}zq. ").repeat(12);
        fs::write(folder.join(format!("note-{number:02}.txt")), text).unwrap();
    }
}

fn states(library: &Library) -> (usize, usize, Vec<Value>) {
    let (_, list) = library.json(&["documents"]);
    let list = rows(&list, "documents").to_vec();
    let count = |state: &str| list.iter().filter(|row| row["state"] == state).count();
    (count("committed"), count("queued"), list)
}

fn begin(library: &Library, words: &[&str]) -> Child {
    library.command(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until rows were written to the index, which is some way into an ingest.
fn until_it_writes(library: &Library) {
    let begun = Instant::now();
    while !library.data.path().join("index/chunks.lance/data").is_dir() && begun.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(5));
    }
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder was ingested to its end, by whatever commands, if the library is what a fresh ingest makes of it.
fn is_as_fresh(library: &Library, folder: &Path) {
    let fresh = Library::default();
    let (status, _) = fresh.json(&["ingest", folder.to_str().unwrap()]);
    assert_eq!(status, 0);
    let listed = |library: &Library| {
        let (.., list) = states(library);
        let row = |row: &Value| (word(row, "path").to_owned(), word(row, "state").to_owned(), row["chunks"].clone());
        let mut listed: Vec<_> =
            list.iter().map(row).filter(|(path, ..)| path.starts_with(folder.to_str().unwrap())).collect();
        listed.sort_by(|a, b| a.0.cmp(&b.0));
        listed
    };
    assert_eq!(listed(library), listed(&fresh));
    let (status, check) = library.json(&["check"]);
    assert!(status == 0 && check["ok"] == true, "{check}");
    let (status, queue) = library.json(&["queue"]);
    assert_eq!((status, rows(&queue, "queue").len()), (0, 0), "{queue}");
}

#[test]
fn a_killed_ingest_goes_on_with_the_next_command_that_ingests() {
    let library = Library::default();
    let folder = library.files.path().join("notes");
    notes(&folder);
    let mut ingest = begin(&library, &["ingest", folder.to_str().unwrap()]);
    until_it_writes(&library);
    sleep(Duration::from_millis(150));
    ingest.kill().unwrap();
    ingest.wait().unwrap();

    // Commands that only read say what waits and leave it waiting.
    let (_, waiting, _) = states(&library);
    assert!(waiting > 0, "the kill came after the end");
    let output = library.run(&["documents"]);
    assert!(output.status.success() && said(&output).contains("work waits in the queue: "), "{}", said(&output));
    let (_, queue) = library.json(&["queue"]);
    assert_eq!((&queue["waiting"], &queue["stopped"]), (&Value::from(waiting), &Value::from(0)), "{queue}");
    assert!(rows(&queue, "queue").iter().all(|row| row["work"] == "read" && row["why"] == "added"));

    let other = library.files.path().join("other.txt");
    fs::write(&other, "Another file altogether.").unwrap();
    let output = library.command(&["ingest", other.to_str().unwrap(), "--json"]).output().unwrap();
    assert!(output.status.success() && said(&output).contains("going on with"), "{}", said(&output));
    let reply: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rows(&reply, "files").len(), 1, "the reply is about the files that were named: {reply}");
    assert_eq!(states(&library).0, NOTES + 1);
    is_as_fresh(&library, &folder);
}

#[test]
fn an_ingest_that_is_killed_before_it_looks_at_the_folder_goes_on_too() {
    let library = Library::default();
    let folder = library.files.path().join("notes");
    notes(&folder);
    let mut ingest = begin(&library, &["ingest", folder.to_str().unwrap()]);
    let begun = Instant::now();
    // The path is in the catalogue before anything is looked at.
    let path = folder.to_str().unwrap().as_bytes();
    while !library.has_committed(path) && begun.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(1));
    }
    ingest.kill().unwrap();
    ingest.wait().unwrap();
    let (committed, ..) = states(&library);
    assert_eq!(committed, 0);
    let (status, reply) = library.json(&["retry"]);
    assert_eq!((status, rows(&reply, "files").len()), (0, NOTES), "{reply}");
    is_as_fresh(&library, &folder);
}

#[test]
fn a_path_is_in_the_queue_before_older_work_goes_on() {
    let library = Library::default();
    let folder = library.files.path().join("notes");
    notes(&folder);
    let mut ingest = begin(&library, &["ingest", folder.to_str().unwrap()]);
    until_it_writes(&library);
    ingest.kill().unwrap();
    ingest.wait().unwrap();

    let other = library.files.path().join("other.txt");
    fs::write(&other, "Another file altogether.").unwrap();
    let mut ingest = begin(&library, &["ingest", other.to_str().unwrap()]);
    let begun = Instant::now();
    while !library.has_committed(other.to_str().unwrap().as_bytes()) && begun.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(1));
    }
    ingest.kill().unwrap();
    ingest.wait().unwrap();
    assert!(states(&library).1 > 0, "the older work waits");
    assert_eq!(library.json(&["retry"]).0, 0);
    assert_eq!(states(&library).0, NOTES + 1);
}

#[cfg(unix)]
#[test]
fn stopped_work_waits_until_the_user_goes_on() {
    let library = Library::default();
    let folder = library.files.path().join("notes");
    notes(&folder);
    let mut ingest = begin(&library, &["ingest", folder.to_str().unwrap()]);
    until_it_writes(&library);
    let stopped = Command::new("kill").args(["-INT", &ingest.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    ingest.wait().unwrap();
    let (before, waiting, list) = states(&library);
    assert!(waiting > 0, "the stop came after the end");
    let reasons = list.iter().filter(|row| row["stopped"] == true).map(|row| word(row, "reason"));
    assert!(reasons.clone().count() == waiting && reasons.clone().all(|reason| reason.contains("assay retry")));

    let other = library.files.path().join("other.txt");
    fs::write(&other, "Another file altogether.").unwrap();
    let (status, _) = library.json(&["ingest", other.to_str().unwrap()]);
    assert_eq!((status, states(&library).0), (0, before + 1), "it does not go on by itself");
    let (_, queue) = library.json(&["queue"]);
    assert_eq!((&queue["waiting"], &queue["stopped"]), (&Value::from(0), &Value::from(waiting)), "{queue}");
    let (status, _) = library.json(&["retry"]);
    assert_eq!(status, 0);
    is_as_fresh(&library, &folder);
}
