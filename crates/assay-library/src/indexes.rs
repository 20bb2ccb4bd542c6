//! The index that answers, and the shadow index that a rebuild fills.

use std::sync::{Arc, PoisonError};

use assay_catalogue::ShadowDocument;
use assay_domain::port::{Embedder, ScoreCache};
use assay_domain::{Document, DocumentId, Failure, GenerationId, IndexIdentity, Page, RowContent};
use assay_encoder::BiEncoder;
use assay_index::IndexError;
use assay_models::open_encoders::Prefixes;
use assay_models::{blocking, open_encoders};

use crate::engines::Engines;
use crate::error::LibraryError;
use crate::home::is_index;
use crate::index::Index;
use crate::notices::{NoticeFact, NoticeKind};
use crate::recovery::{self, remove_folder};

/// Name of the first index's folder.
const FIRST: &str = "index";

impl Engines {
    /// Deletes what an interrupted run left behind.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read or a folder cannot be deleted.
    pub fn clean_up(&self) -> Result<(), Failure> {
        self.delete_dropped_indexes()?;
        self.delete_unknown_indexes()
    }

    /// The identity that an index must have to take in documents under these settings.
    ///
    /// # Errors
    /// Fails if the bi-encoder cannot be opened.
    pub async fn identity(&self) -> Result<IndexIdentity, Failure> {
        let embedder = self.embedder().await?;
        let chunking = self.settings().chunking;
        let rows = RowContent::with_context(self.settings().context);
        Ok(IndexIdentity::of(embedder.identity(), chunking.tokens, chunking.overlap, rows))
    }

    /// The index that answers, if the model and the chunking of the settings filled it.
    ///
    /// # Errors
    /// [`IndexError::AnotherModel`] if others filled it; whatever [`Self::open_index`] reports.
    pub async fn index(&self) -> Result<Arc<Index>, Failure> {
        let index = self.open_index().await?;
        match index.identity.difference(&self.identity().await?) {
            Some(difference) => Err(IndexError::AnotherModel { difference }.into()),
            None => Ok(index),
        }
    }

    /// The index that answers and the bi-encoder that filled it. If the settings name another model by
    /// now, the old one answers until a rebuild is finished.
    ///
    /// # Errors
    /// [`IndexError::AnotherModel`] if the model that filled the index cannot be opened any more.
    pub async fn answering(&self) -> Result<(Arc<BiEncoder>, Arc<Index>), Failure> {
        let index = self.open_index().await?;
        let wanted = self.embedder().await?;
        if fills(wanted.as_ref(), &index.identity) {
            return Ok((wanted, index));
        }
        let difference = index.identity.difference(&self.identity().await?).unwrap_or_default();
        let mut slot = self.earlier_embedder.lock().await;
        if let Some(open) = slot.as_ref().filter(|open| fills(open.as_ref(), &index.identity)) {
            return Ok((open.clone(), index));
        }
        let (registry, filled, speed) = (self.registry().clone(), index.identity.clone(), self.speed());
        let open = move || {
            let prefixes = Prefixes { query: filled.query_prefix, passage: filled.passage_prefix };
            open_encoders::embedder_with(&registry, &filled.embedder, prefixes, speed)
        };
        match blocking("opening a model", open).await? {
            Ok(earlier) if fills(&earlier, &index.identity) => Ok((slot.insert(Arc::new(earlier)).clone(), index)),
            _ => Err(IndexError::AnotherModel { difference }.into()),
        }
    }

    /// The index that answers, whatever filled it: for removing rows. An index that cannot be opened is
    /// moved to `damaged/` and replaced by an empty one; [`Self::incomplete`] lists documents without their rows.
    ///
    /// # Errors
    /// Fails if neither the index nor an empty one in its place can be opened.
    pub async fn open_index(&self) -> Result<Arc<Index>, Failure> {
        let mut slot = self.index.lock().await;
        if let Some(open) = slot.as_ref() {
            return Ok(open.clone());
        }
        let wanted = self.identity().await?;
        let folder = self.home().index_named(&self.answering_folder()?);
        let opened = match assay_index::open_any(&folder, &wanted).await {
            Err(IndexError::Damaged { reason, .. }) => {
                recovery::move_index_away(self.home(), &folder, &reason, self.notices())?;
                assay_index::open_any(&folder, &wanted).await
            }
            other => other,
        };
        let (writer, reader, identity) = opened?;
        for repair in writer.repairs() {
            let fact = NoticeFact::IndexRepaired(repair.clone());
            self.notices().add(NoticeKind::Recovered, fact, repair.to_string(), "");
        }
        if identity.rows == RowContent::TextAlone {
            let what = "an earlier version filled the index, so names of files and headings are not searched";
            let action = "fill it again when there is time: assay rebuild, or press Rebuild in the window";
            self.notices().add(NoticeKind::OlderIndex, NoticeFact::NamesNotSearched, what, action);
        }
        let lacking = recovery::reconcile(self.store(), &reader, self.notices()).await?;
        *self.incomplete.lock().unwrap_or_else(PoisonError::into_inner) = lacking;
        Ok(slot.insert(Arc::new(Index { reader, writer, identity })).clone())
    }

