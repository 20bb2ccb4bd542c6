//! Cancellation: a flag that any thread may set and any task may wait for.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::Failure;

/// A stop button; clones share it. Work checks it between batches and between files, and waits for
/// [`Cancel::stopped`] next to anything slower.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Button>);

#[derive(Debug, Default)]
struct Button {
    pressed: AtomicBool,
    /// The tasks that wait, each under the number of its [`Stopped`].
    waiting: Mutex<HashMap<u64, Waker>>,
    above: Option<Cancel>,
}

impl Cancel {
    /// A button of its own below this one: the work stops with either, and pressing it leaves this one alone.
    pub fn below(&self) -> Self {
        Self(Arc::new(Button { above: Some(self.clone()), ..Button::default() }))
    }

    /// Stops the work.
    pub fn stop(&self) {
        self.0.pressed.store(true, Ordering::SeqCst);
        let waiting = std::mem::take(&mut *self.waiting());
        waiting.into_values().for_each(Waker::wake);
    }

    /// Whether the work was stopped, by this button or one above it.
    pub fn is_stopped(&self) -> bool {
        self.is_pressed() || self.0.above.as_ref().is_some_and(Self::is_stopped)
    }

    /// Whether this button was pressed, and not only one above it.
    pub fn is_pressed(&self) -> bool {
        self.0.pressed.load(Ordering::SeqCst)
    }

    /// Completes when the work is stopped.
    pub fn stopped(&self) -> Stopped {
        static NUMBERS: AtomicU64 = AtomicU64::new(0);
        Stopped { button: self.clone(), number: NUMBERS.fetch_add(1, Ordering::Relaxed) }
    }

    /// Whether both are clones of one button.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// [`Failure::stopped`] once the work was stopped, for an early return.
    pub fn check(&self) -> Result<(), Failure> {
        if self.is_stopped() { Err(Failure::stopped()) } else { Ok(()) }
    }

    /// This button and those above it.
    fn chain(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |button| button.0.above.as_ref())
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, Waker>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a stop button. Dropping it takes its task off the buttons, which may outlive it by far.
#[derive(Debug)]
pub struct Stopped {
    button: Cancel,
    number: u64,
}

impl Future for Stopped {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        for button in self.button.chain() {
            // Looked at under the lock: a button that is pressed later wakes whoever is in the list.
            let mut waiting = button.waiting();
            if button.is_pressed() {
                return Poll::Ready(());
            }
            waiting.insert(self.number, context.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        for button in self.button.chain() {
            button.waiting().remove(&self.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::Cancel;

    #[test]
    fn a_button_below_stops_with_the_one_above_and_leaves_it_alone() {
        let above = Cancel::default();
        let (pressed, other) = (above.below(), above.below());
        let (mut waits, mut waits_above) = (pressed.stopped(), above.stopped());
        assert_eq!((&mut waits).now_or_never(), None);
        pressed.stop();
        assert_eq!((&mut waits).now_or_never(), Some(()));
        assert!(pressed.is_pressed() && !above.is_stopped() && !other.is_stopped());
        assert_eq!((&mut waits_above).now_or_never(), None);
        let mut waits = other.stopped();
        assert_eq!((&mut waits).now_or_never(), None);
        above.stop();
        assert_eq!(((&mut waits).now_or_never(), (&mut waits_above).now_or_never()), (Some(()), Some(())));
        assert!(other.is_stopped() && !other.is_pressed(), "it was the one above");
        assert!(other.check().is_err());
    }

    /// A button that lives as long as the program is waited for at every file.
    #[test]
    fn who_waits_no_longer_is_forgotten() {
        let above = Cancel::default();
        for _ in 0..100 {
            let below = above.below();
            assert_eq!((&mut below.stopped()).now_or_never(), None);
        }
        assert_eq!(above.waiting().len(), 0);
    }
}
