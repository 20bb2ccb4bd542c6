//! One owner, many front ends: commands while `assay watch` or `assay serve` has the library open, against the same
//! commands alone.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assay_tests::{Library, rows, samples, word};
use serde_json::{Value, json};

use crate::interface::{Mcp, Serve};

const QUESTION: &str = "How much does the pump deliver?";

/// A library with two documents of a watched folder.
fn library() -> Library {
    let library = Library::default();
    fs::write(library.files.path().join("pump.md"), "The harbour pump delivers 40 litres a minute.\n").unwrap();
    fs::write(library.files.path().join("lamp.md"), "The lamp of the lighthouse is lit at dusk.\n").unwrap();
    let (status, reply) = library.json(&["watch", library.files.path().to_str().unwrap(), "--once"]);
    assert_eq!((status, &reply["counts"]["committed"]), (0, &json!(2)), "{reply}");
    library
}

fn socket(library: &Library) -> PathBuf {
    library.data.path().join("run/owner.sock")
}

/// `assay watch`, which serves the library.
struct Owner(Child);

impl Owner {
    fn start(library: &Library) -> Self {
        let mut command = library.command(&["watch", library.files.path().to_str().unwrap()]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let owner = Self(child);
        until("it listens", || UnixStream::connect(socket(library)).is_ok());
        owner
    }

    fn signal(&mut self, signal: &str) -> bool {
        send(signal, &self.0);
        self.0.wait().unwrap().success()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn send(signal: &str, to: &Child) {
    assert!(Command::new("kill").args([signal, &to.id().to_string()]).status().unwrap().success());
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "not so after two minutes: {what}");
        sleep(Duration::from_millis(50));
    }
}

/// A reply without its times, and with 15 digits of each number: the last bit of an f64 may change on its way.
fn untimed(mut value: Value) -> Value {
    match &mut value {
        Value::Number(number) if number.is_f64() => return json!(format!("{:.14e}", number.as_f64().unwrap())),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, field)| {
            let is_time = matches!(name.as_str(), "ms" | "seconds" | "tokenizing_ms");
            *field = if is_time { Value::Null } else { untimed(field.take()) };
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| *item = untimed(item.take())),
        _ => (),
    }
    value
}

#[test]
fn commands_print_the_same_while_another_program_has_the_library_open() {
    let library = library();
    let (_, list) = library.json(&["documents"]);
    let id = rows(&list, "documents")[0]["id"].to_string();
    let (_, reply) = library.json(&["ask", QUESTION, "--no-answer"]);
    let chunk = word(&rows(&reply, "candidates")[0], "chunk").to_owned();
    let commands: Vec<Vec<&str>> = vec![
        vec!["documents"],
        vec!["documents", "--removed"],
        vec!["pages", &id],
        vec!["pages", "4711"],
        vec!["queue"],
        vec!["check"],
        vec!["ask", QUESTION, "--no-cache"],
        vec!["ask", QUESTION, "--no-cache", "--rerank", "off", "--top", "1"],
        vec!["ask", "", "--no-answer"],
        vec!["explain", QUESTION, "--why", "lit at dusk"],
        vec!["explain", QUESTION, "--chunk", &chunk],
        vec!["ingest", "/no/such/file.md"],
    ];
    let run = || -> Vec<(i32, Value)> { commands.iter().map(|words| library.json(words)).collect() };
    let text = || library.run(&["documents"]).stdout;
    let (alone, alone_text) = (run(), text());
    let mut owner = Owner::start(&library);
    for ((words, alone), through) in commands.iter().zip(alone).zip(run()) {
        assert_eq!((through.0, untimed(through.1)), (alone.0, untimed(alone.1)), "{words:?}");
    }
    assert_eq!(String::from_utf8(text()).unwrap(), String::from_utf8(alone_text).unwrap());

    let modes = [socket(&library).parent().unwrap().to_owned(), socket(&library)]
        .map(|path| fs::metadata(path).unwrap().permissions().mode() & 0o777);
    assert_eq!(modes, [0o700, 0o600], "for the user alone");
    // What needs the library alone is refused, and says who has it.
    let (status, refused) = library.json(&["restore"]);
    assert_eq!((status, word(&refused["problem"], "problem")), (1, "library_in_use"), "{refused}");
    assert!(word(&refused["problem"], "message").contains("`assay watch` has the data folder"), "{refused}");
    assert!(owner.signal("-INT"));
    assert!(!socket(&library).exists());
}

