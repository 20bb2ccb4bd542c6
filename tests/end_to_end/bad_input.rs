use std::fs;
use std::process::Command;

use assay_tests::{Library, built, root, rows, word};
use serde_json::Value;

/// File, state, and a word that its reason must contain.
const FILES: [(&str, &str, &str); 19] = [
    ("empty.txt", "failed", "empty"),
    ("empty.pdf", "failed", "empty"),
    ("not-really.pdf", "any", ""),
    ("truncated.pdf", "failed", "damaged"),
    ("encrypted.pdf", "failed", "password"),
    ("owner-encrypted.pdf", "committed", ""),
    ("scanned.pdf", "committed", ""),
    ("two-pages-one-empty.pdf", "committed", ""),
    ("chinese-cmap.pdf", "committed", ""),
    ("chinese-cmap-ucs2.pdf", "committed", ""),
    ("recursion.pdf", "committed", ""),
    ("gb18030.txt", "committed", ""),
    ("utf16.txt", "committed", ""),
    ("encrypted.docx", "failed", "password"),
    ("truncated.docx", "failed", "damaged"),
    ("table.docx", "committed", ""),
    ("nested.html", "committed", ""),
    ("long-line.md", "committed", ""),
    ("README.md", "committed", ""),
];

#[test]
fn every_file_ends_in_a_state_with_a_reason_and_affects_no_other() {
    let library = Library::default();
    let folder = root().join("tests/documents");
    let (status, reply) = library.json(&["ingest", folder.to_str().unwrap()]);
    assert_eq!(status, 4, "some failed, some did not");
    let files = rows(&reply, "files");
    for (name, state, reason) in FILES {
        let file = files.iter().find(|file| word(file, "name") == name).unwrap_or_else(|| panic!("no row for {name}"));
        assert!(state == "any" || word(file, "state") == state, "{file}");
        let why = file["reason"].as_str().unwrap_or_default().to_lowercase();
        assert!(why.contains(reason), "{name} should be refused because of {reason:?}: {why}");
        assert_eq!(word(file, "state") == "failed", !file["problem"].is_null(), "{file}");
    }
    let (status, check) = library.json(&["check"]);
    assert_eq!(status, 0, "{check}");
    let (_, reply) = library.json(&["ask", "When is the lamp lit?", "--no-answer"]);
    assert!(!rows(&reply, "candidates").is_empty(), "readable files answer");
}

fn problem(library: &Library, words: &[&str]) -> (i32, String) {
    let (status, reply) = library.json(words);
    let failure = &reply["problem"];
    assert!(!word(failure, "message").is_empty() && !word(failure, "action").is_empty(), "{reply}");
    (status, word(failure, "problem").to_owned())
}

#[test]
fn invalid_questions_fail_with_a_named_problem() {
    let library = Library::default();
    let long = "why ".repeat(5_000);
    let cases = [
        ("What is this?", 3, "empty_library"),
        ("", 2, "empty_question"),
        ("?!", 2, "empty_question"),
        (&long, 1, "too_large"),
    ];
    for (question, status, code) in cases {
        assert_eq!(problem(&library, &["ask", question]), (status, code.to_owned()), "{:.20}", question);
    }
}

#[test]
fn a_missing_file_fails_with_its_problem_named() {
    let library = Library::default();
    let (status, reply) = library.json(&["ingest", "absent.txt"]);
    assert_eq!(status, 1);
    let file: &Value = &rows(&reply, "files")[0];
    assert_eq!((word(file, "state"), word(file, "problem")), ("failed", "missing_file"));
}

#[test]
fn an_index_of_another_chunking_refuses_files_until_it_is_rebuilt() {
    let library = Library::default();
    let notes = library.files.path().join("notes.md");
    fs::write(&notes, "# Harbour\n\nThe harbour pump delivers 40 litres a minute.\n").unwrap();
    let notes = notes.to_str().unwrap();
    library.json(&["ingest", notes]);

    fs::write(library.data.path().join("settings.toml"), "chunk_tokens = 128\n").unwrap();
    let (status, code) = problem(&library, &["ingest", notes]);
    assert_eq!((status, code.as_str()), (1, "index_of_another_model"));
    let (_, reply) = library.json(&["ask", "How much does the pump deliver?"]);
    assert!(word(&rows(&reply, "candidates")[0], "text").contains("40 litres"), "the old index answers");
    assert_eq!(library.json(&["check"]).1["problems"][0]["kind"], "other_model");

    let (status, reply) = library.json(&["ingest", "--rebuild"]);
    assert_eq!((status, reply["counts"]["committed"].as_u64()), (0, Some(1)), "{reply}");
    let (_, reply) = library.json(&["ask", "How much does the pump deliver?"]);
    assert!(word(&rows(&reply, "candidates")[0], "text").contains("40 litres"));
}

