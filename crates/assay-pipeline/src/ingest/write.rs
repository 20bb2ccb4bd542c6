//! Rows to the index, generations to the catalogue.

use std::collections::BTreeSet;

use assay_domain::port::GenerationContent;
use assay_domain::{DocumentId, EmbeddedChunk, Failure, Fingerprint, GenerationId, Page, ReadDocument};
use futures::FutureExt;
use futures::channel::mpsc::Receiver;
use futures::stream::StreamExt;

use super::embed::{Embedded, EmbeddedFile, ToWrite};
use super::eta::Eta;
use super::finish::{finish, unread_report};
use super::inputs::Ingest;
use super::progress::Progress;
use super::queue::QueuedFile;
use super::report::{FileOutcome, FileReport};
use super::verify::verify;

/// Most rows and most files that one write to the index holds.
const CHUNKS_PER_WRITE: usize = 2_048;
const FILES_PER_WRITE: usize = 64;

/// What an ingest wrote.
pub(super) struct Written {
    /// A report for each file, in the order of the files.
    pub(super) reports: Vec<FileReport>,
    /// Generations that were replaced. Their rows are removed, but their text is on the disk until the index is
    /// optimized, so the catalogue must not forget them before.
    pub(super) dead: Vec<GenerationId>,
}

/// Writes rows and commits files. Whatever is ready is written together, because every write makes
/// a version of the index, which is too much for each small file.
pub(super) async fn write_files(
    with: &Ingest<'_>,
    mut embedded: Receiver<ToWrite>,
    mut eta: Eta,
    progress: &Progress<'_>,
) -> Result<Written, Failure> {
    let (mut reports, mut dead) = (Vec::new(), Vec::new());
    let mut unwritten: Vec<(DocumentId, Failure)> = Vec::new();
    while let Some(first) = embedded.next().await {
        let (rows, ended) = gather(first, &mut embedded);
        let documents: BTreeSet<DocumentId> = rows.iter().map(|row| row.document).collect();
        let added = if rows.is_empty() { Ok(()) } else { with.index.add(rows).await };
        if let Err(failure) = added {
            unwritten.extend(documents.into_iter().map(|document| (document, failure.clone())));
        }
        let (mut replaced, mut unchanged) = (Vec::new(), Vec::new());
        for (file, embedded) in ended {
            let failed = unwritten.iter().position(|(document, _)| *document == file.row.id);
            let failed = failed.map(|at| unwritten.swap_remove(at).1);
            let report = match (embedded, failed) {
                (Embedded::Early(outcome), _) => unread_report(&file, outcome),
                (Embedded::Complete(_), Some(failure)) => unread_report(&file, FileOutcome::of(failure)),
                (Embedded::Complete(embedded), None) => commit(with, &file, embedded, &mut replaced)
                    .await
                    .unwrap_or_else(|failure| unread_report(&file, FileOutcome::of(failure))),
            };
            if finish(with, &file, &report.outcome, progress)? {
                unchanged.push(file.row.id);
            }
            progress.report(eta.after(&file, &report.outcome, with.control.paused_time()));
            reports.push((file.place, report));
        }
        if !unchanged.is_empty() {
            with.catalogue.unwant(&unchanged)?;
        }
        if !replaced.is_empty() {
            with.index.remove(replaced.clone()).await?;
            with.score_cache.map_or(Ok(()), |cache| cache.purge(&replaced))?;
            dead.extend(replaced);
        }
    }
    reports.sort_by_key(|(place, _)| *place);
    Ok(Written { reports: reports.into_iter().map(|(_, report)| report).collect(), dead })
}

/// Rows and ended files that are ready now.
fn gather(first: ToWrite, embedded: &mut Receiver<ToWrite>) -> (Vec<EmbeddedChunk>, Vec<(QueuedFile, Embedded)>) {
    let (mut rows, mut ended) = (Vec::new(), Vec::new());
    let mut next = Some(first);
    while let Some(now) = next {
        match now {
            ToWrite::Rows(part) => rows.extend(part),
            ToWrite::End(file, embedded) => ended.push((*file, embedded)),
        }
        let more = rows.len() < CHUNKS_PER_WRITE && ended.len() < FILES_PER_WRITE;
        next = if more { embedded.next().now_or_never().flatten() } else { None };
    }
    (rows, ended)
}

/// Commits a generation once all its rows are in the index and were read back. The generation that
/// it replaces is added to `replaced`.
async fn commit(
    with: &Ingest<'_>,
    file: &QueuedFile,
    embedded: EmbeddedFile,
    replaced: &mut Vec<GenerationId>,
) -> Result<FileReport, Failure> {
    // The text counts against the budget until the commit.
    let EmbeddedFile { document, sent, permit: _permit } = embedded;
    let (generation, chunks) = (sent.generation, sent.rows as u32);
    verify(with.index, sent).await?;
    let reason = incomplete(&document);
    let content = GenerationContent {
        fingerprint: Fingerprint { hash: document.hash.clone(), bytes: file.bytes },
        chunks,
        reason: reason.clone(),
        by: with.reader.identity(),
        revision: with.reader.revision(),
        document,
    };
    replaced.extend(with.catalogue.commit(file.row.id, generation, &content)?);
    Ok(FileReport {
        source: file.source.clone(),
        outcome: FileOutcome::Committed { reason },
        pages: content.document.pages.len() as u32,
        pages_with_text: content.document.pages_with_text(),
        page_rows: content.document.page_rows(),
        chunks,
        time: file.begun.elapsed(),
    })
}

/// Names the pages that gave no text, or not all of it, because of a fault.
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
