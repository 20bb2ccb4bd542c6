use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use assay_catalogue::{NEWEST_LAYOUT, Store};
use assay_domain::port::{Catalogue, GenerationContent, Source};
use assay_domain::{Cancel, Extractor, Failure, Fingerprint, Page, PageOutcome, Problem, ReadDocument};
use serde_json::Value;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::manifest::{CATALOGUE, MANIFEST, SIGN};
use super::{Archive, BackupOptions, end, restore, unpack, write};
use crate::home::Home;

const SETTINGS: &str = "keep = 7\n";

/// A data folder with documents, an index folder, and a model.
struct Made {
    folder: TempDir,
    data: PathBuf,
}

impl Made {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("library");
        let home = Home::open(&data).unwrap();
        let store = Store::open(&home.catalogue()).unwrap();
        for number in 0..20 {
            let path = format!("/home/a/notes/{number}.txt");
            let id = store.enqueue("default", &Source::at(&path, &path)).unwrap();
            let generation = store.begin(id).unwrap();
            store.commit(id, generation, &reading(&format!("words of note {number} {}", "灯塔 ".repeat(900)))).unwrap();
        }
        for (file, bytes) in [
            ("index/chunks.lance/_versions/1.manifest", 40),
            ("index/chunks.lance/data/a.lance", 90_000),
            ("models/mine/model.gguf", 70_000),
            ("models/precisions.json", 9),
            ("settings.toml", 5),
        ] {
            fs::create_dir_all(data.join(file).parent().unwrap()).unwrap();
            fs::write(data.join(file), vec![b'x'; bytes]).unwrap();
        }
        Self { folder, data }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("library.zip")
    }

    fn write(&self, options: &BackupOptions) -> Result<super::Manifest, Failure> {
        write(&self.data, None, &self.file(), options, &Cancel::default(), &mut |_, _| ())
    }

    fn restore(&self, data: &Path, moves: &[(&str, &str)]) -> Result<(), Failure> {
        let moves: Vec<(String, String)> =
            moves.iter().map(|(old, new)| ((*old).to_owned(), (*new).to_owned())).collect();
        restore(&self.file(), data, &moves, |_| Ok(()), &Cancel::default(), &mut |_, _| ())
    }

    /// Names in the folder of the backup.
    fn beside(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn reading(text: &str) -> GenerationContent {
    let page = Page {
        number: Some(1),
        text: text.to_owned(),
        headings: Vec::new(),
        extractor: Extractor::Format,
        confidence: None,
        outcome: PageOutcome::Text,
    };
    let document = ReadDocument { format: "text".into(), pages: vec![page], language: None, hash: text.to_owned() };
    let fingerprint = Fingerprint { hash: text.to_owned(), bytes: 9 };
    GenerationContent { fingerprint, document, chunks: 1, reason: None, by: "r".into(), revision: 1 }
}

fn all() -> BackupOptions {
    BackupOptions { settings: Some(SETTINGS.to_owned()), index: true, models: true, force: false }
}

fn paths(data: &Path) -> Vec<String> {
    let store = Store::open(&data.join(CATALOGUE)).unwrap();
    store.documents().unwrap().into_iter().map(|document| document.path).collect()
}

#[test]
fn a_library_comes_back_whole_under_another_root() {
    let made = Made::new();
    // Another process has the library open.
    let _open = Home::open(&made.data).unwrap();
    let manifest = made.write(&all()).unwrap();
    assert_eq!((manifest.documents, manifest.index.as_deref(), manifest.models), (20, Some("index"), true));
    let names: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    assert!(!names.contains(&"models/precisions.json"), "verdicts about a processor stay with it: {names:?}");

    let new = made.folder.path().join("elsewhere/library");
    made.restore(&new, &[("/home/a/notes", "/srv/notes")]).unwrap();
    assert!(paths(&new).iter().all(|path| path.starts_with("/srv/notes/")), "{:?}", paths(&new));
    assert_eq!(fs::read_to_string(new.join("settings.toml")).unwrap(), SETTINGS);
    for file in ["index/chunks.lance/data/a.lance", "index/chunks.lance/_versions/1.manifest", "models/mine/model.gguf"]
    {
        assert_eq!(fs::read(new.join(file)).unwrap(), fs::read(made.data.join(file)).unwrap(), "{file}");
    }
    assert!(!new.join("restoring").exists());
    assert_eq!(fs::read_dir(made.data.join("scratch")).unwrap().count(), 0, "no copy is left");
}

#[test]
fn only_what_was_asked_for_is_in_a_backup() {
    let made = Made::new();
    let manifest = made.write(&BackupOptions { settings: Some(SETTINGS.to_owned()), ..Default::default() }).unwrap();
    let names: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["settings.toml", CATALOGUE]);
    // The other one is replaced without a word, because it is a backup.
    made.write(&all()).unwrap();
    assert_eq!(made.beside(), ["library", "library.zip"]);
}

