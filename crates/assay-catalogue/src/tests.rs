//! The catalogue on a real file.

use std::fs;
use std::path::Path;

use assay_domain::port::{Catalogue, GenerationContent, Source};
use assay_domain::{
    AnswerKind, Document, DocumentId, DocumentState, Extractor, Failure, FaultKind, Fingerprint, GenerationId, Page,
    PageOutcome, Problem, ReadDocument,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::schema::NEWEST;
use crate::turn::tests::about;
use crate::{CatalogueError, Store};

mod lives;
mod watched;

const COLLECTION: &str = "default";

pub struct Library {
    pub folder: TempDir,
    pub store: Store,
}

impl Library {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("library/catalogue.sqlite")).unwrap();
        Self { folder, store }
    }

    /// As after a process that died: the file is opened again.
    pub fn reopened(self) -> Self {
        drop(self.store);
        let store = Store::open(&self.folder.path().join("library/catalogue.sqlite")).unwrap();
        Self { folder: self.folder, store }
    }

    pub fn enqueue(&self, path: &str) -> DocumentId {
        self.store.enqueue(COLLECTION, &source(path)).unwrap()
    }

    pub fn commit(&self, document: DocumentId, text: &str) -> (GenerationId, Option<GenerationId>) {
        let generation = self.store.begin(document).unwrap();
        (generation, self.store.commit(document, generation, &reading(text)).unwrap())
    }

    pub fn document(&self, document: DocumentId) -> Document {
        self.store.document(document).unwrap().unwrap()
    }

    pub fn holds_on_disk(&self, words: &str) -> bool {
        holds(self.folder.path(), words.as_bytes())
    }
}

pub fn holds(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, needle);
        }
        fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
}

fn source(path: &str) -> Source {
    Source::at(path, path.rsplit('/').next().unwrap())
}

fn blank(number: u32, outcome: PageOutcome) -> Page {
    let (text, headings, extractor) = (String::new(), Vec::new(), Extractor::None);
    Page { number: Some(number), text, headings, extractor, confidence: None, outcome }
}

fn reading(text: &str) -> GenerationContent {
    let pages = vec![
        Page {
            number: Some(1),
            text: text.to_owned(),
            headings: vec![(0, "Intro".to_owned()), (4, "Intro > Detail".to_owned())],
            extractor: Extractor::PdfExtract,
            confidence: None,
            outcome: PageOutcome::Text,
        },
        blank(2, PageOutcome::Empty),
        blank(3, PageOutcome::Failed(FaultKind::Letters.because("no font"))),
        blank(4, PageOutcome::Scanned(FaultKind::NoRecognition.because("nothing here reads pictures"))),
        Page { text: "灯塔".into(), extractor: Extractor::Ocr, confidence: Some(91), ..blank(5, PageOutcome::Text) },
    ];
    let hash = format!("hash of {text}");
    GenerationContent {
        fingerprint: Fingerprint { hash: hash.clone(), bytes: text.len() as u64 },
        document: ReadDocument { format: "PDF".into(), pages, language: Some("eng".into()), hash },
        chunks: 7,
        reason: Some("1 of 3 pages could not be read".into()),
        by: "this reader".into(),
        revision: 1,
    }
}

#[test]
fn a_document_passes_through_its_states() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let queued = library.document(document);
    assert_eq!((queued.state, queued.generation, queued.name.as_str()), (DocumentState::Queued, None, "a.pdf"));

    for state in [DocumentState::Reading, DocumentState::Embedding] {
        library.store.set_state(document, state, None).unwrap();
        assert_eq!(library.document(document).state, state);
    }
    let (generation, previous) = library.commit(document, "words of the first reading");
    assert_eq!(previous, None);
    let committed = library.document(document);
    assert_eq!(committed.state, DocumentState::Committed);
    assert_eq!(committed.generation, Some(generation));
    assert_eq!((committed.pages, committed.pages_with_text, committed.chunks), (5, 2, 7));
    assert_eq!(committed.fingerprint, Some(reading("words of the first reading").fingerprint));
    assert_eq!(committed.language.as_deref(), Some("eng"));
    assert_eq!(library.store.live_generations().unwrap(), [(generation, document, 7)]);
    assert_eq!(library.store.documents().unwrap(), [committed]);
}

#[test]
fn pages_come_back_as_they_were_read() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    assert_eq!(library.store.pages(document).unwrap(), []);
    library.commit(document, "向量数据库 and words");
    let expected = reading("向量数据库 and words").document.pages;
    assert_eq!(library.store.pages(document).unwrap(), expected);
    assert_eq!(library.store.page(document, 2).unwrap().as_ref(), expected.get(2));
    assert_eq!(library.store.page(document, 5).unwrap(), None);
}

