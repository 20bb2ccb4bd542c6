use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use assay_tests::{Library, holding, rows, word};
use serde_json::Value;

/// A library and the folder that it watches.
struct Watched {
    library: Library,
    _parent: tempfile::TempDir,
    root: PathBuf,
}

impl Watched {
    fn with(files: &[(&str, &str)]) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let root = parent.path().canonicalize().unwrap().join("watched");
        fs::create_dir(&root).unwrap();
        let watched = Self { library: Library::default(), _parent: parent, root };
        files.iter().for_each(|(name, text)| watched.write(name, text));
        watched
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Scans once; returns the counts of the rows.
    fn scan(&self) -> Value {
        let (_, reply) = self.library.json(&["watch", "--once"]);
        reply["counts"].clone()
    }

    /// The best passage for a question: chunk, file name and text.
    fn best(&self, question: &str) -> (String, String, String) {
        let (_, reply) = self.library.json(&["ask", question, "--no-answer"]);
        let best = &rows(&reply, "candidates")[0];
        (word(best, "chunk").into(), word(best, "name").into(), word(best, "text").into())
    }

    /// The committed documents, by path below the folder.
    fn documents(&self) -> BTreeSet<String> {
        let (_, list) = self.library.json(&["documents"]);
        let here = rows(&list, "documents").iter().filter(|row| word(row, "state") == "committed");
        let below = |row: &Value| Path::new(word(row, "path")).strip_prefix(&self.root).unwrap().to_owned();
        here.map(|row| below(row).to_str().unwrap().to_owned()).collect()
    }

    fn state(&self, name: &str) -> String {
        let (_, list) = self.library.json(&["documents"]);
        let row = rows(&list, "documents").iter().find(|row| word(row, "name") == name);
        row.map(|row| word(row, "state").to_owned()).unwrap_or_default()
    }
}

#[test]
fn a_renamed_file_is_not_embedded_again_and_a_deleted_one_is_missing() {
    let watched = Watched::with(&[
        ("pump.md", "The harbour pump delivers 40 litres a minute.\n"),
        ("sub/lamp.md", "The lamp of the lighthouse is lit at dusk.\n"),
        ("sub/bell.md", "The fog bell rings twice an hour.\n"),
    ]);
    let root = watched.root.to_str().unwrap();
    let (status, reply) = watched.library.json(&["watch", root, "--once"]);
    assert_eq!((status, reply["counts"]["committed"].as_u64()), (0, Some(3)), "{reply}");
    let (chunk, name, _) = watched.best("How much does the pump deliver?");
    assert_eq!(name, "pump.md");

    fs::create_dir(watched.root.join("machines")).unwrap();
    fs::rename(watched.root.join("pump.md"), watched.root.join("machines/water.md")).unwrap();
    fs::remove_dir_all(watched.root.join("sub")).unwrap();
    let counts = watched.scan();
    assert_eq!(counts, serde_json::json!({ "missing": 2, "renamed": 1 }));
    assert_eq!(watched.scan(), serde_json::json!({ "missing": 2, "unchanged": 1 }), "they stay missing");
    assert_eq!(watched.library.json(&["check"]).0, 0);
    let (same, name, _) = watched.best("How much does the pump deliver?");
    assert_eq!((same, name.as_str()), (chunk, "water.md"), "the same chunk under the new name");
    assert_eq!(watched.documents(), BTreeSet::from(["machines/water.md".to_owned()]));
    assert_eq!(watched.library.json(&["check"]).0, 0);

    let (_, folders) = watched.library.json(&["folders"]);
    let folder = &rows(&folders, "folders")[0];
    assert_eq!((word(folder, "path"), word(folder, "state")), (root, "resting"));
    assert_eq!(folder["files"].as_u64(), Some(1));
    assert!(watched.library.run(&["unwatch", root]).status.success());
    assert_eq!(watched.library.json(&["watch", "--once"]).0, 2, "no folder is watched");
    assert_eq!(watched.documents().len(), 1, "documents of a folder that is no longer watched remain");
}

