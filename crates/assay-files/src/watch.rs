//! Watching folders for changes. An event of the system only marks a folder as dirty: once the folder
//! has been quiet for a moment it is scanned as a whole, so lost and repeated events make no difference.
//!
//! On Linux every listed folder is watched by itself instead of the tree below the root: excluded
//! folders (a `node_modules` of a hundred thousand files) then cost nothing.

mod dirty_set;
mod network;
mod root;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assay_domain::FolderId;
use notify::event::{AccessKind, AccessMode};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

pub use dirty_set::DirtySet;
pub use root::watchable;

/// Time between two scans of a folder for which the system reports no events.
const POLL: Duration = Duration::from_secs(30);
const POLL_WHEN_ASKED: Duration = Duration::from_secs(1);

/// How a folder is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchMode {
    /// The system reports changes.
    Events,
    /// It has to be scanned at intervals, for this reason.
    Polling(String),
}

/// Watches folders and marks them in a [`DirtySet`].
pub struct Follower {
    dirty: Arc<DirtySet>,
    watcher: Result<RecommendedWatcher, String>,
    roots: Roots,
    /// The watched folders below each root, each with its inode.
    watched: HashMap<FolderId, HashMap<PathBuf, u64>>,
    /// Where each root lay when it was last looked up.
    places: HashMap<FolderId, Option<Place>>,
    poll_every: Duration,
}

type Roots = Arc<Mutex<Vec<(FolderId, PathBuf)>>>;

/// The number of a folder's disk, and its inode.
type Place = (u64, u64);

impl Follower {
    /// Follows nothing yet. `ASSAY_WATCH=poll` in the environment makes it poll even if the system
    /// reports events: for file systems that silently report none, and for tests.
    pub fn new(dirty: Arc<DirtySet>) -> Self {
        let roots = Roots::default();
        let (marked, known) = (dirty.clone(), roots.clone());
        let asked = std::env::var("ASSAY_WATCH").is_ok_and(|value| value == "poll");
        let watcher = match asked {
            true => Err("ASSAY_WATCH asks for it".to_owned()),
            false => notify::recommended_watcher(move |event| mark(event, &known, &marked))
                .map_err(|error| format!("the system does not report changes: {error}")),
        };
        let poll_every = if asked { POLL_WHEN_ASKED } else { POLL };
        let (watched, places) = (HashMap::new(), HashMap::new());
        Self { dirty, watcher, roots, watched, places, poll_every }
    }

    /// Time between two scans of a folder that has to be polled.
    pub fn poll_every(&self) -> Duration {
        self.poll_every
    }

    /// Follows a root through all the folders below it that a scan listed, each with its inode. Changes
    /// between the scan and this call would be missed, so a root with new folders is marked once more.
    pub fn follow(&mut self, folder: FolderId, root: &Path, below: &[(PathBuf, u64)]) -> WatchMode {
        if let Some(kind) = network::kind_of(root) {
            self.leave(folder);
            return WatchMode::Polling(format!("it lies on another machine ({kind}), which does not report changes"));
        }
        if let Err(why) = &self.watcher {
            return WatchMode::Polling(why.clone());
        }
        self.register(folder, root);
        self.places.insert(folder, place(root));
        let mut before = self.watched.remove(&folder).unwrap_or_default();
        let now: HashMap<PathBuf, u64> = wanted(root, below);
        let stale: Vec<PathBuf> =
            before.iter().filter(|(path, inode)| now.get(*path) != Some(inode)).map(|(path, _)| path.clone()).collect();
        for path in stale {
            before.remove(&path);
            self.unwatch(&path);
        }
        let mut fresh = false;
        for (path, inode) in now {
            if before.contains_key(&path) {
                continue;
            }
            match self.watch(&path) {
                Ok(()) => {
                    before.insert(path, inode);
                    fresh = true;
                }
                // It was deleted since the scan: the folder above reports that.
                Err(error) if matches!(error.kind, ErrorKind::PathNotFound | ErrorKind::Io(_)) => (),
                Err(error) => {
                    self.watched.insert(folder, before);
                    self.leave(folder);
                    return WatchMode::Polling(limit(&error));
                }
            }
        }
        self.watched.insert(folder, before);
        if fresh {
            self.dirty.mark(folder);
        }
        WatchMode::Events
    }

    /// Roots that moved, appeared or vanished since the last call: the system reports no event when a
    /// drive is unplugged or comes back.
    pub fn moved(&mut self) -> Vec<FolderId> {
        let roots = locked(&self.roots);
        let now = roots.iter().map(|(folder, root)| (*folder, place(root)));
        now.filter(|(folder, place)| self.places.insert(*folder, *place) != Some(*place))
            .map(|(folder, _)| folder)
            .collect()
    }

    /// Follows a root no longer.
    pub fn leave(&mut self, folder: FolderId) {
        self.places.remove(&folder);
        locked(&self.roots).retain(|(id, _)| *id != folder);
        for path in self.watched.remove(&folder).unwrap_or_default().into_keys() {
            self.unwatch(&path);
        }
    }

    fn register(&self, folder: FolderId, root: &Path) {
        let mut roots = locked(&self.roots);
        if !roots.iter().any(|(id, path)| *id == folder && path == root) {
            roots.push((folder, root.to_owned()));
        }
    }

    fn watch(&mut self, path: &Path) -> notify::Result<()> {
        let mode = if WHOLE_TREES { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        self.watcher.as_mut().map_or(Ok(()), |watcher| watcher.watch(path, mode))
    }

    /// Stops watching a folder, unless it belongs to another root as well.
    fn unwatch(&mut self, path: &Path) {
        if !self.watched.values().any(|watched| watched.contains_key(path))
            && let Ok(watcher) = self.watcher.as_mut()
        {
            // It fails for a folder that is gone, which is no longer watched anyway.
            let _ = watcher.unwatch(path);
        }
    }
}

/// macOS and Windows watch a whole tree at the price of one folder.
const WHOLE_TREES: bool = !cfg!(target_os = "linux");

#[cfg(unix)]
fn place(root: &Path) -> Option<Place> {
    use std::os::unix::fs::MetadataExt;
    root.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// On other systems only presence is known.
#[cfg(not(unix))]
fn place(root: &Path) -> Option<Place> {
    root.metadata().ok().map(|_| (0, 0))
}

fn wanted(root: &Path, below: &[(PathBuf, u64)]) -> HashMap<PathBuf, u64> {
    let wanted = below.iter().filter(|(path, _)| !WHOLE_TREES || path == root);
    wanted.cloned().collect()
}

fn limit(error: &notify::Error) -> String {
    match error.kind {
        ErrorKind::MaxFilesWatch => {
            "the system's limit of watched folders is reached (fs.inotify.max_user_watches)".to_owned()
        }
        _ => format!("the system does not report changes: {error}"),
    }
}

fn mark(event: notify::Result<Event>, roots: &Roots, dirty: &DirtySet) {
    let roots = locked(roots);
    let all = || roots.iter().for_each(|(folder, _)| dirty.mark(*folder));
    let Ok(event) = event else { return all() };
    match event.kind {
        // Assay's own reading of files causes such events, too.
        EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => return,
        _ if event.need_rescan() || event.paths.is_empty() => return all(),
        _ => (),
    }
    for (folder, root) in roots.iter() {
        if event.paths.iter().any(|path| path.starts_with(root)) {
            dirty.mark(*folder);
        }
    }
}

/// The list is whole even if a holder panicked.
fn locked(roots: &Roots) -> MutexGuard<'_, Vec<(FolderId, PathBuf)>> {
    roots.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
