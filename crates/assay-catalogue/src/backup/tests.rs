use std::fs;
use std::time::Duration;

use assay_domain::port::Catalogue;
use assay_domain::{AnswerKind, DocumentId, Outcome};
use rusqlite::Connection;

use super::{Root, copy_for_backup, inspect, inspect_and_upgrade, is_empty, repoint};
use crate::schema::tests::of_layout;
use crate::tests::Library;
use crate::turn::tests::about;
use crate::{CatalogueError, NEWEST_LAYOUT, Store, Work};

fn root(path: &str, documents: u32, watched: bool) -> Root {
    Root { path: path.to_owned(), documents, watched }
}

fn paths(store: &Store) -> Vec<String> {
    let mut paths: Vec<String> = store.documents().unwrap().into_iter().map(|document| document.path).collect();
    paths.sort();
    paths
}

#[test]
fn a_copy_holds_everything_but_the_shadow_index() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    library.commit(document, "words");
    library.store.watch("/books", "default").unwrap();
    library.store.begin_shadow_index("index-2").unwrap();
    library.store.begin_shadow_document(document).unwrap();
    library.store.want_rebuild().unwrap();
    let turn = about("q", "a [1]", AnswerKind::Written, &[(document, Outcome::Kept)], &[document]);
    library.store.save_turn(None, &turn).unwrap();

    let (first, second) = (library.folder.path().join("first.sqlite"), library.folder.path().join("second.sqlite"));
    let facts = library.store.copy_for_backup(&first).unwrap();
    let catalogue = library.folder.path().join("library/catalogue.sqlite");
    assert_eq!(copy_for_backup(&catalogue, &second).unwrap(), facts, "from another process");
    assert_eq!(inspect(&first).unwrap(), facts);
    assert_eq!((facts.documents, facts.turns, facts.labels), (1, 1, 0));
    assert_eq!(facts.roots, [root("/books", 1, true)]);
    assert!(!is_empty(&first));
    let copy = Store::open(&first).unwrap();
    assert_eq!(
        (copy.shadow_index().unwrap(), copy.queue().unwrap()),
        (None, vec![]),
        "a restored library rebuilds nothing"
    );
    assert_eq!(copy.pages(document).unwrap(), library.store.pages(document).unwrap());
    assert_eq!(copy.turns(1).unwrap(), library.store.turns(1).unwrap());
    assert_eq!(library.store.shadow_index().unwrap().as_deref(), Some("index-2"), "the library is as it was");
}

#[test]
fn each_document_lies_in_one_root() {
    let library = Library::new();
    for path in ["/home/a/notes/x.md", "/home/a/notes/deep/y.md", "/home/a/notes2/z.md", "/top.md", "/mnt/b/c/d.pdf"] {
        library.enqueue(path);
    }
    library.enqueue(r"C:\Users\a\w.docx");
    library.store.watch("/mnt/b", "default").unwrap();
    let facts = library.store.copy_for_backup(&library.folder.path().join("copy.sqlite")).unwrap();
    // A file in the root of a file system makes everything below it one root.
    assert_eq!(facts.roots, [root("/", 5, true), root(r"C:\Users\a", 1, false)]);
    let top = library.store.documents().unwrap().into_iter().find(|document| document.path == "/top.md").unwrap();
    library.store.remove(&[top.id]).unwrap();
    let facts = library.store.copy_for_backup(&library.folder.path().join("copy.sqlite")).unwrap();
    let expected = [
        root("/home/a/notes", 2, false),
        root("/home/a/notes2", 1, false),
        root("/mnt/b", 1, true),
        root(r"C:\Users\a", 1, false),
    ];
    assert_eq!(facts.roots, expected);
}

