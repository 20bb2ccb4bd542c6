//! Files that fail repeatedly, renamed files, prioritised files and pauses.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use assay_domain::port::Catalogue;
use assay_domain::{Cancel, Document, DocumentState};

use super::Fixture;
use super::ingesting::{outcome, outcomes};
use crate::ingest::IngestEvent;

fn reads(fixture: &Fixture) -> Vec<String> {
    std::mem::take(&mut *fixture.files.reads.lock().unwrap())
}

fn row(fixture: &Fixture, path: &str) -> Document {
    fixture.catalogue.find("default", path).unwrap().unwrap()
}

#[test]
fn a_file_that_crashes_its_reader_is_quarantined_after_a_second_try_at_the_end() {
    let fixture = Fixture::with(&[("a", "!!"), ("b", "pears"), ("c", "plums")]);
    assert_eq!(outcomes(&fixture, &["a", "b", "c"]), ["quarantined: the reader died", "committed", "committed"]);
    assert_eq!(reads(&fixture), ["a", "b", "c", "a"]);
    let quarantined = row(&fixture, "a");
    assert_eq!(quarantined.state, DocumentState::Quarantined);
    assert_eq!(quarantined.reason.as_deref(), Some("the reader died; save it anew"));

    assert_eq!(outcomes(&fixture, &["a", "b"]), ["quarantined: the reader died", "unchanged"]);
    assert_eq!(reads(&fixture), [""; 0], "the same bytes are not read again");

    fixture.catalogue.allow_retry(&[quarantined.id]).unwrap();
    assert_eq!(outcomes(&fixture, &["a"]), ["quarantined: the reader died"]);
    assert_eq!(reads(&fixture), ["a", "a"], "the user asked for another try");

    fixture.put("a", "apples");
    assert_eq!(outcomes(&fixture, &["a"]), ["committed"], "other bytes are tried anew");
}

#[test]
fn a_file_that_fails_is_read_again_only_for_a_reason() {
    let fixture = Fixture::with(&[("a", "!"), ("b", "!?")]);
    let both = ["failed: the file is damaged", "failed: the file may not be read"];
    assert_eq!(outcomes(&fixture, &["a", "b"]), both);
    assert_eq!(reads(&fixture), ["a", "b"]);
    assert_eq!(outcomes(&fixture, &["a", "b"]), both);
    assert_eq!(reads(&fixture), ["b"], "a missing permission can be granted; a damaged file stays damaged");
    *fixture.files.identity.lock().unwrap() = "a better reader".into();
    assert_eq!(outcomes(&fixture, &["a"]), both[..1]);
    assert_eq!(reads(&fixture), ["a"]);
}

#[test]
fn a_file_that_was_read_in_part_is_read_again_only_for_a_reason() {
    let fixture = Fixture::with(&[("a", "?apples"), ("b", "pears")]);
    let is_read_by = |reader: &str| *fixture.files.identity.lock().unwrap() = reader.into();
    let partly = ["committed: page 1 could not be read in full: unreadable", "unchanged"];
    is_read_by("a reader");
    assert_eq!(outcomes(&fixture, &["a", "b"]), [partly[0], "committed"]);
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["unchanged"; 2]);
    assert_eq!(reads(&fixture), ["a", "b"], "this reader gets no more out of it");

    is_read_by("a better reader");
    assert_eq!(outcomes(&fixture, &["a", "b"]), partly);
    fixture.catalogue.allow_retry(&[row(&fixture, "a").id, row(&fixture, "b").id]).unwrap();
    assert_eq!(outcomes(&fixture, &["a", "b"]), partly, "the user wanted another try");
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["unchanged"; 2]);
    assert_eq!(reads(&fixture), ["a", "a"]);
    assert_eq!(fixture.index.rows.lock().unwrap().len(), 2, "each generation replaced the one before");
}

#[test]
fn a_newer_revision_of_the_reader_reads_every_file_again_once() {
    let fixture = Fixture::with(&[("a", "apples"), ("b", "pears")]);
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["committed"; 2]);
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["unchanged"; 2]);
    fixture.files.revision.store(1, Ordering::Relaxed);
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["committed"; 2]);
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["unchanged"; 2]);
    assert_eq!(reads(&fixture), ["a", "b", "a", "b"]);
    assert_eq!(fixture.index.rows.lock().unwrap().len(), 2, "each generation replaced the one before");
}

