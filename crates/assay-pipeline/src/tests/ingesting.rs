use std::future::pending;
use std::sync::atomic::Ordering;

use assay_domain::port::{Catalogue, IndexReader, Reader, Source};
use assay_domain::{Cancel, DocumentState, Failure, Fingerprint, Problem, ReadDocument};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::{Fixture, block_on};
use crate::consistency;
use crate::ingest::{FileOutcome, Ingest, IngestEvent, enqueue, ingest};

pub fn outcomes(fixture: &Fixture, paths: &[&str]) -> Vec<String> {
    fixture.ingest(paths, &Cancel::default()).unwrap().iter().map(|report| outcome(&report.outcome)).collect()
}

pub fn outcome(outcome: &FileOutcome) -> String {
    match outcome {
        FileOutcome::Committed { reason: None } => "committed".into(),
        FileOutcome::Committed { reason: Some(reason) } => format!("committed: {reason}"),
        FileOutcome::Unchanged => "unchanged".into(),
        FileOutcome::Renamed { from } => format!("renamed from {from}"),
        FileOutcome::Failed(failure) => format!("failed: {}", failure.message),
        FileOutcome::Quarantined(failure) => format!("quarantined: {}", failure.message),
        FileOutcome::Stopped => "stopped".into(),
    }
}

#[test]
fn every_file_gets_a_report_and_a_failed_one_stops_no_other() {
    let fixture = Fixture::with(&[
        ("a", "apples grow on trees"),
        ("b", "!"),
        ("c", "pears\u{c}?\u{c}plums"),
        ("e", "figs\u{c}?dates"),
    ]);
    let found = outcomes(&fixture, &["a", "b", "c", "d", "e"]);
    assert_eq!(
        found,
        [
            "committed",
            "failed: the file is damaged",
            "committed: page 2 could not be read: unreadable",
            "failed: d is gone",
            "committed: page 2 could not be read in full: unreadable"
        ]
    );
    let rows = fixture.catalogue.documents().unwrap();
    let states: Vec<_> = rows.iter().map(|row| (row.state, row.pages_with_text)).collect();
    use DocumentState::{Committed, Failed};
    assert_eq!(states, [(Committed, 1), (Failed, 0), (Committed, 2), (Failed, 0), (Committed, 2)]);
}

#[test]
fn unchanged_files_are_skipped_and_changed_ones_replaced() {
    let fixture = Fixture::with(&[("a", "apples"), ("b", "pears")]);
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["committed", "committed"]);
    fixture.put("b", "plums");
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["unchanged", "committed"]);
    let texts: Vec<String> = fixture.index.rows.lock().unwrap().iter().map(|row| row.chunk.text.clone()).collect();
    assert_eq!(texts, ["apples", "plums"]);
    assert!(fixture.catalogue.dead_generations().unwrap().is_empty());
}

#[test]
fn a_changed_file_that_cannot_be_read_keeps_its_earlier_generation() {
    let fixture = Fixture::with(&[("a", "apples")]);
    fixture.ingest(&["a"], &Cancel::default()).unwrap();
    fixture.put("a", "!");
    assert_eq!(outcomes(&fixture, &["a"]), ["failed: the file is damaged"]);
    let row = fixture.catalogue.find("default", "a").unwrap().unwrap();
    assert!(row.generation.is_some(), "the committed generation stays searchable");
}

#[test]
fn a_full_disk_ends_the_ingest_and_harms_nothing() {
    let fixture = Fixture::with(&[("a", "apples"), ("b", "pears")]);
    fixture.ingest(&["a"], &Cancel::default()).unwrap();
    *fixture.index.full.lock().unwrap() = true;
    let failure = fixture.ingest(&["b"], &Cancel::default()).unwrap_err();
    assert_eq!(failure.problem, Problem::DiskFull);
    assert_eq!(fixture.catalogue.waiting().len(), 1, "the file is not to blame, so it waits");
    *fixture.index.full.lock().unwrap() = false;
    assert_eq!(outcomes(&fixture, &["a", "b"]), ["unchanged", "committed"]);
}

#[test]
fn a_file_waits_in_the_queue_from_before_the_work_until_its_end() {
    let fixture = Fixture::with(&[("a", "apples"), ("b", "!"), ("c", "pears"), ("d", "!!")]);
    let mut seen = Vec::new();
    let mut on = |event| match event {
        IngestEvent::Started { .. } => seen.push(("started".to_owned(), fixture.catalogue.waiting().len())),
        IngestEvent::File { name, state, .. } if state != DocumentState::Reading => {
            seen.push((format!("{name} {}", state.as_str()), fixture.catalogue.waiting().len()));
        }
        _ => (),
    };
    fixture.ingest_with(&["a", "b", "c", "d"], &[], &Cancel::default(), &mut on).unwrap();
    assert_eq!(seen[0], ("started".to_owned(), 4));
    assert!(seen.contains(&("a embedding".to_owned(), 4)), "{seen:?}");
    assert_eq!(fixture.catalogue.waiting(), [], "{seen:?}");
    assert_eq!(outcomes(&fixture, &["a", "b", "c", "d"])[0], "unchanged");
    assert_eq!(fixture.catalogue.waiting(), [], "files that are looked at and left as they are do not stay");
}

