//! Watched folders: which there are, and following them.

use std::collections::HashMap;
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use assay_contract::{FolderList, FolderRow, LibraryEvent};
use assay_domain::{Cancel, Failure, FolderId, Problem, WatchedFolder};
use assay_engines::Engines;
use assay_engines::watch::{Follower, How};
use futures::future::{Either, select};

use crate::app::{App, lock};
use crate::convert;
use crate::library::reply;
use crate::rescan::Rescanned;

/// Something may always have been missed.
const EVERY_HOUR: Duration = Duration::from_secs(3_600);
/// Between two looks for a folder that is out of reach, or that could not be taken in.
const WHILE_AWAY: Duration = Duration::from_secs(5);
const AFTER_FAILURE: Duration = Duration::from_secs(60);
/// Between two looks at the clock, and at where the folders lie.
const TICK: Duration = Duration::from_secs(2);

/// How folders are followed: state and reason, and when the next look is due.
#[derive(Default)]
pub struct Followed {
    states: HashMap<FolderId, (&'static str, Option<String>)>,
    next: HashMap<FolderId, Instant>,
    /// What was told last of why a look failed, so that it is told once.
    failure: Option<Failure>,
}

impl App {
    /// Follows a folder from now on; [`App::follow`] takes it in. One that lies in a folder that is
    /// followed already is followed with that. Returns the number of the folder that is followed.
    pub async fn watch_folder(&self, folder: &Path, collection: &str) -> Result<i64, Failure> {
        let engines = self.engines.read().await;
        let folder = checked(folder, engines.home().folder())?;
        let store = engines.store();
        let known = store.folders()?.into_iter().filter(|known| known.collection == collection);
        let known: Vec<WatchedFolder> = known.collect();
        if let Some(above) = known.iter().find(|known| Path::new(&folder).starts_with(&known.path)) {
            self.marks.mark_due(above.id);
            return Ok(above.id.0);
        }
        let id = store.watch(&folder, collection)?;
        for below in known.iter().filter(|known| Path::new(&known.path).starts_with(&folder)) {
            store.unwatch(below.id)?;
        }
        self.marks.mark_due(id);
        Ok(id.0)
    }

    /// Follows a folder no longer. Its documents stay in the library.
    pub async fn unwatch_folder(&self, folder: i64) -> Result<(), Failure> {
        let folder = FolderId(folder);
        if !self.engines.read().await.store().unwatch(folder)? {
            let message = format!("no watched folder has the number {}", folder.0);
            return Err(Failure::new(Problem::MissingFile, message, "list them: assay folders"));
        }
        self.marks.mark_due(folder);
        Ok(())
    }

    /// All watched folders, with their paths.
    pub async fn folders(&self) -> Result<FolderList, Failure> {
        let engines = self.engines.read().await;
        Ok(FolderList { folders: self.folder_rows(&engines, true)? })
    }

    pub(crate) fn folder_rows(&self, engines: &Engines, with_path: bool) -> Result<Vec<FolderRow>, Failure> {
        let followed = lock(&self.followed);
        let rows = engines.store().folders()?.into_iter().map(|folder| {
            let (state, reason) = match (followed.states.get(&folder.id), folder.unreachable) {
                (_, Some(away)) => ("offline", Some(away)),
                (Some((state, reason)), None) => (*state, reason.clone()),
                (None, None) => ("resting", None),
            };
            let name = Path::new(&folder.path).file_name().map(|name| name.to_string_lossy().into_owned());
            FolderRow {
                id: folder.id.0,
                name: name.unwrap_or_else(|| folder.path.clone()),
                path: with_path.then_some(folder.path),
                collection: folder.collection,
                state: state.to_owned(),
                reason,
                files: folder.files,
                excluded: folder.excluded,
                scanned: folder.scanned,
            }
        });
        Ok(rows.collect())
    }

    /// Follows all watched folders, those that are added meanwhile too, until it is stopped. Each is
    /// looked at when this begins, whenever something changed in it, and now and then.
    pub async fn follow(&self, cancel: &Cancel, on: &mut (dyn FnMut(LibraryEvent) + Send)) -> Result<(), Failure> {
        let mut follower = Follower::new(self.marks.clone());
        for folder in self.watched().await? {
            self.marks.mark_due(folder.id);
        }
        while !cancel.is_stopped() {
            let marked = pin!(self.marks.due(TICK));
            let Either::Left((mut due, _)) = select(marked, cancel.stopped()).await else { break };
            due.extend(self.overdue());
            due.extend(follower.moved());
            let (folders, left) = self.due(due).await?;
            for folder in left {
                follower.leave(folder);
            }
            if !folders.is_empty() {
                self.look(folders, &mut follower, cancel, on).await;
            }
        }
        *lock(&self.followed) = Followed::default();
        Ok(())
    }

    async fn watched(&self) -> Result<Vec<WatchedFolder>, Failure> {
        Ok(self.engines.read().await.store().folders()?)
    }

    fn overdue(&self) -> Vec<FolderId> {
        let now = Instant::now();
        lock(&self.followed).next.iter().filter(|(_, next)| **next <= now).map(|(folder, _)| *folder).collect()
    }

