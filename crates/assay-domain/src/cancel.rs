//! A stop button that any thread may press.

use std::future::{Future, poll_fn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use crate::Failure;

/// Clones share one button. Work looks at it between batches and between files; who waits for
/// something slower waits for [`Cancel::stopped`] as well.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Button>);

#[derive(Debug, Default)]
struct Button {
    pressed: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl Cancel {
    /// Presses the button.
    pub fn stop(&self) {
        self.0.pressed.store(true, Ordering::SeqCst);
        let waiting = std::mem::take(&mut *self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether it was pressed.
    pub fn is_stopped(&self) -> bool {
        self.0.pressed.load(Ordering::SeqCst)
    }

    /// Ends when the button is pressed.
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

    /// Whether two are clones of one button.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// An early return for work that was stopped.
    pub fn check(&self) -> Result<(), Failure> {
        if self.is_stopped() { Err(Failure::stopped()) } else { Ok(()) }
    }
}
