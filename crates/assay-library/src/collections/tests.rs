use assay_domain::port::Catalogue;
use assay_domain::{Cancel, DocumentId, Problem};

use crate::fixtures::{NO_MODEL, Opened};

fn collection(opened: &Opened, document: DocumentId) -> String {
    opened.store().document(document).unwrap().unwrap().collection
}

#[tokio::test]
async fn documents_of_a_watched_folder_move_with_it_and_a_scan_finds_them_there() {
    let opened = Opened::new(NO_MODEL, 30);
    let folder = opened.watch("notes", "default");
    opened.write("notes/a.txt", "words");
    let [followed, named] = [opened.read("notes/a.txt", Some(folder)), opened.read("b.txt", None)];
    let refused = opened.library.move_documents(&[named, followed], "books").unwrap_err();
    assert!(refused.message.contains("notes") && refused.action.contains("--folder"), "{refused}");
    assert_eq!(collection(&opened, named), "default", "none is moved");
    opened.library.move_documents(&[named], " books ").unwrap();
    opened.library.move_folder(folder, "books").unwrap();
    assert_eq!([followed, named].map(|document| collection(&opened, document)), ["books", "books"]);
    // Without a model the scan says that the file changed and cannot be read, and makes no other document of it.
    drop(opened.library.rescan_all(&Cancel::default(), &mut |_| ()).await);
    assert_eq!(opened.store().documents().unwrap().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_done_says_why_and_changes_nothing() {
    let opened = Opened::new(NO_MODEL, 30);
    let document = opened.read("a.txt", None);
    opened.watch("notes", "other");
    let library = &opened.library;
    for (failed, problem) in [
        (library.rename_collection("nowhere", "new"), Problem::MissingFile),
        (library.rename_collection("default", "other"), Problem::FoldersCollide),
        (library.rename_collection("default", "  "), Problem::BadSetting),
        (library.rename_collection("default", "two\nlines"), Problem::BadSetting),
        (library.move_documents(&[DocumentId(99)], "new"), Problem::MissingFile),
        (library.move_folder(assay_domain::FolderId(99), "new"), Problem::MissingFile),
    ] {
        assert_eq!(failed.unwrap_err().problem, problem);
    }
    let turn = library.writing.lock().await;
    assert_eq!(library.rename_collection("default", "new").unwrap_err().problem, Problem::LibraryInUse);
    drop(turn);
    assert_eq!(collection(&opened, document), "default");
    library.rename_collection("default", "new").unwrap();
    assert_eq!(collection(&opened, document), "new");
}
