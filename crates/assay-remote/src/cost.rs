//! What a run cost: requests and bytes, counted as they are sent.

use std::sync::atomic::{AtomicU64, Ordering};

/// Requests and bytes. A request that the connection repeats by itself counts once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Requests that write, copy or list.
    pub writes: u64,
    /// Requests that read.
    pub reads: u64,
    /// Requests that delete, which stores do not charge for.
    pub deletes: u64,
    /// Bytes that were sent.
    pub sent: u64,
    /// Bytes that were received.
    pub received: u64,
}

/// The counters.
#[derive(Debug, Default)]
pub struct Counts {
    writes: AtomicU64,
    reads: AtomicU64,
    deletes: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Counts {
    pub fn write(&self, bytes: u64) {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub fn received(&self, bytes: u64) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn delete(&self) {
        self.deletes.fetch_add(1, Ordering::Relaxed);
    }

    pub fn now(&self) -> Cost {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Cost {
            writes: of(&self.writes),
            reads: of(&self.reads),
            deletes: of(&self.deletes),
            sent: of(&self.sent),
            received: of(&self.received),
        }
    }
}
