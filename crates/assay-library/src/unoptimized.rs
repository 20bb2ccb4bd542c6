//! When the index was written without being optimized.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time without a save after which the index is optimized. A program that ends before leaves it to the next opening.
pub(crate) const IDLE: Duration = Duration::from_secs(300);
/// Time after which saves that follow each other all the time wait no longer.
const AT_MOST: Duration = Duration::from_secs(3_600);

/// When the index was first and last written since it was optimized.
#[derive(Debug, Default)]
pub(crate) struct Unoptimized(Mutex<Option<(Instant, Instant)>>);

impl Unoptimized {
    /// The index was written and not optimized.
    pub(crate) fn note(&self, now: Instant) {
        let mut times = self.times();
        let first = times.map_or(now, |(first, _)| first);
        *times = Some((first, now));
    }

    /// The index is optimized.
    pub(crate) fn clear(&self) {
        *self.times() = None;
    }

    /// Whether it is time to optimize it.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let since = |then| now.saturating_duration_since(then);
        self.times().is_some_and(|(first, last)| since(last) >= IDLE || since(first) >= AT_MOST)
    }

    fn times(&self) -> MutexGuard<'_, Option<(Instant, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
