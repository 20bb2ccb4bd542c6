use std::fs;

use assay_tests::{Library, rows, word};
use serde_json::Value;

fn state_of<'a>(reply: &'a Value, name: &str) -> &'a Value {
    rows(reply, "files").iter().find(|file| word(file, "name") == name).unwrap_or_else(|| panic!("no {name}: {reply}"))
}

/// HTML of twelve million paragraphs, whose tree exceeds the reader's memory cap.
fn swells() -> String {
    "<p>a".repeat(12 << 20)
}

#[test]
fn a_file_that_exceeds_the_readers_memory_twice_is_quarantined() {
    let library = Library::default();
    let folder = tempfile::tempdir().unwrap();
    let (hostile, notes) = (folder.path().join("a-hostile.html"), folder.path().join("notes.md"));
    fs::write(&hostile, swells()).unwrap();
    fs::write(&notes, "The harbour pump delivers 40 litres a minute.\n").unwrap();
    fs::write(folder.path().join("damaged.docx"), "PK\u{3}\u{4}nothing").unwrap();
    fs::write(library.data.path().join("settings.toml"), "read_mebibytes = 1024\n").unwrap();
    let path = folder.path().to_str().unwrap();

    let (status, reply) = library.json(&["ingest", path]);
    let file = state_of(&reply, "a-hostile.html");
    assert_eq!((status, word(file, "state"), word(file, "problem")), (4, "quarantined", "out_of_memory"), "{reply}");
    assert!(word(file, "reason").contains("1024 MiB"), "{file}");
    assert_eq!(word(state_of(&reply, "notes.md"), "state"), "committed");

    // Unchanged bytes are not read again: the row is the same, without the time.
    let (status, again) = library.json(&["ingest", path]);
    assert_eq!((status, &again["counts"]), (4, &serde_json::json!({ "failed": 1, "quarantined": 1, "unchanged": 1 })));
    for name in ["a-hostile.html", "damaged.docx"] {
        let (before, after) = (state_of(&reply, name), state_of(&again, name));
        assert_eq!(before["reason"], after["reason"]);
    }
    let (_, list) = library.json(&["documents"]);
    let row = rows(&list, "documents").iter().find(|row| word(row, "name") == "a-hostile.html").unwrap();
    assert_eq!(word(row, "state"), "quarantined");

    // `retry` reads it again, and so does an ingest when its bytes have changed.
    let (status, retried) = library.json(&["retry", &row["id"].to_string()]);
    assert_eq!((status, retried["counts"]["quarantined"].as_u64()), (1, Some(1)), "{retried}");
    assert!(rows(&retried, "files")[0]["seconds"].as_f64() > rows(&again, "files")[0]["seconds"].as_f64());
    fs::write(&hostile, "<p>The harbour lamp is lit at dusk.").unwrap();
    let (_, repaired) = library.json(&["retry"]);
    assert_eq!(word(state_of(&repaired, "a-hostile.html"), "state"), "committed", "{repaired}");
    assert_eq!(word(state_of(&repaired, "damaged.docx"), "state"), "failed");
    assert_eq!(library.json(&["check"]).0, 0);
}

#[test]
fn retry_rereads_a_file_that_was_read_in_part() {
    let library = Library::default();
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("notes.txt");
    fs::write(&notes, [b"The harbour pump delivers 40 litres.\n\xE9\n", "清晨的渡轮\n".as_bytes()].concat()).unwrap();
    let ingest = || library.json(&["ingest", notes.to_str().unwrap()]).1;
    let end = |reply: &Value| word(state_of(reply, "notes.txt"), "state").to_owned();
    let first = ingest();
    assert_eq!((end(&first), end(&ingest())), ("committed".into(), "unchanged".into()), "{first}");
    assert!(word(state_of(&first, "notes.txt"), "reason").contains("could not be read in full"), "{first}");
    let page = &rows(state_of(&first, "notes.txt"), "page_rows")[0];
    assert_eq!((word(page, "outcome"), word(page, "code")), ("failed", "encoding"), "{page}");

    // A partly read file is read again by id, by `retry` for all, and after a change of settings.
    assert_eq!(end(&library.json(&["retry"]).1), "committed");
    let (_, list) = library.json(&["documents"]);
    let id = rows(&list, "documents")[0]["id"].to_string();
    assert_eq!(end(&library.json(&["retry", &id]).1), "committed");
    fs::write(library.data.path().join("settings.toml"), "read_mebibytes = 1024\n").unwrap();
    assert_eq!((end(&ingest()), end(&ingest())), ("committed".into(), "unchanged".into()));

    // `retry` skips a file that was read in full.
    fs::write(&notes, "The harbour pump delivers 40 litres.\n").unwrap();
    assert_eq!(end(&ingest()), "committed");
    assert_eq!(end(&library.json(&["retry", &id]).1), "unchanged");
    assert!(rows(&library.json(&["retry"]).1, "files").is_empty());
}

#[test]
fn everything_in_a_folder_has_a_row() {
    let library = Library::default();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at(".git")).unwrap();
    fs::create_dir(at("build")).unwrap();
    for name in ["notes.md", ".git/config", "build/out.txt", ".hidden.md"] {
        fs::write(at(name), "The harbour pump delivers 40 litres a minute.\n").unwrap();
    }
    fs::write(at(".assayignore"), "build/\n").unwrap();
    fs::write(at("large.txt"), "x ".repeat(600_000)).unwrap();
    fs::write(library.data.path().join("settings.toml"), "file_mebibytes = 1\n").unwrap();
    let mut all = 6;
    #[cfg(unix)]
    {
        assert!(std::process::Command::new("mkfifo").arg(at("pipe.txt")).status().unwrap().success());
        std::os::unix::fs::symlink(folder.path(), at("loop")).unwrap();
        all += 2;
    }
    let (status, reply) = library.json(&["ingest", folder.path().to_str().unwrap()]);
    assert_eq!(status, 0, "{reply}");
    let files = rows(&reply, "files");
    let excluded: Vec<&Value> = files.iter().filter(|file| word(file, "state") == "excluded").collect();
    assert_eq!((files.len(), excluded.len()), (all, all - 1), "{reply}");
    assert!(excluded.iter().all(|file| !word(file, "reason").is_empty()), "{reply}");
}
