//! Control of a running ingest: pause, resume, prioritise.

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use crate::{Cancel, DocumentId, Failure};

/// The pause button and the prioritised documents; clones share them. An ingest checks both between
/// files and between batches of vectors.
#[derive(Debug, Clone, Default)]
pub struct IngestControl(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    paused_since: Option<Instant>,
    /// Length of all earlier pauses.
    paused: Duration,
    waiting: Vec<Waker>,
    prioritised: Vec<DocumentId>,
}

impl IngestControl {
    /// Pauses the ingest, or lets it go on.
    pub fn pause(&self, paused: bool) {
        let mut state = self.state();
        let since = state.paused_since.take();
        state.paused += since.map_or(Duration::ZERO, |since| since.elapsed());
        state.paused_since = paused.then(Instant::now);
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether the ingest is paused.
    pub fn is_paused(&self) -> bool {
        self.state().paused_since.is_some()
    }

    /// How long the ingest has been paused in all.
    pub fn paused_time(&self) -> Duration {
        let state = self.state();
        state.paused + state.paused_since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Puts these documents before all others that wait.
    pub fn prioritise(&self, documents: &[DocumentId]) {
        let mut state = self.state();
        state.prioritised.retain(|waiting| !documents.contains(waiting));
        state.prioritised.extend_from_slice(documents);
    }

    /// Takes the prioritised documents that a queue holds, in order. The others wait for the queue
    /// that holds them.
    pub fn take_prioritised(&self, holds: impl Fn(DocumentId) -> bool) -> Vec<DocumentId> {
        let mut state = self.state();
        let (taken, left) = state.prioritised.iter().partition(|document| holds(**document));
        state.prioritised = left;
        taken
    }

    /// Waits while the ingest is paused.
    ///
    /// # Errors
    /// [`Failure::stopped`] once the work is stopped, also during a pause.
    pub async fn wait(&self, cancel: &Cancel) -> Result<(), Failure> {
        futures::future::select(self.resumed(), cancel.stopped()).await;
        cancel.check()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn resumed(&self) -> impl Future<Output = ()> + Send + Unpin + use<> {
        let control = self.clone();
        poll_fn(move |context| {
            let mut state = control.state();
            if state.paused_since.is_none() {
                return Poll::Ready(());
            }
            if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                state.waiting.push(context.waker().clone());
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
    fn a_pause_lasts_until_it_ends_or_the_work_is_stopped() {
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
    fn a_prioritised_document_waits_for_the_queue_that_holds_it() {
        let control = IngestControl::default();
        let ids = [1, 2, 3].map(DocumentId);
        control.prioritise(&ids);
        control.prioritise(&ids[..1]);
        assert_eq!(control.take_prioritised(|id| id != ids[1]), [ids[2], ids[0]]);
        assert_eq!(control.take_prioritised(|_| true), [ids[1]]);
    }
}
