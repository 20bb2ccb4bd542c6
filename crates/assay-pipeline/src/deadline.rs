//! When reranking has to stop: the user's stop button and the time budget.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use assay_domain::{Cancel, Reason, ReasonCode};
use futures::future::{Either, select};
use futures::stream::{Stream, StreamExt};

/// Waits for results, but no longer than the stop button and the time budget allow.
pub struct Deadline {
    cancel: Cancel,
    budget: Option<Budget>,
}

/// A time budget with a timer on a thread of its own, so that this crate needs no async runtime.
struct Budget {
    begun: Instant,
    time: Duration,
    expired: Cancel,
    /// Dropping it ends the timer's thread early.
    _timer: Sender<()>,
}

impl Deadline {
    /// A deadline on a stop button, and on a time budget that starts now.
    pub fn new(cancel: &Cancel, budget: Option<Duration>) -> Self {
        Self { cancel: cancel.clone(), budget: budget.map(Budget::start) }
    }

    /// Why to stop now, if there is a reason.
    pub fn reason_to_stop(&self) -> Option<Reason> {
        if self.cancel.is_stopped() {
            return Some(Reason::new(ReasonCode::Stopped, "stopped before every passage was scored"));
        }
        let budget = self.budget.as_ref().filter(|budget| budget.begun.elapsed() >= budget.time)?;
        let milliseconds = budget.time.as_millis();
        Some(Reason::new(
            ReasonCode::TimeBudget,
            format!("the time budget of {milliseconds} ms ended before every passage was scored"),
        ))
    }

    /// The next item of a stream, or the reason to stop waiting. The caller then drops the stream,
    /// which cancels the work behind it.
    pub async fn next<S: Stream + Unpin>(&self, stream: &mut S) -> Result<Option<S::Item>, Reason> {
        loop {
            if let Some(reason) = self.reason_to_stop() {
                return Err(reason);
            }
            let expired = self.budget.as_ref().map_or_else(Cancel::default, |budget| budget.expired.clone());
            let stopped = select(self.cancel.stopped(), expired.stopped());
            match select(stream.next(), stopped).await {
                Either::Left((item, _)) => return Ok(item),
                Either::Right(_) => (),
            }
        }
    }
}

impl Budget {
    fn start(time: Duration) -> Self {
        let (timer, dropped) = channel::<()>();
        let (begun, expired) = (Instant::now(), Cancel::default());
        let signal = expired.clone();
        let wait = move || {
            while let Some(left) = time.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
                match dropped.recv_timeout(left) {
                    Err(RecvTimeoutError::Timeout) => (),
                    _ => return,
                }
            }
            signal.stop();
        };
        // If the thread cannot start, the budget is still checked between batches.
        let _ = thread::Builder::new().name("time budget".into()).spawn(wait);
        Self { begun, time, expired, _timer: timer }
    }
}
