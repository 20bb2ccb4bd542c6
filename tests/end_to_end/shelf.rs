//! The model registry in the terminal: a recommended pair from a hub of this machine, and what cannot be removed.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use assay_tests::{Library, root, rows, word};
use sha2::{Digest, Sha256};

/// Models of the tests under names of the catalogue: each is of the family of its row.
const HELD: [(&str, &str); 2] =
    [("intfloat/multilingual-e5-base", "xlm-roberta-e5"), ("BAAI/bge-reranker-base", "xlm-roberta-classifier")];

/// A hub with these models, as the real one answers: hashes, lengths and byte ranges.
fn hub() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let folders: HashMap<String, PathBuf> =
        HELD.iter().map(|(name, model)| ((*name).to_owned(), root().join("tests/models").join(model))).collect();
    let folders = Arc::new(folders);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let folders = folders.clone();
            std::thread::spawn(move || serve(stream.unwrap(), &folders));
        }
    });
    address
}

fn serve(mut stream: TcpStream, folders: &HashMap<String, PathBuf>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let range = lines.take_while(|line| !line.is_empty()).find_map(|line| {
        let (from, to) = line
            .to_lowercase()
            .strip_prefix("range: bytes=")?
            .split_once('-')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))?;
        Some((from.parse::<usize>().ok()?, to.parse::<usize>().ok()? + 1))
    });
    let (repository, file) = path.strip_prefix('/')?.split_once("/resolve/main/")?;
    let Ok(bytes) = fs::read(folders.get(repository)?.join(file)) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").ok();
    };
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let (from, to) = range.map_or((0, bytes.len()), |(from, to)| (from.min(bytes.len()), to.min(bytes.len())));
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nETag: \"{hash}\"\r\nContent-Range: bytes {from}-{}/{}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        to.saturating_sub(1),
        bytes.len(),
        to - from
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&bytes[from..to]).ok()
}

/// A library whose models lie in its own data folder.
struct Shelf {
    library: Library,
}

impl Shelf {
    fn run(&self, words: &[&str]) -> (bool, String) {
        let output = self.library.command(words).env_remove("ASSAY_MODELS").output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    }

