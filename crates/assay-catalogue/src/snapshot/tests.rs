use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use assay_domain::port::{Catalogue, Source};
use assay_domain::{AnswerKind, DocumentId, DocumentState, Outcome, Problem};
use rusqlite::Connection;

use crate::tests::{Library, locked};
use crate::turn::tests::about;
use crate::{CatalogueError, Fault, NewTurn, Store, restore, snapshots};

const SOON: Duration = Duration::from_secs(20);

struct Places {
    catalogue: PathBuf,
    snapshots: PathBuf,
    damaged: PathBuf,
}

fn places(library: &Library) -> Places {
    let folder = library.folder.path().join("library");
    Places {
        catalogue: folder.join("catalogue.sqlite"),
        snapshots: folder.join("snapshots"),
        damaged: folder.join("damaged"),
    }
}

fn turn(document: DocumentId) -> NewTurn {
    about("Where?", "There [1]", AnswerKind::Extractive, &[(document, Outcome::Kept)], &[document])
}

#[test]
fn a_whole_snapshot_brings_everything_back_and_the_last_three_are_kept() {
    let library = Library::new();
    let place = places(&library);
    let document = library.enqueue("/books/a.pdf");
    let (generation, _) = library.commit(document, "walrus words");
    library.store.save_turn(None, &turn(document)).unwrap();
    library.store.want_rebuild().unwrap();
    for why in ["first", "second", "third", "fourth"] {
        library.store.take_snapshot(&place.snapshots, why).unwrap();
    }
    let found = snapshots(&place.snapshots);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|each| each.with_text && each.documents == 1 && !each.name.contains("first")));

    library.store.remove(&[document]).unwrap();
    let Library { folder, store } = library;
    drop(store);
    restore(&found[0], &place.catalogue, &place.damaged).unwrap();
    let store = Store::open(&place.catalogue).unwrap();
    let back = store.document(document).unwrap().unwrap();
    assert_eq!((back.state, back.generation), (DocumentState::Committed, Some(generation)));
    assert_eq!(store.pages(document).unwrap().len(), 5);
    assert_eq!(store.conversations().unwrap().len(), 1);
    assert_eq!(store.queue().unwrap(), [], "it begins no rebuild by itself");
    assert_eq!(fs::read_dir(&place.damaged).unwrap().count(), 1, "the one before is kept there");
    drop(folder);
}

#[test]
fn the_small_snapshot_knows_all_but_the_text() {
    let library = Library::new();
    let place = places(&library);
    let document = library.enqueue("/books/a.pdf");
    library.commit(document, "the xylophone treaty");
    let failed = library.enqueue("/books/b.pdf");
    library.store.set_state(failed, DocumentState::Failed, Some(&locked())).unwrap();
    library.store.save_turn(None, &turn(document)).unwrap();
    for _ in 0..2 {
        library.store.take_small_snapshot(&place.snapshots, Some(SOON)).unwrap();
    }
    let found = snapshots(&place.snapshots);
    assert_eq!(found.len(), 1);
    assert!(!found[0].with_text && found[0].documents == 2);
    let bytes = fs::read(&found[0].path).unwrap();
    let text = "灯塔".as_bytes();
    assert!(library.holds_on_disk("灯塔") && !bytes.windows(text.len()).any(|window| window == text));

    let Library { folder, store } = library;
    drop(store);
    fs::write(&place.catalogue, b"").unwrap();
    restore(&found[0], &place.catalogue, &place.damaged).unwrap();
    let store = Store::open(&place.catalogue).unwrap();
    let back = store.document(document).unwrap().unwrap();
    assert_eq!(back.state, DocumentState::Queued, "its text is read again");
    assert!(back.generation.is_some(), "and what the index holds of it answers until then");
    assert_eq!(back.fingerprint.unwrap().hash, "", "no content is the same as one that is not known");
    assert_eq!(store.document(failed).unwrap().unwrap().state, DocumentState::Failed);
    assert_eq!(store.conversations().unwrap().len(), 1);
    let (again, _) = Library { folder, store }.commit(document, "words");
    assert!(again.0 > 1, "numbers go on where they were");
}