#[test]
fn no_file_but_a_backup_is_replaced_without_force() {
    let made = Made::new();
    for other in [&b""[..], b"my thesis", b"PK\x03\x04 a package of somebody else, long enough to hold a name"] {
        fs::write(made.file(), other).unwrap();
        assert_eq!(made.write(&all()).unwrap_err().problem, Problem::BadSetting);
        assert_eq!(fs::read(made.file()).unwrap(), other);
    }
    made.write(&BackupOptions { force: true, ..all() }).unwrap();
    assert!(Archive::has_sign(&made.file()));
    let nothing = made.folder.path().join("nothing");
    let error = write(&nothing, None, &made.file(), &all(), &Cancel::default(), &mut |_, _| ()).unwrap_err();
    assert_eq!(error.problem, Problem::MissingFile);
}

#[test]
fn a_stop_leaves_nothing_and_a_run_that_died_is_cleaned_up_after() {
    let made = Made::new();
    let cancel = Cancel::default();
    let stopped = write(&made.data, None, &made.file(), &all(), &cancel, &mut |_, _| cancel.stop());
    assert_eq!(stopped.unwrap_err().problem, Problem::Stopped);
    assert_eq!(made.beside(), ["library"]);

    made.write(&all()).unwrap();
    let (left, theirs) =
        (made.folder.path().join(".library.zip.abc123.part"), made.folder.path().join(".library.zip.x.part"));
    fs::copy(made.file(), &left).unwrap();
    fs::write(&theirs, "not ours").unwrap();
    made.write(&all()).unwrap();
    assert!(!left.exists() && theirs.exists());

    let cancel = Cancel::default();
    let new = made.folder.path().join("new");
    let stopped = restore(&made.file(), &new, &[], |_| Ok(()), &cancel, &mut |_, _| cancel.stop());
    assert_eq!(stopped.unwrap_err().problem, Problem::Stopped);
    assert!(!new.exists());
}

#[test]
fn a_restore_never_merges_and_never_goes_into_a_folder_of_others() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let before = fs::read(made.data.join("settings.toml")).unwrap();
    let refused = made.restore(&made.data, &[]).unwrap_err();
    assert!(refused.message.contains("not empty"), "{refused}");
    assert_eq!(fs::read(made.data.join("settings.toml")).unwrap(), before);

    let foreign = made.folder.path().join("thesis");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("chapter.txt"), "words").unwrap();
    assert_eq!(made.restore(&foreign, &[]).unwrap_err().problem, Problem::NoPermission);
    assert_eq!(fs::read_dir(&foreign).unwrap().count(), 1);

    // An empty folder, and a library without anything in it, as the first start of a window leaves it.
    let (empty, fresh) = (made.folder.path().join("empty"), made.folder.path().join("fresh"));
    fs::create_dir(&empty).unwrap();
    let home = Home::open(&fresh).unwrap();
    drop(Store::open(&home.catalogue()).unwrap());
    fs::create_dir_all(fresh.join("index/chunks.lance/data")).unwrap();
    fs::write(fresh.join("index/chunks.lance/data/old.lance"), "no rows").unwrap();
    fs::write(fresh.join("settings.toml"), "keep = 3\n").unwrap();
    drop(home);
    for data in [&empty, &fresh] {
        made.restore(data, &[]).unwrap();
        assert_eq!(paths(data).len(), 20);
        assert_eq!(fs::read_to_string(data.join("settings.toml")).unwrap(), SETTINGS);
        assert!(!data.join("index/chunks.lance/data/old.lance").exists());
    }
}