#[test]
fn a_commit_takes_the_place_of_the_one_before() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let (first, _) = library.commit(document, "old words");
    assert_eq!(library.enqueue("/books/a.pdf"), document);
    assert_eq!(library.document(document).generation, Some(first), "the old reading answers until the new one does");

    let second = library.store.begin(document).unwrap();
    assert_eq!(library.store.dead_generations().unwrap(), [second], "not yet committed, so it must not answer");
    assert_eq!(library.store.removable_generations().unwrap(), []);
    assert_eq!(library.store.commit(document, second, &reading("new words")).unwrap(), Some(first));
    assert_eq!(library.store.dead_generations().unwrap(), [first]);
    assert_eq!(library.store.page(document, 0).unwrap().unwrap().text, "new words");

    library.store.forget(&[first, second]).unwrap();
    assert_eq!(library.store.dead_generations().unwrap(), []);
    assert_eq!(library.document(document).generation, Some(second), "a living generation cannot be forgotten");
}

pub fn locked() -> Failure {
    Failure::new(Problem::EncryptedFile, "it needs a password", "save a copy without one")
}

#[test]
fn a_failure_keeps_the_earlier_reading_and_gives_up_the_open_one() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let (first, _) = library.commit(document, "old words");
    library.enqueue("/books/a.pdf");
    let open = library.store.begin(document).unwrap();
    library.store.set_state(document, DocumentState::Failed, Some(&locked())).unwrap();
    let failed = library.document(document);
    assert_eq!((failed.state, failed.generation), (DocumentState::Failed, Some(first)));
    assert_eq!(failed.reason.as_deref(), Some("it needs a password; save a copy without one"));
    assert_eq!(failed.problem, Some(Problem::EncryptedFile));
    assert_eq!(library.store.removable_generations().unwrap(), [open]);

    library.store.set_state(document, DocumentState::Committed, None).unwrap();
    let row = library.document(document);
    assert_eq!(row.reason, reading("").reason, "an unchanged file shows its reading's reason");
    assert_eq!(row.problem, None);

    library.store.set_state(document, DocumentState::Failed, Some(&locked())).unwrap();
    library.enqueue("/books/a.pdf");
    assert_eq!(library.document(document).problem, None, "what is tried again has no problem yet");
}

#[test]
fn a_run_that_died_is_cleaned_up_after() {
    let library = Library::new();
    let kept = library.enqueue("/books/kept.pdf");
    let (generation, _) = library.commit(kept, "kept words");
    library.enqueue("/books/kept.pdf");
    library.store.set_state(kept, DocumentState::Embedding, None).unwrap();
    let open = library.store.begin(kept).unwrap();
    let fresh = library.enqueue("/books/fresh.pdf");
    library.store.set_state(fresh, DocumentState::Reading, None).unwrap();
    let failed = library.enqueue("/books/failed.pdf");
    library.store.set_state(failed, DocumentState::Failed, Some(&locked())).unwrap();

    let library = library.reopened();
    assert_eq!(library.document(kept).generation, Some(generation));
    assert_eq!(library.store.reset_unfinished().unwrap(), [], "one interruption says nothing about a file");
    assert_eq!(library.store.removable_generations().unwrap(), [open]);
    let kept = library.document(kept);
    assert_eq!((kept.state, kept.generation), (DocumentState::Queued, Some(generation)));
    assert_eq!(library.document(fresh).state, DocumentState::Queued);
    assert_eq!(library.document(failed).state, DocumentState::Failed);
    assert_eq!(library.store.counts().unwrap(), [(DocumentState::Failed, 1), (DocumentState::Queued, 2)]);
}

#[test]
fn removal_is_at_once_and_leaves_no_words_on_disk() {
    let library = Library::new();
    let document = library.enqueue("/books/secret.pdf");
    let (generation, _) = library.commit(document, "the xylophone treaty of Zanzibar");
    assert!(library.holds_on_disk("xylophone treaty"));
    assert_eq!(library.store.remove(&[document]).unwrap(), [generation]);
    assert_eq!(library.store.documents().unwrap(), []);
    assert_eq!(library.store.pages(document).unwrap(), []);
    assert_eq!(library.store.live_generations().unwrap(), []);
    assert_eq!(library.store.dead_generations().unwrap(), [generation]);
    assert!(!library.holds_on_disk("xylophone treaty"));
    assert!(!library.holds_on_disk("secret.pdf"));
}

#[test]
fn numbers_are_never_used_twice() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let (first, _) = library.commit(document, "words");
    library.store.remove(&[document]).unwrap();
    library.store.forget(&[first]).unwrap();

    let library = library.reopened();
    let again = library.enqueue("/books/a.pdf");
    let (second, _) = library.commit(again, "words");
    assert!(again > document && second > first);
}

