//! Queue to pages: a few files at a time, as long as the text budget allows.

use assay_domain::{Cancel, Failure};
use futures::FutureExt;
use futures::channel::mpsc::Sender;
use futures::future::BoxFuture;
use futures::sink::SinkExt;
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

/// Reads the queue to its end. A file that crashes its reader goes back to the end of the queue.
pub(super) async fn read_files(
    with: &Ingest<'_>,
    queue: &Queue,
    cancel: &Cancel,
    progress: &Progress<'_>,
    mut out: Sender<ReadFile>,
) -> Result<(), Failure> {
    let (renames, budget) = (Renames::of(with), TextBudget::default());
    let mut reading: FuturesUnordered<BoxFuture<'_, (QueuedFile, Decision)>> = FuturesUnordered::new();
    loop {
        // The pause button is looked at only while files wait: a pause at the end must not keep the
        // ingest from finishing.
        while reading.len() < FILES_AT_ONCE && !queue.is_empty() {
            if reading.is_empty() {
                budget.wait_until_free().await;
            } else if !budget.is_free() {
                break;
            }
            // After a stop, the remaining files still pass through, and `decide` finishes them as stopped.
            let _ = with.control.wait(cancel).await;
            let Some(file) = queue.next(with.control) else { break };
            reading.push(decide(with, &renames, file, cancel, progress).boxed());
        }
        match reading.next().await {
            None => return Ok(()),
            Some((file, Decision::ReadAgain)) => queue.put_back(file),
            Some((file, decision)) => {
                let permit = if let Decision::Embed(document) = &decision { Some(budget.take(document)) } else { None };
                // A receiver that is gone has failed, and the ingest ends with its failure.
                drop(out.send(ReadFile { file, decision, permit }).await);
            }
        }
    }
}