#[test]
fn documents_move_with_their_roots_and_with_nothing_else() {
    let library = Library::new();
    let ids: Vec<DocumentId> = ["/a/x.md", "/a/deep/y.md", "/ab/z.md", "/b/w.md", r"D:\n\deep\v.md"]
        .iter()
        .map(|path| library.enqueue(path))
        .collect();
    library.store.watch("/a", "default").unwrap();
    library.store.want_paths(&["/a/dropped".to_owned()], "default").unwrap();
    let copy = library.folder.path().join("copy.sqlite");
    library.store.copy_for_backup(&copy).unwrap();
    let moves = [("/a", "/b"), ("/b", "/a/"), (r"D:\n", "/n"), ("/nowhere", "/c")];
    let moves = moves.map(|(old, new)| (old.to_owned(), new.to_owned()));
    repoint(&copy, &moves).unwrap();
    let store = Store::open(&copy).unwrap();
    assert_eq!(paths(&store), ["/a/w.md", "/ab/z.md", "/b/deep/y.md", "/b/x.md", "/n/deep/v.md"]);
    assert_eq!(store.folders().unwrap()[0].path, "/b");
    let waits = |work: &Work| matches!(work, Work::Walk { path, .. } if path == "/b/dropped");
    assert!(store.queue().unwrap().iter().any(|row| waits(&row.work)), "work that waits moves, too");
    assert_eq!(store.document(ids[0]).unwrap().unwrap().path, "/b/x.md", "numbers stay");
}

#[test]
fn two_documents_never_get_one_path() {
    let library = Library::new();
    library.enqueue("/a/x.md");
    library.enqueue("/b/x.md");
    let copy = library.folder.path().join("copy.sqlite");
    library.store.copy_for_backup(&copy).unwrap();
    repoint(&copy, &[("/a".to_owned(), "/b".to_owned())]).unwrap_err();
    assert_eq!(paths(&Store::open(&copy).unwrap()), ["/a/x.md", "/b/x.md"], "nothing was moved");
}

#[test]
fn a_catalogue_from_elsewhere_is_read_through_before_it_is_used() {
    let library = Library::new();
    let document = library.enqueue("/a.txt");
    library.commit(document, &"words ".repeat(20_000));
    let copy = library.folder.path().join("copy.sqlite");
    library.store.copy_for_backup(&copy).unwrap();
    let whole = fs::read(&copy).unwrap();
    let damaged =
        |error: CatalogueError| matches!(error, CatalogueError::NotWhole { .. } | CatalogueError::Damaged { .. });
    for left in [whole.len() / 2, 4096, 100] {
        fs::write(&copy, &whole[..left]).unwrap();
        assert!(damaged(inspect(&copy).unwrap_err()), "{left} bytes");
    }
    fs::write(&copy, "no catalogue at all ".repeat(999)).unwrap();
    assert!(damaged(inspect(&copy).unwrap_err()));
    for (change, what) in [
        ("CREATE TRIGGER t AFTER INSERT ON turns BEGIN DELETE FROM documents; END", "\"t\""),
        ("CREATE VIEW v AS SELECT * FROM documents", "\"v\""),
        ("CREATE VIRTUAL TABLE f USING fts5(words)", "\"f"),
        ("CREATE TABLE more (words TEXT)", "\"more\""),
        ("CREATE INDEX more ON documents (lower(name))", "\"more\""),
        // A virtual table under a name of ours, spelt so that a look at its first words could miss it.
        (
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = 0, \
             sql = 'CREATE' || char(9) || 'VIRTUAL TABLE runs USING fts5(words)' WHERE name = 'runs'",
            "\"runs\"",
        ),
        ("PRAGMA user_version = 999", "newer Assay"),
        ("PRAGMA user_version = 3", "layout"),
        ("PRAGMA user_version = 0", "layout"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM documents", "belong to nothing"),
        ("INSERT INTO indexes (folder, state) VALUES ('../../home', 'dropped')", "indexes"),
        ("INSERT INTO indexes (folder, state) VALUES ('index-7', 'filling')", "indexes"),
        ("INSERT INTO indexes (folder, state) VALUES ('a', 'answers'), ('b', 'answers')", "indexes"),
    ] {
        fs::write(&copy, &whole).unwrap();
        Connection::open(&copy).unwrap().execute_batch(change).unwrap();
        let error = inspect(&copy).unwrap_err();
        assert!(error.to_string().contains(what), "{change}: {error}");
    }
}

#[test]
fn a_catalogue_of_an_earlier_layout_is_brought_to_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.sqlite");
    for layout in 1..=NEWEST_LAYOUT {
        drop(fs::remove_file(&path));
        let old = of_layout(&path, layout);
        old.execute_batch(
            "INSERT INTO documents (id, collection, path, name, state) VALUES (7, 'a', '/books/b.md', 'b.md', 'failed');
            INSERT INTO conversations (id, title) VALUES (1, 'kept');",
        )
        .unwrap();
        drop(old);
        let facts = inspect_and_upgrade(&path).unwrap();
        assert_eq!((facts.layout, facts.documents, facts.turns), (layout, 1, 0));
        assert_eq!(facts.roots, [root("/books", 1, false)]);
        assert_eq!(inspect(&path).unwrap().layout, NEWEST_LAYOUT);
        repoint(&path, &[("/books".to_owned(), "/shelf".to_owned())]).unwrap();
        assert_eq!(paths(&Store::open(&path).unwrap()), ["/shelf/b.md"]);
    }
    // What a later layout would refuse is refused, too.
    for change in [
        "CREATE TRIGGER t AFTER INSERT ON turns BEGIN DELETE FROM documents; END",
        "CREATE VIEW v AS SELECT * FROM documents",
        "CREATE TABLE more (words TEXT)",
        "INSERT INTO indexes (folder, state) VALUES ('../../home', 'dropped')",
        "PRAGMA user_version = 5",
    ] {
        drop(fs::remove_file(&path));
        of_layout(&path, NEWEST_LAYOUT - 1).execute_batch(change).unwrap();
        inspect_and_upgrade(&path).expect_err(change);
    }
}

