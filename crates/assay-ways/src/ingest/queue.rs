//! The files of an ingest: each with its row and what was known of it, and how long they will take.

use std::time::{Duration, Instant};

use assay_domain::socket::Source;
use assay_domain::{DocumentId, DocumentState, Failure, Fingerprint};

use super::Ingest;
use super::report::{FileEnd, FileReport, IngestEvent};

/// A file with its row and what was known of it before.
pub(super) struct Queued {
    pub(super) source: Source,
    pub(super) document: DocumentId,
    pub(super) fingerprint: Result<Fingerprint, Failure>,
    pub(super) known: Option<Known>,
    pub(super) begun: Instant,
}

/// A committed reading of the same path.
pub(super) struct Known {
    pub(super) id: DocumentId,
    pub(super) is_committed: bool,
    pub(super) hash: String,
    pub(super) pages: u32,
    pub(super) pages_with_text: u32,
    pub(super) chunks: u32,
    pub(super) reason: Option<String>,
}

/// Gives every file a row before any work begins, so that a crash loses none of them.
pub(super) async fn enqueue(with: &Ingest<'_>, sources: Vec<Source>) -> Result<Vec<Queued>, Failure> {
    let mut queue = Vec::with_capacity(sources.len());
    for source in sources {
        let known = with.catalogue.find(with.collection, &source.path)?.and_then(|document| {
            document.generation?;
            Some(Known {
                id: document.id,
                is_committed: document.state == DocumentState::Committed,
                hash: document.fingerprint?.hash,
                pages: document.pages,
                pages_with_text: document.pages_with_text,
                chunks: document.chunks,
                reason: document.reason,
            })
        });
        let fingerprint = with.reader.fingerprint(&source).await;
        let same = |known: &&Known| fingerprint.as_ref().is_ok_and(|print| print.hash == known.hash);
        let document = match known.as_ref().filter(same).filter(|known| known.is_committed) {
            Some(known) => known.id,
            None => with.catalogue.enqueue(with.collection, &source)?,
        };
        queue.push(Queued { source, document, fingerprint, known, begun: Instant::now() });
    }
    Ok(queue)
}

/// Time left, by bytes: files differ too much in size for a count to say anything.
pub(super) struct Pace {
    files: usize,
    done: usize,
    bytes_left: u64,
    bytes_worked: u64,
    since: Instant,
}

impl Pace {
    pub(super) fn new(queue: &[Queued]) -> Self {
        let bytes_left = queue.iter().filter_map(|file| file.fingerprint.as_ref().ok()).map(|print| print.bytes).sum();
        Self { files: queue.len(), done: 0, bytes_left, bytes_worked: 0, since: Instant::now() }
    }

    pub(super) fn after(&mut self, file: &Queued, report: &FileReport) -> IngestEvent {
        let bytes = file.fingerprint.as_ref().map_or(0, |print| print.bytes);
        self.done += 1;
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
        if report.end != FileEnd::Unchanged {
            self.bytes_worked += bytes;
        }
        let left = (self.bytes_worked > 0).then(|| {
            let seconds = self.since.elapsed().as_secs_f64() * self.bytes_left as f64 / self.bytes_worked as f64;
            Duration::from_secs_f64(seconds.min(1e9))
        });
        IngestEvent::Progress { done: self.done, files: self.files, left }
    }
}
