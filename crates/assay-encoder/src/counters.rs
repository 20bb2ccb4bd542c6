//! Counts of the tokens that an encoder has read and computed.

use std::sync::atomic::{AtomicU64, Ordering};

/// Tokens since the encoder was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Tokens of the texts, special tokens included.
    pub tokens_real: u64,
    /// Slots that were computed; more than the real tokens where a device needs padding.
    pub tokens_computed: u64,
}

/// Counters that the engine's thread adds to and any thread reads.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    real: AtomicU64,
    computed: AtomicU64,
}

impl Tally {
    pub fn add(&self, real: usize, computed: usize) {
        self.real.fetch_add(real as u64, Ordering::Relaxed);
        self.computed.fetch_add(computed as u64, Ordering::Relaxed);
    }

    pub fn read(&self) -> Counters {
        Counters {
            tokens_real: self.real.load(Ordering::Relaxed),
            tokens_computed: self.computed.load(Ordering::Relaxed),
        }
    }
}