#[test]
fn a_catalogue_is_empty_only_if_nothing_would_be_lost_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("zero"), "").unwrap();
    drop(Store::open(&at("new")).unwrap());
    fs::write(at("damaged"), "no catalogue at all ".repeat(999)).unwrap();
    Connection::open(at("foreign")).unwrap().execute_batch("CREATE TABLE invoices (total INTEGER)").unwrap();
    assert!(is_empty(&at("zero")) && is_empty(&at("new")));
    assert!(!is_empty(&at("damaged")) && !is_empty(&at("foreign")) && !is_empty(&at("absent")));

    let rows = [
        "INSERT INTO documents (collection, path, name, state) VALUES ('c', '/a', 'a', 'queued')",
        "INSERT INTO queue (what, path, collection) VALUES ('walk', '/a', 'c')",
        "INSERT INTO dismissed (collection, path, name) VALUES ('c', '/a', 'a')",
        "INSERT INTO folders (path, collection) VALUES ('/a', 'c')",
        "INSERT INTO conversations (title) VALUES ('a')",
        "INSERT INTO labels (question, name, grade, origin) VALUES ('q', 'a', 1, 'imported')",
        "INSERT INTO runs (run) VALUES ('{}')",
        "CREATE TABLE later (words TEXT); INSERT INTO later VALUES ('of a later version')",
    ];
    for row in rows {
        fs::copy(at("new"), at("copy")).unwrap();
        Connection::open(at("copy")).unwrap().execute_batch(row).unwrap();
        assert!(!is_empty(&at("copy")), "{row}");
    }
    for row in [
        "INSERT INTO indexes (folder, state) VALUES ('index', 'answers')",
        "INSERT INTO generations (document, state) VALUES (1, 'dead')",
    ] {
        fs::copy(at("new"), at("copy")).unwrap();
        Connection::open(at("copy")).unwrap().execute_batch(row).unwrap();
        assert!(is_empty(&at("copy")), "{row}");
    }
}

#[test]
fn work_for_an_empty_catalogue_keeps_writes_out() {
    let library = Library::new();
    let other = Connection::open(library.store.path()).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    let wrote =
        library.store.while_empty(|| other.execute("INSERT INTO conversations (title) VALUES ('a')", [])).unwrap();
    assert!(wrote.unwrap().is_err(), "another program waits");
    library.enqueue("/a.txt");
    assert!(library.store.while_empty(|| ()).unwrap().is_none());
}
