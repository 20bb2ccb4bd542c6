//! Taking what was mirrored: the catalogue names the documents and the folder of the index in one transaction, and the
//! open index is exchanged.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use assay_catalogue::{CatalogueError, MirrorRow};
use assay_domain::port::{Embedder, ScoreCache};
use assay_domain::{Failure, Page, Problem};
use assay_models::blocking;
use assay_remote::{DocumentEntry, FilledBy, Mirrored};
use tokio::time::sleep;

use super::rows;
use crate::engines::Engines;
use crate::notices::NoticeKind;

/// Longest wait for a question that still reads an index which was exchanged before.
const PATIENCE: Duration = Duration::from_secs(20);

impl Engines {
    /// Makes a mirrored index, which lies in a folder of this name, the one that answers, with its documents. The texts of
    /// the readings in `here` are in the catalogue.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be written or a text cannot be read; all stays as it was then.
    pub(crate) async fn swap_mirror(
        &self,
        folder: String,
        mirrored: Arc<Mirrored>,
        here: HashSet<(i64, i64)>,
    ) -> Result<(), Failure> {
        let begun = Instant::now();
        while self.is_retired_read() && begun.elapsed() < PATIENCE {
            sleep(Duration::from_millis(100)).await;
        }
        let mut slot = self.index.lock().await;
        let (store, before) = (self.store().clone(), self.answering_folder()?);
        let take = move || {
            let entries: HashMap<i64, &DocumentEntry> =
                mirrored.documents().iter().map(|entry| (entry.id, entry)).collect();
            let mut pages = |row: &MirrorRow| -> Result<Vec<Page>, CatalogueError> {
                let said = |error: assay_remote::RemoteError| CatalogueError::Mirror { said: error.to_string() };
                let gone = || CatalogueError::Mirror { said: format!("{} has no text", row.name) };
                let pages = mirrored.pages(entries.get(&row.id).ok_or_else(gone)?).map_err(said)?;
                pages.into_iter().map(rows::page).collect()
            };
            store.take_mirror(&rows::rows(&mirrored), &folder, &before, &here, &mut pages)
        };
        let ended = blocking("taking what was published", take).await??;
        if let Some(before) = slot.take() {
            *self.retired.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&before);
        }
        *self.earlier_embedder.lock().await = None;
        self.incomplete.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for kind in [NoticeKind::Rebuilding, NoticeKind::OlderIndex, NoticeKind::Remote] {
            self.notices().withdraw(kind);
        }
        self.score_cache().map_or(Ok(()), |cache: &dyn ScoreCache| cache.purge(&ended))?;
        self.delete_dropped_indexes()
    }

    fn is_retired_read(&self) -> bool {
        self.retired.lock().unwrap_or_else(PoisonError::into_inner).strong_count() > 0
    }

    /// Makes sure that the model which filled a published index is on this machine.
    ///
    /// # Errors
    /// [`Problem::ModelMissing`], or [`Problem::ModelWrong`] if it has other weights.
    pub(crate) async fn can_ask(&self, filled: &FilledBy) -> Result<(), Failure> {
        let name = &filled.embedder;
        if self.registry().place(name).is_err() && !Path::new(name).is_dir() {
            let message = format!("{name} filled this library, and that model is not on this machine");
            let action = format!("fetch it, then try again: assay models pull {name}");
            return Err(Failure::new(Problem::ModelMissing, message, action));
        }
        let embedder = self.embedder().await?;
        let found = embedder.identity();
        if found.name == *name && found.weights != filled.weights {
            let message = format!("another version of {name} filled this library than the one of this machine");
            let action = "fetch the version that its publisher has, then try again; nothing was changed";
            return Err(Failure::new(Problem::ModelWrong, message, action));
        }
        Ok(())
    }
}
