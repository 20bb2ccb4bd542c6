//! Estimated time left of an ingest.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::queue::QueuedFile;
use super::report::{FileOutcome, IngestEvent};

/// What a file costs besides its bytes, in bytes: a process, a commit, a few disk writes.
const FILE_OVERHEAD: u64 = 16 << 10;

/// Estimates by bytes, because files differ too much in size for a count to say anything. Each
/// file extension has a speed of its own once a file of it is finished, because a byte of one
/// format costs far more than a byte of another.
pub(super) struct Eta {
    files: usize,
    done: usize,
    extensions: HashMap<String, Extension>,
    since: Instant,
    paused: Duration,
}

#[derive(Default)]
struct Extension {
    bytes_left: u64,
    bytes_done: u64,
    time: Duration,
}

impl Eta {
    pub(super) fn new(files: &[QueuedFile]) -> Self {
        let mut extensions = HashMap::<String, Extension>::new();
        for file in files {
            extensions.entry(extension_of(file)).or_default().bytes_left += cost(file);
        }
        Self { files: files.len(), done: 0, extensions, since: Instant::now(), paused: Duration::ZERO }
    }

    /// Counts a finished file. Its time is the time since the file before it, without pauses;
    /// `paused` is how long the ingest has been paused in all.
    pub(super) fn after(&mut self, file: &QueuedFile, outcome: &FileOutcome, paused: Duration) -> IngestEvent {
        let time = self.since.elapsed().saturating_sub(paused.saturating_sub(self.paused));
        (self.since, self.paused) = (Instant::now(), paused);
        self.done += 1;
        let extension = self.extensions.entry(extension_of(file)).or_default();
        extension.bytes_left = extension.bytes_left.saturating_sub(cost(file));
        if !matches!(outcome, FileOutcome::Unchanged | FileOutcome::Renamed { .. } | FileOutcome::Stopped) {
            extension.bytes_done += cost(file);
            extension.time += time;
        }
        IngestEvent::Progress { done: self.done, files: self.files, left: self.left() }
    }

    /// Extensions of which no file is finished yet go at the speed of all files together.
    fn left(&self) -> Option<Duration> {
        let (all_bytes, all_time) = self.extensions.values().fold((0, 0.0), |(bytes, time), extension| {
            (bytes + extension.bytes_done, time + extension.time.as_secs_f64())
        });
        let seconds = |extension: &Extension| {
            let (bytes, time) = match extension.bytes_done {
                0 => (all_bytes, all_time),
                bytes => (bytes, extension.time.as_secs_f64()),
            };
            extension.bytes_left as f64 * time / bytes as f64
        };
        // The cap keeps the conversion from overflowing.
        let total = || self.extensions.values().map(seconds).sum::<f64>().min(1e9);
        (all_bytes > 0).then(|| Duration::from_secs_f64(total()))
    }
}

/// Bytes of work that a file is worth: none if it looks unchanged, because it is finished at once.
fn cost(file: &QueuedFile) -> u64 {
    if file.looks_unchanged() { 0 } else { file.source.bytes + FILE_OVERHEAD }
}

fn extension_of(file: &QueuedFile) -> String {
    file.source.name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default()
}
