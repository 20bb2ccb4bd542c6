//! file -> pages of text -> chunks -> vectors -> index

mod queue;
mod pace;
mod decide;
mod room;
mod embed;
mod write;
pub(crate) mod verify;
mod settle;
mod report;

use assay_domain::port::{Catalogue, Embedder, IndexWriter, PairStore, Reader, Source};
use assay_domain::{Cancel, Document, Failure, IngestControl};
use assay_text::ChunkSize;
use futures::FutureExt;
use futures::channel::mpsc::{Sender, channel};
use futures::future::BoxFuture;
use futures::sink::SinkExt;
use futures::stream::{FuturesUnordered, StreamExt};

use decide::{Decided, Renames};
pub(crate) use embed::Rows;
use embed::embed_files;
use queue::{Queue, Queued};
pub use report::{FileEnd, FileReport, IngestEvent};
use room::{Held, Room};
use settle::Told;
use write::write_files;

/// Files read at once. Reading waits on a child process, so two keep the encoder fed without the
/// pages of a whole library in memory.
const READ_AHEAD: usize = 2;

/// Parts and files that wait for the index at most.
const PARTS_WAITING: usize = 16;

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
    pub control: &'a IngestControl,
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
    with.index.optimize().await?;
    Ok(reports)
}

/// A file that was decided on, with the room that its text takes.
struct Looked {
    file: Queued,
    decided: Decided,
    held: Option<Held>,
}

/// Queue to pages. A file that brings its reader down comes back at the end of the queue.
async fn read_files(
    with: &Ingest<'_>,
    queue: &Queue,
    cancel: &Cancel,
    told: &Told<'_>,
    mut out: Sender<Looked>,
) -> Result<(), Failure> {
    let (renames, room) = (Renames::of(with), Room::default());
    let mut reading: FuturesUnordered<BoxFuture<'_, (Queued, Decided)>> = FuturesUnordered::new();
    loop {
        // A pause with nothing left to read must not keep the ingest from its end.
        while reading.len() < READ_AHEAD && !queue.is_empty() {
            if reading.is_empty() {
                room.free().await;
            } else if !room.is_free() {
                break;
            }
            // A stopped file is handed on as such.
            let _ = with.control.wait(cancel).await;
            let Some(file) = queue.next(with.control) else { break };
            reading.push(decide::decide(with, &renames, file, cancel, told).boxed());
        }
        match reading.next().await {
            None => return Ok(()),
            Some((file, Decided::Again)) => queue.put_back(file),
            Some((file, decided)) => {
                let held = if let Decided::Read(document) = &decided { Some(room.hold(document)) } else { None };
                // Whoever listens no longer has failed, and its failure is what counts.
                drop(out.send(Looked { file, decided, held }).await);
            }
        }
    }
}
