//! How the watched folders are followed.

use std::collections::HashMap;
use std::time::Instant;

use assay_domain::{Failure, FolderId, WatchedFolder};

/// How a watched folder is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowState {
    /// The system reports changes.
    Watching,
    /// It is scanned at intervals, because the system reports no changes there.
    Polling,
    /// It is out of reach; its documents stay.
    Offline,
    /// Nobody follows it now.
    Resting,
}

/// A watched folder and how it is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedFolder {
    /// The folder.
    pub folder: WatchedFolder,
    /// How it is followed.
    pub state: FollowState,
    /// Why it is polled or offline.
    pub reason: Option<String>,
}

/// States of the followed folders, and when each is scanned next.
#[derive(Debug, Default)]
pub struct Followed {
    /// State and reason.
    pub states: HashMap<FolderId, (FollowState, Option<String>)>,
    /// When the next scan is due.
    pub next: HashMap<FolderId, Instant>,
    /// The last failure that was reported, so that it is reported once.
    pub failure: Option<Failure>,
}

impl Followed {
    /// A folder with the state that it has now.
    pub fn row(&self, folder: WatchedFolder) -> FollowedFolder {
        let (state, reason) = match (self.states.get(&folder.id), &folder.unreachable) {
            (_, Some(why)) => (FollowState::Offline, Some(why.clone())),
            (Some((state, reason)), None) => (*state, reason.clone()),
            (None, None) => (FollowState::Resting, None),
        };
        FollowedFolder { folder, state, reason }
    }
}
