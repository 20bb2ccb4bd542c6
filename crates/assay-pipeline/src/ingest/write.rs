//! Rows to the index, readings to the catalogue.

use std::collections::BTreeSet;

use assay_domain::port::Reading;
use assay_domain::{DocumentId, EmbeddedChunk, Failure, Fingerprint, GenerationId, Page, ReadDocument};
use futures::FutureExt;
use futures::channel::mpsc::Receiver;
use futures::stream::StreamExt;

use super::embed::{Ended, Made, Read};
use super::pace::Pace;
use super::queue::Queued;
use super::settle::{Told, settle};
use super::verify::verify;
use super::{FileEnd, FileReport, Ingest};

/// What is written to the index at once.
const CHUNKS_PER_ADD: usize = 2_048;
const FILES_PER_ADD: usize = 64;

/// Rows to the index, whole files to the catalogue. What is ready is written together: a library of
/// many small files would otherwise cost the index a version for each.
pub(super) async fn write_files(
    with: &Ingest<'_>,
    mut made: Receiver<Made>,
    mut pace: Pace,
    told: &Told<'_>,
) -> Result<Vec<FileReport>, Failure> {
    let mut reports = Vec::new();
    let mut rows_failed: Vec<(DocumentId, Failure)> = Vec::new();
    while let Some(first) = made.next().await {
        let (rows, whole) = gather(first, &mut made);
        let documents: BTreeSet<DocumentId> = rows.iter().map(|row| row.document).collect();
        let added = if rows.is_empty() { Ok(()) } else { with.index.add(rows).await };
        if let Err(failure) = added {
            rows_failed.extend(documents.into_iter().map(|document| (document, failure.clone())));
        }
        let mut previous = Vec::new();
        for (file, end) in whole {
            let failed = rows_failed.iter().position(|(document, _)| *document == file.row.id);
            let failed = failed.map(|at| rows_failed.swap_remove(at).1);
            let report = match (end, failed) {
                (Ended::Early(end), _) => FileReport::without_pages(&file, end),
                (Ended::Whole(_), Some(failure)) => FileReport::without_pages(&file, FileEnd::of(failure)),
                (Ended::Whole(read), None) => write(with, &file, read, &mut previous)
                    .await
                    .unwrap_or_else(|failure| FileReport::without_pages(&file, FileEnd::of(failure))),
            };
            settle(with, &file, &report.end, told)?;
            told.tell(pace.after(&file, &report, with.control.rested()));
            reports.push((file.place, report));
        }
        if !previous.is_empty() {
            with.index.remove(previous.clone()).await?;
            with.pairs.map_or(Ok(()), |pairs| pairs.purge(&previous))?;
            with.catalogue.forget(&previous)?;
        }
    }
    reports.sort_by_key(|(place, _)| *place);
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

/// Rows and files that are ready now.
fn gather(first: Made, made: &mut Receiver<Made>) -> (Vec<EmbeddedChunk>, Vec<(Queued, Ended)>) {
    let (mut rows, mut whole) = (Vec::new(), Vec::new());
    let mut next = Some(first);
    while let Some(made_now) = next {
        match made_now {
            Made::Rows(some) => rows.extend(some),
            Made::File(file, end) => whole.push((*file, end)),
        }
        let room = rows.len() < CHUNKS_PER_ADD && whole.len() < FILES_PER_ADD;
        next = if room { made.next().now_or_never().flatten() } else { None };
    }
    (rows, whole)
}

/// Commit: the new reading answers only once all of it is in the index and was read back. The
/// reading that it takes the place of is added to `previous`.
async fn write(
    with: &Ingest<'_>,
    file: &Queued,
    read: Read,
    previous: &mut Vec<GenerationId>,
) -> Result<FileReport, Failure> {
    // Until the commit, the text takes room.
    let Read { document, sent, held: _held } = read;
    let (generation, chunks) = (sent.generation, sent.rows as u32);
    verify(with.index, sent).await?;
    let reason = incomplete(&document);
    let reading = Reading {
        fingerprint: Fingerprint { hash: document.hash.clone(), bytes: file.bytes },
        chunks,
        reason: reason.clone(),
        by: with.reader.identity(),
        document,
    };
    previous.extend(with.catalogue.commit(file.row.id, generation, &reading)?);
    Ok(FileReport {
        source: file.source.clone(),
        end: FileEnd::Committed { reason },
        pages: reading.document.pages.len() as u32,
        pages_with_text: reading.document.pages_with_text(),
        page_rows: reading.document.page_rows(),
        chunks,
        time: file.begun.elapsed(),
    })
}

/// Names the pages that gave nothing, or not all of their text, although they should have.
fn incomplete(document: &ReadDocument) -> Option<String> {
    let failed: Vec<&Page> = document.pages.iter().filter(|page| page.outcome.fault().is_some()).collect();
    let reason = &failed.iter().find_map(|page| page.outcome.fault())?.reason;
    let numbers: Vec<String> = failed.iter().filter_map(|page| page.number).map(|number| number.to_string()).collect();
    let pages = match numbers.as_slice() {
        [] => "it".to_owned(),
        [one] => format!("page {one}"),
        some => format!("pages {}", some.join(", ")),
    };
    let wholly = if failed.iter().any(|page| page.text.is_empty()) { "" } else { " in full" };
    Some(format!("{pages} could not be read{wholly}: {reason}"))
}
