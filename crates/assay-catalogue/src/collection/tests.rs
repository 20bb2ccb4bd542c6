use assay_domain::port::{Answering, Catalogue, Source};
use assay_domain::{DocumentId, DocumentState, Failure, GenerationId, Narrowed, Problem, Scope};

use super::Collection;
use crate::tests::Library;

fn collection(name: &str, documents: u32, folders: u32) -> Collection {
    Collection { name: name.to_owned(), documents, folders }
}

fn add(library: &Library, collection: &str, path: &str) -> DocumentId {
    let id = library.store.enqueue(collection, &Source::at(path, path)).unwrap();
    library.commit(id, path);
    id
}

/// The generations among the first few that answer for a collection.
fn answer(library: &Library, name: &str) -> Vec<i64> {
    let scope = Scope { collection: Some(name.into()), ..Scope::default() };
    let Answering { only, excluded, newest, narrowed } = library.store.answering(&scope).unwrap();
    assert_eq!(narrowed, None);
    let takes = |number: &i64| {
        let generation = GenerationId(*number);
        only.as_ref().is_none_or(|only| only.contains(&generation)) && !excluded.contains(&generation)
    };
    (1..=newest.0).filter(takes).collect()
}

#[test]
fn a_collection_answers_with_its_own_documents_wherever_they_were_read() {
    let library = Library::new();
    let [first, second, third] =
        [("a", "/1.txt"), ("a", "/2.txt"), ("b", "/3.txt")].map(|(name, path)| add(&library, name, path));
    assert_eq!((answer(&library, "a"), answer(&library, "b"), answer(&library, "c")), (vec![1, 2], vec![3], vec![]));
    assert_eq!(library.store.move_documents(&[first, third], "c").unwrap(), None);
    assert_eq!((answer(&library, "a"), answer(&library, "b"), answer(&library, "c")), (vec![2], vec![], vec![1, 3]));
    assert!(library.store.rename_collection("a", "z").unwrap());
    assert_eq!((answer(&library, "a"), answer(&library, "z")), (vec![], vec![2]));
    assert_eq!(library.store.collections().unwrap(), [collection("c", 2, 0), collection("z", 1, 0)]);
    library.store.remove(&[second]).unwrap();
    assert_eq!(library.store.collections().unwrap(), [collection("c", 2, 0)], "nothing is left of the other");
}

#[test]
fn a_narrow_scope_is_told_by_the_shorter_list_and_counts_what_answers() {
    let library = Library::new();
    let [first, second, third] = ["/a/1.txt", "/a/2.md", "/b/3.txt"].map(|path| add(&library, "a", path));
    let answering = |scope: &Scope| library.store.answering(scope).unwrap();
    let texts = Scope { formats: vec!["txt".into()], ..Scope::default() };
    let Answering { only, excluded, narrowed, .. } = answering(&texts);
    assert_eq!((only, excluded), (None, vec![GenerationId(2)]), "all but the one that is outside");
    assert_eq!(narrowed, Some(Narrowed { documents: 2, of: 3 }));
    // A file that was read within seconds of its writing has no stamp.
    let today = Scope { since: Some(1_000_000_000), ..Scope::default() };
    assert_eq!(answering(&today).narrowed, Some(Narrowed { documents: 3, of: 3 }));
    let folder = Scope { folder: Some("b".into()), ..Scope::default() };
    assert_eq!(answering(&folder).only, Some(vec![GenerationId(3)]));
    assert_eq!(answering(&Scope { documents: vec![second], ..Scope::default() }).only, Some(vec![GenerationId(2)]));

    // A missing document answers nothing, whatever the scope.
    let gone = Failure::new(Problem::MissingFile, "its file is gone", "put it back");
    library.store.set_state(first, DocumentState::Missing, Some(&gone)).unwrap();
    assert_eq!(answering(&texts).narrowed, Some(Narrowed { documents: 1, of: 2 }));
    assert!(answering(&texts).excluded.contains(&GenerationId(1)));
    library.store.remove(&[third]).unwrap();
    assert_eq!(answering(&folder).narrowed, Some(Narrowed { documents: 0, of: 1 }));
}

#[test]
fn a_name_that_anything_has_is_taken() {
    let library = Library::new();
    add(&library, "a", "/1.txt");
    library.store.watch("/watched", "folders").unwrap();
    library.store.want_paths(&["/dropped".to_owned()], "queue").unwrap();
    for taken in ["folders", "queue", "a"] {
        assert!(!library.store.rename_collection("a", taken).unwrap(), "{taken}");
    }
    assert!(library.store.rename_collection("queue", "waiting").unwrap());
    assert!(library.store.rename_collection("folders", "followed").unwrap());
    let expected = [collection("a", 1, 0), collection("followed", 0, 1), collection("waiting", 0, 0)];
    assert_eq!(library.store.collections().unwrap(), expected);
}

#[test]
fn no_file_is_twice_in_a_collection() {
    let library = Library::new();
    let [free, twice] = ["/free.txt", "/twice.txt"].map(|path| add(&library, "a", path));
    add(&library, "b", "/twice.txt");
    assert_eq!(library.store.move_documents(&[free, twice], "b").unwrap().as_deref(), Some("/twice.txt"));
    assert_eq!(library.document(free).collection, "a", "none is moved");
    assert_eq!(library.store.move_documents(&[twice], "a").unwrap(), None, "it is there already");
}

#[test]
fn a_watched_folder_takes_its_documents_and_marks_along() {
    let library = Library::new();
    let folder = library.store.watch("/notes", "a").unwrap();
    let [stays, removed] = ["/notes/1.txt", "/notes/2.txt"]
        .map(|path| library.store.admit("a", Some(folder), &[Source::at(path, path)]).unwrap()[0].id);
    let other = add(&library, "a", "/elsewhere.txt");
    library.store.dismiss(&[removed]).unwrap();
    for taken in ["/notes", "/notes/deep", "/"] {
        let id = library.store.watch(taken, "b").unwrap();
        assert_eq!(library.store.move_folder(folder, "b").unwrap().as_deref(), Some(taken));
        library.store.unwatch(id).unwrap();
    }
    let copy = add(&library, "b", "/notes/1.txt");
    assert_eq!(library.store.move_folder(folder, "b").unwrap().as_deref(), Some("/notes/1.txt"));
    library.store.remove(&[copy]).unwrap();

    assert_eq!(library.store.move_folder(folder, "b").unwrap(), None);
    assert_eq!(library.store.folders().unwrap()[0].collection, "b");
    assert_eq!((library.document(stays).collection, library.document(other).collection), ("b".into(), "a".into()));
    let marks: Vec<String> = library.store.dismissed(Some("b")).unwrap().into_iter().map(|mark| mark.path).collect();
    assert_eq!(marks, ["/notes/2.txt"]);
    assert_eq!(library.store.admit("b", Some(folder), &[Source::at("/notes/1.txt", "1.txt")]).unwrap()[0].id, stays);
}