#[test]
fn a_quarantined_change_keeps_the_earlier_generation() {
    let fixture = Fixture::with(&[("a", "apples")]);
    outcomes(&fixture, &["a"]);
    fixture.put("a", "!!");
    assert_eq!(outcomes(&fixture, &["a"]), ["quarantined: the reader died"]);
    assert!(row(&fixture, "a").generation.is_some());
    fixture.put("a", "apples");
    assert_eq!(outcomes(&fixture, &["a"]), ["unchanged"]);
    assert_eq!(row(&fixture, "a").state, DocumentState::Committed);
}

#[test]
fn a_file_under_another_name_keeps_its_document_and_is_not_read() {
    let fixture = Fixture::with(&[("old.txt", "apples"), ("sick.txt", "!!")]);
    outcomes(&fixture, &["old.txt", "sick.txt"]);
    let gone = [row(&fixture, "old.txt"), row(&fixture, "sick.txt")];
    for (path, text) in [("new.txt", "apples"), ("copy.txt", "apples"), ("new.md", "apples"), ("ill.txt", "!!")] {
        fixture.put(path, text);
    }
    reads(&fixture);
    let paths = ["new.txt", "copy.txt", "new.md", "ill.txt"];
    let reports = fixture.ingest_with(&paths, &gone, &Cancel::default(), &mut |_| ()).unwrap();
    let outcomes: Vec<String> = reports.iter().map(|report| outcome(&report.outcome)).collect();
    let wanted = ["renamed from old.txt", "committed", "committed", "quarantined: the reader died"];
    assert_eq!(outcomes, wanted, "one document takes one place");
    assert_eq!(reads(&fixture), ["copy.txt", "new.md"]);
    let moved = row(&fixture, "new.txt");
    assert_eq!((moved.id, moved.generation), (gone[0].id, gone[0].generation), "nothing was embedded again");
    assert_eq!((row(&fixture, "ill.txt").id, reports[0].chunks), (gone[1].id, 1));
    assert!(fixture.catalogue.find("default", "old.txt").unwrap().is_none());
}

#[test]
fn prioritised_documents_are_read_first() {
    let fixture = Fixture::with(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")]);
    let cancel = Cancel::default();
    cancel.stop();
    fixture.ingest(&["a", "b", "c", "d", "e"], &cancel).unwrap();
    fixture.control.prioritise(&[row(&fixture, "e").id, row(&fixture, "c").id]);
    outcomes(&fixture, &["a", "b", "c", "d", "e"]);
    assert_eq!(reads(&fixture), ["e", "c", "a", "b", "d"]);
}

#[test]
fn a_paused_ingest_resumes_where_it_was_and_can_be_stopped() {
    for stop in [false, true] {
        let fixture = Fixture::with(&[("a", "apples"), ("b", "pears"), ("c", "plums")]);
        let cancel = Cancel::default();
        let (control, done) = (fixture.control.clone(), Arc::new(Mutex::new(0)));
        let counted = done.clone();
        let pause = fixture.control.clone();
        let mut on = move |event| {
            if let IngestEvent::Progress { .. } = event {
                *counted.lock().unwrap() += 1;
                pause.pause(true);
            }
        };
        let pressed = cancel.clone();
        let waker = std::thread::spawn(move || {
            let mut before = 0;
            loop {
                std::thread::sleep(std::time::Duration::from_millis(30));
                let now = *done.lock().unwrap();
                if stop && control.is_paused() {
                    return pressed.stop();
                }
                if now == 3 {
                    return;
                }
                if control.is_paused() && now == before {
                    control.pause(false);
                }
                before = now;
            }
        });
        let reports = fixture.ingest_with(&["a", "b", "c"], &[], &cancel, &mut on).unwrap();
        waker.join().unwrap();
        let last = outcome(&reports[2].outcome);
        assert_eq!(last, if stop { "stopped" } else { "committed" });
        assert!(!fixture.control.paused_time().is_zero());
    }
}
