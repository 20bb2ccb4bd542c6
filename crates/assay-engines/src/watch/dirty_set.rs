//! Folders in which something changed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use assay_domain::FolderId;
use tokio::sync::Notify;

/// A folder is looked at once it has been quiet for so long: editors save in several steps.
const QUIET: Duration = Duration::from_millis(500);
/// And after so long at the latest, however much goes on in it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Marked folders, each with when it was marked first and last.
#[derive(Debug, Default)]
pub struct DirtySet {
    marked: Mutex<HashMap<FolderId, (Instant, Instant)>>,
    another: Notify,
}

impl DirtySet {
    fn marked(&self) -> MutexGuard<'_, HashMap<FolderId, (Instant, Instant)>> {
        self.marked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something changed in a folder.
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

    /// Looks at a folder without waiting for quiet.
    pub fn mark_due(&self, folder: FolderId) {
        let long_ago = Instant::now().checked_sub(PATIENCE).unwrap_or_else(Instant::now);
        self.marked().insert(folder, (long_ago, long_ago));
        self.another.notify_one();
    }

    /// Waits for marked folders that are quiet, or have been marked for long, and takes them. It
    /// ends with none after `at_most`, or when [`DirtySet::wake`] is called.
    pub async fn due(&self, at_most: Duration) -> Vec<FolderId> {
        let deadline = Instant::now() + at_most;
        loop {
            let now = Instant::now();
            let until = {
                let mut marked = self.marked();
                let next = marked.values().map(|(first, last)| (*last + QUIET).min(*first + PATIENCE)).min();
                if next.is_some_and(|next| next <= now) {
                    // With one that is due come all that are marked: a file may have moved between them.
                    let mut due: Vec<FolderId> = marked.drain().map(|(folder, _)| folder).collect();
                    due.sort();
                    return due;
                }
                next.map_or(deadline, |next| next.min(deadline))
            };
            if now >= deadline {
                return Vec::new();
            }
            // Another folder is marked, or time is up for one of these.
            let _ = tokio::time::timeout(until - now, self.another.notified()).await;
        }
    }
}