#[test]
fn folders_that_are_not_in_the_backup_are_named() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let new = made.folder.path().join("new");
    let error = made.restore(&new, &[("/home/b", "/srv")]).unwrap_err();
    assert!(error.message.contains("/home/b") && error.message.contains("/home/a/notes"), "{error}");
    assert!(!new.exists());
    // A folder above a root, and one in it.
    made.restore(&new, &[("/home", "/srv"), ("/home/a/notes", "/mnt/n")]).unwrap();
    assert!(paths(&new).iter().all(|path| path.starts_with("/mnt/n/")), "the longest counts");
}

/// Writes an archive with the same files, some of them changed.
fn forged(made: &Made, change: impl Fn(&str, &mut Vec<u8>) -> bool, more: &[(&str, &[u8], Option<u32>)]) {
    let mut from = ZipArchive::new(File::open(made.file()).unwrap()).unwrap();
    let mut to = ZipWriter::new(File::create(made.folder.path().join("forged.zip")).unwrap());
    for at in 0..from.len() {
        let mut entry = from.by_index(at).unwrap();
        let (name, mut bytes) = (entry.name().to_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if change(&name, &mut bytes) {
            to.start_file(name, SimpleFileOptions::default()).unwrap();
            to.write_all(&bytes).unwrap();
        }
    }
    for (name, bytes, link) in more {
        if link.is_some() {
            to.add_symlink(*name, "/etc/passwd", SimpleFileOptions::default()).unwrap();
        } else {
            to.start_file(*name, SimpleFileOptions::default()).unwrap();
            to.write_all(bytes).unwrap();
        }
    }
    to.finish().unwrap();
    fs::rename(made.folder.path().join("forged.zip"), made.file()).unwrap();
}

fn with_list(bytes: &mut Vec<u8>, change: impl Fn(&mut Value)) {
    let mut list: Value = serde_json::from_slice(bytes).unwrap();
    change(&mut list);
    *bytes = serde_json::to_vec(&list).unwrap();
}

fn listed(name: &str, bytes: &[u8]) -> Value {
    serde_json::json!({ "name": name, "bytes": bytes.len(), "blake3": blake3::hash(bytes).to_hex().to_string() })
}

#[test]
fn hostile_archives_are_refused_and_leave_nothing() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let whole = fs::read(made.file()).unwrap();
    let names = [
        "../evil",
        "../../evil",
        "index/../../evil",
        "/tmp/evil",
        "index/chunks.lance/../../../evil",
        "evil",
        "index-2/evil",
        "snapshots/evil.sqlite",
        "catalogue.sqlite/evil",
        "models\\..\\..\\evil",
        "C:/evil",
        "models/a:b",
        "index//evil",
        "models/./evil",
        "models/con.",
        "assay-library.txt",
        "lock",
    ];
    let refused = |what: &str| {
        let new = made.folder.path().join("deep/er/new");
        let error = made.restore(&new, &[]).unwrap_err();
        assert_eq!(error.problem, Problem::UnreadableFile, "{what}: {error}");
        assert!(!new.exists(), "{what}");
        assert!(!made.folder.path().join("evil").exists() && !made.folder.path().join("deep/evil").exists(), "{what}");
        fs::write(made.file(), &whole).unwrap();
    };
    for name in names {
        forged(
            &made,
            |entry, bytes| {
                if entry == MANIFEST {
                    with_list(bytes, |list| list["files"].as_array_mut().unwrap().push(listed(name, b"evil")));
                }
                true
            },
            &[(name, b"evil", None)],
        );
        refused(name);
    }
    forged(&made, |_, _| true, &[("index/unlisted", b"evil", None)]);
    refused("a file that is not listed");
    forged(&made, |name, _| name != "index/chunks.lance/data/a.lance", &[]);
    refused("a file that is missing");
    forged(
        &made,
        |name, bytes| {
            if name == "index/chunks.lance/data/a.lance" {
                bytes[7] ^= 1;
            }
            true
        },
        &[],
    );
    refused("a file that was changed");
    forged(
        &made,
        |name, bytes| {
            if name == MANIFEST {
                with_list(bytes, |list| {
                    list["files"].as_array_mut().unwrap().push(listed("models/link", b"/etc/passwd"))
                });
            }
            true
        },
        &[("models/link", b"", Some(0))],
    );
    refused("a link");
    forged(
        &made,
        |name, bytes| {
            if name == "models/mine/model.gguf" {
                *bytes = vec![0; 64 << 20];
            }
            true
        },
        &[],
    );
    refused("a file that is longer than the list says");
    forged(
        &made,
        |name, bytes| {
            if name == MANIFEST {
                with_list(bytes, |list| list["documents"] = 3.into());
            }
            true
        },
        &[],
    );
    refused("a list that does not describe the catalogue");
}