#[test]
fn a_removed_document_is_purged_from_the_snapshots() {
    let library = Library::new();
    let place = places(&library);
    let secret = library.enqueue("/books/secret.pdf");
    library.commit(secret, "the xylophone treaty of Zanzibar");
    let kept = library.enqueue("/books/kept.pdf");
    library.commit(kept, "plain words");
    library.store.take_snapshot(&place.snapshots, "before-rebuild").unwrap();
    library.store.take_small_snapshot(&place.snapshots, Some(SOON)).unwrap();
    fs::write(place.snapshots.join("torn.sqlite"), b"the xylophone treaty, half written").unwrap();
    let taken = snapshots(&place.snapshots)[0].taken;

    library.store.remove(&[secret]).unwrap();
    assert!(library.holds_on_disk("xylophone treaty"));
    assert_eq!(library.store.purge_snapshots(&place.snapshots).unwrap(), 2);
    assert!(!library.holds_on_disk("xylophone"));
    assert!(!library.holds_on_disk("secret.pdf"));
    let found = snapshots(&place.snapshots);
    assert!(found.iter().all(|each| each.documents == 1), "{found:?}");
    assert_eq!(found[0].taken, taken, "it is still of that date");
    assert_eq!(library.store.purge_snapshots(&place.snapshots).unwrap(), 0);
}

/// A program that reads a snapshot, and a disk or a right that fails for a moment, say nothing about the snapshot.
#[test]
fn an_error_of_the_moment_deletes_no_snapshot() {
    let library = Library::new();
    let place = places(&library);
    let secret = library.enqueue("/books/secret.pdf");
    library.commit(secret, "the xylophone treaty of Zanzibar");
    let taken = library.store.take_snapshot(&place.snapshots, "before-rebuild").unwrap();
    library.store.take_small_snapshot(&place.snapshots, Some(SOON)).unwrap();
    library.store.remove(&[secret]).unwrap();

    // A folder in the place of the journal: the file cannot be written to.
    let journal = taken.with_extension("sqlite-journal");
    fs::create_dir(&journal).unwrap();
    let error = library.store.purge_snapshots(&place.snapshots).unwrap_err();
    assert_eq!(error.fault(), Fault::Moment, "{error:?}");
    assert!(taken.exists(), "it stays");
    assert_eq!(library.store.purge_snapshots(&place.snapshots).unwrap_err().fault(), Fault::Moment);
    let found = snapshots(&place.snapshots);
    assert_eq!(found.iter().find(|each| !each.with_text).unwrap().documents, 0, "the other one is purged");

    fs::remove_dir(&journal).unwrap();
    assert_eq!(library.store.purge_snapshots(&place.snapshots).unwrap(), 1);
    assert!(!library.holds_on_disk("xylophone"), "purging is done as soon as it can be");
}

#[test]
fn the_last_snapshot_is_not_deleted_even_if_it_is_damaged() {
    let library = Library::new();
    let place = places(&library);
    library.store.take_small_snapshot(&place.snapshots, Some(SOON)).unwrap();
    let only = snapshots(&place.snapshots)[0].path.clone();
    let whole = fs::read(&only).unwrap();
    for damage in [&b""[..], b"torn", &whole[..whole.len() / 2]] {
        fs::write(&only, damage).unwrap();
        assert_eq!(library.store.purge_snapshots(&place.snapshots).unwrap(), 0);
        assert!(only.exists(), "no other one is whole");
    }
    let second = library.store.take_snapshot(&place.snapshots, "before-rebuild").unwrap();
    assert_eq!(library.store.purge_snapshots(&place.snapshots).unwrap(), 0);
    assert!(!only.exists() && second.exists());
}

