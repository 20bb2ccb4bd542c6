//! Restores: into what, by which steps, and after an interruption.

use std::fs;
use std::path::Path;

use assay_catalogue::Store;
use assay_domain::port::{Catalogue, Source};
use assay_domain::{Cancel, Problem};

use super::library::{Made, SETTINGS, all, paths};
use crate::backup::manifest::CATALOGUE;
use crate::backup::staging::end;
use crate::backup::{open_home, unpack};
use crate::home::Home;

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

/// A backup of the layout before answers could come from the list of files: a document, its text, a kept question and a
/// judgement.
const LAYOUT_12: &[u8] = include_bytes!("layout-12.zip");

#[test]
fn a_backup_of_an_earlier_layout_is_restored() {
    let made = Made::new();
    fs::write(made.file(), LAYOUT_12).unwrap();
    let data = made.folder.path().join("new");
    made.restore(&data, &[("/home/a", "/home/b")]).unwrap();
    let store = Store::open(&data.join(CATALOGUE)).unwrap();
    assert_eq!(store.upgrade(), None, "the restored catalogue has the newest layout");
    let documents = store.documents().unwrap();
    assert_eq!(documents.iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), ["/home/b/notes/lamp.md"]);
    assert_eq!(store.pages(documents[0].id).unwrap()[0].text, "The lamp of the lighthouse is lit at dusk.");
    assert_eq!((store.labels().unwrap().len(), store.turns(1).unwrap().len()), (1, 1));
}

#[test]
fn a_library_that_lost_its_catalogue_is_not_empty() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let data = made.folder.path().join("lost");
    drop(Home::open(&data).unwrap());
    let snapshot = data.join("snapshots/without-text.sqlite");
    fs::create_dir_all(data.join("snapshots")).unwrap();
    let refused = |what: &str| {
        let error = made.restore(&data, &[]).unwrap_err();
        assert_eq!(error.problem, Problem::LibraryNotEmpty, "{what}: {error}");
        assert!(!data.join("restoring").exists(), "{what}");
    };
    fs::copy(made.data.join(CATALOGUE), &snapshot).unwrap();
    let kept = fs::read(&snapshot).unwrap();
    refused("only the snapshot is left");
    fs::write(data.join(CATALOGUE), "").unwrap();
    refused("the catalogue was emptied");
    assert_eq!(fs::read(&snapshot).unwrap(), kept);
    fs::write(&snapshot, "damaged, as far as can be told").unwrap();
    refused("a snapshot that cannot be read may hold something");
    fs::remove_file(&snapshot).unwrap();
    fs::create_dir_all(data.join("index/chunks.lance")).unwrap();
    refused("only the index is left");
    fs::remove_dir_all(data.join("index")).unwrap();
    made.restore(&data, &[]).unwrap();
}

#[test]
fn work_that_waits_and_marks_of_removed_files_are_not_nothing() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let data = made.folder.path().join("waiting");
    let home = Home::open(&data).unwrap();
    Store::open(&home.catalogue()).unwrap().want_paths(&["/home/a".to_owned()], "default").unwrap();
    drop(home);
    assert_eq!(made.restore(&data, &[]).unwrap_err().problem, Problem::LibraryNotEmpty);
}

#[test]
fn what_comes_into_the_library_while_a_backup_is_unpacked_stays() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let data = made.folder.path().join("open");
    let home = Home::open(&data).unwrap();
    let store = Store::open(&home.catalogue()).unwrap();
    let add = |path: &str| store.enqueue("default", &Source::at(path, path)).unwrap();
    let unpacked = || unpack(&made.file(), &home, &[], &Cancel::default(), &mut |_, _| ()).unwrap();

    let before = unpacked();
    let document = add("/home/a/new.txt");
    assert_eq!(before.confirm().unwrap_err().problem, Problem::LibraryNotEmpty);
    assert!(!data.join("restoring").exists());

    // After the confirmation the restore is done, and what came is kept.
    store.remove(&[document]).unwrap();
    unpacked().confirm().unwrap();
    add("/home/a/newer.txt");
    drop(store);
    end(&data).unwrap();
    assert_eq!(paths(&data).len(), 20);
    let kept = fs::read_dir(data.join("damaged")).unwrap().map(|entry| entry.unwrap().path());
    let kept = kept.into_iter().find(|path| path.to_string_lossy().ends_with("-catalogue.sqlite")).unwrap();
    let kept = Store::open(&kept).unwrap().documents().unwrap();
    assert_eq!(kept.iter().map(|document| document.path.as_str()).collect::<Vec<_>>(), ["/home/a/newer.txt"]);
}

#[test]
fn a_confirmed_restore_is_done_before_another_and_is_never_deleted() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let data = made.folder.path().join("twice");
    let home = Home::open(&data).unwrap();
    let again = || unpack(&made.file(), &home, &[], &Cancel::default(), &mut |_, _| ());
    again().unwrap().confirm().unwrap();
    assert_eq!(again().unwrap_err().problem, Problem::RestoreWaits);
    let whole = fs::read(made.file()).unwrap();
    fs::write(made.file(), &whole[..whole.len() / 2]).unwrap();
    again().unwrap_err();
    fs::write(made.file(), &whole).unwrap();
    assert!(data.join("restoring/complete").exists());
    drop(home);
    assert_eq!(made.restore(&data, &[]).unwrap_err().problem, Problem::LibraryNotEmpty);
    assert_eq!(paths(&data).len(), 20, "the first one is done");
    assert!(!data.join("restoring").exists());
}

#[test]
fn a_folder_that_somebody_else_made_is_never_deleted() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let data = made.folder.path().join("theirs");
    drop(Home::open(&data).unwrap());
    fs::create_dir(data.join("restoring")).unwrap();
    // Not even if its files have the names of ours.
    let theirs = ["chapter.txt", "complete", CATALOGUE].map(|name| data.join("restoring").join(name));
    for file in &theirs {
        fs::write(file, "words").unwrap();
        drop(open_home(&data).unwrap());
        assert_eq!(made.restore(&data, &[]).unwrap_err().problem, Problem::FileInTheWay, "{}", file.display());
    }
    assert!(theirs.iter().all(|file| fs::read_to_string(file).unwrap() == "words"));
    assert!(!data.join(CATALOGUE).exists());
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

/// As if the program had been killed between any two steps.
#[test]
fn a_restore_that_was_interrupted_is_ended_or_undone() {
    let made = Made::new();
    made.write(&all()).unwrap();
    let unpacked = |data: &Path| {
        let home = Home::open(data).unwrap();
        unpack(&made.file(), &home, &[], &Cancel::default(), &mut |_, _| ()).unwrap()
    };
    let data = made.folder.path().join("before");
    // A process that is killed drops nothing.
    std::mem::forget(unpacked(&data));
    assert!(data.join("restoring").join(CATALOGUE).exists());
    end(&data).unwrap();
    assert!(!data.join("restoring").exists() && !data.join(CATALOGUE).exists(), "it was not confirmed");
    drop(unpacked(&data));
    assert!(!data.join("restoring").exists(), "a process that goes on deletes it");

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