    fn json(&self, words: &[&str]) -> serde_json::Value {
        let output = self.library.command(words).arg("--json").env_remove("ASSAY_MODELS").output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    fn does(&self, words: &[&str]) -> String {
        let (done, said) = self.run(words);
        assert!(done, "{words:?}: {said}");
        said
    }

    /// Runs a command that has to fail, and say this.
    fn refuses(&self, words: &[&str], named: &str) {
        let (done, said) = self.run(words);
        assert!(!done && said.contains(named), "{words:?} should say {named:?}: {said}");
    }

    fn settings(&self, text: &str) {
        fs::write(self.library.data.path().join("settings.toml"), text).unwrap();
    }
}

#[test]
fn a_pair_is_taken_with_one_command_and_what_is_needed_cannot_be_removed() {
    let shelf = Shelf { library: Library::default() };
    let pairs = shelf.json(&["models", "pairs"]);
    assert_eq!(rows(&pairs, "pairs").iter().filter(|row| row["recommended"] == true).count(), 1, "{pairs}");
    let pair = rows(&pairs, "pairs").iter().find(|row| word(row, "name") == "zh-en-16gb").unwrap();
    assert_eq!(pair["download"], 2_260_000_000_u64, "{pair}");

    shelf.refuses(&["models", "take", "none"], "no pair is called");
    let said = shelf.does(&["models", "take", "zh-en-16gb", "--hub", &hub()]);
    assert!(said.contains("2.3 GB to download") && said.contains("are here and chosen"), "{said}");
    let pairs = shelf.json(&["models", "pairs"]);
    let pair = rows(&pairs, "pairs").iter().find(|row| word(row, "name") == "zh-en-16gb").unwrap();
    assert_eq!(pair["download"], 0, "{pair}");

    let note = shelf.library.files.path().join("harbour.md");
    fs::write(&note, "# Harbour\n\nHigh water stood at 4.2 metres in the north harbour.\n").unwrap();
    shelf.does(&["ingest", note.to_str().unwrap()]);
    let answered = shelf.json(&["ask", "How high was the water?", "--no-answer"]);
    assert_eq!(word(&answered["models"], "embedder"), "multilingual-e5-base");
    assert_eq!(word(&answered["models"], "reranker"), "bge-reranker-base");

    let fixture = |name: &str| root().join("tests/models").join(name).to_str().unwrap().to_owned();
    shelf.does(&["models", "import", "second", &fixture("bert-classifier")]);
    shelf.does(&["models", "import", "other", &fixture("bert-bge")]);
    shelf.settings("embedder = \"other\"\nsecond_reranker = \"second\"\n");
    shelf.refuses(&["models", "remove", "other"], "the embedder of the settings");
    shelf.refuses(&["models", "remove", "second"], "the second reranker of the settings");
    shelf.refuses(&["models", "remove", "multilingual-e5-base"], "the index that answers");
    shelf.does(&["models", "remove", "bge-reranker-base"]);
    shelf.does(&["rebuild"]);
    shelf.does(&["models", "remove", "multilingual-e5-base"]);
}

#[test]
fn what_is_added_without_a_usable_embedder_waits_for_it() {
    let damaged = |shelf: &Shelf| {
        // The folder is whole but for the end of the weights.
        let folder = shelf.library.data.path().join("models/multilingual-e5-base");
        let from = root().join("tests/models/xlm-roberta-e5");
        shelf.does(&["models", "import", "multilingual-e5-base", from.to_str().unwrap()]);
        let weights = fs::read(folder.join("model.safetensors")).unwrap();
        fs::write(folder.join("model.safetensors"), &weights[..weights.len() / 2]).unwrap();
    };
    let absent = |_: &Shelf| ();
    for (state, named) in [(&absent as &dyn Fn(&Shelf), "is not on this machine"), (&damaged, "model.safetensors")] {
        let shelf = Shelf { library: Library::default() };
        shelf.settings("embedder = \"multilingual-e5-base\"\n");
        state(&shelf);
        let notes = shelf.library.files.path().join("notes");
        fs::create_dir_all(&notes).unwrap();
        fs::write(notes.join("harbour.md"), "# Harbour\n\nHigh water stood at 4.2 metres.\n").unwrap();
        fs::write(notes.join("海港.md"), "# 海港\n\n北港的高潮位是四点二米。\n").unwrap();
        shelf.refuses(&["ingest", notes.to_str().unwrap()], named);
        shelf.refuses(&["ingest", notes.to_str().unwrap()], "what was added waits");
        let queue = shelf.json(&["queue"]);
        assert!(rows(&queue, "queue").iter().all(|row| word(row, "name") == "notes"), "{queue}");
        assert_ne!(queue["waiting"], 0, "{queue}");

        shelf.does(&["models", "pull", "multilingual-e5-base", "--hub", &hub()]);
        shelf.does(&["retry"]);
        let list = shelf.json(&["documents"]);
        let read = rows(&list, "documents").iter().filter(|row| row["state"] == "committed").count();
        assert_eq!(read, 2, "{list}");
        assert_eq!(shelf.json(&["queue"])["waiting"], 0);
    }
}

#[test]
fn a_fresh_library_takes_files_in_and_answers_with_what_ships() {
    let shelf = Shelf { library: Library::default() };
    // An address that nobody answers: nothing may be fetched.
    shelf.settings("hub = \"http://127.0.0.1:9\"\n");
    let note = shelf.library.files.path().join("harbour.md");
    fs::write(&note, "# Harbour\n\nHigh water stood at 4.2 metres in the north harbour.\n").unwrap();
    shelf.does(&["ingest", note.to_str().unwrap()]);
    for question in ["How high was the water in the harbour?", "港口的水位有多高？"] {
        let reply = shelf.json(&["ask", question]);
        let found = rows(&reply, "candidates").iter().any(|row| word(row, "name") == "harbour.md");
        assert!(found, "{question}: {reply}");
    }
}