#[test]
fn sizes_that_no_disk_holds_and_newer_archives_are_refused_with_a_sentence() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let whole = fs::read(made.file()).unwrap();
    let cases: [(&str, fn(&mut Value), Problem); 4] = [
        ("newer Assay", |list| list["form"] = 2.into(), Problem::BadSetting),
        ("newer Assay", |list| list["layout"] = (NEWEST_LAYOUT + 1).into(), Problem::BadSetting),
        ("are free", |list| list["files"][1]["bytes"] = (u64::MAX / 2).into(), Problem::DiskFull),
        ("cannot be read", |list| list["files"] = "none".into(), Problem::UnreadableFile),
    ];
    for (sentence, change, problem) in cases {
        forged(
            &made,
            |name, bytes| {
                if name == MANIFEST {
                    with_list(bytes, change);
                }
                true
            },
            &[],
        );
        let new = made.folder.path().join("new");
        let error = made.restore(&new, &[]).unwrap_err();
        assert!(error.problem == problem && error.message.contains(sentence), "{error}");
        assert!(!new.exists());
        fs::write(made.file(), &whole).unwrap();
    }
}

#[test]
fn damaged_archives_are_refused_at_every_place() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let whole = fs::read(made.file()).unwrap();
    let new = made.folder.path().join("new");
    for left in (0..whole.len()).step_by(whole.len() / 40 + 1) {
        fs::write(made.file(), &whole[..left]).unwrap();
        assert_eq!(made.restore(&new, &[]).unwrap_err().problem, Problem::UnreadableFile, "{left} bytes are left");
        assert!(!new.exists());
    }
    let mut refused = 0;
    for at in (0..whole.len()).step_by(whole.len() / 60 + 1) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        fs::write(made.file(), &damaged).unwrap();
        // A byte that nothing depends on, such as a date, may be any.
        match made.restore(&new, &[]) {
            Err(error) => {
                assert_eq!(error.problem, Problem::UnreadableFile, "byte {at}: {error}");
                assert!(!new.exists());
                refused += 1;
            }
            Ok(()) => {
                assert_eq!(paths(&new).len(), 20);
                fs::remove_dir_all(&new).unwrap();
            }
        }
    }
    assert!(refused > 50, "{refused}");
    assert_eq!(SIGN.len(), 16, "the name of the first entry stays");
}

/// As if the program had been killed between any two steps.
#[test]
fn a_restore_that_was_interrupted_is_ended_or_given_up() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let unpacked = |data: &Path| {
        let home = Home::open(data).unwrap();
        unpack(&made.file(), &home, &[], &Cancel::default(), &mut |_, _| ()).unwrap()
    };
    let data = made.folder.path().join("before");
    drop(unpacked(&data));
    end(&data).unwrap();
    assert!(!data.join("restoring").exists() && !data.join(CATALOGUE).exists(), "it was not confirmed");

    // Whatever has moved already, the rest follows.
    let moves: [&[&str]; 4] =
        [&[], &["models/mine"], &["models/mine", "index"], &["models/mine", "index", "settings.toml"]];
    for (at, moved) in moves.into_iter().enumerate() {
        let data = made.folder.path().join(format!("after{at}"));
        unpacked(&data).confirm().unwrap();
        for name in moved {
            let to = data.join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::rename(data.join("restoring").join(name), to).unwrap();
        }
        end(&data).unwrap();
        assert_eq!(paths(&data).len(), 20);
        for file in ["index/chunks.lance/data/a.lance", "models/mine/model.gguf", "settings.toml"] {
            assert!(data.join(file).exists(), "{file} after {moved:?}");
        }
        end(&data).unwrap();
        assert_eq!(paths(&data).len(), 20, "a second time does nothing");
    }
}