#[test]
fn missing_models_and_bad_settings_fail_with_a_named_problem() {
    let library = Library::default();
    assert_eq!(problem(&library, &["rerank", "--query", "q", "--passages", "absent.jsonl"]).1, "missing_file");
    fs::write(library.data.path().join("settings.toml"), "embedder = \"no-such-model\"\n").unwrap();
    assert_eq!(problem(&library, &["ask", "Anything?"]).1, "model_missing");
    fs::write(library.data.path().join("settings.toml"), "keep = 0\n").unwrap();
    assert_eq!(problem(&library, &["ask", "Anything?"]), (2, "bad_setting".to_owned()));
    fs::write(library.data.path().join("settings.toml"), "keep = [\n").unwrap();
    assert_eq!(problem(&library, &["documents"]), (2, "bad_setting".to_owned()));
}

#[test]
fn a_missing_reranker_skips_its_stage_with_a_reason() {
    let library = Library::default();
    let notes = library.files.path().join("notes.md");
    fs::write(&notes, "The harbour pump delivers 40 litres a minute.\n").unwrap();
    library.json(&["ingest", notes.to_str().unwrap()]);
    let (_, reply) = library.json(&["ask", "How much does the pump deliver?", "--model", "bge-reranker-v2-m3"]);
    let stage = rows(&reply, "stages").iter().find(|stage| stage["name"] == "rerank").unwrap();
    assert_eq!((word(stage, "state"), word(stage, "code")), ("skipped", "no_reranker"));
    assert!(word(stage, "reason").contains("assay models pull bge-reranker-v2-m3"), "{stage}");
    assert_eq!(reply["threshold"]["rule"], "not_reranked");
}

#[test]
fn a_folder_of_other_files_is_refused_as_data_folder_and_stays_unchanged() {
    let theirs = tempfile::tempdir().unwrap();
    let files = ["index_files/page.html", "index/report.txt", "scratch/draft.txt", "letter.txt"];
    for file in files {
        let path = theirs.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    let data = theirs.path().to_str().unwrap();
    for words in [
        &["ask", "Who wrote the letter?"][..],
        &["ingest", data],
        &["documents"],
        &["check"],
        &["rebuild"],
        &["restore"],
        &["models", "list"],
    ] {
        let output = Command::new(built("assay")).args(["--data", data]).args(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{words:?}");
        assert!(said.contains("is not a library of Assay") && said.contains("--data"), "{words:?}: {said}");
    }
    let found: Vec<_> = assay_tests::files(theirs.path());
    assert_eq!(found.len(), files.len(), "{found:?}");
    for file in files {
        assert_eq!(fs::read_to_string(theirs.path().join(file)).unwrap(), file);
    }
}

#[cfg(unix)]
#[test]
fn a_file_name_that_is_not_utf_8_gets_a_row_and_crashes_nothing() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let (library, folder) = (Library::default(), tempfile::tempdir().unwrap());
    let file = folder.path().join(OsStr::from_bytes(b"caf\xe9.txt"));
    fs::write(&file, "The espresso machine is cleaned on Mondays.").unwrap();
    let mut command = library.command(&["ingest", "--json"]);
    let output = command.arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code().is_some_and(|code| code != 101) && !said.contains("panicked"), "{said}");
    let reply: Value = serde_json::from_slice(&output.stdout).unwrap();
    let row = &rows(&reply, "files")[0];
    assert!(["committed", "failed"].contains(&word(row, "state")), "{row}");
    assert!(word(row, "state") == "committed" || row["reason"].is_string(), "{row}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_ends_the_output_without_a_word() {
    let library = Library::default();
    let mut command = library.command(&["models", "list"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("panicked"), "{said}");
}
