//! Queue to pages: a few files at a time, as long as the text budget allows.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::task::Poll;

use assay_domain::{Cancel, Failure};
use futures::FutureExt;
use futures::channel::mpsc::Sender;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};

use super::decide::{Decision, decide};
use super::inputs::Ingest;
use super::progress::Progress;
use super::queue::{Queue, QueuedFile};
use super::renames::Renames;
use super::text_budget::{Permit, TextBudget};

/// Files read at once. Reading waits on a child process, so two keep the encoder busy without
/// holding the pages of a whole library in memory.
const FILES_AT_ONCE: usize = 2;

/// A file that is read or finished, with its share of the text budget.
pub(super) struct ReadFile {
    pub(super) file: QueuedFile,
    pub(super) decision: Decision,
    pub(super) permit: Option<Permit>,
}

/// A file and what happens to it.
type Decided = Box<(QueuedFile, Decision)>;

/// Reads the queue to its end. A file that crashes its reader goes back to the end of the queue.
pub(super) async fn read_files(
    with: &Ingest<'_>,
    queue: &Queue,
    cancel: &Cancel,
    progress: &Progress<'_>,
    mut out: Sender<ReadFile>,
) -> Result<(), Failure> {
    let (renames, budget) = (Renames::of(with), TextBudget::default());
    let mut reading: FuturesUnordered<BoxFuture<'_, Option<Decided>>> = FuturesUnordered::new();
    let mut ready: VecDeque<ReadFile> = VecDeque::new();
    loop {
        while reading.len() + ready.len() < FILES_AT_ONCE && !queue.is_empty() {
            if reading.is_empty() && ready.is_empty() {
                budget.wait_until_free().await;
            } else if !budget.is_free() {
                break;
            }
            reading.push(read_next(with, queue, &renames, cancel, progress).boxed());
        }
        match next_step(&mut reading, &ready, &mut out).await {
            Next::Read(None) => (),
            Next::Read(Some(decided)) => match *decided {
                (file, Decision::ReadAgain) => queue.put_back(file),
                (file, decision) => {
                    let read = if let Decision::Embed(document) = &decision { Some(document) } else { None };
                    let permit = read.map(|document| budget.take(document));
                    ready.push_back(ReadFile { file, decision, permit });
                }
            },
            // A receiver that is gone has failed, and the ingest ends with its failure.
            Next::HandOver => drop(ready.pop_front().map(|file| out.start_send(file))),
            Next::End => return Ok(()),
        }
    }
}

/// Takes the next file once the ingest is not paused, and decides what happens to it. The pause button is looked at
/// only while files wait: a pause at the end must not keep the ingest from finishing.
async fn read_next(
    with: &Ingest<'_>,
    queue: &Queue,
    renames: &Renames<'_>,
    cancel: &Cancel,
    progress: &Progress<'_>,
) -> Option<Decided> {
    // After a stop, the remaining files still pass through, and `decide` finishes them as stopped.
    let _ = with.control.wait(cancel).await;
    Some(Box::new(decide(with, renames, queue.next(with.control)?, cancel, progress).await))
}

/// What the loop does next.
enum Next {
    /// A file was read, unless none waited any more.
    Read(Option<Decided>),
    /// The embedder takes a file.
    HandOver,
    /// Nothing is left.
    End,
}

/// Waits for the embedder and for the files that are being read together. A file whose document is renamed holds the
/// index, and the embedder waits for the writer, which waits for the index: so the reading goes on while a file is
/// handed over.
async fn next_step<F: Future<Output = Option<Decided>>>(
    reading: &mut FuturesUnordered<F>,
    ready: &VecDeque<ReadFile>,
    out: &mut Sender<ReadFile>,
) -> Next {
    poll_fn(|context| {
        if !ready.is_empty() && out.poll_ready(context).is_ready() {
            return Poll::Ready(Next::HandOver);
        }
        match reading.poll_next_unpin(context) {
            Poll::Ready(Some(read)) => Poll::Ready(Next::Read(read)),
            Poll::Ready(None) if ready.is_empty() => Poll::Ready(Next::End),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    })
    .await
}
