use assay_domain::port::{Catalogue, Reader, Source};
use assay_domain::{Cancel, EmbeddedChunk, GenerationId, Problem};
use assay_text::ChunkSize;

use super::{Fixture, block_on};
use crate::consistency;
use crate::ingest::FileOutcome;
use crate::refill::{Refill, refill};

/// Faults between writer and disk, each with a part of the message it causes.
const SPOILED: [(&str, fn(&mut Vec<EmbeddedChunk>)); 4] = [
    ("1 came back", |rows| drop(rows.pop())),
    ("3 came back", |rows| rows.extend(rows.last().cloned())),
    ("the text of chunk", |rows| rows.iter_mut().for_each(|row| row.chunk.text.push('x'))),
    ("by its own vector", |rows| {
        for row in rows {
            row.vector.rotate_right(1);
        }
    }),
];

#[test]
fn a_generation_that_does_not_come_back_as_written_is_not_committed() {
    for (named, spoil) in SPOILED {
        let fixture = Fixture::with(&[("a", "apples grow on trees\u{c}pears grow there too")]);
        fixture.ingest(&["a"], &Cancel::default()).unwrap();
        let before = fixture.catalogue.documents().unwrap().remove(0);
        fixture.put("a", "plums are blue\u{c}and cherries are red");
        *fixture.index.spoil.lock().unwrap() = Some(spoil);
        let report = fixture.ingest(&["a"], &Cancel::default()).unwrap().remove(0);
        let FileOutcome::Failed(failure) = report.outcome else { panic!("{named}: ended as {:?}", report.outcome) };
        assert_eq!(failure.problem, Problem::NotReadBack);
        assert!(failure.message.contains(named), "{failure}");
        let after = fixture.catalogue.documents().unwrap().remove(0);
        assert_eq!((after.generation, after.fingerprint), (before.generation, before.fingerprint), "{named}");
        assert!(!fixture.catalogue.dead_generations().unwrap().is_empty(), "the written rows wait for the purge");

        *fixture.index.spoil.lock().unwrap() = None;
        block_on(consistency::purge(&fixture.catalogue, &fixture.index, None)).unwrap();
        fixture.ingest(&["a"], &Cancel::default()).unwrap();
        let checked = block_on(consistency::check(&fixture.catalogue, &fixture.index)).unwrap();
        assert_eq!((checked.chunks, checked.differences.len()), (2, 0), "{named}");
    }
}

#[test]
fn equal_chunks_and_chunks_without_words_pass_the_verification() {
    let same = vec!["the same words"; 20].join("\u{c}");
    let fixture = Fixture::with(&[("twins", &same), ("none", "...\u{c}---"), ("one", "word")]);
    let reports = fixture.ingest(&["twins", "none", "one"], &Cancel::default()).unwrap();
    assert!(reports.iter().all(|report| report.chunks > 0), "{reports:?}");
}

#[test]
fn an_index_is_filled_again_from_stored_pages() {
    // Plain text is cut after the title, Markdown before it.
    let sections = format!("{0}\n# Plums\n{0}", "apples grow on trees and pears do too ".repeat(4));
    for (path, text) in [("a", "apples grow on trees\u{c}pears grow there too"), ("b", &sections), ("b.md", &sections)]
    {
        let fixture = Fixture::with(&[(path, text)]);
        fixture.ingest(&[path], &Cancel::default()).unwrap();
        let document = fixture.catalogue.documents().unwrap().remove(0);
        let rows = std::mem::take(&mut *fixture.index.rows.lock().unwrap());
        assert_eq!(rows[0].chunk.text.contains("Plums"), path == "b");
        let pages = block_on(fixture.files.read(&Source::at(path, path))).unwrap().pages;
        let chunking = ChunkSize { tokens: 40, overlap: 4 };
        let (embedder, index, control) = (&fixture.embedder, &fixture.index, &fixture.control);
        let with = Refill { embedder, index, chunking, context: false, control };
        let cancel = Cancel::default();
        let count = block_on(refill(&with, &document, pages.clone(), GenerationId(1), &cancel)).unwrap();
        assert_eq!(count as usize, rows.len());
        assert_eq!(*fixture.index.rows.lock().unwrap(), rows, "the same chunks with the same ids");

        cancel.stop();
        let failure = block_on(refill(&with, &document, pages, GenerationId(2), &cancel)).unwrap_err();
        assert_eq!(failure.problem, Problem::Stopped);
    }
}
