//! Tests that a library survives damage, an interrupted rebuild and a restored snapshot, and that removed text is gone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use assay_tests::{Library, files, holding, root, rows, word};
use serde_json::Value;

const FACTS: [(&str, &str, &str); 4] = [
    ("pump.md", "The harbour pump delivers 40 litres a minute.", "How much does the harbour pump deliver?"),
    ("lease.md", "The lease of the warehouse ends in March 2031.", "When does the lease of the warehouse end?"),
    ("whale.md", "The oldest bowhead whale was 211 years old.", "How old was the oldest bowhead whale?"),
    ("bridge.md", "The bridge over the Tamsel was opened by Ada Quint.", "Who opened the bridge over the Tamsel?"),
];

struct Filled {
    library: Library,
    originals: tempfile::TempDir,
}

fn filled() -> Filled {
    let (library, originals) = (Library::default(), tempfile::tempdir().unwrap());
    for (name, fact, _) in FACTS {
        fs::write(originals.path().join(name), format!("# {name}\n\n{fact}\n")).unwrap();
    }
    let filled = Filled { library, originals };
    let (status, reply) = filled.ingest();
    assert_eq!((status, reply["counts"]["committed"].as_u64()), (0, Some(4)), "{reply}");
    filled
}

impl Filled {
    fn ingest(&self) -> (i32, Value) {
        self.library.json(&["ingest", self.originals.path().to_str().unwrap()])
    }

    fn data(&self) -> &Path {
        self.library.data.path()
    }

    /// Every fact is found, and the check reports no problem.
    fn answers(&self, when: &str) {
        for (name, _, question) in FACTS {
            let (status, reply) = self.library.json(&["ask", question, "--no-answer"]);
            assert_eq!(status, 0, "{when}: {reply}");
            let found = rows(&reply, "candidates").iter().map(|row| word(row, "name")).collect::<Vec<_>>();
            assert_eq!(found.first(), Some(&name), "{when}: {found:?}");
        }
        self.is_whole(when);
    }

    fn is_whole(&self, when: &str) {
        let (status, check) = self.library.json(&["check"]);
        assert!(status == 0 && check["ok"] == true && check["documents"] == 4, "{when}: {check}");
    }

    /// The folder of the current index, which a rebuild moves.
    fn index(&self) -> PathBuf {
        let named = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("index");
        let mut found = fs::read_dir(self.data()).unwrap().map(|entry| entry.unwrap().path()).filter(named);
        let index = found.next().unwrap();
        assert_eq!(found.next(), None, "there is a second index");
        index.join("chunks.lance")
    }
}

fn cut(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
}

