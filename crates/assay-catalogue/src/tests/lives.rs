//! Documents that vanish, come back, are renamed, or meet a fault that passes.

use assay_domain::port::Catalogue;
use assay_domain::{AnswerKind, DocumentId, DocumentState, Failure, Outcome, Problem, QueueReason, Retry, Scope};
use rusqlite::Connection;

use super::{COLLECTION, Library, source};
use crate::turn::tests::about;
use crate::{Label, LabelOrigin, Work, snapshots};

fn vanished() -> Failure {
    Failure::new(Problem::MissingFile, "its file is gone", "put it back")
}

fn label(document: Option<DocumentId>, name: &str, grade: u32) -> Label {
    Label {
        id: 0,
        question: "Where is the lamp?".into(),
        document,
        name: Some(name.into()),
        page: Some(1),
        passage: Some("words".into()),
        grade,
        origin: LabelOrigin::Marked,
    }
}

/// Puts a document's vanishing some seconds into the past.
fn ago(library: &Library, seconds: i64) {
    let path = library.folder.path().join("library/catalogue.sqlite");
    let connection = Connection::open(path).unwrap();
    connection.execute("UPDATE documents SET missing_since = missing_since - ?1", [seconds]).unwrap();
}

#[test]
fn a_missing_document_is_silent_keeps_everything_and_comes_back_whole() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let (generation, _) = library.commit(document, "words");
    library.store.save_labels(&[label(Some(document), "a.pdf", 1)]).unwrap();
    let turn = about("Where?", "There [1]", AnswerKind::Extractive, &[(document, Outcome::Kept)], &[document]);
    let conversation = library.store.save_turn(None, &turn).unwrap();
    let before = library.document(document);

    library.store.set_state(document, DocumentState::Missing, Some(&vanished())).unwrap();
    let row = library.document(document);
    assert_eq!((row.state, row.problem), (DocumentState::Missing, Some(Problem::MissingFile)));
    assert!(row.missing_since.is_some() && row.reason.unwrap().contains("its file is gone"));
    assert_eq!(library.store.counts().unwrap(), [(DocumentState::Missing, 1)]);
    assert_eq!(library.store.answering(&Scope::default()).unwrap().excluded, [generation], "it answers nothing");
    assert_eq!(library.store.dead_generations().unwrap(), [], "and its rows are not purged");
    assert_eq!(library.store.live_generations().unwrap().len(), 1);
    assert_eq!(library.store.labels().unwrap().len(), 1);
    assert!(!library.store.turns(conversation).unwrap()[0].withdrawn);

    // Found again at its place, or under another name.
    library.store.set_state(document, DocumentState::Committed, None).unwrap();
    assert_eq!(library.document(document), before);
    assert_eq!(library.store.answering(&Scope::default()).unwrap().excluded, []);
    library.store.set_state(document, DocumentState::Missing, Some(&vanished())).unwrap();
    let new = library.enqueue("/shelf/b.pdf");
    library.store.rename(document, new, &source("/shelf/b.pdf")).unwrap();
    let row = library.document(document);
    assert_eq!((row.state, row.generation, row.missing_since), (DocumentState::Committed, Some(generation), None));
}

#[test]
fn the_grace_time_counts_from_the_first_look_that_missed_the_file() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    library.commit(document, "words");
    assert_eq!(library.store.missing_for(0).unwrap(), []);
    library.store.set_state(document, DocumentState::Missing, Some(&vanished())).unwrap();
    assert_eq!(library.store.missing_for(0).unwrap(), [document]);
    ago(&library, 90);
    let since = library.document(document).missing_since;
    library.store.set_state(document, DocumentState::Missing, Some(&vanished())).unwrap();
    assert_eq!(library.document(document).missing_since, since);
    assert_eq!(library.store.missing_for(80).unwrap(), [document]);
    assert_eq!(library.store.missing_for(100).unwrap(), []);
}

#[test]
fn a_state_beneath_shows_again() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let locked = Failure::new(Problem::EncryptedFile, "it is locked", "unlock it");
    library.store.set_state(document, DocumentState::Failed, Some(&locked)).unwrap();
    let before = library.document(document);
    library.store.set_state(document, DocumentState::Missing, Some(&vanished())).unwrap();
    let new = library.enqueue("/books/b.pdf");
    library.store.rename(document, new, &source("/books/b.pdf")).unwrap();
    let row = library.document(document);
    assert_eq!((row.state, row.problem, &row.reason), (before.state, before.problem, &before.reason));
}

#[test]
fn judgements_follow_their_document_to_another_name() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let imported = library.enqueue("/books/c.pdf");
    let twin = library.enqueue("/books/twin/t.pdf");
    let other_twin = library.enqueue("/shelf/t.pdf");
    library.commit(document, "words");
    let marked = label(Some(document), "a.pdf", 1);
    let of_name = |name: &str| Label { origin: LabelOrigin::Imported, ..label(None, name, 2) };
    library.store.save_labels(&[marked.clone(), of_name("c.pdf"), of_name("t.pdf")]).unwrap();
    for (document, path) in [(document, "/books/b.pdf"), (imported, "/books/d.pdf"), (twin, "/books/twin/u.pdf")] {
        let new = library.enqueue(path);
        library.store.rename(document, new, &source(path)).unwrap();
    }
    let names = || {
        let labels = library.store.labels().unwrap();
        labels.into_iter().map(|label| (label.document, label.name.unwrap(), label.grade)).collect::<Vec<_>>()
    };
    let wanted =
        |grade| [(Some(document), "b.pdf".into(), grade), (None, "d.pdf".into(), 2), (None, "t.pdf".into(), 2)];
    assert_eq!(names(), wanted(1), "t.pdf is still the name of {other_twin}");
    library.store.save_labels(&[label(Some(document), "b.pdf", 0)]).unwrap();
    assert_eq!(names(), wanted(0), "marked again under the new name, it is the same judgement");
}