#[test]
fn the_catalogue_knows_replaced_rows_until_their_text_is_off_the_disk() {
    let fixture = Fixture::with(&[("a", "apples")]);
    fixture.ingest(&["a"], &Cancel::default()).unwrap();
    fixture.put("a", "pears");
    let mut fill_the_disk = |event| {
        if let IngestEvent::File { state: DocumentState::Committed, .. } = event {
            *fixture.index.full.lock().unwrap() = true;
        }
    };
    fixture.ingest_with(&["a"], &[], &Cancel::default(), &mut fill_the_disk).unwrap_err();
    assert_eq!(fixture.catalogue.dead_generations().unwrap().len(), 1);
    *fixture.index.full.lock().unwrap() = false;
    block_on(consistency::purge(&fixture.catalogue, &fixture.index, None)).unwrap();
    assert_eq!(fixture.catalogue.dead_generations().unwrap(), []);
}

#[test]
fn stopped_files_stay_in_the_queue() {
    let fixture = Fixture::with(&[("a", "apples"), ("b", "pears")]);
    let cancel = Cancel::default();
    cancel.stop();
    let reports = fixture.ingest(&["a", "b"], &cancel).unwrap();
    assert!(reports.iter().all(|report| report.outcome == FileOutcome::Stopped));
    assert_eq!(fixture.catalogue.waiting().len(), 2);
    let checked = block_on(consistency::check(&fixture.catalogue, &fixture.index)).unwrap();
    assert_eq!(checked.differences.len(), 2, "both are reported as unfinished");
}

/// A reader on a drive that does not answer.
struct Stuck;

impl Reader for Stuck {
    fn fingerprint(&self, _: &Source) -> BoxFuture<'_, Result<Fingerprint, Failure>> {
        pending().boxed()
    }

    fn read(&self, _: &Source) -> BoxFuture<'_, Result<ReadDocument, Failure>> {
        pending().boxed()
    }

    fn identity(&self) -> String {
        "stuck".into()
    }

    fn revision(&self) -> u32 {
        1
    }
}

#[test]
fn a_stop_does_not_wait_until_a_file_is_hashed() {
    let (fixture, cancel) = (Fixture::default(), Cancel::default());
    let with = Ingest { reader: &Stuck, ..fixture.with_library(&[]) };
    let files = enqueue(&with, vec![Source::at("long", "long")]).unwrap();
    let mut on = |_| ();
    let mut ingesting = Box::pin(ingest(&with, files, &cancel, &mut on));
    assert!((&mut ingesting).now_or_never().is_none());
    cancel.stop();
    // Its loops wake each other, so one poll is not enough.
    let reports = (0..100).find_map(|_| (&mut ingesting).now_or_never()).expect("it ends at once").unwrap();
    assert_eq!(reports[0].outcome, FileOutcome::Stopped);
    assert_eq!(fixture.catalogue.waiting().len(), 1);
}

#[test]
fn a_stop_does_not_wait_until_a_long_file_is_cut() {
    let text = "apples grow on trees and pears do too. ".repeat(20_000);
    let fixture = Fixture::with(&[("long", &text)]);
    let cancel = Cancel::default();
    let mut stop = |event| {
        if let IngestEvent::File { state: DocumentState::Embedding, .. } = event {
            cancel.stop();
        }
    };
    let reports = fixture.ingest_with(&["long"], &[], &cancel, &mut stop).unwrap();
    assert_eq!(reports[0].outcome, FileOutcome::Stopped);
    let sized = fixture.embedder.sized.load(Ordering::Relaxed);
    assert!(sized < text.len(), "{sized} bytes were sized of {}", text.len());
    assert_eq!(outcomes(&fixture, &["long"]), ["committed"]);
}

#[test]
fn removed_documents_leave_catalogue_and_index() {
    let fixture = Fixture::with(&[("a", "apples"), ("b", "pears")]);
    fixture.ingest(&["a", "b"], &Cancel::default()).unwrap();
    let first = fixture.catalogue.documents().unwrap()[0].id;
    block_on(consistency::remove(&fixture.catalogue, &fixture.index, Some(&fixture.score_cache), &[first])).unwrap();
    let checked = block_on(consistency::check(&fixture.catalogue, &fixture.index)).unwrap();
    assert_eq!((checked.documents, checked.chunks, checked.differences.len()), (1, 1, 0));
    assert_eq!(block_on(fixture.index.generations()).unwrap().len(), 1);
}

#[test]
fn the_check_reports_missing_and_orphaned_rows() {
    let fixture = Fixture::with(&[("a", "apples"), ("b", "pears")]);
    fixture.ingest(&["a", "b"], &Cancel::default()).unwrap();
    let mut orphan = fixture.index.rows.lock().unwrap().remove(0);
    orphan.generation = assay_domain::GenerationId(77);
    fixture.index.rows.lock().unwrap().push(orphan);
    let checked = block_on(consistency::check(&fixture.catalogue, &fixture.index)).unwrap();
    assert!(matches!(
        checked.differences.as_slice(),
        [consistency::Difference::Rows { wanted: 1, found: 0, .. }, consistency::Difference::Orphans { found: 1, .. }]
    ));
}
