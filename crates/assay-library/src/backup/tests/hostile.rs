//! Archives that are damaged, or made to do what no backup does.

use std::fs;

use assay_catalogue::NEWEST_LAYOUT;
use assay_domain::Problem;
use serde_json::Value;

use super::library::{Made, all, forged, listed, paths, with_list};
use crate::backup::manifest::{FIRST_ENTRY, MANIFEST};

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
        "models/mine/MODEL.gguf",
        "models/Mine/other.gguf",
        "models/mine",
        "models/mine/model.gguf/evil",
        "models/nul.gguf",
        "complete",
        "restoring/complete",
    ];
    let refused = |what: &str| {
        let new = made.folder.path().join("deep/er/new");
        let error = made.restore(&new, &[]).unwrap_err();
        assert_eq!(error.problem, Problem::BackupUnusable, "{what}: {error}");
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
fn a_list_that_is_too_long_or_would_write_on_the_terminal_is_refused() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let whole = fs::read(made.file()).unwrap();
    let error = |change: &dyn Fn(&mut Vec<u8>)| {
        let change = |name: &str, bytes: &mut Vec<u8>| {
            if name == MANIFEST {
                change(bytes);
            }
            true
        };
        forged(&made, change, &[]);
        let error = made.restore(&made.folder.path().join("new"), &[]).unwrap_err();
        fs::write(made.file(), &whole).unwrap();
        error
    };
    let long = error(&|bytes| bytes.resize((16 << 20) + 1, b' '));
    assert!(long.message.contains("too long"), "{long}");
    let newer = error(&|bytes| {
        with_list(bytes, |list| {
            list["form"] = 2.into();
            list["program"] = format!("\u{1b}[2J9.9{}", "9".repeat(5_000)).into();
        });
    });
    assert!(newer.message.contains("9.99") && newer.message.len() < 200, "{newer}");
    assert!(!newer.message.contains('\u{1b}'));
}

#[test]
fn sizes_that_no_disk_holds_and_newer_archives_are_refused_with_a_sentence() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let whole = fs::read(made.file()).unwrap();
    let cases: [(&str, fn(&mut Value), Problem); 4] = [
        ("newer Assay", |list| list["form"] = 2.into(), Problem::NewerAssay),
        ("newer Assay", |list| list["layout"] = (NEWEST_LAYOUT + 1).into(), Problem::NewerAssay),
        ("are free", |list| list["files"][1]["bytes"] = (u64::MAX / 2).into(), Problem::DiskFull),
        ("cannot be read", |list| list["files"] = "none".into(), Problem::BackupUnusable),
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
        assert_eq!(made.restore(&new, &[]).unwrap_err().problem, Problem::BackupUnusable, "{left} bytes are left");
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
                assert_eq!(error.problem, Problem::BackupUnusable, "byte {at}: {error}");
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
    assert_eq!(FIRST_ENTRY.len(), 16, "the name of the first entry stays");
}
