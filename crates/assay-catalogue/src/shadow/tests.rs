use assay_domain::port::Catalogue;
use assay_domain::{DocumentState, GenerationId};

use crate::tests::Library;

#[test]
fn the_old_readings_answer_until_the_new_ones_are_swapped_in() {
    let library = Library::new();
    let (a, b) = (library.enqueue("/books/a.pdf"), library.enqueue("/books/b.pdf"));
    let ((old_a, _), (old_b, _)) = (library.commit(a, "words"), library.commit(b, "more words"));
    assert_eq!(library.store.answering_index().unwrap(), None);
    library.store.begin_shadow_index("index-2").unwrap();
    let new_a = library.store.begin_shadow_document(a).unwrap();
    library.store.finish_shadow_document(new_a, 3).unwrap();
    let unfinished = library.store.begin_shadow_document(b).unwrap();
    assert_eq!(library.store.live_generations().unwrap(), [(old_a, a, 7), (old_b, b, 7)]);
    assert_eq!(library.store.dead_generations().unwrap(), [], "they are in another index");

    // A process that dies leaves what it had finished.
    let library = library.reopened();
    library.store.reset_unfinished().unwrap();
    assert_eq!(library.store.shadow_index().unwrap().as_deref(), Some("index-2"));
    let shadow = library.store.shadow_documents().unwrap();
    assert_eq!((shadow[&a].generation, shadow[&a].reading, shadow[&a].chunks), (new_a, old_a, Some(3)));
    assert_eq!((shadow[&b].generation, shadow[&b].chunks), (unfinished, None));
    let new_b = library.store.begin_shadow_document(b).unwrap();
    assert!(new_b > unfinished);
    library.store.finish_shadow_document(new_b, 4).unwrap();

    let mut before = library.store.swap_index("index").unwrap();
    before.sort();
    assert_eq!(before, [old_a, old_b]);
    assert_eq!(library.store.live_generations().unwrap(), [(new_a, a, 3), (new_b, b, 4)]);
    assert_eq!(library.store.answering_index().unwrap().as_deref(), Some("index-2"));
    assert_eq!(library.store.shadow_index().unwrap(), None);
    assert_eq!(library.store.dropped_indexes().unwrap(), ["index"]);
    assert_eq!(library.store.dead_generations().unwrap(), [], "their rows go with their folder");
    assert_eq!(library.store.pages(a).unwrap()[0].text, "words");
    assert_eq!(library.document(a).state, DocumentState::Committed);
    library.store.forget_index("index").unwrap();
    assert!(library.store.dropped_indexes().unwrap().is_empty());
}

#[test]
fn what_changed_or_went_during_a_rebuild_is_not_taken_for_what_it_was() {
    let library = Library::new();
    let changed = library.enqueue("/books/changed.pdf");
    let removed = library.enqueue("/books/removed.pdf");
    let missed = library.enqueue("/books/missed.pdf");
    for document in [changed, removed, missed] {
        library.commit(document, "words");
    }
    library.store.begin_shadow_index("index-2").unwrap();
    for document in [changed, removed] {
        let generation = library.store.begin_shadow_document(document).unwrap();
        library.store.finish_shadow_document(generation, 1).unwrap();
    }
    library.commit(changed, "other words");
    library.store.remove(&[removed]).unwrap();
    library.store.swap_index("index").unwrap();
    assert_eq!(library.store.live_generations().unwrap(), []);
    for document in [changed, missed] {
        let queued = library.document(document);
        assert_eq!((queued.state, queued.generation), (DocumentState::Queued, None));
        assert_eq!(library.store.pages(document).unwrap().len(), 5, "citations can still be opened");
    }
}

#[test]
fn a_rebuild_for_other_settings_begins_again() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    library.commit(document, "words");
    library.store.begin_shadow_index("index-2").unwrap();
    let generation = library.store.begin_shadow_document(document).unwrap();
    library.store.finish_shadow_document(generation, 3).unwrap();
    library.store.begin_shadow_index("index-3").unwrap();
    assert!(library.store.shadow_documents().unwrap().is_empty());
    assert_eq!(library.store.dropped_indexes().unwrap(), ["index-2"]);
    assert!(library.store.begin_shadow_document(document).unwrap() > generation);
}

#[test]
fn unknown_generations_are_marked_dead_and_their_numbers_not_used() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let (live, _) = library.commit(document, "words");
    library.store.mark_dead(&[GenerationId(40), live]).unwrap();
    assert_eq!(library.store.dead_generations().unwrap(), [GenerationId(40)]);
    assert_eq!(library.store.removable_generations().unwrap(), [GenerationId(40)]);
    assert!(library.store.begin(document).unwrap() > GenerationId(40));
    library.store.requeue(&[document]).unwrap();
    let queued = library.document(document);
    assert_eq!((queued.state, queued.generation), (DocumentState::Queued, Some(live)));
    library.store.recount(document, 9).unwrap();
    assert_eq!(library.document(document).chunks, 9);
}
