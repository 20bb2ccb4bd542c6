//! file -> pages of text -> chunks -> vectors -> index

mod queue;
mod report;

use std::time::Instant;

use assay_domain::socket::{Catalogue, Embedder, IndexWriter, PairStore, Reader, Reading, Source, TextKind};
use assay_domain::{Cancel, Chunk, DocumentState, EmbeddedChunk, Failure, Fingerprint, Problem, ReadDocument};
use assay_text::ChunkSize;
use futures::stream::{self, StreamExt};

use queue::{Pace, Queued, enqueue};
pub use report::{FileEnd, FileReport, IngestEvent};

/// Files read ahead while one is being embedded. Reading waits on a child process, so two keep
/// the encoder fed without the pages of a whole library in memory.
const READ_AHEAD: usize = 2;

/// Chunks embedded between two looks at the stop button.
const CHUNKS_PER_STEP: usize = 64;

/// What the ingest way needs.
pub struct Ingest<'a> {
    /// Files to pages.
    pub reader: &'a dyn Reader,
    /// Chunks to vectors.
    pub embedder: &'a dyn Embedder,
    /// Where rows go.
    pub index: &'a dyn IndexWriter,
    /// Where the truth is kept.
    pub catalogue: &'a dyn Catalogue,
    /// Where token ids and scores are kept, so that those of an earlier reading can go.
    pub pairs: Option<&'a dyn PairStore>,
    /// Size of a chunk in the embedder's tokens.
    pub chunking: ChunkSize,
    /// The collection that the files join.
    pub collection: &'a str,
}

/// Takes files in, one row in the report for each. A file that fails does not stop the others;
/// only what concerns the whole library (a full disk, a damaged index) ends the way early, and
/// then everything committed so far stays.
pub async fn ingest(
    with: &Ingest<'_>,
    sources: Vec<Source>,
    cancel: &Cancel,
    on: &mut (dyn FnMut(IngestEvent) + Send),
) -> Result<Vec<FileReport>, Failure> {
    let queue = enqueue(with, sources).await?;
    let mut pace = Pace::new(&queue);
    on(IngestEvent::Started { files: queue.len() });

    let mut reports = Vec::new();
    let mut readings = stream::iter(queue).map(|file| read(with, file, cancel)).buffered(READ_AHEAD);
    while let Some((file, reading)) = readings.next().await {
        if matches!(reading, Ok(Some(_))) {
            tell(with, &file, DocumentState::Embedding, None, on)?;
        }
        let end = match reading {
            Ok(Some(document)) => write(with, &file, document, cancel).await,
            Ok(None) => Ok(FileReport::unchanged(&file)),
            Err(failure) => Err(failure),
        };
        let report = settle_file(with, &file, end, on)?;
        on(pace.after(&file, &report));
        reports.push(report);
    }
    drop(readings);

    with.index.settle().await?;
    Ok(reports)
}

/// Pages of a file, or `None` if it is the same as when it was last read.
async fn read(with: &Ingest<'_>, mut file: Queued, cancel: &Cancel) -> (Queued, Result<Option<ReadDocument>, Failure>) {
    file.begun = Instant::now();
    if let Err(stopped) = cancel.check() {
        return (file, Err(stopped));
    }
    let fingerprint = match &file.fingerprint {
        Ok(fingerprint) => fingerprint,
        Err(failure) => {
            let failure = failure.clone();
            return (file, Err(failure));
        }
    };
    if file.known.as_ref().is_some_and(|known| known.hash == fingerprint.hash) {
        return (file, Ok(None));
    }
    if let Err(failure) = with.catalogue.set_state(file.document, DocumentState::Reading, None) {
        return (file, Err(failure));
    }
    let document = with.reader.read(&file.source).await.map(Some);
    (file, document)
}

