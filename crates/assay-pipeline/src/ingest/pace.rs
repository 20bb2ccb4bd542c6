//! How long an ingest will take yet.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::queue::Queued;
use super::report::{FileEnd, FileReport, IngestEvent};

/// What a file costs beside its bytes, in bytes: a process, a commit, a few writes to the disk.
const FILE_WORTH: u64 = 16 << 10;

/// Time left, by bytes: files differ too much in size for a count to say anything, and kinds of
/// files too much in what a byte of them costs, so each kind has its own pace once one of it is
/// through.
pub(super) struct Pace {
    files: usize,
    done: usize,
    kinds: HashMap<String, Kind>,
    since: Instant,
    rested: Duration,
}

#[derive(Default)]
struct Kind {
    left: u64,
    worked: u64,
    time: Duration,
}

impl Pace {
    pub(super) fn new<'a>(files: impl Iterator<Item = &'a Queued>) -> Self {
        let (mut count, mut kinds) = (0, HashMap::<String, Kind>::new());
        for file in files {
            count += 1;
            kinds.entry(kind_of(file)).or_default().left += worth(file);
        }
        Self { files: count, done: 0, kinds, since: Instant::now(), rested: Duration::ZERO }
    }

    pub(super) fn files(&self) -> usize {
        self.files
    }

    /// Another file is through. The time since the one before is its cost, less what the work
    /// `rested` in all.
    pub(super) fn after(&mut self, file: &Queued, report: &FileReport, rested: Duration) -> IngestEvent {
        let time = self.since.elapsed().saturating_sub(rested.saturating_sub(self.rested));
        (self.since, self.rested) = (Instant::now(), rested);
        self.done += 1;
        let kind = self.kinds.entry(kind_of(file)).or_default();
        kind.left = kind.left.saturating_sub(worth(file));
        if !matches!(report.end, FileEnd::Unchanged | FileEnd::Renamed { .. } | FileEnd::Stopped) {
            kind.worked += worth(file);
            kind.time += time;
        }
        IngestEvent::Progress { done: self.done, files: self.files, left: self.left() }
    }

    fn left(&self) -> Option<Duration> {
        let (worked, time) = self
            .kinds
            .values()
            .fold((0, 0.0), |(worked, time), kind| (worked + kind.worked, time + kind.time.as_secs_f64()));
        let seconds = |kind: &Kind| {
            let (worked, time) = if kind.worked > 0 { (kind.worked, kind.time.as_secs_f64()) } else { (worked, time) };
            kind.left as f64 * time / worked as f64
        };
        (worked > 0).then(|| Duration::from_secs_f64(self.kinds.values().map(seconds).sum::<f64>().min(1e9)))
    }
}

/// A file that looks as it did when it was last hashed is through at once.
fn worth(file: &Queued) -> u64 {
    if file.looks_unchanged() { 0 } else { file.source.bytes + FILE_WORTH }
}

fn kind_of(file: &Queued) -> String {
    file.source.name.rsplit_once('.').map(|(_, kind)| kind.to_ascii_lowercase()).unwrap_or_default()
}
