//! Retries with exponential back-off, and the stop button that ends them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use assay_domain::Cancel;

use super::fault::{Fault, fetch_error};
use crate::error::ModelsError;

/// Longest wait that a host may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Time between two looks at the stop button during a wait.
const TICK: Duration = Duration::from_millis(100);

/// How often and how long passing faults are retried.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// Tries in a row that may bring no byte.
    pub tries: u32,
    /// The first wait; each further wait is twice as long.
    pub first: Duration,
}

impl RetryPolicy {
    /// The wait before another try, with the host's own wish.
    fn wait(self, tried: u32, wished: Option<Duration>) -> Duration {
        let doubled = self.first.saturating_mul(1 << tried.min(6));
        doubled.max(wished.unwrap_or_default()).min(LONGEST_WAIT)
    }
}

/// The user's stop button, and whether a worker failed.
pub struct StopFlag<'a> {
    cancel: &'a Cancel,
    failed: AtomicBool,
}

impl<'a> StopFlag<'a> {
    /// A flag with the user's stop button.
    pub fn new(cancel: &'a Cancel) -> Self {
        Self { cancel, failed: AtomicBool::new(false) }
    }

    /// Whether the download has to end.
    pub fn stopped(&self) -> bool {
        self.cancel.is_stopped() || self.failed.load(Ordering::Relaxed)
    }

    /// Stops all workers after one of them failed.
    pub fn give_up(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }
}

/// Retries until an attempt succeeds, fails for good, or too many in a row brought nothing.
pub fn retry<T>(
    retries: RetryPolicy,
    stop: &StopFlag,
    url: &str,
    mut attempt: impl FnMut() -> Result<T, Fault>,
) -> Result<T, ModelsError> {
    let mut tried = 0;
    loop {
        if stop.stopped() {
            return Err(ModelsError::Stopped);
        }
        let (reason, wait, moved) = match attempt() {
            Ok(done) => return Ok(done),
            Err(Fault::Final(error)) => return Err(error),
            Err(Fault::Passing { reason, wait, moved }) => (reason, wait, moved),
        };
        tried = if moved { 0 } else { tried + 1 };
        if tried >= retries.tries {
            return Err(fetch_error(url, &reason));
        }
        let until = Instant::now() + retries.wait(tried, wait);
        while Instant::now() < until && !stop.stopped() {
            std::thread::sleep(until.saturating_duration_since(Instant::now()).min(TICK));
        }
    }
}