#[test]
fn commands_that_change_the_library_do_so_through_its_owner_several_at_once() {
    let library = library();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("bell.md"), "The fog bell rings twice an hour.\n").unwrap();
    let mut owner = Owner::start(&library);
    // A path is the one of the folder in which the command was given.
    let mut ingest = library.command(&["ingest", "bell.md", "--json"]);
    let ingest = ingest.current_dir(elsewhere.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut ask = library.command(&["ask", QUESTION, "--json", "--no-answer"]);
    let ask = ask.stdout(Stdio::piped()).spawn().unwrap();
    let (status, list) = library.json(&["documents"]);
    assert!(status == 0 && rows(&list, "documents").len() >= 2, "{list}");
    let [ingest, ask] = [ingest, ask].map(|child| child.wait_with_output().unwrap());
    let reply: Value = serde_json::from_slice(&ingest.stdout).unwrap();
    assert_eq!((ingest.status.code(), &reply["counts"]), (Some(0), &json!({"committed": 1})), "{reply}");
    assert_eq!(ask.status.code(), Some(0));

    let (_, list) = library.json(&["documents"]);
    let bell = rows(&list, "documents").iter().find(|row| word(row, "name") == "bell.md").unwrap();
    assert_eq!(Path::new(word(bell, "path")), elsewhere.path().canonicalize().unwrap().join("bell.md"));
    let (_, reply) = library.json(&["ask", "How often does the bell ring?", "--no-answer"]);
    assert_eq!(word(&rows(&reply, "candidates")[0], "name"), "bell.md");
    assert!(library.run(&["remove", &bell["id"].to_string()]).status.success());
    // A second `assay watch` adds its folder and leaves the following to the first.
    let more = elsewhere.path().to_str().unwrap();
    assert!(library.run(&["watch", more]).status.success());
    let (_, folders) = library.json(&["folders"]);
    assert_eq!(rows(&folders, "folders").len(), 2, "{folders}");
    until("the first takes in what the second adds", || {
        let (_, list) = library.json(&["documents"]);
        rows(&list, "documents").iter().any(|row| word(row, "name") == "bell.md" && word(row, "state") == "committed")
    });
    assert!(library.run(&["unwatch", more]).status.success());
    assert!(owner.signal("-INT"));
    assert_eq!(library.json(&["check"]).0, 0);
}

#[test]
fn an_owner_that_is_killed_leaves_the_library_to_the_next_command() {
    let library = library();
    let mut owner = Owner::start(&library);
    assert!(!owner.signal("-KILL"));
    assert!(socket(&library).exists(), "it is left behind");
    let (status, list) = library.json(&["documents"]);
    assert_eq!((status, rows(&list, "documents").len()), (0, 2));
    let mut next = Owner::start(&library);
    assert_eq!(library.json(&["ask", QUESTION, "--no-answer"]).0, 0);
    assert!(next.signal("-INT") && !socket(&library).exists());
}

/// Ctrl-C, and a terminal that is closed.
#[test]
fn a_command_that_ends_stops_its_own_work_at_the_owner_and_no_other() {
    let library = library();
    let owner = Owner::start(&library);
    let committed = || {
        let (_, list) = library.json(&["documents"]);
        rows(&list, "documents").iter().filter(|row| word(row, "state") == "committed").count()
    };
    for signal in ["-INT", "-KILL"] {
        let before = committed();
        let mut ingest = library.command(&["ingest", &samples(), "--json"]);
        let ingest = ingest.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        until("a file is committed", || committed() > before);
        send(signal, &ingest);
        let ended = ingest.wait_with_output().unwrap();
        if signal == "-INT" {
            let reply: Value = serde_json::from_slice(&ended.stdout).unwrap();
            assert!(ended.status.code() == Some(4) && reply["counts"]["stopped"].as_u64() > Some(0), "{reply}");
        }
        until("the rest waits for the user", || {
            let (_, queue) = library.json(&["queue"]);
            queue["stopped"].as_u64() > Some(0) && queue["waiting"] == 0
        });
    }
    // The owner still follows its folder.
    fs::write(library.files.path().join("bell.md"), "The fog bell rings twice an hour.\n").unwrap();
    let before = committed();
    until("a new file is taken in", || committed() > before);
    let (status, reply) = library.json(&["retry"]);
    assert_eq!(status, 0, "{reply}");
    assert_eq!(committed(), 3 + 18);
    drop(owner);
}

#[test]
fn a_server_and_an_open_library_work_together_either_way_round() {
    let library = library();
    let body = json!({"question": QUESTION, "limit": 1});
    let best = |found: &Value| word(&rows(found, "results")[0], "name").to_owned();
    let mut owner = Owner::start(&library);
    let serve = Serve::start(&library);
    assert_eq!(best(&serve.json("/v1/search", &body)), "pump.md", "`assay watch` answers");
    let mut mcp = Mcp::start(&library);
    assert_eq!(mcp.call("status", json!({}))["structuredContent"]["searchable"], 2);
    assert!(owner.signal("-INT"));

    assert_eq!(best(&serve.json("/v1/search", &body)), "pump.md", "the server opens the library");
    let (status, list) = library.json(&["documents"]);
    assert_eq!((status, rows(&list, "documents").len()), (0, 2), "and serves it");
    assert_eq!(mcp.call("status", json!({}))["structuredContent"]["searchable"], 2);
    mcp.end();
    let (status, reply) = library.json(&["ask", QUESTION, "--no-answer"]);
    assert_eq!((status, word(&rows(&reply, "candidates")[0], "name")), (0, "pump.md"));
}
