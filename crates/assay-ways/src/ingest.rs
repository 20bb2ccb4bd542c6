//! file -> pages of text -> chunks -> vectors -> index

mod queue;
mod pace;
mod decide;
mod settle;
mod report;
pub(crate) mod verify;

use std::collections::BTreeSet;

use assay_domain::socket::{Catalogue, Embedder, IndexWriter, PairStore, Reader, Reading, Source, TextKind};
use assay_domain::{
    Cancel, Chunk, Document, DocumentId, DocumentState, EmbeddedChunk, Failure, Fingerprint, GenerationId,
    ReadDocument, Reins,
};
use assay_text::ChunkSize;
use futures::FutureExt;
use futures::channel::mpsc::{Receiver, Sender, channel};
use futures::future::BoxFuture;
use futures::sink::SinkExt;
use futures::stream::{FuturesUnordered, StreamExt};

use decide::{Decided, Renames};
use pace::Pace;
use queue::{Queue, Queued};
pub use report::{FileEnd, FileReport, IngestEvent};
use settle::{Told, settle};
use verify::{Sent, verify};

/// Files read at once. Reading waits on a child process, so two keep the encoder fed without the
/// pages of a whole library in memory.
const READ_AHEAD: usize = 2;

/// Chunks embedded between two looks at the stop and pause buttons.
const CHUNKS_PER_STEP: usize = 64;

/// Chunks handed on together: a long file is written while the rest of it is embedded.
const CHUNKS_PER_PART: usize = 512;

/// Parts and files that wait for the index at most, and what is written to it at once.
const PARTS_WAITING: usize = 16;
const CHUNKS_PER_ADD: usize = 2_048;
const FILES_PER_ADD: usize = 64;

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
    /// Documents whose files are gone: a new file with the same bytes is one of them under another
    /// name.
    pub gone: &'a [Document],
    /// The pause button, and what is wanted first.
    pub reins: &'a Reins,
}

/// What is on its way to the index.
enum Made {
    /// Rows of the file that is being embedded.
    Rows(Vec<EmbeddedChunk>),
    /// A file of which nothing more will come.
    File(Box<Queued>, Ended),
}

/// How a file left the embedder.
enum Ended {
    /// All its rows were handed on.
    Whole(Read),
    /// It gave no rows, or not all.
    Early(FileEnd),
}

/// A reading of which all rows were handed on.
struct Read {
    document: ReadDocument,
    sent: Sent,
}

/// Takes files in, one row in the report for each, in the order of the sources. A file that fails
/// does not stop the others; only what concerns the whole library (a full disk, a damaged index)
/// ends the way early, and then everything committed so far stays.
///
/// Reading, embedding and writing overlap, and few files are between any two of them, however
/// large the library is.
pub async fn ingest(
    with: &Ingest<'_>,
    sources: Vec<Source>,
    cancel: &Cancel,
    on: &mut (dyn FnMut(IngestEvent) + Send),
) -> Result<Vec<FileReport>, Failure> {
    let (queue, pace) = queue::fill(with, sources)?;
    let told = Told::new(on);
    told.tell(IngestEvent::Started { files: pace.files() });

    let (to_embed, read) = channel(0);
    let (to_write, made) = channel(PARTS_WAITING);
    let (_, _, reports) = futures::try_join!(
        read_files(with, &queue, cancel, &told, to_embed),
        embed_files(with, read, cancel, &told, to_write),
        write_files(with, made, pace, &told),
    )?;
    with.index.settle().await?;
    Ok(reports)
}

/// Queue to pages. A file that brings its reader down comes back at the end of the queue.
async fn read_files(
    with: &Ingest<'_>,
    queue: &Queue,
    cancel: &Cancel,
    told: &Told<'_>,
    mut out: Sender<(Queued, Decided)>,
) -> Result<(), Failure> {
    let renames = Renames::of(with);
    let mut reading: FuturesUnordered<BoxFuture<'_, (Queued, Decided)>> = FuturesUnordered::new();
    loop {
        // A pause with nothing left to read must not keep the ingest from its end.
        while reading.len() < READ_AHEAD && !queue.is_empty() {
            // A stopped file is handed on as such.
            let _ = with.reins.wait(cancel).await;
            let Some(file) = queue.next(with.reins) else { break };
            reading.push(decide::decide(with, &renames, file, cancel, told).boxed());
        }
        match reading.next().await {
            None => return Ok(()),
            Some((file, Decided::Again)) => queue.put_back(file),
            // Whoever listens has failed, and its failure is what counts.
            Some(decided) => drop(out.send(decided).await),
        }
    }
}

