//! Cancellation: a flag that any thread may set and any task may wait for.

use std::future::{Future, poll_fn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use crate::Failure;

/// A stop button; clones share it. Work checks it between batches and between files, and waits for
/// [`Cancel::stopped`] next to anything slower.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Button>);

#[derive(Debug, Default)]
struct Button {
    pressed: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl Cancel {
    /// Stops the work.
    pub fn stop(&self) {
        self.0.pressed.store(true, Ordering::SeqCst);
        let waiting = std::mem::take(&mut *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether the work was stopped.
    pub fn is_stopped(&self) -> bool {
        self.0.pressed.load(Ordering::SeqCst)
    }

    /// Completes when the work is stopped.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + Unpin + use<> {
        let button = self.clone();
        poll_fn(move |context| {
            let mut waiting = button.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if button.is_stopped() {
                return Poll::Ready(());
            }
            if !waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                waiting.push(context.waker().clone());
            }
            Poll::Pending
        })
    }

    /// Whether both are clones of one button.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// [`Failure::stopped`] once the work was stopped, for an early return.
    pub fn check(&self) -> Result<(), Failure> {
        if self.is_stopped() { Err(Failure::stopped()) } else { Ok(()) }
    }
}
