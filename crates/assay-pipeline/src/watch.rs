//! When to leave off: the stop button and the time budget.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use assay_domain::{Cancel, Reason, ReasonCode};
use futures::future::{Either, select};
use futures::stream::{Stream, StreamExt};

/// Waits for results, but not beyond the stop button or the budget.
pub struct Watch {
    cancel: Cancel,
    alarm: Option<Alarm>,
}

/// Rings once, from a thread of its own, so that this room needs no runtime's clock.
struct Alarm {
    begun: Instant,
    budget: Duration,
    rung: Cancel,
    /// Dropped with the alarm, which ends the thread early.
    _armed: Sender<()>,
}

impl Watch {
    /// A watch over a stop button, and over a time that begins now.
    pub fn new(cancel: &Cancel, budget: Option<Duration>) -> Self {
        Self { cancel: cancel.clone(), alarm: budget.map(Alarm::set) }
    }

    /// Why to leave off, if it is time to.
    pub fn over(&self) -> Option<Reason> {
        if self.cancel.is_stopped() {
            return Some(Reason::new(ReasonCode::Stopped, "stopped before every passage was scored"));
        }
        let alarm = self.alarm.as_ref().filter(|alarm| alarm.begun.elapsed() >= alarm.budget)?;
        let budget = alarm.budget.as_millis();
        Some(Reason::new(
            ReasonCode::TimeBudget,
            format!("the time budget of {budget} ms ended before every passage was scored"),
        ))
    }

    /// The next of a stream's items, or the reason to wait no longer. Dropping the stream then
    /// stops whoever works for it.
    pub async fn next<S: Stream + Unpin>(&self, stream: &mut S) -> Result<Option<S::Item>, Reason> {
        loop {
            if let Some(reason) = self.over() {
                return Err(reason);
            }
            let rung = self.alarm.as_ref().map_or_else(Cancel::default, |alarm| alarm.rung.clone());
            let stopped = select(self.cancel.stopped(), rung.stopped());
            match select(stream.next(), stopped).await {
                Either::Left((item, _)) => return Ok(item),
                Either::Right(_) => (),
            }
        }
    }
}

impl Alarm {
    fn set(budget: Duration) -> Self {
        let (armed, disarmed) = channel::<()>();
        let (begun, rung) = (Instant::now(), Cancel::default());
        let bell = rung.clone();
        let wait = move || {
            // Without the thread the budget is still looked at between batches.
            while let Some(left) = budget.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
                match disarmed.recv_timeout(left) {
                    Err(RecvTimeoutError::Timeout) => (),
                    _ => return,
                }
            }
            bell.stop();
        };
        let _ = thread::Builder::new().name("time budget".into()).spawn(wait);
        Self { begun, budget, rung, _armed: armed }
    }
}
