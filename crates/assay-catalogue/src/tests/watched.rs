use assay_domain::port::{Catalogue, Source};
use assay_domain::{DocumentState, Failure, LastHash, Problem, Stamp};

use super::{COLLECTION, Library, source};
use crate::FolderScan;

#[test]
fn files_are_admitted_once_and_keep_what_was_known_of_them() {
    let library = Library::new();
    let known = library.enqueue("/books/a.pdf");
    library.commit(known, "words");
    let folder = library.store.watch("/books", COLLECTION).unwrap();
    let many: Vec<Source> = (0..1_200).map(|number| source(&format!("/books/{number}.txt"))).collect();
    let mut sources = vec![Source { device: Some(u64::MAX), ..source("/books/a.pdf") }];
    sources.extend(many);
    let rows = library.store.admit(COLLECTION, Some(folder), &sources).unwrap();
    assert_eq!(rows.len(), 1_201);
    assert_eq!((rows[0].id, rows[0].state, rows[0].folder), (known, DocumentState::Committed, Some(folder)));
    assert_eq!(rows[0].device, Some(u64::MAX));
    assert!(rows[1..].iter().zip(&sources[1..]).all(|(row, source)| row.path == source.path));
    assert!(rows[1..].iter().all(|row| row.state == DocumentState::Queued));

    let again = library.store.admit(COLLECTION, None, &sources).unwrap();
    assert_eq!(again, rows, "named by hand, a file stays its folder's");
    assert_eq!(library.store.documents_of(folder).unwrap(), rows);
    assert!(library.store.unwatch(folder).unwrap() && !library.store.unwatch(folder).unwrap());
    assert_eq!(library.store.documents_of(folder).unwrap(), []);
    assert_eq!(library.store.documents().unwrap().len(), 1_201, "what a folder brought in stays");
}

#[test]
fn what_was_seen_of_a_file_is_kept() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    assert_eq!(library.document(document).last_hash, None);
    let stamp = Stamp { bytes: 7, modified: -3, changed: 1 << 60, inode: u64::MAX };
    for stamp in [Some(stamp), None] {
        let seen = LastHash { hash: "abc".into(), stamp };
        library.store.record_hash(document, &seen).unwrap();
        assert_eq!(library.document(document).last_hash, Some(seen));
    }
}

#[test]
fn tries_are_counted_for_the_same_bytes_and_the_same_reader() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let failure = Failure::new(Problem::ReaderDied, "it fell over", "repair it");
    let count = |hash: &str, by: &str| library.store.record_failed_try(document, hash, by, &failure).unwrap();
    assert_eq!(library.store.failed_tries(document, "abc").unwrap(), None);
    assert_eq!([count("abc", "one"), count("abc", "one"), count("abc", "two"), count("def", "two")], [1, 2, 1, 1]);
    assert_eq!(library.store.failed_tries(document, "abc").unwrap(), None, "other bytes, and the tries begin again");
    let tried = library.store.failed_tries(document, "def").unwrap().unwrap();
    assert_eq!((tried.tries, &tried.failure, tried.by.as_str()), (1, &failure, "two"));
    library.store.allow_retry(&[document]).unwrap();
    assert_eq!(library.store.failed_tries(document, "def").unwrap(), None);
    assert_eq!(library.document(document).partly_by, None);
    count("def", "two");
    library.commit(document, "words");
    assert_eq!(library.document(document).partly_by.as_deref(), Some("this reader"), "it left pages out");
    library.store.allow_retry(&[document]).unwrap();
    assert_eq!(library.document(document).partly_by.as_deref(), Some(""));
    library.store.remove(&[document]).unwrap();
    assert_eq!(library.store.failed_tries(document, "def").unwrap(), None);
}

#[test]
fn a_renamed_file_keeps_its_number_and_its_reading() {
    let library = Library::new();
    let old = library.enqueue("/books/a.pdf");
    let (generation, _) = library.commit(old, "words");
    let away = Failure::new(Problem::MissingFile, "the drive is away", "connect it");
    library.store.set_state(old, DocumentState::Offline, Some(&away)).unwrap();
    assert_eq!(library.document(old).generation, Some(generation), "what is offline still answers");
    let folder = library.store.watch("/shelf", COLLECTION).unwrap();
    let new = library.store.admit(COLLECTION, Some(folder), &[source("/shelf/b.pdf")]).unwrap().remove(0).id;
    library.store.rename(old, new, &source("/shelf/b.pdf")).unwrap();
    let row = library.document(old);
    assert_eq!((row.path.as_str(), row.name.as_str(), row.folder), ("/shelf/b.pdf", "b.pdf", Some(folder)));
    assert_eq!((row.state, row.generation), (DocumentState::Committed, Some(generation)));
    assert!(row.reason.unwrap().contains("3 pages"), "its reading's own reason shows again");
    assert_eq!(row.problem, None);
    assert_eq!(library.store.pages(old).unwrap().len(), 5);
    assert_eq!(library.store.document(new).unwrap(), None);
    assert_eq!(library.store.documents().unwrap().len(), 1);
}

#[test]
fn watched_folders_are_listed_with_their_last_look() {
    let library = Library::new();
    let folder = library.store.watch("/books", COLLECTION).unwrap();
    assert_eq!(library.store.watch("/books", COLLECTION).unwrap(), folder);
    assert_ne!(library.store.watch("/books", "other").unwrap(), folder);
    assert_eq!(library.store.folders().unwrap()[0].scanned, None);
    library.store.save_scan(folder, &FolderScan { device: Some(5), files: 3, excluded: 2, away: None }).unwrap();
    let away = FolderScan { away: Some("it is not there".into()), ..FolderScan::default() };
    library.store.save_scan(folder, &away).unwrap();
    let row = library.store.folders().unwrap().remove(0);
    assert_eq!((row.id, row.device, row.files, row.excluded), (folder, Some(5), 3, 2), "the last scan stays");
    assert!(row.scanned.is_some() && row.unreachable.as_deref() == Some("it is not there"));
}

#[test]
fn a_quarantined_document_gives_up_the_reading_it_had_begun() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let open = library.store.begin(document).unwrap();
    let twice = Failure::new(Problem::ReaderDied, "it fell over twice", "save it again");
    library.store.set_state(document, DocumentState::Quarantined, Some(&twice)).unwrap();
    assert_eq!(library.document(document).problem, Some(Problem::ReaderDied));
    assert_eq!(library.store.removable_generations().unwrap(), [open]);
    assert_eq!(library.store.counts().unwrap(), [(DocumentState::Quarantined, 1)]);
}