/// Chunks, vectors, rows, commit: the new reading answers only once all of it is in the index.
async fn write(
    with: &Ingest<'_>,
    file: &Queued,
    document: ReadDocument,
    cancel: &Cancel,
) -> Result<FileReport, Failure> {
    let sizer = |text: &str| with.embedder.count_tokens(text);
    let chunks = assay_text::chunk(&document, &sizer, with.chunking).map_err(Failure::from)?;
    let vectors = embed(with, &chunks, cancel).await?;

    let generation = with.catalogue.begin(file.document)?;
    let rows = chunks.into_iter().zip(vectors).map(|(chunk, vector)| EmbeddedChunk {
        document: file.document,
        generation,
        collection: with.collection.to_owned(),
        chunk,
        vector,
    });
    let rows: Vec<_> = rows.collect();
    let written = rows.len() as u32;
    with.index.add(rows).await?;

    let bytes = file.fingerprint.as_ref().map_or(0, |fingerprint| fingerprint.bytes);
    let reason = incomplete(&document);
    let reading = Reading {
        fingerprint: Fingerprint { hash: document.hash.clone(), bytes },
        chunks: written,
        reason: reason.clone(),
        document,
    };
    let previous = with.catalogue.commit(file.document, generation, &reading)?;
    if let Some(previous) = previous {
        with.index.remove(vec![previous]).await?;
        with.pairs.map_or(Ok(()), |pairs| pairs.purge(&[previous]))?;
        with.catalogue.forget(&[previous])?;
    }
    Ok(FileReport {
        source: file.source.clone(),
        end: FileEnd::Committed { reason },
        pages: reading.document.pages.len() as u32,
        pages_with_text: reading.document.pages_with_text(),
        page_rows: reading.document.page_rows(),
        chunks: written,
        time: file.begun.elapsed(),
    })
}

async fn embed(with: &Ingest<'_>, chunks: &[Chunk], cancel: &Cancel) -> Result<Vec<Vec<f32>>, Failure> {
    let mut vectors = Vec::with_capacity(chunks.len());
    for step in chunks.chunks(CHUNKS_PER_STEP) {
        cancel.check()?;
        let texts = step.iter().map(|chunk| chunk.text.clone()).collect();
        vectors.extend(with.embedder.embed(TextKind::Passage, texts).await?);
    }
    if vectors.len() != chunks.len() {
        return Err(Failure::bug(format!("{} vectors came back for {} chunks", vectors.len(), chunks.len())));
    }
    Ok(vectors)
}

/// Names the pages that gave nothing although they should have.
fn incomplete(document: &ReadDocument) -> Option<String> {
    let failed = document.pages.iter().filter(|page| page.outcome.reason().is_some());
    let numbers: Vec<String> = failed.filter_map(|page| page.number).map(|number| number.to_string()).collect();
    let (first, rest) = numbers.split_first()?;
    let reason = document.pages.iter().find_map(|page| page.outcome.reason());
    let pages = if rest.is_empty() { format!("page {first}") } else { format!("pages {}", numbers.join(", ")) };
    Some(format!("{pages} could not be read: {}", reason.unwrap_or("no reason given")))
}

/// Writes a file's end into the catalogue. Failures of the whole library are passed on.
fn settle_file(
    with: &Ingest<'_>,
    file: &Queued,
    end: Result<FileReport, Failure>,
    on: &mut (dyn FnMut(IngestEvent) + Send),
) -> Result<FileReport, Failure> {
    let failure = match end {
        Ok(report) => {
            match &report.end {
                FileEnd::Committed { reason } => announce(file, DocumentState::Committed, reason.as_deref(), on),
                // A committed row is left alone; one that failed in between is what it was again.
                _ => match file.known.as_ref().filter(|known| known.is_committed) {
                    Some(known) => announce(file, DocumentState::Committed, known.reason.as_deref(), on),
                    None => tell(with, file, DocumentState::Committed, None, on)?,
                },
            }
            return Ok(report);
        }
        Err(failure) => failure,
    };
    if failure.problem == Problem::Stopped {
        tell(with, file, DocumentState::Queued, None, on)?;
        return Ok(FileReport::nothing(file, FileEnd::Stopped));
    }
    tell(with, file, DocumentState::Failed, Some(&failure.to_string()), on)?;
    if concerns_everything(failure.problem) {
        return Err(failure);
    }
    Ok(FileReport::nothing(file, FileEnd::Failed(failure)))
}

fn concerns_everything(problem: Problem) -> bool {
    matches!(problem, Problem::DiskFull | Problem::LibraryInUse | Problem::IndexDamaged | Problem::IndexOfAnotherModel)
        || matches!(problem, Problem::ModelMissing | Problem::ModelWrong)
}

fn tell(
    with: &Ingest<'_>,
    file: &Queued,
    state: DocumentState,
    reason: Option<&str>,
    on: &mut (dyn FnMut(IngestEvent) + Send),
) -> Result<(), Failure> {
    with.catalogue.set_state(file.document, state, reason)?;
    announce(file, state, reason, on);
    Ok(())
}

fn announce(file: &Queued, state: DocumentState, reason: Option<&str>, on: &mut (dyn FnMut(IngestEvent) + Send)) {
    on(IngestEvent::File {
        document: file.document,
        name: file.source.name.clone(),
        state,
        reason: reason.map(str::to_owned),
    });
}