/// Pages to rows.
async fn embed_files(
    with: &Ingest<'_>,
    mut read: Receiver<(Queued, Decided)>,
    cancel: &Cancel,
    told: &Told<'_>,
    mut out: Sender<Made>,
) -> Result<(), Failure> {
    while let Some((file, decided)) = read.next().await {
        let end = match decided {
            Decided::Read(document) => match embed_file(with, &file, &document, cancel, told, &mut out).await {
                Ok(sent) => Ended::Whole(Read { document, sent }),
                Err(failure) => Ended::Early(FileEnd::of(failure)),
            },
            Decided::End(end) => Ended::Early(end),
            Decided::Again => continue,
        };
        drop(out.send(Made::File(Box::new(file), end)).await);
    }
    Ok(())
}

async fn embed_file(
    with: &Ingest<'_>,
    file: &Queued,
    document: &ReadDocument,
    cancel: &Cancel,
    told: &Told<'_>,
    out: &mut Sender<Made>,
) -> Result<Sent, Failure> {
    told.state(with, file, DocumentState::Embedding, None)?;
    let sizer = |text: &str| with.embedder.count_tokens(text);
    let chunks = assay_text::chunk(document, &sizer, with.chunking).map_err(Failure::from)?;
    let generation = with.catalogue.begin(file.row.id)?;
    let mut sent = Sent::new(generation);
    let mut chunks = chunks.into_iter();
    loop {
        let some: Vec<Chunk> = chunks.by_ref().take(CHUNKS_PER_PART).collect();
        if some.is_empty() {
            return Ok(sent);
        }
        let vectors = embed(with.embedder, with.reins, &some, cancel).await?;
        let rows = some.into_iter().zip(vectors).map(|(chunk, vector)| EmbeddedChunk {
            document: file.row.id,
            generation,
            collection: with.collection.to_owned(),
            chunk,
            vector,
        });
        let rows: Vec<_> = rows.collect();
        sent.and(&rows);
        drop(out.send(Made::Rows(rows)).await);
    }
}

pub(crate) async fn embed(
    embedder: &dyn Embedder,
    reins: &Reins,
    chunks: &[Chunk],
    cancel: &Cancel,
) -> Result<Vec<Vec<f32>>, Failure> {
    let mut vectors = Vec::with_capacity(chunks.len());
    for step in chunks.chunks(CHUNKS_PER_STEP) {
        reins.wait(cancel).await?;
        let texts = step.iter().map(|chunk| chunk.text.clone()).collect();
        vectors.extend(embedder.embed(TextKind::Passage, texts).await?);
    }
    if vectors.len() != chunks.len() {
        return Err(Failure::bug(format!("{} vectors came back for {} chunks", vectors.len(), chunks.len())));
    }
    Ok(vectors)
}

/// Rows to the index, whole files to the catalogue. What is ready is written together: a library of
/// many small files would otherwise cost the index a version for each.
async fn write_files(
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
            told.tell(pace.after(&file, &report, with.reins.rested()));
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
    let Read { document, sent } = read;
    let (generation, chunks) = (sent.generation, sent.rows as u32);
    verify(with.index, sent).await?;
    let reason = incomplete(&document);
    let reading = Reading {
        fingerprint: Fingerprint { hash: document.hash.clone(), bytes: file.bytes },
        chunks,
        reason: reason.clone(),
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

/// Names the pages that gave nothing although they should have.
fn incomplete(document: &ReadDocument) -> Option<String> {
    let failed = document.pages.iter().filter(|page| page.outcome.reason().is_some());
    let numbers: Vec<String> = failed.filter_map(|page| page.number).map(|number| number.to_string()).collect();
    let (first, rest) = numbers.split_first()?;
    let reason = document.pages.iter().find_map(|page| page.outcome.reason());
    let pages = if rest.is_empty() { format!("page {first}") } else { format!("pages {}", numbers.join(", ")) };
    Some(format!("{pages} could not be read: {}", reason.unwrap_or("no reason given")))
}
