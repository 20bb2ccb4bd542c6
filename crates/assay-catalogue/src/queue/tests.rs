use assay_domain::port::{Catalogue, Source};
use assay_domain::{DocumentId, DocumentState, Failure, Problem, QueueReason};

use super::{MOST_INTERRUPTIONS, Work};
use crate::tests::Library;

fn waiting(library: &Library) -> Vec<Work> {
    library.store.queue().unwrap().into_iter().map(|row| row.work).collect()
}

#[test]
fn a_document_waits_until_it_ends_whatever_ends_it() {
    let ends: [fn(&Library, DocumentId); 4] = [
        |library, id| _ = library.commit(id, "words"),
        |library, id| {
            let why = Failure::new(Problem::EmptyFile, "it is empty", "fill it");
            library.store.set_state(id, DocumentState::Failed, Some(&why)).unwrap();
        },
        |library, id| library.store.set_state(id, DocumentState::Offline, None).unwrap(),
        |library, id| drop(library.store.remove(&[id]).unwrap()),
    ];
    for end in ends {
        let library = Library::new();
        let (a, b) = (library.enqueue("/books/a.txt"), library.enqueue("/books/b.txt"));
        library.store.set_state(a, DocumentState::Reading, None).unwrap();
        library.store.begin(a).unwrap();
        library.store.set_state(a, DocumentState::Embedding, None).unwrap();
        assert_eq!(waiting(&library), [Work::Read(a), Work::Read(b)]);
        end(&library, a);
        assert_eq!(waiting(&library), [Work::Read(b)]);
    }
}

#[test]
fn a_committed_document_that_is_wanted_again_answers_and_waits() {
    let library = Library::new();
    let id = library.enqueue("/books/a.txt");
    let (generation, _) = library.commit(id, "words");
    library.store.want(&[id], QueueReason::Again).unwrap();
    let row = library.store.queue().unwrap().remove(0);
    assert_eq!((row.work, row.why, row.stopped), (Work::Read(id), QueueReason::Again, false));
    assert_eq!(
        (library.document(id).state, library.document(id).generation),
        (DocumentState::Committed, Some(generation))
    );
    library.store.unwant(&[id]).unwrap();
    assert_eq!(waiting(&library), []);
}

#[test]
fn the_queue_outlives_the_program_and_what_was_stopped_stays_stopped() {
    let library = Library::new();
    let walk = library.store.want_paths(&["/books".into(), "/shelf".into()], "novels").unwrap();
    let (a, b) = (library.enqueue("/books/a.txt"), library.enqueue("/books/b.txt"));
    library.store.want_rebuild().unwrap();
    library.store.want_rebuild().unwrap();
    library.store.finish_work(&walk[..1]).unwrap();
    library.store.put_first(&[b]).unwrap();
    library.store.stop_work().unwrap();
    library.store.want(&[a], QueueReason::Added).unwrap();
    let library = library.reopened();
    library.store.reset_unfinished().unwrap();
    let rows = library.store.queue().unwrap();
    let shelf = Work::Walk { path: "/shelf".into(), collection: "novels".into() };
    let found: Vec<(Work, bool)> = rows.into_iter().map(|row| (row.work, row.stopped)).collect();
    assert_eq!(found, [(Work::Read(b), true), (shelf, true), (Work::Read(a), false), (Work::Rebuild, true)]);
    library.store.resume_work().unwrap();
    assert!(library.store.queue().unwrap().iter().all(|row| !row.stopped));
}

#[test]
fn what_assay_finds_by_itself_leaves_the_stop_and_the_reason_of_what_waits() {
    let library = Library::new();
    let folder = library.store.watch("/books", "default").unwrap();
    let a = library.enqueue("/books/a.txt");
    let row = || {
        let row = library.store.queue().unwrap().remove(0);
        (row.why, row.stopped)
    };
    library.store.want(&[a], QueueReason::Again).unwrap();
    library.store.stop_work().unwrap();
    library.store.want(&[a], QueueReason::Watched).unwrap();
    assert_eq!(row(), (QueueReason::Again, true));
    library.store.want(&[a], QueueReason::Added).unwrap();
    assert_eq!(row(), (QueueReason::Added, false), "the user asks for it");
    let source = Source::at("/books/b.txt", "b.txt");
    library.store.admit("default", Some(folder), &[source]).unwrap();
    assert_eq!(library.store.queue().unwrap()[1].why, QueueReason::Watched);
}

#[test]
fn a_missing_document_waits_for_nothing_until_its_file_is_back() {
    let library = Library::new();
    let (a, b) = (library.enqueue("/books/a.txt"), library.enqueue("/books/b.txt"));
    for document in [a, b] {
        library.commit(document, "words");
        library.store.requeue(&[document]).unwrap();
        library.store.set_state(document, DocumentState::Reading, None).unwrap();
    }
    let gone = Failure::new(Problem::MissingFile, "its file is gone", "put it back");
    for document in [a, b] {
        library.store.set_state(document, DocumentState::Missing, Some(&gone)).unwrap();
    }
    assert_eq!(waiting(&library), []);
    let library = library.reopened();
    assert_eq!(library.store.reset_unfinished().unwrap(), []);
    assert_eq!(waiting(&library), [], "an opening asks for none of them");
    let new = library.enqueue("/shelf/a.txt");
    library.store.rename(a, new, &Source::at("/shelf/a.txt", "a.txt")).unwrap();
    library.store.set_state(b, DocumentState::Queued, None).unwrap();
    assert_eq!(waiting(&library), [Work::Read(a), Work::Read(b)]);
}

#[test]
fn a_rebuild_waits_once() {
    let library = Library::new();
    let row = library.store.want_rebuild().unwrap();
    library.store.stop_work().unwrap();
    assert_eq!(library.store.want_rebuild().unwrap(), row);
    let rows = library.store.queue().unwrap();
    assert_eq!((rows.len(), rows[0].id, rows[0].stopped), (1, row, false));
}

#[test]
fn a_file_that_is_at_work_whenever_the_program_ends_is_named() {
    let mut library = Library::new();
    let (bad, good) = (library.enqueue("/books/bad.txt"), library.enqueue("/books/good.txt"));
    for ends in 1..=MOST_INTERRUPTIONS {
        library.store.set_state(bad, DocumentState::Reading, None).unwrap();
        // A program that is closed in order is no interruption.
        library.store.set_state(good, DocumentState::Reading, None).unwrap();
        library.store.put_back_unfinished().unwrap();
        library.store.set_state(bad, DocumentState::Reading, None).unwrap();
        library = library.reopened();
        let often = library.store.reset_unfinished().unwrap();
        assert_eq!(often, if ends < MOST_INTERRUPTIONS { vec![] } else { vec![bad] });
        assert_eq!(library.document(bad).state, DocumentState::Queued);
    }
}