#[test]
fn a_judgement_made_in_a_document_takes_the_place_of_an_imported_one() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    library.store.save_labels(&[label(None, "a.pdf", 2)]).unwrap();
    library.store.save_labels(&[label(Some(document), "a.pdf", 0)]).unwrap();
    let labels = library.store.labels().unwrap();
    assert_eq!((labels.len(), labels[0].document, labels[0].grade), (1, Some(document), 0));
}

#[test]
fn a_renamed_or_missing_document_stays_in_the_snapshots() {
    let library = Library::new();
    let folder = library.folder.path().join("library/snapshots");
    let document = library.enqueue("/books/a.pdf");
    library.commit(document, "the xylophone treaty");
    library.store.take_snapshot(&folder, "before-rebuild").unwrap();
    library.store.set_state(document, DocumentState::Missing, Some(&vanished())).unwrap();
    assert_eq!(library.store.purge_snapshots(&folder).unwrap(), 0);
    let new = library.store.admit(COLLECTION, None, &[source("/shelf/b.pdf")]).unwrap().remove(0).id;
    library.store.rename(document, new, &source("/shelf/b.pdf")).unwrap();
    assert_eq!(library.store.purge_snapshots(&folder).unwrap(), 0);
    assert_eq!(snapshots(&folder)[0].documents, 1);
    library.store.remove(&[document]).unwrap();
    assert_eq!(library.store.purge_snapshots(&folder).unwrap(), 1);
}

#[test]
fn a_passing_fault_is_tried_again_after_growing_pauses() {
    let library = Library::new();
    let folder = library.store.watch("/books", COLLECTION).unwrap();
    let document = library.store.admit(COLLECTION, Some(folder), &[source("/books/a.pdf")]).unwrap().remove(0).id;
    let busy = Failure::new(Problem::DeviceFault, "the disk did not answer", "nothing");
    let retry = || library.document(document).retry;
    let mut pauses = Vec::new();
    for tries in 1..=3 {
        library.store.set_state(document, DocumentState::Reading, None).unwrap();
        library.store.set_state(document, DocumentState::Failed, Some(&busy)).unwrap();
        let Retry { at, tries: counted } = retry().unwrap();
        assert_eq!(counted, tries);
        pauses.push(at);
    }
    assert!(pauses.windows(2).all(|pair| pair[0] < pair[1]), "{pauses:?}");
    assert_eq!(library.store.due_again().unwrap(), [], "not before its time");
    let connection = Connection::open(library.folder.path().join("library/catalogue.sqlite")).unwrap();
    connection.execute("UPDATE documents SET again_at = again_at - 100000", []).unwrap();
    assert_eq!(library.store.due_again().unwrap(), [(document, Some(folder))]);
    library.store.stop_work().unwrap();
    assert_eq!(library.store.due_again().unwrap(), [], "the user stopped it, too");
    let row = library.store.queue().unwrap().remove(0);
    assert_eq!((row.work, row.why, row.stopped), (Work::Read(document), QueueReason::Again, true));
    library.store.resume_work().unwrap();
    assert_eq!(library.store.due_again().unwrap(), [(document, Some(folder))]);
    library.commit(document, "words");
    assert_eq!((retry(), library.store.due_again().unwrap()), (None, vec![]), "it was read");
    let locked = Failure::new(Problem::EncryptedFile, "it is locked", "unlock it");
    library.store.set_state(document, DocumentState::Failed, Some(&busy)).unwrap();
    library.store.set_state(document, DocumentState::Failed, Some(&locked)).unwrap();
    assert_eq!(retry(), None, "a fault of the bytes stays until they change");
}

#[test]
fn a_document_removed_from_a_watched_folder_leaves_a_mark() {
    let library = Library::new();
    let folder = library.store.watch("/books", COLLECTION).unwrap();
    let watched = library.store.admit(COLLECTION, Some(folder), &[source("/books/a.pdf")]).unwrap().remove(0).id;
    let named = library.enqueue("/elsewhere/b.pdf");
    let (generation, _) = library.commit(watched, "words");
    assert_eq!(library.store.dismiss(&[watched, named]).unwrap(), [generation]);
    assert_eq!(library.store.documents().unwrap(), []);
    let marks = library.store.dismissed(None).unwrap();
    assert_eq!(marks.len(), 1, "a file that no scan finds needs no mark");
    let mark = &marks[0];
    assert_eq!((mark.path.as_str(), mark.hash.as_deref()), ("/books/a.pdf", Some("hash of words")));
    assert_eq!(library.store.dismissed(Some("other")).unwrap(), []);

    // Its file has another path.
    let new = library.enqueue("/books/c.pdf");
    library.store.move_dismissed(mark.id, new).unwrap();
    assert_eq!(library.store.dismissed(None).unwrap()[0].path, "/books/c.pdf");
    assert_eq!(library.store.documents().unwrap(), []);

    // The user names it again, or takes the mark away.
    library.store.undismiss_path(COLLECTION, "/books/other.pdf").unwrap();
    assert_eq!(library.store.undismiss(&[mark.id, 99]).unwrap().len(), 1);
    assert_eq!(library.store.dismissed(None).unwrap(), []);
}
