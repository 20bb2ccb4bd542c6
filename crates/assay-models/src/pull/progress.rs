//! Progress of a download and its speed.

use std::time::{Duration, Instant};

/// Time between two reports of progress.
const TICK: Duration = Duration::from_millis(100);

/// What a download is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The hub is asked about the files.
    Asking,
    /// Bytes arrive.
    Fetching,
    /// The bytes are compared with their hashes.
    Checking,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// Bytes that arrived.
    pub done: u64,
    /// Bytes in all; `None` if a host does not say.
    pub total: Option<u64>,
    /// Bytes per second, smoothed.
    pub speed: f64,
    /// Seconds left at that speed.
    pub seconds_left: Option<f64>,
}

impl Progress {
    /// Progress of a phase in which no bytes arrive.
    pub fn standing(phase: Phase, done: u64, total: Option<u64>) -> Self {
        Self { phase, done, total, speed: 0.0, seconds_left: None }
    }
}

/// Bytes per second as an exponential moving average.
pub struct Speed {
    done: u64,
    total: Option<u64>,
    since: Instant,
    fresh: u64,
    speed: f64,
}

impl Speed {
    pub fn new(done: u64, total: Option<u64>) -> Self {
        Self { done, total, since: Instant::now(), fresh: 0, speed: 0.0 }
    }

    /// Bytes that arrived so far.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// Counts bytes that arrived.
    pub fn arrived(&mut self, bytes: u64) {
        self.done += bytes;
        self.fresh += bytes;
    }

    /// Takes back bytes that have to arrive again.
    pub fn lost(&mut self, bytes: u64) {
        self.done = self.done.saturating_sub(bytes);
    }

    /// Whether the next report is due.
    pub fn is_due(&self) -> bool {
        self.since.elapsed() >= TICK
    }

    pub fn progress(&mut self) -> Progress {
        let seconds = self.since.elapsed().as_secs_f64();
        if seconds > 0.02 {
            let now = self.fresh as f64 / seconds;
            self.speed = if self.speed == 0.0 { now } else { 0.9 * self.speed + 0.1 * now };
            (self.since, self.fresh) = (Instant::now(), 0);
        }
        let left = self.total.map(|total| total.saturating_sub(self.done) as f64);
        let seconds_left = left.filter(|_| self.speed > 0.0).map(|left| left / self.speed);
        Progress { phase: Phase::Fetching, done: self.done, total: self.total, speed: self.speed, seconds_left }
    }
}
