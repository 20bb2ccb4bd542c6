//! Mirroring a library that another machine publishes.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use assay_domain::Failure;
use assay_remote::{DocumentEntry, Mirrored, OnStep, Remote, RemoteError};

use super::done::RemoteDone;
use super::note::NOTE;
use super::slot::Work;
use super::state::{State, now};
use crate::backup::write_synced;
use crate::engines::Engines;
use crate::error::LibraryError;
use crate::library::Library;
use crate::recovery::remove_folder;

/// Tries while what is published changes under a reader.
const TRIES: u32 = 3;

impl Library {
    /// Mirrors what is published, if anything is new. Questions go on meanwhile.
    ///
    /// # Errors
    /// What the store or the disk reports; the mirror answers as before then.
    pub(crate) async fn mirror(&self, work: &mut Work, on: &OnStep<'_>) -> Result<RemoteDone, Failure> {
        let Some(state) = self.remote.state() else { return Ok(RemoteDone::default()) };
        let remote = self.remote.connection(&state)?;
        let before = remote.cost();
        for left in (0..TRIES).rev() {
            match Box::pin(self.mirror_once(&remote, &state, work, on)).await {
                // The publisher deleted what the head named when it was read.
                Err(Fault::Gone(_)) if left > 0 => (),
                Err(Fault::Gone(error)) => return Err(error.into()),
                Err(Fault::Other(failure)) => return Err(failure),
                Ok(done) => {
                    let publisher = work.mirrored.as_ref().map(|mirrored| mirrored.head().machine.clone());
                    self.remote.change(|state| {
                        state.looked = Some(now());
                        state.publisher = publisher.unwrap_or_default();
                    })?;
                    return Ok(RemoteDone { bytes: remote.cost().received - before.received, ..done });
                }
            }
        }
        Err(RemoteError::Conflict.into())
    }

    /// Mirrors everything anew if the index that answers lacks passages.
    ///
    /// # Errors
    /// Fails if the index cannot be opened. A store that cannot be reached is a notice: what is whole answers.
    pub(crate) async fn repair_mirror(&self) -> Result<(), Failure> {
        let engines = self.engines().await;
        if self.store.live_generations()?.is_empty() {
            return Ok(());
        }
        engines.open_index().await?;
        if engines.incomplete().is_empty() {
            return Ok(());
        }
        let note = engines.home().index_named(&engines.answering_folder()?).join(NOTE);
        drop(fs::remove_file(note));
        drop(engines);
        self.remote.work.lock().await.mirrored = None;
        self.look_remote().await.map(drop)
    }

