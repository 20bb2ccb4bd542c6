//! What goes into a backup, and what a backup leaves alone.

use std::fs;

use assay_domain::{Cancel, Problem};

use super::library::{Made, SETTINGS, all, paths};
use crate::backup::manifest::CATALOGUE;
use crate::backup::{Archive, BackupOptions, restore, unpack, write};
use crate::home::Home;

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
    assert_eq!(made.names(), ["library", "library.zip"]);
}

#[test]
fn no_file_but_a_backup_is_replaced_without_force() {
    let made = Made::new();
    for other in [&b""[..], b"my thesis", b"PK\x03\x04 a package of somebody else, long enough to hold a name"] {
        fs::write(made.file(), other).unwrap();
        assert_eq!(made.write(&all()).unwrap_err().problem, Problem::FileInTheWay);
        assert_eq!(fs::read(made.file()).unwrap(), other);
    }
    made.write(&BackupOptions { force: true, ..all() }).unwrap();
    assert!(Archive::is_backup(&made.file()));
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
    assert_eq!(made.names(), ["library"]);

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

#[cfg(unix)]
#[test]
fn only_files_of_models_go_into_a_backup_and_the_others_are_counted() {
    use std::os::unix::fs::symlink;

    let made = Made::new();
    let models = made.data.join("models");
    let elsewhere = made.folder.path().join("weights");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("linked.gguf"), "weights").unwrap();
    for file in
        ["my.parts/model.gguf", "mine/x.safetensors.part", "mine/x.safetensors.part.json", ".next.pulling/x.gguf"]
    {
        fs::create_dir_all(models.join(file).parent().unwrap()).unwrap();
        fs::write(models.join(file), "x").unwrap();
    }
    // One place on systems that do not tell letter case, a name that Windows cannot have, and a lock.
    for file in ["Mine.gguf", "mine.gguf", "mine/a:b.json", ".mine.lock"] {
        fs::write(models.join(file), "x").unwrap();
    }
    symlink(elsewhere.join("linked.gguf"), models.join("mine/linked.gguf")).unwrap();
    symlink(&elsewhere, models.join("folder")).unwrap();
    symlink("../models", models.join("round")).unwrap();
    symlink("nowhere", models.join("dangling")).unwrap();

    let manifest = made.write(&all()).unwrap();
    let names: Vec<&str> = manifest.files.iter().map(|file| file.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().filter(|name| name.starts_with("models/")).collect();
    let kept = ["models/Mine.gguf", "models/mine/linked.gguf", "models/mine/model.gguf", "models/my.parts/model.gguf"];
    assert_eq!(names, kept);
    // Two parts, the download, the second of two names, the odd name, three links.
    assert_eq!(manifest.models_left_out, 8);
    let new = made.folder.path().join("new");
    made.restore(&new, &[]).unwrap();
    assert_eq!(fs::read_to_string(new.join("models/mine/linked.gguf")).unwrap(), "weights");
    // A folder with nothing but such files has no models.
    fs::remove_dir_all(&models).unwrap();
    fs::create_dir(&models).unwrap();
    symlink("nowhere", models.join("dangling")).unwrap();
    let manifest = made.write(&all()).unwrap();
    assert_eq!((manifest.models, manifest.models_left_out), (false, 1));
}

#[test]
fn a_restore_that_waits_is_done_before_the_backup() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let data = made.folder.path().join("new");
    let home = Home::open(&data).unwrap();
    let unpacked = unpack(&made.file(), &home, &[], &Cancel::default(), &mut |_, _| ()).unwrap();
    unpacked.confirm().unwrap();
    let second = made.folder.path().join("second.zip");
    let write = || write(&data, None, &second, &all(), &Cancel::default(), &mut |_, _| ());
    assert_eq!(write().unwrap_err().problem, Problem::LibraryInUse, "its program is about to do it");
    drop(home);
    assert_eq!(write().unwrap().documents, 20);
}
