use std::collections::HashSet;

use assay_domain::port::Catalogue;
use assay_domain::{DocumentState, Scope};

use crate::tests::Library;
use crate::{CatalogueError, Label, LabelOrigin, MirrorRow};

/// Mirrors one library into another, with the pages of the first.
fn mirror(from: &Library, to: &Library, folder: &str) -> Vec<i64> {
    let rows = from.store.mirror_rows().unwrap();
    let mut asked = Vec::new();
    let mut pages = |row: &MirrorRow| {
        asked.push(row.id);
        Ok(from.store.pages_of_reading(row.id, row.generation)?.unwrap())
    };
    let here = to.store.readings_with_pages().unwrap();
    to.store.take_mirror(&rows, folder, "index", &here, &mut pages).unwrap();
    asked
}

#[test]
fn a_mirror_has_the_documents_their_pages_and_their_numbers() {
    let (publisher, reader) = (Library::new(), Library::new());
    let [a, b, gone] = ["/books/a.pdf", "/books/b.pdf", "/books/c.pdf"].map(|path| publisher.enqueue(path));
    let (first, _) = publisher.commit(a, "words of a");
    publisher.commit(b, "words of b");
    publisher.commit(gone, "words of c");
    let waits = publisher.enqueue("/books/waits.pdf");

    assert_eq!(mirror(&publisher, &reader, "index-2"), [a.0, b.0, gone.0]);
    let rows = reader.store.documents().unwrap();
    assert_eq!(
        rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        [a, b, gone],
        "one that was not read is not published"
    );
    for row in &rows {
        let there = publisher.document(row.id);
        assert_eq!((&row.path, row.generation, row.chunks), (&there.path, there.generation, there.chunks));
        assert_eq!(reader.store.pages(row.id).unwrap(), publisher.store.pages(row.id).unwrap());
    }
    assert_eq!(reader.store.answering_index().unwrap().as_deref(), Some("index-2"));
    assert_eq!(reader.store.dropped_indexes().unwrap(), ["index"]);
    let label = |document| Label {
        id: 0,
        question: "who?".into(),
        document: Some(document),
        name: None,
        page: None,
        passage: Some("words".into()),
        grade: 1,
        origin: LabelOrigin::Marked,
    };
    reader.store.save_labels(&[label(a), label(gone)]).unwrap();

    // One is read again, two change places, one is removed.
    let (second, _) = publisher.commit(a, "other words of a");
    publisher
        .store
        .transact(|transaction| {
            for (id, path) in [(a, "/aside"), (b, "/books/a.pdf"), (a, "/books/b.pdf")] {
                transaction.execute("UPDATE documents SET path = ?2 WHERE id = ?1", rusqlite::params![id.0, path])?;
            }
            Ok(())
        })
        .unwrap();
    publisher.store.remove(&[gone]).unwrap();
    assert_eq!(mirror(&publisher, &reader, "index-3"), [a.0]);
    assert_eq!(reader.document(a).path, "/books/b.pdf");
    assert_eq!(reader.document(b).path, "/books/a.pdf");
    assert!(reader.store.document(gone).unwrap().is_none());
    assert_eq!(reader.store.labels().unwrap().len(), 1, "the judgement of the document that stayed");
    let answering = reader.store.answering(&Scope::default()).unwrap();
    assert!(answering.excluded.contains(&first) && !answering.excluded.contains(&second));
    assert!(answering.newest >= second);
    let live: Vec<_> =
        reader.store.live_generations().unwrap().into_iter().map(|(generation, ..)| generation).collect();
    assert!(live.contains(&second) && !live.contains(&first));
    // Numbers go on after those of the publisher.
    assert!(reader.enqueue("/own.md") > waits);
}

#[test]
fn nothing_changes_if_a_text_cannot_be_read() {
    let (publisher, reader) = (Library::new(), Library::new());
    let a = publisher.enqueue("/books/a.pdf");
    publisher.commit(a, "words of a");
    mirror(&publisher, &reader, "index-2");
    let b = publisher.enqueue("/books/b.pdf");
    publisher.commit(b, "words of b");
    let rows = publisher.store.mirror_rows().unwrap();
    let fails = &mut |_: &MirrorRow| Err(CatalogueError::DiskFull);
    reader.store.take_mirror(&rows, "index-3", "index", &HashSet::new(), fails).unwrap_err();
    assert_eq!(reader.store.documents().unwrap().len(), 1);
    assert_eq!(reader.store.answering_index().unwrap().as_deref(), Some("index-2"));
}

#[test]
fn a_kept_mirror_is_offline_and_answers() {
    let (publisher, reader) = (Library::new(), Library::new());
    let a = publisher.enqueue("/books/a.pdf");
    let (generation, _) = publisher.commit(a, "words of a");
    mirror(&publisher, &reader, "index-2");
    reader.store.keep_mirror("its file is on desktop").unwrap();
    let row = reader.document(a);
    assert_eq!((row.state, row.generation), (DocumentState::Offline, Some(generation)));
    assert!(!reader.store.answering(&Scope::default()).unwrap().excluded.contains(&generation));
}