#[test]
fn a_document_that_was_renamed_stays_in_the_snapshots() {
    let library = Library::new();
    let place = places(&library);
    let document = library.enqueue("/books/a.pdf");
    library.commit(document, "words");
    library.store.take_snapshot(&place.snapshots, "before-rebuild").unwrap();
    let new = library.enqueue("/moved/b.pdf");
    library.store.rename(document, new, &Source::at("/moved/b.pdf", "b.pdf")).unwrap();
    assert_eq!(library.store.purge_snapshots(&place.snapshots).unwrap(), 0);
    assert_eq!(snapshots(&place.snapshots)[0].documents, 1);
}

/// Both read the whole file, and SQLite commits nothing while another connection reads.
#[test]
fn long_reads_give_way_to_writes() {
    let library = Library::new();
    let place = places(&library);
    let document = library.enqueue("/books/long.pdf");
    library.commit(document, &"words of a long page ".repeat(3_000_000));
    let begun = Instant::now();
    library.store.read_through().unwrap();
    let alone = begun.elapsed();
    let (store, ended) = (&library.store, AtomicBool::new(false));
    let (slowest, writes) = std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let read = store.read_through().and_then(|()| store.take_small_snapshot(&place.snapshots, Some(SOON)));
            ended.store(true, Ordering::SeqCst);
            read
        });
        let (mut slowest, mut writes) = (Duration::ZERO, 0);
        // As many writes as a folder of notes makes, then none for a while.
        while !ended.load(Ordering::SeqCst) {
            let begun = Instant::now();
            if writes < 20 {
                store.set_state(document, DocumentState::Committed, None).unwrap();
                writes += 1;
                slowest = slowest.max(begun.elapsed());
            }
            std::thread::sleep(Duration::from_millis(40));
        }
        reading.join().unwrap().unwrap();
        (slowest, writes)
    });
    eprintln!("a check takes {alone:?}; the slowest of {writes} writes beside it took {slowest:?}");
    assert_eq!(writes, 20);
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    assert_eq!(snapshots(&place.snapshots).len(), 1);
}

#[test]
fn an_upgrade_leaves_a_snapshot_of_what_was_there() {
    let library = Library::new();
    let place = places(&library);
    assert!(snapshots(&place.snapshots).is_empty(), "a new one has nothing to keep");
    let failed = library.enqueue("/books/a.pdf");
    library.store.record_failed_try(failed, "hash", "program", &locked()).unwrap();
    library.store.set_state(failed, DocumentState::Failed, Some(&locked())).unwrap();
    let gone = library.enqueue("/drive/b.pdf");
    library.store.set_state(gone, DocumentState::Offline, None).unwrap();
    let Library { folder: _folder, store } = library;
    drop(store);
    let old = Connection::open(&place.catalogue).unwrap();
    old.execute_batch(
        "ALTER TABLE documents DROP COLUMN problem; ALTER TABLE documents DROP COLUMN partly_by;
        ALTER TABLE documents DROP COLUMN reader_revision;
        DROP INDEX documents_missing; ALTER TABLE documents DROP COLUMN missing_since;
        ALTER TABLE documents DROP COLUMN missing_why; DROP INDEX documents_again;
        ALTER TABLE documents DROP COLUMN again_at; ALTER TABLE documents DROP COLUMN again_tries;
        DROP TABLE dismissed; DROP TABLE queue;
        ALTER TABLE pages DROP COLUMN fault; DROP TABLE indexes; DROP TABLE shadow_index; DROP TABLE turn_drafted_scores; DROP TABLE turn_candidates;
        DROP TABLE turn_sentences; DROP TABLE turn_citations; DROP TABLE turn_drafts; DROP TABLE turn_rerankers; DROP TABLE turn_stages; DROP TABLE unreadable_turns; DROP TABLE turns;
        CREATE TABLE turns (id INTEGER PRIMARY KEY AUTOINCREMENT, conversation INTEGER NOT NULL, question TEXT NOT NULL,
            answer TEXT NOT NULL, kind TEXT NOT NULL, reply TEXT NOT NULL, created INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX turns_of_conversation ON turns (conversation);",
    )
    .unwrap();
    old.pragma_update(None, "user_version", 4).unwrap();
    drop(old);

    let store = Store::open(&place.catalogue).unwrap();
    assert_eq!(store.document(failed).unwrap().unwrap().problem, Some(Problem::EncryptedFile), "as its try says");
    assert_eq!(store.document(gone).unwrap().unwrap().problem, Some(Problem::MissingFile));
    let found = snapshots(&place.snapshots);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].layout, 4);
    assert!(found[0].name.ends_with("-layout4-before-upgrade.sqlite"), "{}", found[0].name);
}