    async fn mirror_once(
        &self,
        remote: &Remote,
        state: &State,
        work: &mut Work,
        on: &OnStep<'_>,
    ) -> Result<RemoteDone, Fault> {
        let engines = self.engines().await;
        let (lists, staging) = (self.remote.lists(), self.remote.staging());
        fs::create_dir_all(&lists).map_err(|error| Fault::of(LibraryError::file(&lists)(error)))?;
        if work.mirrored.is_none() {
            work.mirrored = recall(&engines, remote, &lists).await.map(Arc::new);
        }
        // Texts are known by what the catalogue holds, which may be a copy without them.
        let held = self.store.readings_with_pages().map_err(Fault::of)?;
        let mirrored = work.mirrored.clone();
        let entries = mirrored.iter().flat_map(|mirrored| mirrored.documents());
        let kept: Vec<&DocumentEntry> = entries.filter(|entry| held.contains(&(entry.id, entry.generation))).collect();
        let texts: HashSet<String> = kept.iter().map(|entry| entry.text.clone()).collect();
        let readings: HashMap<(i64, i64), &str> =
            kept.iter().map(|entry| ((entry.id, entry.generation), entry.text.as_str())).collect();
        let is_whole = mirrored.as_ref().is_some_and(|mirrored| is_whole(mirrored, &texts));
        let known = mirrored.as_deref().filter(|_| is_whole);
        let Some(wanted) = remote.look(&lists, known).await? else {
            let sequence = known.map_or(0, |known| known.head().sequence);
            return Ok(RemoteDone { sequence, ..RemoteDone::default() });
        };
        engines.can_ask(&wanted.head().filled_by).await?;
        let old = engines.home().index_named(&engines.answering_folder()?);
        let have = mirrored.as_ref().map(|mirrored| (old.as_path(), mirrored.entries()));
        let is_here =
            |entry: &&DocumentEntry| readings.get(&(entry.id, entry.generation)) == Some(&entry.text.as_str());
        let here: HashSet<(i64, i64)> =
            wanted.documents().iter().filter(is_here).map(|entry| (entry.id, entry.generation)).collect();
        // A text that another document has, or had under another number, is fetched for this one.
        let lacking = wanted.documents().iter().filter(|entry| !is_here(entry)).map(|entry| &entry.text);
        let lacking: HashSet<&String> = lacking.collect();
        let known: HashSet<String> = texts.iter().filter(|text| !lacking.contains(text)).cloned().collect();
        let got = Arc::new(remote.fetch(wanted, have, &known, &staging, on).await?);
        let folder = self.place(&engines, &got)?;
        engines.swap_mirror(folder, got.clone(), here).await?;
        drop(remove_folder(&staging));
        self.prune_lists(&got);
        work.mirrored = Some(got.clone());
        let (sequence, files, texts) = (got.head().sequence, got.files, got.texts);
        debug_assert_eq!(state.library, got.head().library);
        Ok(RemoteDone { changed: true, sequence, files, texts, bytes: 0 })
    }

    /// Gives the fetched files a folder of an index that the catalogue does not name yet. One that stays so after a
    /// crash is deleted at the next opening.
    fn place(&self, engines: &Engines, got: &Mirrored) -> Result<String, Failure> {
        let note = got.index().join(NOTE);
        write_synced(&note, &got.note()).map_err(LibraryError::file(&note))?;
        let answering = engines.answering_folder()?;
        let free = |name: &String| *name != answering && !engines.home().index_named(name).exists();
        let name = (2..).map(|number| format!("index-{number}")).find(free).unwrap_or_default();
        let folder = engines.home().index_named(&name);
        fs::rename(got.index(), &folder).map_err(LibraryError::file(&folder))?;
        Ok(name)
    }

    fn prune_lists(&self, got: &Mirrored) {
        let head = got.head();
        let wanted: HashSet<&String> = head.document_lists.iter().chain(&head.file_lists).collect();
        let kept = fs::read_dir(self.remote.lists()).into_iter().flatten().filter_map(Result::ok);
        let loose: Vec<PathBuf> = kept
            .filter(|entry| entry.file_name().to_str().is_none_or(|name| !wanted.contains(&name.to_owned())))
            .map(|entry| entry.path())
            .collect();
        for list in loose {
            // One that stays is pruned the next time.
            drop(fs::remove_file(list));
        }
    }
}

/// Whether all texts of what was mirrored are in the catalogue.
fn is_whole(mirrored: &Mirrored, texts: &HashSet<String>) -> bool {
    mirrored.documents().iter().all(|entry| entry.pages == 0 || texts.contains(&entry.text))
}

/// What the index that answers was mirrored from, if it was.
async fn recall(engines: &Engines, remote: &Remote, lists: &std::path::Path) -> Option<Mirrored> {
    let folder = engines.home().index_named(&engines.answering_folder().ok()?);
    let note = fs::read(folder.join(NOTE)).ok()?;
    remote.recall(&note, lists).await.ok()
}

/// Why a try failed.
enum Fault {
    /// An object is gone or is another one.
    Gone(RemoteError),
    /// Anything else.
    Other(Failure),
}

impl Fault {
    fn of(error: impl Into<Failure>) -> Self {
        Self::Other(error.into())
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

impl From<RemoteError> for Fault {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Damaged { .. } => Self::Gone(error),
            other => Self::Other(other.into()),
        }
    }
}
