//! The dirty set: watched folders in which something changed and that have to be scanned.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use assay_domain::FolderId;
use tokio::sync::Notify;

/// A folder is scanned once it has been quiet for this long: editors save in several steps.
const QUIET: Duration = Duration::from_millis(500);
/// A folder is scanned after this time at the latest, even if it never becomes quiet.
const MAX_DELAY: Duration = Duration::from_secs(5);

/// Dirty folders, each with the times of its first and last mark.
#[derive(Debug, Default)]
pub struct DirtySet {
    marked: Mutex<HashMap<FolderId, (Instant, Instant)>>,
    another: Notify,
}

impl DirtySet {
    fn marked(&self) -> MutexGuard<'_, HashMap<FolderId, (Instant, Instant)>> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks a folder in which something changed.
    pub fn mark(&self, folder: FolderId) {
        let now = Instant::now();
        let mut marked = self.marked();
        let known = marked.contains_key(&folder);
        marked.entry(folder).or_insert((now, now)).1 = now;
        drop(marked);
        if !known {
            self.another.notify_one();
        }
    }

    /// Marks a folder that has to be scanned at once.
    pub fn mark_due(&self, folder: FolderId) {
        let long_ago = Instant::now().checked_sub(MAX_DELAY).unwrap_or_else(Instant::now);
        self.marked().insert(folder, (long_ago, long_ago));
        self.another.notify_one();
    }

    /// Waits until a dirty folder is quiet or has waited long enough, and takes all dirty folders off the
    /// set. Returns none after `at_most`.
    pub async fn due(&self, at_most: Duration) -> Vec<FolderId> {
        let deadline = Instant::now() + at_most;
        loop {
            let now = Instant::now();
            let until = {
                let mut marked = self.marked();
                let next = marked.values().map(|(first, last)| (*last + QUIET).min(*first + MAX_DELAY)).min();
                if next.is_some_and(|next| next <= now) {
                    // All dirty folders are due together: a file may have moved between them.
                    let mut due: Vec<FolderId> = marked.drain().map(|(folder, _)| folder).collect();
                    due.sort();
                    return due;
                }
                next.map_or(deadline, |next| next.min(deadline))
            };
            if now >= deadline {
                return Vec::new();
            }
            // Woken when another folder is marked, or when one of these is due.
            let _ = tokio::time::timeout(until - now, self.another.notified()).await;
        }
    }
}