#[test]
fn nothing_is_committed_for_what_was_removed_or_never_begun() {
    let library = Library::new();
    let document = library.enqueue("/books/a.pdf");
    let other = library.enqueue("/books/b.pdf");
    let generation = library.store.begin(document).unwrap();
    let check = |result: Result<(), Failure>, problem: Problem| assert_eq!(result.unwrap_err().problem, problem);

    check(library.store.commit(other, generation, &reading("words")).map(|_| ()), Problem::Bug);
    check(library.store.set_state(other, DocumentState::Committed, None), Problem::Bug);
    library.store.remove(&[document]).unwrap();
    check(library.store.commit(document, generation, &reading("words")).map(|_| ()), Problem::Stopped);
    check(library.store.set_state(document, DocumentState::Reading, None), Problem::Stopped);
    check(library.store.begin(document).map(|_| ()), Problem::Stopped);
    check(library.store.remove(&[document]).map(|_| ()), Problem::Stopped);
    assert_eq!(library.store.removable_generations().unwrap(), [generation]);
}

#[test]
fn paths_are_kept_as_they_are_and_collections_apart() {
    let library = Library::new();
    for path in ["/数据/合同 (终稿)'s \"v2\" 100%.pdf", "/e\u{301}t\u{e9}.md", "/a\nb.txt", "C:\\Users\\王\\报告.docx"]
    {
        let document = library.enqueue(path);
        let found = library.store.find(COLLECTION, path).unwrap().unwrap();
        assert_eq!((found.id, found.path.as_str()), (document, path));
        assert_eq!(library.store.find("other", path).unwrap(), None);
        let elsewhere = library.store.enqueue("other", &source(path)).unwrap();
        assert_ne!(elsewhere, document);
    }
    assert_eq!(library.store.documents().unwrap().len(), 8);
}

#[test]
fn conversations_keep_their_turns_in_order() {
    let library = Library::new();
    let turn = |question: &str, kind| about(question, "答案 [1]", kind, &[], &[]);
    let long = "很长的问题".repeat(40);
    let first = library.store.save_turn(None, &turn("What is\n fusion?", AnswerKind::Extractive)).unwrap();
    let second = library.store.save_turn(None, &turn(&long, AnswerKind::Refused)).unwrap();
    assert_eq!(library.store.save_turn(Some(first), &turn("And why?", AnswerKind::Written)).unwrap(), first);

    let library = library.reopened();
    let list = library.store.conversations().unwrap();
    let seen: Vec<_> = list.iter().map(|each| (each.id, each.title.chars().count(), each.turns)).collect();
    assert_eq!(seen, [(second, 80, 1), (first, 15, 2)]);
    assert_eq!(list[1].title, "What is fusion?");
    let turns: Vec<_> = library.store.turns(first).unwrap().into_iter().map(|each| each.turn).collect();
    assert_eq!(turns, [turn("What is\n fusion?", AnswerKind::Extractive), turn("And why?", AnswerKind::Written)]);

    for (words, found) in
        [("FUSION", vec![first]), ("答案", vec![first, second]), ("fusion 答案", vec![first]), ("nowhere", vec![])]
    {
        let wanted: Vec<i64> = library.store.find_conversations(words).unwrap().into_iter().collect();
        assert_eq!(wanted, found, "{words}");
    }

    library.store.delete_conversation(first).unwrap();
    assert_eq!(library.store.turns(first).unwrap(), []);
    assert_eq!(library.store.conversations().unwrap().len(), 1);
    let instead = library.store.save_turn(Some(first), &turn("Still there?", AnswerKind::Written)).unwrap();
    assert!(instead > second, "a deleted conversation's number does not come back");
}

#[test]
fn an_empty_file_gets_the_layout_and_a_newer_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.sqlite");
    fs::write(&path, b"").unwrap();
    drop(Store::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let layout: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(layout, NEWEST);
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);

    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, CatalogueError::Newer { found: 99, known: NEWEST }), "{error}");
    assert!(Failure::from(error).action.contains("newer Assay"));
}

#[test]
fn a_damaged_file_and_a_full_disk_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue.sqlite");
    fs::write(&path, b"this is not a database, but it is long enough to look like one".repeat(100)).unwrap();
    let failure = Failure::from(Store::open(&path).unwrap_err());
    assert_eq!(failure.problem, Problem::IndexDamaged);

    let library = Library::new();
    let few_more = |connection: &Connection| {
        let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
        Ok(connection.pragma_update(None, "max_page_count", pages + 2)?)
    };
    library.store.read(few_more).unwrap();
    let document = library.enqueue("/books/a.pdf");
    let generation = library.store.begin(document).unwrap();
    let failure = library.store.commit(document, generation, &reading(&"words ".repeat(100_000))).unwrap_err();
    assert_eq!(failure.problem, Problem::DiskFull);
    assert_eq!(library.document(document).state, DocumentState::Queued, "a commit is whole or not at all");
    library.store.commit(document, generation, &reading("few words")).unwrap();
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let library = Library::new();
    let folder = library.folder.path().join("library");
    for (path, mode) in [(folder.clone(), 0o700), (folder.join("catalogue.sqlite"), 0o600)] {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
}
