//! Publishing a library from here.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use assay_catalogue::MirrorRows;
use assay_domain::{Failure, Problem};
use assay_models::blocking;
use assay_remote::{DocumentEntry, PageEntry, Publication, Published, Remote, RemoteError, Unreferenced, random};

use super::done::RemoteDone;
use super::rows::{entry, filled_by, page_entry};
use super::slot::Work;
use super::state::{RemoteRole, State, now, superseded};
use crate::backup::copy_index;
use crate::error::LibraryError;
use crate::library::Library;
use crate::recovery::remove_folder;

/// Tries until catalogue and index are of one moment.
const TRIES: u32 = 20;
/// Seconds for which an object stays that nothing names any more, and between two looks for such objects.
const GRACE: i64 = 3_600;

impl Library {
    /// Publishes what is committed, unless it is published already.
    ///
    /// # Errors
    /// [`Problem::RemoteHeld`] if another machine has taken over, which is kept in mind; what the store reports.
    /// Nothing is published then, and nothing on this machine is lost.
    pub(crate) async fn publish(&self, work: &mut Work) -> Result<RemoteDone, Failure> {
        let Some(state) = self.remote.state().filter(|state| state.role == RemoteRole::Publisher) else {
            return Ok(RemoteDone::default());
        };
        let remote = self.remote.connection(&state)?;
        let before = remote.cost();
        // Read first: what is written meanwhile is published the next time.
        let changes = self.store.changes();
        let mut done = Err(RemoteError::Conflict.into());
        for _ in 0..3 {
            done = Box::pin(self.publish_once(&remote, &state, work)).await;
            if !matches!(&done, Err(failure) if is_again(failure)) {
                break;
            }
        }
        drop(remove_folder(&self.remote.staging()));
        let published = match done {
            Ok(published) => published,
            Err(failure) => {
                return Err(self.superseded_by(&remote, failure).await);
            }
        };
        let now = now();
        let nonce = published.nonce.clone();
        self.remote.change(|state| {
            state.own = vec![nonce];
            state.looked = Some(now);
        })?;
        let cost = remote.cost();
        let done = RemoteDone {
            changed: published.changed,
            sequence: published.sequence,
            files: published.files,
            texts: published.texts,
            bytes: cost.sent - before.sent,
        };
        self.sweep(&remote, &state, &published, now).await?;
        (work.published, work.changes, work.renewed) = (Some(published), Some(changes), Some(Instant::now()));
        Ok(done)
    }

    async fn publish_once(&self, remote: &Remote, state: &State, work: &Work) -> Result<Published, Failure> {
        let (rows, copy, filled_by) = self.gather().await?;
        let nonce = random();
        // On the disk before the store has it, so that the publication is known as an own one after a crash.
        let mut own: Vec<String> = self.remote.state().map(|state| state.own).unwrap_or_default();
        own.push(nonce.clone());
        let kept = own.clone();
        self.remote.change(|state| state.own = kept)?;
        let lists = self.remote.lists();
        fs::create_dir_all(&lists).map_err(LibraryError::file(&lists))?;
        let publication = Publication {
            holder: &state.holder,
            filled_by,
            documents: rows.documents.into_iter().map(entry).collect(),
            silent: rows.silent,
            newest_document: rows.newest_document,
            newest_generation: rows.newest_generation,
            index: &copy,
            lists: &lists,
            nonce,
            own,
        };
        let mut pages = |row: &DocumentEntry| -> Result<Vec<PageEntry>, Failure> {
            let pages = self.store.pages_of_reading(row.id, row.generation)?;
            // It was read again or removed since.
            let pages = pages.ok_or(RemoteError::Conflict)?;
            Ok(pages.into_iter().map(page_entry).collect())
        };
        Ok(remote.publish(publication, work.published.as_ref(), &mut pages).await?)
    }

    /// The documents, and the files of the index in a folder of links, both of one moment: no reading was committed or
    /// ended while the files were linked, so all rows of the committed ones are among them.
    async fn gather(&self) -> Result<(MirrorRows, PathBuf, assay_remote::FilledBy), Failure> {
        let engines = self.engines().await;
        let index = engines.open_index().await?;
        let filled_by = filled_by(&index.identity);
        let folder = engines.home().index_named(&engines.answering_folder()?);
        drop((engines, index));
        let copy = self.remote.staging().join("publishing");
        let mut before = self.store.mirror_rows()?;
        for _ in 0..TRIES {
            let (from, to) = (folder.clone(), copy.clone());
            let link = move || remove_folder(&to).map_err(LibraryError::file(&to)).map(|()| copy_index(&from, &to));
            blocking("linking the index", link).await???;
            let after = self.store.mirror_rows()?;
            if before == after {
                return Ok((after, copy, filled_by));
            }
            before = after;
        }
        Err(RemoteError::Conflict.into())
    }

    /// Keeps in mind that another machine has taken over, if that is why something failed. Returns the failure.
    pub(crate) async fn superseded_by(&self, remote: &Remote, failure: Failure) -> Failure {
        let Some(state) = self.remote.state().filter(|_| failure.problem == Problem::RemoteHeld) else {
            return failure;
        };
        let lease = remote.stored(&state.holder, false).await.ok().and_then(|stored| stored.lease);
        let machine = lease.filter(|lease| !lease.own).map(|lease| lease.machine).unwrap_or_default();
        let kept = self.remote.change(|state| {
            state.role = RemoteRole::Superseded;
            state.publisher = machine;
        });
        kept.map_or_else(Failure::from, |()| self.remote.state().map_or(failure, |state| superseded(&state)))
    }

    /// Deletes objects that nothing has named for an hour, once an hour.
    async fn sweep(&self, remote: &Remote, state: &State, published: &Published, now: i64) -> Result<(), Failure> {
        if state.swept.is_some_and(|swept| (0..GRACE).contains(&(now - swept))) {
            return Ok(());
        }
        let file = self.remote.unreferenced();
        let read = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let mut seen: Unreferenced = read.unwrap_or_default();
        remote.sweep(&state.holder, published, &mut seen, GRACE, now).await?;
        fs::write(&file, serde_json::to_vec(&seen).unwrap_or_default()).map_err(LibraryError::file(&file))?;
        Ok(self.remote.change(|state| state.swept = Some(now))?)
    }
}

/// Whether something changed while it was published, so that it is begun again.
fn is_again(failure: &Failure) -> bool {
    *failure == Failure::from(RemoteError::Conflict)
}
