//! A pause button, and what is wanted first: how an ingest under way is held back and steered.

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use crate::{Cancel, DocumentId, Failure};

/// Clones hold the same control. Work looks at them between files and between batches of vectors.
#[derive(Debug, Clone, Default)]
pub struct IngestControl(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    paused: Option<Instant>,
    rested: Duration,
    waiting: Vec<Waker>,
    first: Vec<DocumentId>,
}

impl IngestControl {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets work rest, or go on.
    pub fn pause(&self, paused: bool) {
        let mut held = self.held();
        let since = held.paused.take();
        held.rested += since.map_or(Duration::ZERO, |since| since.elapsed());
        held.paused = paused.then(Instant::now);
        let waiting = std::mem::take(&mut held.waiting);
        drop(held);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether work rests.
    pub fn is_paused(&self) -> bool {
        self.held().paused.is_some()
    }

    /// How long work has rested in all.
    pub fn paused_time(&self) -> Duration {
        let held = self.held();
        held.rested + held.paused.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Wants these documents before all others that wait.
    pub fn prioritise(&self, documents: &[DocumentId]) {
        let mut held = self.held();
        held.first.retain(|waiting| !documents.contains(waiting));
        held.first.extend_from_slice(documents);
    }

    /// The wanted documents that a queue holds, in order; the others go on waiting for theirs.
    pub fn take_prioritised(&self, holds: impl Fn(DocumentId) -> bool) -> Vec<DocumentId> {
        let mut held = self.held();
        let (taken, left) = held.first.iter().partition(|document| holds(**document));
        held.first = left;
        taken
    }

    /// Waits while work rests; an early return for work that was stopped.
    pub async fn wait(&self, cancel: &Cancel) -> Result<(), Failure> {
        futures::future::select(self.resumed(), cancel.stopped()).await;
        cancel.check()
    }

    fn resumed(&self) -> impl Future<Output = ()> + Send + Unpin + use<> {
        let control = self.clone();
        poll_fn(move |context| {
            let mut held = control.held();
            if held.paused.is_none() {
                return Poll::Ready(());
            }
            if !held.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                held.waiting.push(context.waker().clone());
            }
            Poll::Pending
        })
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::IngestControl;
    use crate::{Cancel, DocumentId, Problem};

    #[test]
    fn work_rests_until_it_may_go_on_or_is_stopped() {
        let (control, cancel) = (IngestControl::default(), Cancel::default());
        assert_eq!(control.wait(&cancel).now_or_never(), Some(Ok(())));
        control.pause(true);
        let mut waiting = Box::pin(control.wait(&cancel));
        assert_eq!(waiting.as_mut().now_or_never(), None);
        control.pause(false);
        assert_eq!(waiting.now_or_never(), Some(Ok(())));
        control.pause(true);
        cancel.stop();
        assert_eq!(control.wait(&cancel).now_or_never().unwrap().unwrap_err().problem, Problem::Stopped);
    }

    #[test]
    fn what_is_wanted_first_waits_for_the_queue_that_holds_it() {
        let control = IngestControl::default();
        let ids = [1, 2, 3].map(DocumentId);
        control.prioritise(&ids);
        control.prioritise(&ids[..1]);
        assert_eq!(control.take_prioritised(|id| id != ids[1]), [ids[2], ids[0]]);
        assert_eq!(control.take_prioritised(|_| true), [ids[1]]);
    }
}
