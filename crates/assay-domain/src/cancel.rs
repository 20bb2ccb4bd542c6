//! A stop button that any thread may press.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Failure;

/// Clones share one button. Work looks at it between batches and between files.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Presses the button.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was pressed.
    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::Relaxed)
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
