//! Tests that collections can be renamed, and that documents and watched folders can move between them.

use std::fs;

use assay_tests::{Library, rows, word};
use serde_json::Value;

const QUESTION: &str = "How much does the harbour pump deliver?";

/// Names of the files that answer within a collection.
fn found(library: &Library, collection: &str) -> Vec<String> {
    let (_, reply) = library.json(&["ask", QUESTION, "--collection", collection, "--no-answer"]);
    let mut names: Vec<String> = rows(&reply, "candidates").iter().map(|row| word(row, "name").to_owned()).collect();
    names.sort();
    names
}

fn collections(reply: &Value) -> Vec<(&str, u64, u64)> {
    let row = |row| (word(row, "name"), row["documents"].as_u64().unwrap(), row["folders"].as_u64().unwrap());
    rows(reply, "collections").iter().map(row).collect()
}

#[test]
fn documents_answer_in_the_collection_that_they_are_in_now() {
    let library = Library::default();
    let write = |name: &str, text: &str| {
        let path = library.files.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let first = write("first.md", "The harbour pump delivers 40 litres a minute.\n");
    let second = write("second.md", "The harbour pump of the north quay delivers 70 litres a minute.\n");
    write("watched/third.md", "The harbour pump of the dry dock delivers 900 litres a minute.\n");
    let watched = library.files.path().join("watched");
    let watched = watched.to_str().unwrap();
    library.json(&["ingest", &first, &second, "--collection", "pumps"]);
    library.json(&["watch", watched, "--once"]);
    let number = |name: &str| {
        let (_, list) = library.json(&["documents"]);
        let row = rows(&list, "documents").iter().find(|row| word(row, "name") == name).cloned();
        row.unwrap()["id"].to_string()
    };

    let (status, list) = library.json(&["collections"]);
    assert_eq!((status, collections(&list)), (0, vec![("default", 1, 1), ("pumps", 2, 0)]));
    let (_, list) = library.json(&["collections", "rename", "pumps", "harbour"]);
    assert_eq!(collections(&list), [("default", 1, 1), ("harbour", 2, 0)]);
    assert_eq!(found(&library, "harbour"), ["first.md", "second.md"]);
    let (_, list) = library.json(&["collections", "move", "archive", &number("first.md")]);
    assert_eq!(collections(&list), [("archive", 1, 0), ("default", 1, 1), ("harbour", 1, 0)]);
    assert_eq!(
        (found(&library, "archive"), found(&library, "harbour")),
        (vec!["first.md".into()], vec!["second.md".into()])
    );

    // A scan would take the file in again where it was.
    let (status, refused) = library.json(&["collections", "move", "archive", &number("third.md")]);
    assert_eq!((status, word(&refused["problem"], "problem")), (2, "folders_collide"), "{refused}");
    library.json(&["collections", "move", "archive", "--folder", watched]);
    let (_, scanned) = library.json(&["watch", "--once"]);
    assert_eq!(scanned["counts"], serde_json::json!({ "unchanged": 1 }));
    assert_eq!(found(&library, "archive"), ["first.md", "third.md"]);
    assert_eq!(found(&library, "default"), Vec::<String>::new());
    let (status, refused) = library.json(&["collections", "rename", "harbour", "archive"]);
    assert_eq!((status, word(&refused["problem"], "problem")), (2, "folders_collide"), "{refused}");
    assert_eq!(library.json(&["check"]).0, 0);
}
