//! Watched folders: adding and removing them, and following their changes.

use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use assay_domain::{Cancel, DocumentState, Failure, FolderId, QueueReason, WatchedFolder};
use assay_files::real_path;
use assay_files::watch::{Follower, WatchMode, watchable};
use assay_pipeline::ingest::IngestEvent;
use futures::future::{Either, select};

use crate::error::LibraryError;
use crate::followed::{FollowState, Followed, FollowedFolder};
use crate::library::Library;
use crate::report::{FileStatus, IngestReport, OnIngest};
use crate::rescan::{Asked, Rescan};

/// Time between two scans of a followed folder: an event may have been missed.
const EVERY_HOUR: Duration = Duration::from_secs(3_600);
/// Time to the next scan of a folder that is out of reach.
const WHILE_AWAY: Duration = Duration::from_secs(5);
/// Time to the next scan of a folder after a scan failed.
const AFTER_FAILURE: Duration = Duration::from_secs(60);
/// Time between two looks at the clock and at where the folders lie.
const TICK: Duration = Duration::from_secs(2);

/// What happens while folders are followed.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowEvent {
    /// An ingest of changed files moves along.
    Ingest(IngestEvent),
    /// A scan that found something new is finished.
    Finished(IngestReport),
    /// What another machine published was mirrored.
    Mirrored,
    /// A scan failed; it is tried again.
    Failed(Failure),
}

/// Receives what happens while folders are followed.
pub type OnFollow<'a> = dyn FnMut(FollowEvent) + Send + 'a;

impl Library {
    /// Watches a folder from now on; [`Self::follow`] takes its files in. A folder inside a watched folder
    /// of the same collection is not added again. Returns the number of the folder that is watched.
    ///
    /// # Errors
    /// Fails if the folder cannot be watched, with the reason.
    pub async fn watch_folder(&self, folder: &Path, collection: &str) -> Result<FolderId, Failure> {
        self.takes_files()?;
        let engines = self.engines().await;
        let folder = watchable(folder, engines.home().folder())?;
        let store = engines.store();
        let known = store.folders()?.into_iter().filter(|known| known.collection == collection);
        let known: Vec<WatchedFolder> = known.collect();
        // A watched folder may have been moved since, with a link in its place.
        let real =
            |known: &WatchedFolder| real_path(Path::new(&known.path)).unwrap_or_else(|_| known.path.clone().into());
        if let Some(above) = known.iter().find(|known| Path::new(&folder).starts_with(real(known))) {
            self.dirty.mark_due(above.id);
            return Ok(above.id);
        }
        let id = store.watch(&folder, collection)?;
        for below in known.iter().filter(|known| real(known).starts_with(&folder)) {
            store.unwatch(below.id)?;
        }
        self.dirty.mark_due(id);
        Ok(id)
    }

    /// Watches a folder no longer. Its documents stay in the library.
    ///
    /// # Errors
    /// [`LibraryError::UnknownFolder`], or a fault of the catalogue.
    pub async fn unwatch_folder(&self, folder: FolderId) -> Result<(), Failure> {
        if !self.engines().await.store().unwatch(folder)? {
            return Err(LibraryError::UnknownFolder { id: folder }.into());
        }
        self.dirty.mark_due(folder);
        Ok(())
    }

