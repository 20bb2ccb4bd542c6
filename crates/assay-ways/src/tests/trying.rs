//! Files that fail again and again, files under another name, and an ingest that is held back.

use std::sync::{Arc, Mutex};

use assay_domain::socket::Catalogue;
use assay_domain::{Cancel, Document, DocumentState};

use super::Desk;
use super::ingesting::{end, ends};
use crate::ingest::IngestEvent;

fn reads(desk: &Desk) -> Vec<String> {
    std::mem::take(&mut *desk.files.reads.lock().unwrap())
}

fn row(desk: &Desk, path: &str) -> Document {
    desk.catalogue.find("default", path).unwrap().unwrap()
}

#[test]
fn a_file_that_kills_its_reader_gets_two_tries_after_all_others() {
    let desk = Desk::with(&[("a", "!!"), ("b", "pears"), ("c", "plums")]);
    assert_eq!(ends(&desk, &["a", "b", "c"]), ["quarantined: the reader died", "committed", "committed"]);
    assert_eq!(reads(&desk), ["a", "b", "c", "a"]);
    let quarantined = row(&desk, "a");
    assert_eq!(quarantined.state, DocumentState::Quarantined);
    assert_eq!(quarantined.reason.as_deref(), Some("the reader died; save it anew"));

    assert_eq!(ends(&desk, &["a", "b"]), ["quarantined: the reader died", "unchanged"]);
    assert_eq!(reads(&desk), [""; 0], "the same bytes are not read again");

    desk.catalogue.forgive(&[quarantined.id]).unwrap();
    assert_eq!(ends(&desk, &["a"]), ["quarantined: the reader died"]);
    assert_eq!(reads(&desk), ["a", "a"], "the user wanted another try");

    desk.put("a", "apples");
    assert_eq!(ends(&desk, &["a"]), ["committed"], "other bytes begin anew");
}

#[test]
fn a_file_that_fails_is_read_again_only_for_a_reason() {
    let desk = Desk::with(&[("a", "!"), ("b", "!?")]);
    let both = ["failed: the file is damaged", "failed: the file may not be read"];
    assert_eq!(ends(&desk, &["a", "b"]), both);
    assert_eq!(reads(&desk), ["a", "b"]);
    assert_eq!(ends(&desk, &["a", "b"]), both);
    assert_eq!(reads(&desk), ["b"], "a right that is missing may be given; what a file holds stays");
    *desk.files.identity.lock().unwrap() = "a better reader".into();
    assert_eq!(ends(&desk, &["a"]), both[..1]);
    assert_eq!(reads(&desk), ["a"]);
}

#[test]
fn a_file_that_was_read_in_part_is_read_again_only_for_a_reason() {
    let desk = Desk::with(&[("a", "?apples"), ("b", "pears")]);
    let is_read_by = |reader: &str| *desk.files.identity.lock().unwrap() = reader.into();
    let partly = ["committed: page 1 could not be read in full: unreadable", "unchanged"];
    is_read_by("a reader");
    assert_eq!(ends(&desk, &["a", "b"]), [partly[0], "committed"]);
    assert_eq!(ends(&desk, &["a", "b"]), ["unchanged"; 2]);
    assert_eq!(reads(&desk), ["a", "b"], "this reader has done what it can");

    is_read_by("a better reader");
    assert_eq!(ends(&desk, &["a", "b"]), partly);
    desk.catalogue.forgive(&[row(&desk, "a").id, row(&desk, "b").id]).unwrap();
    assert_eq!(ends(&desk, &["a", "b"]), partly, "the user wanted another try");
    assert_eq!(ends(&desk, &["a", "b"]), ["unchanged"; 2]);
    assert_eq!(reads(&desk), ["a", "a"]);
    assert_eq!(desk.index.rows.lock().unwrap().len(), 2, "each reading took the place of the one before");
}

#[test]
fn a_quarantined_change_keeps_the_earlier_reading() {
    let desk = Desk::with(&[("a", "apples")]);
    ends(&desk, &["a"]);
    desk.put("a", "!!");
    assert_eq!(ends(&desk, &["a"]), ["quarantined: the reader died"]);
    assert!(row(&desk, "a").generation.is_some());
    desk.put("a", "apples");
    assert_eq!(ends(&desk, &["a"]), ["unchanged"]);
    assert_eq!(row(&desk, "a").state, DocumentState::Committed);
}

#[test]
fn a_file_under_another_name_is_not_read_again() {
    let desk = Desk::with(&[("old.txt", "apples"), ("sick.txt", "!!")]);
    ends(&desk, &["old.txt", "sick.txt"]);
    let gone = [row(&desk, "old.txt"), row(&desk, "sick.txt")];
    for (path, text) in [("new.txt", "apples"), ("copy.txt", "apples"), ("new.md", "apples"), ("ill.txt", "!!")] {
        desk.put(path, text);
    }
    reads(&desk);
    let paths = ["new.txt", "copy.txt", "new.md", "ill.txt"];
    let reports = desk.ingest_with(&paths, &gone, &Cancel::default(), &mut |_| ()).unwrap();
    let ends: Vec<String> = reports.iter().map(|report| end(&report.end)).collect();
    let wanted = ["renamed from old.txt", "committed", "committed", "quarantined: the reader died"];
    assert_eq!(ends, wanted, "one document takes one place");
    assert_eq!(reads(&desk), ["copy.txt", "new.md"]);
    let moved = row(&desk, "new.txt");
    assert_eq!((moved.id, moved.generation), (gone[0].id, gone[0].generation), "nothing was embedded again");
    assert_eq!((row(&desk, "ill.txt").id, reports[0].chunks), (gone[1].id, 1));
    assert!(desk.catalogue.find("default", "old.txt").unwrap().is_none());
}

#[test]
fn what_is_wanted_first_is_read_next() {
    let desk = Desk::with(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("e", "5")]);
    let cancel = Cancel::default();
    cancel.stop();
    desk.ingest(&["a", "b", "c", "d", "e"], &cancel).unwrap();
    desk.reins.first(&[row(&desk, "e").id, row(&desk, "c").id]);
    ends(&desk, &["a", "b", "c", "d", "e"]);
    assert_eq!(reads(&desk), ["e", "c", "a", "b", "d"]);
}

#[test]
fn a_paused_ingest_goes_on_where_it_was_and_can_be_stopped() {
    for stop in [false, true] {
        let desk = Desk::with(&[("a", "apples"), ("b", "pears"), ("c", "plums")]);
        let cancel = Cancel::default();
        let (reins, done) = (desk.reins.clone(), Arc::new(Mutex::new(0)));
        let counted = done.clone();
        let pause = desk.reins.clone();
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
                if stop && reins.is_paused() {
                    return pressed.stop();
                }
                if now == 3 {
                    return;
                }
                if reins.is_paused() && now == before {
                    reins.pause(false);
                }
                before = now;
            }
        });
        let reports = desk.ingest_with(&["a", "b", "c"], &[], &cancel, &mut on).unwrap();
        waker.join().unwrap();
        let last = end(&reports[2].end);
        assert_eq!(last, if stop { "stopped" } else { "committed" });
        assert!(!desk.reins.rested().is_zero());
    }
}