/// Files that were added by themselves belong to their folder once it is watched, whatever became of them meanwhile, and
/// however many others were renamed in the same time.
#[test]
fn files_that_were_added_before_their_folder_is_watched_keep_their_documents_and_go_missing() {
    let watched = Watched::with(&[
        ("pump.md", "The harbour pump delivers 40 litres a minute.\n"),
        ("lamp.md", "The lamp of the lighthouse is lit at dusk.\n"),
    ]);
    let root = watched.root.to_str().unwrap();
    watched.library.json(&["watch", root, "--once"]);
    watched.write("bell.md", "The fog bell rings twice an hour.\n");
    watched.write("gull.md", "The gulls of the pier eat crabs.\n");
    let paths = ["bell.md", "gull.md"].map(|name| watched.root.join(name));
    let words: Vec<&str> = ["ingest"].into_iter().chain(paths.iter().map(|path| path.to_str().unwrap())).collect();
    watched.library.json(&words);

    for (old, new) in [("pump.md", "water.md"), ("bell.md", "fog.md")] {
        fs::rename(watched.root.join(old), watched.root.join(new)).unwrap();
    }
    fs::remove_file(watched.root.join("gull.md")).unwrap();
    let counts = watched.scan();
    assert_eq!(counts, serde_json::json!({ "missing": 1, "renamed": 2, "unchanged": 1 }));
    assert_eq!(watched.documents(), ["fog.md", "lamp.md", "water.md"].map(str::to_owned).into());
    assert_eq!(watched.scan(), serde_json::json!({ "missing": 1, "unchanged": 3 }));
}

#[test]
fn a_file_that_was_removed_and_added_again_under_another_name_can_be_renamed() {
    let watched = Watched::with(&[
        ("pump.md", "The harbour pump delivers 40 litres a minute.\n"),
        ("lamp.md", "The lamp of the lighthouse is lit at dusk.\n"),
    ]);
    watched.library.json(&["watch", watched.root.to_str().unwrap(), "--once"]);
    let renamed = |old: &str, new: &str| fs::rename(watched.root.join(old), watched.root.join(new)).unwrap();
    renamed("pump.md", "water.md");
    let (_, list) = watched.library.json(&["documents"]);
    let pump = rows(&list, "documents").iter().find(|row| word(row, "name") == "pump.md").unwrap()["id"].to_string();
    assert!(watched.library.run(&["remove", &pump]).status.success());
    assert_eq!(watched.library.json(&["ingest", watched.root.join("water.md").to_str().unwrap()]).0, 0);
    renamed("water.md", "well.md");
    assert_eq!(watched.scan(), serde_json::json!({ "renamed": 1, "unchanged": 1 }));
    assert_eq!(watched.documents(), ["lamp.md", "well.md"].map(str::to_owned).into());
}

#[test]
fn the_end_of_the_grace_time_removes_the_text_of_a_missing_file_from_the_snapshots() {
    let secret = "zephyrantha";
    let watched = Watched::with(&[
        ("pump.md", "The harbour pump delivers 40 litres a minute.\n"),
        ("secret.md", &format!("The {secret} is kept in the third drawer.\n")),
    ]);
    watched.library.json(&["watch", watched.root.to_str().unwrap(), "--once"]);
    // A rebuild first takes a snapshot, which holds the texts.
    let data = watched.library.data.path();
    let settings = |days: u32| {
        let text = format!("chunk_tokens = 64\nchunk_overlap = 8\nmissing_days = {days}\n");
        fs::write(data.join("settings.toml"), text).unwrap();
    };
    settings(30);
    assert!(watched.library.run(&["rebuild"]).status.success());
    assert!(!holding(&data.join("snapshots"), secret.as_bytes()).is_empty());
    fs::remove_file(watched.root.join("secret.md")).unwrap();
    assert_eq!(watched.scan(), serde_json::json!({ "missing": 1, "unchanged": 1 }));
    assert!(!holding(&data.join("snapshots"), secret.as_bytes()).is_empty(), "it may come back");
    settings(0);
    assert_eq!(watched.scan(), serde_json::json!({ "removed": 1, "unchanged": 1 }));
    assert_eq!(holding(data, secret.as_bytes()), Vec::<PathBuf>::new());
    assert_eq!(watched.best("How much does the pump deliver?").1, "pump.md");
}

/// The grace time ended while nothing ran, and so did the absence of the file.
#[cfg(unix)]
#[test]
fn a_file_that_is_back_when_the_following_begins_keeps_its_document() {
    let watched = Watched::with(&[
        ("pump.md", "The harbour pump delivers 40 litres a minute.\n"),
        ("lamp.md", "The lamp of the lighthouse is lit at dusk.\n"),
    ]);
    watched.library.json(&["watch", watched.root.to_str().unwrap(), "--once"]);
    let number = || {
        let (_, list) = watched.library.json(&["documents"]);
        let row = rows(&list, "documents").iter().find(|row| word(row, "name") == "lamp.md").cloned().unwrap();
        (row["id"].as_i64().unwrap(), word(&row, "state").to_owned())
    };
    let (before, _) = number();
    fs::remove_file(watched.root.join("lamp.md")).unwrap();
    assert_eq!(watched.scan(), serde_json::json!({ "missing": 1, "unchanged": 1 }));
    fs::write(watched.library.data.path().join("settings.toml"), "missing_days = 0\n").unwrap();
    watched.write("lamp.md", "The lamp of the lighthouse is lit at dusk.\n");
    Following::of(&watched, &[]).end();
    assert_eq!(number(), (before, "committed".to_owned()));
}

