//! Writes that are under way or wait, and long reads that give way to them.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;

/// Time between two looks for a write that waits. It is the longest that a long read delays a write.
pub const GLANCE: Duration = Duration::from_millis(2);

/// Writes that are under way or wait.
#[derive(Debug, Default)]
pub struct Writes(AtomicU32);

impl Writes {
    /// Counts a write until the value is dropped.
    pub fn begin(&self) -> Write<'_> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Write(self)
    }

    /// Whether a write is under way or waits.
    pub fn any(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}

/// A write that is under way or waits.
pub struct Write<'a>(&'a Writes);

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Interrupts the work on a connection while a write waits. The interruption is repeated, because one between two
/// statements has no effect.
pub fn giving_way<T>(connection: &Connection, writes: &Writes, work: impl FnOnce() -> T) -> T {
    struct End<'a>(&'a AtomicBool);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let ended = AtomicBool::new(false);
    let handle = connection.get_interrupt_handle();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::SeqCst) {
                if writes.any() {
                    handle.interrupt();
                }
                thread::sleep(GLANCE);
            }
        });
        let _end = End(&ended);
        work()
    })
}
