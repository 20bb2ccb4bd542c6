use std::path::Path;

use rusqlite::Connection;

use super::STEPS;
use super::steps::{FIRST, INDEXES, JUDGEMENTS, PAGE_ROWS, WATCHED};
use crate::database::temporary_files_in;
use crate::turn::from_json::LAST_LAYOUT;

fn open(path: &Path) -> Connection {
    crate::open::open(path).unwrap().0
}

/// A new file with the tables of a layout.
pub fn of_layout(path: &Path, layout: i64) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "foreign_keys", "OFF").unwrap();
    for (step, sql) in (1..=layout).zip(STEPS) {
        connection.execute_batch(sql).unwrap();
        connection.pragma_update(None, "user_version", step).unwrap();
    }
    if layout > LAST_LAYOUT {
        connection.execute_batch("DROP TABLE json_turns").unwrap();
    }
    connection
}

/// Pages and headings of the first layout, opened by this program.
#[test]
fn pages_of_the_first_layout_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.sqlite");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(FIRST).unwrap();
    old.execute_batch(
        "INSERT INTO documents (id, collection, path, name, state, format) VALUES (7, 'a', 'b', 'c', 'failed', 'PDF');
        INSERT INTO pages VALUES (7, 0, 1, 'text', NULL, '灯塔'), (7, 1, 2, 'failed', 'no font', '');
        INSERT INTO headings VALUES (7, 0, 0, 0, 'Intro');
        PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(old);
    let connection = open(&path);
    let rows: Vec<(String, String, u32, Option<String>, u32)> = connection
        .prepare(
            "SELECT extractor, outcome, characters, failure,
                (SELECT count(*) FROM headings h WHERE h.document = p.document AND h.page_index = p.page_index)
            FROM pages p ORDER BY page_index",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(
        rows,
        [
            ("pdf-extract".into(), "text".into(), 2, None, 1),
            ("none".into(), "failed".into(), 0, Some("no font".into()), 0)
        ]
    );
    let faults: u32 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(faults, 0);
}

/// What the third layout held, opened by this program: rows, what hangs on them, and numbers
/// that were used and must not come back.
#[test]
fn documents_of_the_third_layout_are_kept_with_all_that_hangs_on_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.sqlite");
    let old = Connection::open(&path).unwrap();
    for step in [FIRST, JUDGEMENTS, PAGE_ROWS] {
        old.execute_batch(step).unwrap();
    }
    old.execute_batch(
        "INSERT INTO documents (id, collection, path, name, state, generation, hash, bytes, chunks, incomplete, added)
            VALUES (3, 'a', '/b', 'b', 'committed', 5, 'h', 9, 2, 'page 2', 77),
                (4, 'a', '/c', 'c', 'failed', NULL, NULL, NULL, 0, NULL, 78),
                (9, 'a', '/gone', 'gone', 'queued', NULL, NULL, NULL, 0, NULL, 79);
        INSERT INTO generations (id, document, state) VALUES (5, 3, 'committed');
        INSERT INTO pages (document, page_index, number, outcome, text) VALUES (3, 0, 1, 'text', '灯塔');
        INSERT INTO headings VALUES (3, 0, 0, 0, 'Intro');
        INSERT INTO labels (question, document, name, passage, grade, origin) VALUES ('q', 3, 'b', 'p', 1, 'marked');
        DELETE FROM documents WHERE id = 9;
        PRAGMA user_version = 3;",
    )
    .unwrap();
    drop(old);
    let connection = open(&path);
    let count = |query: &str| connection.query_row::<i64, _, _>(query, [], |row| row.get(0)).unwrap();
    for (query, wanted) in [
        ("SELECT count(*) FROM documents", 2),
        ("SELECT count(*) FROM documents WHERE id = 3 AND seen_hash = 'h' AND added = 77 AND incomplete = 'page 2'", 1),
        ("SELECT count(*) FROM pages", 1),
        ("SELECT count(*) FROM headings", 1),
        ("SELECT count(*) FROM labels WHERE document = 3", 1),
        ("SELECT count(*) FROM pragma_foreign_key_check", 0),
        ("SELECT foreign_keys FROM pragma_foreign_keys", 1),
    ] {
        assert_eq!(count(query), wanted, "{query}");
    }
    connection
        .execute("INSERT INTO documents (collection, path, name, state) VALUES ('a', '/d', 'd', 'offline')", [])
        .unwrap();
    assert_eq!(connection.last_insert_rowid(), 10, "a number that was used does not come back");
    let other = "INSERT INTO documents (collection, path, name, state) VALUES ('a', '/e', 'e', 'lost')";
    assert!(connection.execute(other, []).is_err(), "states are a closed set");
    connection.execute("DELETE FROM documents WHERE id = 3", []).unwrap();
    assert_eq!(count("SELECT (SELECT count(*) FROM pages) + (SELECT count(*) FROM labels)"), 0);
}

/// A failed file of the fifth layout: its problem is known from the tries at it.
#[test]
fn problems_of_the_fifth_layout_come_from_its_tries() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.sqlite");
    let old = Connection::open(&path).unwrap();
    for step in [FIRST, JUDGEMENTS, PAGE_ROWS, WATCHED, INDEXES] {
        old.execute_batch(step).unwrap();
    }
    old.execute_batch(
        "INSERT INTO documents (id, collection, path, name, state) VALUES
            (1, 'a', '/b', 'b', 'failed'), (2, 'a', '/c', 'c', 'failed'), (3, 'a', '/d', 'd', 'offline'),
            (4, 'a', '/e', 'e', 'queued');
        INSERT INTO tries VALUES (1, 'h', 1, 'encrypted_file', 'm', 'a', 'r'), (4, 'h', 1, 'timed_out', 'm', 'a', 'r');
        PRAGMA user_version = 5;",
    )
    .unwrap();
    drop(old);
    let connection = open(&path);
    let problems: Vec<Option<String>> = connection
        .prepare("SELECT problem FROM documents ORDER BY id")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(problems, [Some("encrypted_file".into()), None, Some("missing_file".into()), None]);
}

#[test]
fn temporary_files_go_into_the_folder_that_is_set() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    temporary_files_in(folder.path()).unwrap();
    let connection = open(&data.path().join("catalogue.sqlite"));
    let folder_set: String = connection.pragma_query_value(None, "temp_store_directory", |row| row.get(0)).unwrap();
    assert_eq!(folder_set, folder.path().to_string_lossy());
    assert!(temporary_files_in(&folder.path().join("missing")).is_err());
    connection.pragma_update(None, "temp_store_directory", "").unwrap();
}

/// Judgements of the tenth layout: a file that was judged under two names is one document.
#[test]
fn judgements_of_the_tenth_layout_are_known_by_their_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.sqlite");
    let old = of_layout(&path, 10);
    old.execute_batch(
        "INSERT INTO documents (id, collection, path, name, state) VALUES (1, 'a', '/b', 'b', 'failed');
        INSERT INTO labels (question, document, name, passage, grade, origin) VALUES
            ('q', 1, 'old', 'p', 1, 'marked'), ('q', 1, 'b', 'p', 0, 'marked'), ('q', NULL, 'b', 'r', 1, 'imported'),
            ('q', NULL, 'c', 'r', 1, 'imported');",
    )
    .unwrap();
    drop(old);
    let connection = open(&path);
    let mut labels = connection.prepare("SELECT coalesce(document, 0), name, grade FROM labels ORDER BY id").unwrap();
    let labels: Vec<(i64, String, u32)> = labels
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(labels, [(1, "b".into(), 0), (0, "b".into(), 1), (0, "c".into(), 1)]);
}