#[test]
fn a_missing_folder_is_offline_and_still_answers() {
    let watched = Watched::with(&[("pump.md", "The harbour pump delivers 40 litres a minute.\n")]);
    watched.library.json(&["watch", watched.root.to_str().unwrap(), "--once"]);
    let (chunk, ..) = watched.best("How much does the pump deliver?");
    let away = watched.root.with_file_name("unplugged");
    fs::rename(&watched.root, &away).unwrap();
    for _ in 0..2 {
        assert_eq!(watched.scan(), serde_json::json!({ "offline": 1 }));
    }
    assert_eq!(watched.state("pump.md"), "offline");
    assert_eq!(watched.best("How much does the pump deliver?").0, chunk);
    let (_, folders) = watched.library.json(&["folders"]);
    assert_eq!(word(&rows(&folders, "folders")[0], "state"), "offline");

    fs::rename(&away, &watched.root).unwrap();
    watched.scan();
    assert_eq!(watched.state("pump.md"), "committed");
    assert_eq!(watched.best("How much does the pump deliver?").0, chunk, "nothing was embedded again");
}

/// A running `assay watch`, and the rows that it prints.
struct Following {
    program: Child,
    told: Receiver<Value>,
}

impl Following {
    fn of(watched: &Watched, env: &[(&str, &str)]) -> Self {
        let root = watched.root.to_str().unwrap();
        let mut command = watched.library.command(&["watch", root, "--json"]);
        command.envs(env.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut program = command.spawn().unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let (tell, told) = channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).unwrap());
            }
        });
        let following = Self { program, told };
        following.until(|_| true);
        following
    }

    /// Waits for a row.
    fn until(&self, wanted: impl Fn(&Value) -> bool) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(120) {
            let Ok(reply) = self.told.recv_timeout(Duration::from_secs(120)) else { break };
            let files = rows(&reply, "files");
            if files.is_empty() && wanted(&Value::Null) || files.iter().any(&wanted) {
                return;
            }
        }
        panic!("the expected row was not printed");
    }

    fn until_is(&self, name: &str, state: &str) {
        self.until(|file| !file.is_null() && word(file, "name") == name && word(file, "state") == state);
    }

    /// Ends it with SIGINT, as Ctrl-C does.
    fn end(mut self) {
        let pid = self.program.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        assert!(self.program.wait().unwrap().success());
    }
}

#[cfg(unix)]
#[test]
fn every_save_sequence_of_editors_updates_the_answer() {
    let watched = Watched::with(&[("note.md", "The parrot says zero.\n")]);
    let following = Following::of(&watched, &[]);
    let note = watched.root.join("note.md");
    let sibling = |name: &str| watched.root.join(name);
    let editors: [(&str, &dyn Fn(&str)); 5] = [
        ("truncates and writes", &|text| fs::write(&note, text).unwrap()),
        ("writes another file and renames it", &|text| {
            fs::write(sibling(".note.md.swp"), text).unwrap();
            fs::rename(sibling(".note.md.swp"), &note).unwrap();
        }),
        ("keeps a backup", &|text| {
            fs::rename(&note, sibling("note.md~")).unwrap();
            fs::write(&note, text).unwrap();
            fs::remove_file(sibling("note.md~")).unwrap();
        }),
        ("deletes and creates", &|text| {
            fs::remove_file(&note).unwrap();
            fs::write(&note, text).unwrap();
        }),
        ("appends in place", &|text| {
            use std::io::Write;
            let mut file = fs::File::options().append(true).open(&note).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }),
    ];
    for (number, (_, save)) in editors.iter().enumerate() {
        save(&format!("The parrot says {}.\n", ["one", "two", "three", "four", "five"][number]));
        following.until_is("note.md", "committed");
    }
    following.end();
    let (_, name, text) = watched.best("What does the parrot say?");
    assert_eq!((name.as_str(), text.trim()), ("note.md", "The parrot says four.\nThe parrot says five."));
    assert_eq!(watched.documents(), BTreeSet::from(["note.md".to_owned()]));
    assert_eq!(watched.scan()["unchanged"].as_u64(), Some(1), "a scan finds no change");
}