    /// Documents whose rows were not all in the index when it was opened, less those that
    /// [`Self::mark_complete`] has named.
    pub fn incomplete(&self) -> Vec<DocumentId> {
        self.incomplete.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a document off the list of [`Self::incomplete`]: it has its rows again, or is in the queue.
    pub fn mark_complete(&self, document: DocumentId) {
        self.incomplete.lock().unwrap_or_else(PoisonError::into_inner).retain(|lacking| *lacking != document);
    }

    /// Name of the bi-encoder that filled the index that answers, also one of a later version's layout, without
    /// opening a model; `None` while it holds nothing that answers.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn filled_by(&self) -> Result<Option<String>, Failure> {
        if self.store().live_generations()?.is_empty() {
            return Ok(None);
        }
        if let Some(open) = self.index.lock().await.as_ref() {
            return Ok(Some(open.identity.embedder.clone()));
        }
        let held = assay_index::contents(&self.home().index_named(&self.answering_folder()?)).await;
        Ok(held.map(|held| held.embedder))
    }

    pub(crate) fn answering_folder(&self) -> Result<String, Failure> {
        Ok(self.store().answering_index()?.unwrap_or_else(|| FIRST.to_owned()))
    }

    /// The shadow index: the one that an earlier rebuild began for the same settings, else a new one.
    ///
    /// # Errors
    /// Fails if the folder cannot be created or the catalogue cannot be written.
    pub async fn shadow_index(&self) -> Result<Index, Failure> {
        let wanted = self.identity().await?;
        if let Some(name) = self.store().shadow_index()? {
            // One that is damaged, or that other settings filled, is replaced by a new one.
            match assay_index::open_any(&self.home().index_named(&name), &wanted).await {
                Ok((writer, reader, identity)) if identity == wanted => {
                    return Ok(Index { reader, writer, identity });
                }
                Ok(_) | Err(IndexError::Damaged { .. } | IndexError::AnotherModel { .. }) => (),
                Err(other) => return Err(other.into()),
            }
        }
        let answering = self.answering_folder()?;
        let free = |name: &String| *name != answering && !self.home().index_named(name).exists();
        let name = (2..).map(|number| format!("{FIRST}-{number}")).find(free).unwrap_or_default();
        self.store().begin_shadow_index(&name)?;
        self.delete_dropped_indexes()?;
        let folder = self.home().index_named(&name);
        let (writer, reader, identity) = assay_index::open_any(&folder, &wanted).await?;
        Ok(Index { reader, writer, identity })
    }

    /// Makes the shadow index the one that answers, and deletes the old one.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be written or a folder cannot be deleted.
    pub async fn swap_index(&self, filled: Index) -> Result<(), Failure> {
        let mut slot = self.index.lock().await;
        drop(filled);
        let old = self.store().swap_index(&self.answering_folder()?)?;
        if let Some(before) = slot.take() {
            *self.retired.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&before);
        }
        *self.earlier_embedder.lock().await = None;
        self.notices().withdraw(NoticeKind::Rebuilding);
        self.notices().withdraw(NoticeKind::OlderIndex);
        self.score_cache().map_or(Ok(()), |cache: &dyn ScoreCache| cache.purge(&old))?;
        self.delete_dropped_indexes()
    }

    /// Purges removed documents from the copies of the catalogue, and deletes indexes that answer no more. What
    /// fails is tried again later.
    pub(crate) async fn forget_removed(&self) {
        drop(self.delete_dropped_indexes());
        let copies = self.copies().clone();
        drop(blocking("purging the snapshots", move || copies.purge()).await);
    }

    /// Deletes the folders of indexes that answer no more, unless a question still reads one of them.
    pub(crate) fn delete_dropped_indexes(&self) -> Result<(), Failure> {
        if self.retired.lock().unwrap_or_else(PoisonError::into_inner).strong_count() > 0 {
            return Ok(());
        }
        for name in self.store().dropped_indexes()? {
            let folder = self.home().index_named(&name);
            // A name that no index of ours has leads elsewhere.
            if is_index(&name) {
                remove_folder(&folder).map_err(LibraryError::file(&folder))?;
            }
            self.store().forget_index(&name)?;
        }
        Ok(())
    }

    /// Deletes folders of indexes that the catalogue does not name, as after a snapshot was restored:
    /// their rows belong to no reading and would never be purged.
    fn delete_unknown_indexes(&self) -> Result<(), Failure> {
        let named = [Some(self.answering_folder()?), self.store().shadow_index()?];
        let named = named.map(|name| name.map(|name| self.home().index_named(&name)));
        for folder in self.home().indexes().into_iter().filter(|folder| !named.contains(&Some(folder.clone()))) {
            remove_folder(&folder).map_err(LibraryError::file(&folder))?;
        }
        Ok(())
    }

    /// A document's generation and chunks in the shadow index, if they are complete and its reading is
    /// still the same.
    pub fn finished_in_shadow(
        &self,
        document: &Document,
        shadow: Option<&ShadowDocument>,
    ) -> Option<(GenerationId, u32)> {
        let shadow = shadow.filter(|shadow| Some(shadow.reading) == document.generation)?;
        shadow.chunks.map(|chunks| (shadow.generation, chunks))
    }

    /// The pages of a document's last reading.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub fn pages(&self, document: DocumentId) -> Result<Vec<Page>, Failure> {
        Ok(self.store().pages(document)?)
    }
}

fn fills(embedder: &BiEncoder, identity: &IndexIdentity) -> bool {
    let of = IndexIdentity::of(embedder.identity(), identity.chunk_tokens, identity.chunk_overlap, identity.rows);
    of.difference(identity).is_none()
}

#[cfg(test)]
mod tests;
