//! Folders that are followed. What the system tells of changes only marks a folder: once it has
//! been quiet for a moment somebody looks at all of it, so what was told, lost or told twice makes
//! no difference to what is found in the end.
//!
//! Every folder that is looked into is watched by itself, and not the tree below the root: what is
//! left out by rule (`node_modules` of a hundred thousand files) then costs nothing.

mod dirty_set;
mod network;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assay_domain::FolderId;
use notify::event::{AccessKind, AccessMode};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

pub use dirty_set::DirtySet;

/// Between two looks at a folder that the system does not tell of.
const POLL: Duration = Duration::from_secs(30);
const POLL_WHEN_ASKED: Duration = Duration::from_secs(1);

/// How a folder is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// The system tells of changes.
    Events,
    /// It is looked at every so often, for this reason.
    Polling(String),
}

/// Follows folders on behalf of [`DirtySet`].
pub struct Follower {
    marks: Arc<DirtySet>,
    watcher: Result<RecommendedWatcher, String>,
    roots: Arc<Mutex<Vec<(FolderId, PathBuf)>>>,
    watched: HashMap<FolderId, HashMap<PathBuf, u64>>,
    /// Where each root lay when it was last seen.
    places: HashMap<FolderId, Option<Place>>,
    poll_every: Duration,
}

/// Numbers of a folder's disk and of the folder on it.
type Place = (u64, u64);

impl Follower {
    /// Follows nothing yet. `ASSAY_WATCH=poll` in the environment lets it look at folders every so
    /// often although the system would tell: for a file system that tells nothing and does not say
    /// so, and for tests of that.
    pub fn new(marks: Arc<DirtySet>) -> Self {
        let roots: Arc<Mutex<Vec<(FolderId, PathBuf)>>> = Arc::default();
        let (told, known) = (marks.clone(), roots.clone());
        let asked = std::env::var("ASSAY_WATCH").is_ok_and(|word| word == "poll");
        let watcher = match asked {
            true => Err("ASSAY_WATCH asks for it".to_owned()),
            false => notify::recommended_watcher(move |event| hear(event, &known, &told))
                .map_err(|error| format!("the system does not tell of changes: {error}")),
        };
        let poll_every = if asked { POLL_WHEN_ASKED } else { POLL };
        let (watched, places) = (HashMap::new(), HashMap::new());
        Self { marks, watcher, roots, watched, places, poll_every }
    }

    /// How often a folder is to be looked at that the system does not tell of.
    pub fn poll_every(&self) -> Duration {
        self.poll_every
    }

    /// Follows a folder through all the folders below it that were looked into, each with its number
    /// on its disk. What changed between the look and this call would be missed, so a folder that is
    /// new here is marked once more.
    pub fn follow(&mut self, folder: FolderId, root: &Path, below: &[(PathBuf, u64)]) -> How {
        if let Some(kind) = network::kind_of(root) {
            self.leave(folder);
            return How::Polling(format!("it lies on another machine ({kind}), which does not tell of changes"));
        }
        if let Err(why) = &self.watcher {
            return How::Polling(why.clone());
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
                // Gone again: the folder above tells of that.
                Err(error) if matches!(error.kind, ErrorKind::PathNotFound | ErrorKind::Io(_)) => (),
                Err(error) => {
                    self.watched.insert(folder, before);
                    self.leave(folder);
                    return How::Polling(limit(&error));
                }
            }
        }
        self.watched.insert(folder, before);
        if fresh {
            self.marks.mark(folder);
        }
        How::Events
    }

    /// Folders that lie elsewhere than when this was last asked, or are gone: a drive that is taken
    /// away or comes back is told of by nobody.
    pub fn moved(&mut self) -> Vec<FolderId> {
        let roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        let now = roots.iter().map(|(folder, root)| (*folder, place(root)));
        now.filter(|(folder, place)| self.places.insert(*folder, *place) != Some(*place))
            .map(|(folder, _)| folder)
            .collect()
    }

    /// Follows a folder no longer.
    pub fn leave(&mut self, folder: FolderId) {
        self.places.remove(&folder);
        self.roots.lock().unwrap_or_else(PoisonError::into_inner).retain(|(id, _)| *id != folder);
        for path in self.watched.remove(&folder).unwrap_or_default().into_keys() {
            self.unwatch(&path);
        }
    }

    fn register(&self, folder: FolderId, root: &Path) {
        let mut roots = self.roots.lock().unwrap_or_else(PoisonError::into_inner);
        if !roots.iter().any(|(id, path)| *id == folder && path == root) {
            roots.push((folder, root.to_owned()));
        }
    }

    fn watch(&mut self, path: &Path) -> notify::Result<()> {
        let mode = if WHOLE_TREES { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        self.watcher.as_mut().map_or(Ok(()), |watcher| watcher.watch(path, mode))
    }

    /// Unless another folder that is followed has it too.
    fn unwatch(&mut self, path: &Path) {
        if !self.watched.values().any(|watched| watched.contains_key(path))
            && let Ok(watcher) = self.watcher.as_mut()
        {
            // A folder that is gone is watched no longer anyway.
            let _ = watcher.unwatch(path);
        }
    }
}

/// Elsewhere than on Linux the system watches whole trees at the price of one folder.
const WHOLE_TREES: bool = !cfg!(target_os = "linux");

#[cfg(unix)]
fn place(root: &Path) -> Option<Place> {
    use std::os::unix::fs::MetadataExt;
    root.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Elsewhere it is there or not.
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
        _ => format!("the system does not tell of changes: {error}"),
    }
}

fn hear(event: notify::Result<Event>, roots: &Mutex<Vec<(FolderId, PathBuf)>>, marks: &DirtySet) {
    let roots = roots.lock().unwrap_or_else(PoisonError::into_inner);
    let all = || roots.iter().for_each(|(folder, _)| marks.mark(*folder));
    let Ok(event) = event else { return all() };
    match event.kind {
        // Our own reading of files is told of as well.
        EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => return,
        _ if event.need_rescan() || event.paths.is_empty() => return all(),
        _ => (),
    }
    for (folder, root) in roots.iter() {
        if event.paths.iter().any(|path| path.starts_with(root)) {
            marks.mark(*folder);
        }
    }
}

#[cfg(test)]
mod tests;