#[cfg(unix)]
#[test]
fn a_burst_of_changes_ends_like_a_full_scan() {
    let watched = Watched::with(&[]);
    for number in 0..30 {
        watched.write(&format!("{}/{number}.md", number % 5), &format!("Parrot {number} says {number}.\n"));
    }
    let following = Following::of(&watched, &[]);
    // Some hundred events: writes, renames of files and folders, deletions, new folders.
    for round in 0..6 {
        for number in 0..30 {
            let at = |folder: i32| watched.root.join(format!("{folder}/{number}.md"));
            match (number + round) % 6 {
                0 => watched.write(&format!("{}/{number}.md", number % 5), &format!("Parrot {number} says {round}.\n")),
                1 => drop(fs::rename(at(number % 5), at((number + 1) % 5))),
                2 => drop(fs::remove_file(at((number + 1) % 5))),
                3 => {
                    watched.write(&format!("new-{round}/{number}.md"), &format!("Parrot {number} is new in {round}.\n"))
                }
                4 => drop(fs::copy(at(number % 5), watched.root.join(format!("copy-{number}.md")))),
                _ => (),
            }
        }
        let _ = fs::rename(watched.root.join(format!("new-{round}")), watched.root.join(format!("old-{round}")));
    }
    let _ = fs::remove_dir_all(watched.root.join("old-1"));
    // The scan that finds the second of these files began after the burst.
    for last in ["last-1.md", "last-2.md"] {
        watched.write(last, "That was all.\n");
        following.until_is(last, "committed");
    }
    following.end();

    let mut there = BTreeSet::new();
    let mut folders = vec![watched.root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true => folders.push(entry),
                false => drop(there.insert(entry.strip_prefix(&watched.root).unwrap().to_str().unwrap().to_owned())),
            }
        }
    }
    assert!(there.len() > 30, "{there:?}");
    assert_eq!(watched.documents(), there);
    let counts = watched.scan();
    let found = counts.as_object().unwrap().keys().all(|state| state == "unchanged" || state == "missing");
    assert!(found && counts["unchanged"] == there.len(), "a full scan finds no change: {counts}");
    assert_eq!(watched.library.json(&["check"]).0, 0);
}

#[cfg(unix)]
#[test]
fn folders_without_events_are_scanned_periodically() {
    let watched = Watched::with(&[("note.md", "The parrot says zero.\n")]);
    let following = Following::of(&watched, &[("ASSAY_WATCH", "poll")]);
    watched.write("other.md", "The parrot says one.\n");
    following.until_is("other.md", "committed");
    fs::remove_file(watched.root.join("other.md")).unwrap();
    following.until_is("other.md", "missing");
    let away = watched.root.with_file_name("unplugged");
    fs::rename(&watched.root, &away).unwrap();
    following.until_is("note.md", "offline");
    fs::rename(&away, &watched.root).unwrap();
    following.until(|_| true);
    following.end();
    assert_eq!(watched.state("note.md"), "committed");
}

#[test]
fn a_removed_file_of_a_watched_folder_stays_out_until_it_is_brought_back() {
    let watched = Watched::with(&[
        ("pump.md", "The harbour pump delivers 40 litres a minute.\n"),
        ("lamp.md", "The lamp of the lighthouse is lit at dusk.\n"),
    ]);
    watched.library.json(&["watch", watched.root.to_str().unwrap(), "--once"]);
    let (_, list) = watched.library.json(&["documents"]);
    let id = rows(&list, "documents").iter().find(|row| word(row, "name") == "lamp.md").unwrap()["id"].to_string();
    assert!(watched.library.run(&["remove", &id]).status.success());
    assert_eq!(watched.scan(), serde_json::json!({ "excluded": 1, "unchanged": 1 }));
    fs::create_dir(watched.root.join("sub")).unwrap();
    fs::rename(watched.root.join("lamp.md"), watched.root.join("sub/light.md")).unwrap();
    assert_eq!(watched.scan(), serde_json::json!({ "excluded": 1, "unchanged": 1 }), "also under another name");
    assert_eq!(watched.documents(), BTreeSet::from(["pump.md".to_owned()]));

    let (_, removed) = watched.library.json(&["documents", "--removed"]);
    let mark = &rows(&removed, "removed")[0];
    assert!(word(mark, "path").ends_with("sub/light.md"), "{mark}");
    let (status, reply) = watched.library.json(&["undismiss", &mark["id"].to_string()]);
    assert_eq!((status, reply["counts"]["committed"].as_u64()), (0, Some(1)), "{reply}");
    assert_eq!(watched.scan(), serde_json::json!({ "unchanged": 2 }));
    assert!(rows(&watched.library.json(&["documents", "--removed"]).1, "removed").is_empty());
}