#[test]
fn a_catalogue_that_is_not_whole_is_named() {
    let library = Library::new();
    let place = places(&library);
    let document = library.enqueue("/books/a.pdf");
    library.commit(document, &"words of a long page ".repeat(4000));
    let Library { folder: _folder, store } = library;
    drop(store);
    let whole = fs::read(&place.catalogue).unwrap();
    for (left, what) in [(whole.len() / 2, "truncated"), (4096, "one page"), (whole.len() - 100, "a part of a page")] {
        fs::write(&place.catalogue, &whole[..left]).unwrap();
        let error = Store::open(&place.catalogue).unwrap_err();
        let named = matches!(error, CatalogueError::NotWhole { .. } | CatalogueError::Damaged { .. });
        assert!(named, "{what}: {error:?}");
    }
    let mut inside = whole.clone();
    inside[8192..12_288].fill(0x5a);
    fs::write(&place.catalogue, &inside).unwrap();
    assert!(Store::open(&place.catalogue).is_err(), "a page of garbage");

    for name in ["catalogue.sqlite-journal", "catalogue.sqlite-wal"] {
        for garbage in [b"".as_slice(), b"garbage that is no journal of any kind", &[0xff; 5000]] {
            fs::write(&place.catalogue, &whole).unwrap();
            fs::write(place.catalogue.with_file_name(name), garbage).unwrap();
            let store = Store::open(&place.catalogue).unwrap();
            assert_eq!(store.documents().unwrap().len(), 1, "{name}");
        }
    }
}

#[test]
fn damage_deep_in_a_large_catalogue_is_found_and_remembered() {
    let library = Library::new();
    let place = places(&library);
    let document = library.enqueue("/books/long.pdf");
    library.commit(document, &"words of a long page ".repeat(3_400_000));
    library.store.read_through().unwrap();
    let Library { folder: _folder, store } = library;
    drop(store);
    let mut bytes = fs::read(&place.catalogue).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(&place.catalogue, &bytes).unwrap();

    let store = Store::open(&place.catalogue).expect("too large to be read through when it is opened");
    let named =
        |error: CatalogueError| matches!(error, CatalogueError::NotWhole { .. } | CatalogueError::Damaged { .. });
    assert!(named(store.read_through().unwrap_err()));
    assert_eq!(store.documents().unwrap().len(), 1, "what can be read still answers");
    drop(store);
    assert!(named(Store::open(&place.catalogue).unwrap_err()), "the next who opens it knows");
}

#[test]
fn a_file_that_became_mostly_empty_is_made_small() {
    let library = Library::new();
    let place = places(&library);
    let big = library.enqueue("/books/big.pdf");
    library.commit(big, &"many words ".repeat(200_000));
    let kept = library.enqueue("/books/kept.pdf");
    library.commit(kept, "few words");
    let full = fs::metadata(&place.catalogue).unwrap().len();
    library.store.remove(&[big]).unwrap();
    library.store.pack().unwrap();
    let tidied = fs::metadata(&place.catalogue).unwrap().len();
    assert!(tidied * 10 < full, "{tidied} of {full}");
    assert_eq!(library.store.pages(kept).unwrap()[0].text, "few words");
}