fn sentence(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_damaged_index_is_repaired_at_opening_and_reported_once() {
    let filled = filled();
    let damages: [(&str, fn(&Filled)); 5] = [
        ("newest list emptied", |filled| fs::write(&files(&filled.index().join("_versions"))[0], b"").unwrap()),
        ("a data file cut", |filled| cut(&files(&filled.index().join("data"))[0])),
        ("all data gone", |filled| fs::remove_dir_all(filled.index().join("data")).unwrap()),
        ("full-text index spoiled", |filled| {
            files(&filled.index().join("_indices")).iter().for_each(|file| fs::write(file, b"x").unwrap());
        }),
        ("no list left", |filled| fs::remove_dir_all(filled.index().join("_versions")).unwrap()),
    ];
    for (what, damage) in damages {
        damage(&filled);
        let output = filled.library.run(&["ask", FACTS[0].2, "--no-answer"]);
        assert!(output.status.success(), "{what}: {}", sentence(&output));
        assert!(sentence(&output).contains("assay: "), "{what} was not reported");
        filled.answers(what);
        assert_eq!(sentence(&filled.library.run(&["check"])), "", "{what} was reported twice");
    }
}

#[test]
fn a_damaged_catalogue_is_restored_from_its_snapshot() {
    let filled = filled();
    let catalogue = filled.data().join("catalogue.sqlite");
    let damages: [(&str, fn(&Path)); 4] = [
        ("emptied", |path| fs::write(path, b"").unwrap()),
        ("cut", cut),
        ("gone", |path| fs::remove_file(path).unwrap()),
        ("garbage", |path| fs::write(path, "no database ".repeat(4000)).unwrap()),
    ];
    for (what, damage) in damages {
        damage(&catalogue);
        let output = filled.library.run(&["documents"]);
        assert!(output.status.success() && sentence(&output).contains("snapshot"), "{what}: {}", sentence(&output));
        filled.answers(what);
        let (_, reply) = filled.ingest();
        assert_eq!(reply["counts"]["unchanged"].as_u64(), Some(4), "{what}: {reply}");
    }
    for name in ["catalogue.sqlite-journal", "catalogue.sqlite-wal", "pairs.sqlite", "pairs.sqlite-journal"] {
        fs::write(filled.data().join(name), "garbage ".repeat(700)).unwrap();
        filled.answers(name);
    }
}

#[test]
fn check_finds_damage_deep_in_a_large_catalogue_and_the_next_opening_repairs_it() {
    const WORDS: &str = "The tide table of the harbour goes on. ";
    let filled = filled();
    let (name, fact, _) = FACTS[3];
    let long = format!("# {name}\n\n{fact}\n\n{}\n", WORDS.repeat(2_000));
    fs::write(filled.originals.path().join(name), long).unwrap();
    filled.ingest();
    let catalogue = filled.data().join("catalogue.sqlite");
    let mut bytes = fs::read(&catalogue).unwrap();
    let text: Vec<usize> =
        (0..bytes.len() / 4096).filter(|page| holds(&bytes[page * 4096..][..4096], WORDS.as_bytes())).collect();
    // Larger than what opening verifies in full.
    let lengthen = || fs::File::options().write(true).open(&catalogue).unwrap().set_len(65 << 20).unwrap();
    lengthen();
    filled.is_whole("lengthened");
    bytes[text[text.len() / 2] * 4096..][..4096].fill(0x5a);
    fs::write(&catalogue, &bytes).unwrap();
    lengthen();
    let (status, check) = filled.library.json(&["check"]);
    assert_eq!((status, word(&rows(&check, "problems")[0], "kind")), (1, "damaged"), "{check}");
    let output = filled.library.run(&["documents"]);
    assert!(output.status.success() && sentence(&output).contains("snapshot"), "{}", sentence(&output));
    filled.ingest();
    filled.answers("repaired");
}

fn holds(page: &[u8], needle: &[u8]) -> bool {
    page.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn an_interrupted_rebuild_resumes_and_the_old_index_answers_until_then() {
    let filled = filled();
    for number in 0..40 {
        let words = format!("Note {number} speaks of the {number}th lantern. ").repeat(60);
        fs::write(filled.originals.path().join(format!("note-{number:02}.txt")), words).unwrap();
    }
    filled.ingest();
    let asked = |when: &str| {
        let (status, reply) = filled.library.json(&["ask", FACTS[2].2]);
        assert_eq!(status, 0, "{when}: {reply}");
        let first = rows(&reply, "candidates")[0].clone();
        assert_eq!(word(&first, "name"), "whale.md", "{when}");
        word(&first, "chunk").to_owned()
    };
    let cited = asked("before");
    fs::write(filled.data().join("settings.toml"), "chunk_tokens = 64\nchunk_overlap = 8\n").unwrap();
    asked("under other settings");
    assert_eq!(filled.library.json(&["check"]).1["problems"][0]["kind"], "other_model");
    let (status, refused) = filled.ingest();
    assert_eq!((status, word(&refused["problem"], "problem")), (1, "index_of_another_model"), "{refused}");

    for _ in 0..3 {
        let mut rebuild = filled.library.command(&["rebuild"]);
        let mut rebuild = rebuild.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while !filled.data().join("index-2/chunks.lance/data").is_dir() && begun.elapsed() < Duration::from_secs(20) {
            sleep(Duration::from_millis(5));
        }
        sleep(Duration::from_millis(60));
        rebuild.kill().unwrap();
        rebuild.wait().unwrap();
        let now = asked("after an interrupted rebuild");
        if !filled.data().join("index").is_dir() {
            break; // the rebuild ended before the kill
        }
        assert_eq!(now, cited, "the old index answers");
    }
    let (status, reply) = filled.library.json(&["rebuild"]);
    assert_eq!(status, 0, "{reply}");
    let count = |state: &str| reply["counts"][state].as_u64().unwrap_or(0);
    assert_eq!(count("committed") + count("unchanged"), 44, "{reply}");
    assert_ne!(asked("after"), cited, "chunks of other sizes have other ids");
    let (_, check) = filled.library.json(&["check"]);
    assert!(check["ok"] == true && check["documents"] == 44, "{check}");
    assert!(filled.index().parent().unwrap().ends_with("index-2"));
    assert!(check["chunks"].as_u64() > Some(200), "{check}");
}

#[test]
fn another_model_answers_only_from_an_index_it_filled() {
    let filled = filled();
    let other = root().join("tests/models/bert-bge");
    assert!(filled.library.run(&["models", "import", "other", other.to_str().unwrap()]).status.success());
    let asked = || {
        let (status, reply) = filled.library.json(&["ask", FACTS[2].2, "--no-answer"]);
        assert_eq!(status, 0, "{reply}");
        let found = rows(&reply, "candidates").iter().map(|row| word(row, "name")).collect::<Vec<_>>();
        assert!(found.contains(&"whale.md"), "{found:?}");
        assert!(rows(&reply, "candidates").iter().any(|row| !row["vector"].is_null()), "{reply}");
        word(&reply["models"], "embedder").to_owned()
    };
    assert_eq!(asked(), "multilingual-e5-small-zh-en");
    fs::write(filled.data().join("settings.toml"), "embedder = \"other\"\n").unwrap();
    assert_eq!(asked(), "multilingual-e5-small-zh-en", "the index answers with the model that filled it");
    assert_eq!(filled.library.json(&["check"]).1["problems"][0]["kind"], "other_model");
    assert_eq!(filled.library.json(&["rebuild"]).0, 0);
    assert_eq!(asked(), "other");
    filled.is_whole("after the rebuild");
    let (_, again) = filled.ingest();
    assert_eq!(again["counts"]["unchanged"].as_u64(), Some(4), "{again}");

    // Back to the first model.
    fs::write(filled.data().join("settings.toml"), "embedder = \"multilingual-e5-small-zh-en\"\n").unwrap();
    assert_eq!(asked(), "other");
    assert_eq!(filled.library.json(&["rebuild"]).0, 0);
    assert_eq!(asked(), "multilingual-e5-small-zh-en");
    filled.answers("with the first model again");
}

#[test]
fn restoring_a_snapshot_restores_the_index() {
    let filled = filled();
    filled.library.json(&["rebuild"]);
    let (_, list) = filled.library.json(&["restore", "--list"]);
    let name = rows(&list, "snapshots").iter().find(|row| row["with_text"] == true).unwrap();
    assert_eq!(name["documents"], 4, "{list}");
    filled.answers("after a rebuild");

    fs::write(filled.originals.path().join("later.md"), "A later note about lanterns.").unwrap();
    filled.ingest();
    let (status, restored) = filled.library.json(&["restore"]);
    assert_eq!((status, &restored["name"]), (0, &name["name"]), "{restored}");
    filled.answers("after the restore");
    let (status, failed) = filled.library.json(&["restore", "no-such-snapshot.sqlite"]);
    assert_eq!((status, word(&failed["problem"], "problem")), (1, "missing_file"));
}

#[test]
fn no_file_of_the_data_folder_contains_removed_text() {
    let filled = filled();
    let token = "Xanthorrhoea7411";
    let secret = filled.originals.path().join("secret.md");
    fs::write(&secret, format!("# Secret\n\nThe code is {token} and {token} alone.\n")).unwrap();
    filled.ingest();
    filled.library.json(&["rebuild"]);
    // A damaged file that recovery kept contains the text too.
    fs::remove_dir_all(filled.index().join("_versions")).unwrap();
    filled.library.json(&["ask", "What is the code?", "--no-answer", "--no-cache"]);
    assert!(holding(filled.data(), token.as_bytes()).len() >= 3);
    let (_, list) = filled.library.json(&["documents"]);
    let id = rows(&list, "documents").iter().find(|row| row["name"] == "secret.md").unwrap()["id"].to_string();
    assert!(filled.library.run(&["remove", &id]).status.success());

    let lower = token.to_lowercase();
    for text in [token, &lower] {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide_big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for needle in [text.as_bytes(), &wide, &wide_big] {
            assert_eq!(holding(filled.data(), needle), [] as [PathBuf; 0], "{text}");
        }
    }
    assert!(fs::read_to_string(&secret).unwrap().contains(token), "the user's file is unchanged");
    filled.answers("after the removal");
}
