//! file -> pages of text -> chunks -> vectors -> index
//!
//! [`ingest`] runs three loops at once, joined by short channels, so that few files are in memory
//! however large the library is:
//!
//! | loop | what it does | where |
//! |---|---|---|
//! | read | skips known bytes, recognises renamed files, reads the rest | `ingest/read.rs`, `ingest/decide.rs`, `ingest/renames.rs` |
//! | embed | cuts pages into chunks and embeds them | `ingest/embed.rs`, `ingest/rows.rs` |
//! | write | adds rows, reads them back, commits the generation, removes the one before | `ingest/write.rs`, `ingest/verify.rs` |
//!
//! A file that fails does not stop the others. A crash leaves either the old generation or the new
//! one: rows count only once the catalogue has committed their generation.

mod inputs;
mod report;
mod queue;
mod eta;
mod progress;
mod renames;
mod decide;
mod text_budget;
mod read;
pub(crate) mod rows;
pub(crate) mod verify;
mod embed;
mod finish;
mod write;

use assay_domain::{Cancel, Failure};
use futures::channel::mpsc::channel;

use embed::embed_files;
use eta::Eta;
use progress::Progress;
use queue::Queue;
use read::read_files;
use write::{Written, write_files};

pub use inputs::Ingest;
pub use queue::{Enqueued, enqueue};
pub use report::{FileOutcome, FileReport, IngestEvent};

/// Parts and files that wait for the index writer at most.
const PARTS_WAITING: usize = 16;

/// Ingests files that wait in the queue ([`enqueue`]). Returns a report for each, in the order of their sources;
/// `on` receives the events while it runs. A file leaves the queue in the transaction that records its end; what
/// a stop, a failure or a crash leaves there waits for another ingest.
///
/// # Errors
/// Only what concerns the whole library, such as a full disk or a damaged index; everything
/// committed until then stays. Failures of single files are in their reports.
pub async fn ingest(
    with: &Ingest<'_>,
    Enqueued(files): Enqueued,
    cancel: &Cancel,
    on: &mut (dyn FnMut(IngestEvent) + Send),
) -> Result<Vec<FileReport>, Failure> {
    let progress = Progress::new(on);
    progress.report(IngestEvent::Started { files: files.len() });
    let (eta, queue) = (Eta::new(&files), Queue::new(files));

    let (to_embed, read) = channel(0);
    let (to_write, embedded) = channel(PARTS_WAITING);
    let (_, _, Written { reports, dead }) = futures::try_join!(
        read_files(with, &queue, cancel, &progress, to_embed),
        embed_files(with, read, cancel, &progress, to_write),
        write_files(with, embedded, eta, &progress),
    )?;
    if with.optimize {
        with.index.optimize().await?;
        if !dead.is_empty() {
            with.catalogue.forget(&dead)?;
        }
    }
    Ok(reports)
}