    /// The folders behind some numbers, and the numbers of those that are followed no longer.
    async fn due(&self, due: Vec<FolderId>) -> Result<(Vec<WatchedFolder>, Vec<FolderId>), Failure> {
        let all = self.watched().await?;
        let left: Vec<FolderId> = due.iter().filter(|id| all.iter().all(|folder| folder.id != **id)).copied().collect();
        let mut followed = lock(&self.followed);
        for folder in &left {
            followed.states.remove(folder);
            followed.next.remove(folder);
        }
        Ok((all.into_iter().filter(|folder| due.contains(&folder.id)).collect(), left))
    }

    /// Looks at folders, tells what is new, and follows them as they are now.
    async fn look(
        &self,
        folders: Vec<WatchedFolder>,
        follower: &mut Follower,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) {
        let begun = Instant::now();
        // A stop button of its own: whoever stops an ingest does not stop the following.
        let button = Cancel::default();
        let busy = AtomicBool::new(false);
        let rescanned = {
            let mut tell = quietly(on, &busy);
            let looking = pin!(self.rescan(folders.clone(), &button, &mut tell));
            match select(looking, cancel.stopped()).await {
                Either::Left((rescanned, _)) => rescanned,
                Either::Right((_, looking)) => {
                    button.stop();
                    looking.await
                }
            }
        };
        let rescanned = match rescanned {
            Ok(rescanned) => rescanned,
            Err(failure) => {
                let next = Instant::now() + AFTER_FAILURE;
                let mut followed = lock(&self.followed);
                followed.next.extend(folders.iter().map(|folder| (folder.id, next)));
                let told = followed.failure.replace(failure.clone()).is_some_and(|before| before == failure);
                drop(followed);
                if !told {
                    on(LibraryEvent::Failed { problem: convert::problem(&failure) });
                }
                return;
            }
        };
        lock(&self.followed).failure = None;
        let first = folders.iter().any(|folder| folder.scanned.is_none());
        let other = self.keep(&folders, &rescanned, follower);
        rescanned.moving.iter().for_each(|folder| self.marks.mark(*folder));
        if first || other || busy.into_inner() || !rescanned.news.is_empty() {
            on(LibraryEvent::Finished { reply: reply(rescanned.news, begun) });
        }
    }

    /// Keeps how folders are followed from now on. Returns whether that is another way than before.
    fn keep(&self, folders: &[WatchedFolder], rescanned: &Rescanned, follower: &mut Follower) -> bool {
        let mut other = false;
        for folder in folders {
            let (state, wait) = match rescanned.below.get(&folder.id) {
                Some(Ok(below)) => match follower.follow(folder.id, Path::new(&folder.path), below) {
                    How::Events => (("watching", None), EVERY_HOUR),
                    How::Polling(why) => (("polling", Some(why)), follower.poll_every()),
                },
                Some(Err(why)) => (("offline", Some(why.clone())), WHILE_AWAY),
                None => (("resting", None), AFTER_FAILURE),
            };
            let mut followed = lock(&self.followed);
            followed.next.insert(folder.id, Instant::now() + wait);
            other |= followed.states.insert(folder.id, state.clone()) != Some(state);
        }
        other
    }
}

/// An ingest is told of from the first file on that is really read, and `busy` set then: looking at
/// files that turn out to be the same is nobody's business.
fn quietly<'a>(
    on: &'a mut (dyn FnMut(LibraryEvent) + Send),
    busy: &'a AtomicBool,
) -> impl FnMut(LibraryEvent) + Send + 'a {
    let mut held: Option<LibraryEvent> = None;
    move |event| {
        let works = match &event {
            LibraryEvent::File { state, .. } => state == "reading" || state == "embedding",
            _ => false,
        };
        match &event {
            LibraryEvent::Started { .. } => return held = Some(event),
            LibraryEvent::File { state, .. } if state == "removed" || state == "offline" => return on(event),
            _ => (),
        }
        if works && let Some(started) = held.take() {
            busy.store(true, Ordering::SeqCst);
            on(started);
        }
        if held.is_none() {
            on(event);
        }
    }
}

/// A folder that can be followed, by its real path.
fn checked(folder: &Path, own: &Path) -> Result<String, Failure> {
    let refused = |what: &str, action: &str| {
        Failure::new(Problem::BadSetting, format!("{} {what}", folder.display()), action.to_owned())
    };
    let real = folder.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            let message = format!("{} does not exist", folder.display());
            Failure::new(Problem::MissingFile, message, "check the path and try again")
        }
        _ => refused(&format!("cannot be opened: {error}"), "give yourself the right to read it"),
    })?;
    if !real.is_dir() {
        return Err(refused("is not a folder", "name a folder; single files are taken in with assay ingest"));
    }
    if real.starts_with(own) {
        return Err(refused("lies in Assay's own data folder", "name another folder"));
    }
    let advice = "rename it and try again";
    real.to_str().map(str::to_owned).ok_or_else(|| refused("has a name that is not valid Unicode", advice))
}