    /// All watched folders, with how each is followed now.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn folders(&self) -> Result<Vec<FollowedFolder>, Failure> {
        let folders = self.watched().await?;
        let followed = self.followed();
        Ok(folders.into_iter().map(|folder| followed.row(folder)).collect())
    }

    /// Follows all watched folders, those that are added meanwhile too, until it is stopped. Each is
    /// scanned when this begins, whenever something changed in it, and once an hour.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read. A scan that fails is an event.
    ///
    /// A library that is shared through an object store publishes or mirrors meanwhile.
    pub async fn follow(&self, cancel: &Cancel, on: &mut OnFollow<'_>) -> Result<(), Failure> {
        let mirrored = AtomicBool::new(false);
        let note = || mirrored.store(true, Ordering::SeqCst);
        let following = pin!(self.follow_folders(cancel, &mirrored, on));
        match select(following, pin!(self.keep_remote(cancel, &note))).await {
            Either::Left((followed, _)) => followed,
            Either::Right(((), following)) => following.await,
        }
    }

    async fn follow_folders(
        &self,
        cancel: &Cancel,
        mirrored: &AtomicBool,
        on: &mut OnFollow<'_>,
    ) -> Result<(), Failure> {
        let mut follower = Follower::new(self.dirty.clone());
        let mut next_expiry = Instant::now();
        for folder in self.watched().await? {
            self.dirty.mark_due(folder.id);
        }
        while !cancel.is_stopped() {
            let marked = pin!(self.dirty.due(TICK));
            let Either::Left((mut due, _)) = select(marked, cancel.stopped()).await else { break };
            if mirrored.swap(false, Ordering::SeqCst) {
                on(FollowEvent::Mirrored);
            }
            // The documents of another machine are not looked for on this one.
            if self.takes_files().is_err() {
                continue;
            }
            due.extend(self.overdue());
            due.extend(follower.moved());
            due.extend(self.try_again(cancel, on).await?);
            let (folders, left) = self.due(due).await?;
            for folder in left {
                follower.leave(folder);
            }
            if !folders.is_empty() {
                self.scan(folders, &mut follower, cancel, on).await;
            }
            if let Err(failure) = self.optimize_if_idle(Instant::now()).await {
                on(FollowEvent::Failed(failure));
            }
            if next_expiry <= Instant::now() && !cancel.is_stopped() && self.have_scanned_all().await? {
                next_expiry = Instant::now() + EVERY_HOUR;
                self.expire_between_scans(cancel, on).await;
            }
        }
        *self.followed() = Followed::default();
        Ok(())
    }

    /// Tries files again that met a passing fault, if it is time. Returns the watched folders of such files, whose
    /// scans try them.
    async fn try_again(&self, cancel: &Cancel, on: &mut OnFollow<'_>) -> Result<Vec<FolderId>, Failure> {
        let (in_folders, named): (Vec<_>, Vec<_>) =
            self.engines().await.store().due_again()?.into_iter().partition(|(_, folder)| folder.is_some());
        if !named.is_empty() {
            let named: Vec<_> = named.into_iter().map(|(document, _)| document).collect();
            let tried = {
                let (busy, mut forward) = (AtomicBool::new(false), |event| on(FollowEvent::Ingest(event)));
                let mut quiet = quietly(&mut forward, &busy);
                self.read_again(&named, QueueReason::Watched, cancel, &mut quiet).await
            };
            match tried {
                Ok(report) if report.files.iter().any(|file| file.status != FileStatus::Failed) => {
                    on(FollowEvent::Finished(report));
                }
                Ok(_) => (),
                Err(failure) => on(FollowEvent::Failed(failure)),
            }
        }
        Ok(in_folders.into_iter().filter_map(|(_, folder)| folder).collect())
    }

    /// Whether each watched folder was scanned since the following began. Before that, a missing file may be in one of
    /// them under another name.
    async fn have_scanned_all(&self) -> Result<bool, Failure> {
        let folders = self.watched().await?;
        let followed = self.followed();
        Ok(folders.iter().all(|folder| followed.states.contains_key(&folder.id)))
    }

    /// Ends the grace time of missing documents of folders that are watched no longer; scans see to the others.
    async fn expire_between_scans(&self, cancel: &Cancel, on: &mut OnFollow<'_>) {
        let begun = Instant::now();
        let expired = self.expire_if_idle(cancel, &mut |event| on(FollowEvent::Ingest(event))).await;
        match expired {
            Ok(files) if files.is_empty() => (),
            Ok(files) => on(FollowEvent::Finished(IngestReport::since(begun, files))),
            Err(failure) => on(FollowEvent::Failed(failure)),
        }
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn watched(&self) -> Result<Vec<WatchedFolder>, Failure> {
        Ok(self.engines().await.store().folders()?)
    }

    fn overdue(&self) -> Vec<FolderId> {
        let now = Instant::now();
        self.followed().next.iter().filter(|(_, next)| **next <= now).map(|(folder, _)| *folder).collect()
    }

    /// The watched folders of some numbers, and the numbers of those that are watched no longer.
    async fn due(&self, due: Vec<FolderId>) -> Result<(Vec<WatchedFolder>, Vec<FolderId>), Failure> {
        let all = self.watched().await?;
        let left: Vec<FolderId> = due.iter().filter(|id| all.iter().all(|folder| folder.id != **id)).copied().collect();
        let mut followed = self.followed();
        for folder in &left {
            followed.states.remove(folder);
            followed.next.remove(folder);
        }
        Ok((all.into_iter().filter(|folder| due.contains(&folder.id)).collect(), left))
    }

    /// Scans folders, reports what is new, and follows them as they are now.
    async fn scan(&self, folders: Vec<WatchedFolder>, follower: &mut Follower, cancel: &Cancel, on: &mut OnFollow<'_>) {
        let begun = Instant::now();
        let busy = AtomicBool::new(false);
        let rescan = {
            let mut ingest = |event| on(FollowEvent::Ingest(event));
            let mut quiet = quietly(&mut ingest, &busy);
            self.rescan(folders.clone(), Asked::ByItself, cancel, &mut quiet).await
        };
        let rescan = match rescan {
            Ok(rescan) => rescan,
            Err(failure) => {
                let next = Instant::now() + AFTER_FAILURE;
                let mut followed = self.followed();
                followed.next.extend(folders.iter().map(|folder| (folder.id, next)));
                let same = followed.failure.replace(failure.clone()).is_some_and(|before| before == failure);
                drop(followed);
                if !same {
                    on(FollowEvent::Failed(failure));
                }
                return;
            }
        };
        self.followed().failure = None;
        let first = folders.iter().any(|folder| folder.scanned.is_none());
        let other = self.keep(&folders, &rescan, follower);
        rescan.moving.iter().for_each(|folder| self.dirty.mark(*folder));
        if first || other || busy.into_inner() || !rescan.changed.is_empty() {
            on(FollowEvent::Finished(IngestReport::since(begun, rescan.changed)));
        }
    }

    /// Keeps how folders are followed from now on. Returns whether the state of any changed.
    fn keep(&self, folders: &[WatchedFolder], rescan: &Rescan, follower: &mut Follower) -> bool {
        let mut changed = false;
        for folder in folders {
            let (state, wait) = match rescan.below.get(&folder.id) {
                Some(Ok(below)) => match follower.follow(folder.id, Path::new(&folder.path), below) {
                    WatchMode::Events => ((FollowState::Watching, None), EVERY_HOUR),
                    WatchMode::Polling(why) => ((FollowState::Polling, Some(why)), follower.poll_every()),
                },
                Some(Err(why)) => ((FollowState::Offline, Some(why.clone())), WHILE_AWAY),
                None => ((FollowState::Resting, None), AFTER_FAILURE),
            };
            let wait = if rescan.unsettled.contains(&folder.id) { wait.min(AFTER_FAILURE) } else { wait };
            let mut followed = self.followed();
            followed.next.insert(folder.id, Instant::now() + wait);
            changed |= followed.states.insert(folder.id, state.clone()) != Some(state);
        }
        changed
    }
}

/// Passes an ingest's events on from the first file that is really read, and sets `busy` then: files that
/// turn out to be unchanged are not reported.
fn quietly<'a>(on: &'a mut OnIngest<'_>, busy: &'a AtomicBool) -> impl FnMut(IngestEvent) + Send + 'a {
    let mut held: Option<IngestEvent> = None;
    move |event| {
        let works = match &event {
            IngestEvent::Started { .. } => return held = Some(event),
            IngestEvent::File {
                state: DocumentState::Removed | DocumentState::Missing | DocumentState::Offline,
                ..
            } => return on(event),
            IngestEvent::File { state, .. } => {
                matches!(state, DocumentState::Reading | DocumentState::Embedding)
            }
            IngestEvent::Progress { .. } => false,
        };
        if works && let Some(started) = held.take() {
            busy.store(true, Ordering::SeqCst);
            on(started);
        }
        if held.is_none() {
            on(event);
        }
    }
}
