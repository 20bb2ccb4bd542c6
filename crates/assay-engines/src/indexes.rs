//! The index that answers, and the one that a rebuild fills beside it.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use assay_catalogue::Beside;
use assay_domain::port::{Embedder, IndexReader, IndexWriter, ScoreCache};
use assay_domain::{Document, DocumentId, Failure, GenerationId, IndexIdentity, Page};
use assay_encoder::BiEncoder;
use assay_index::IndexError;

use crate::engines::blocking;
use crate::healing::{self, remove_folder};
use crate::{Engines, EnginesError, open_encoders};

/// Both handles of an index.
pub struct Index {
    /// The read side.
    pub reader: assay_index::Reader,
    /// The write side.
    pub writer: assay_index::Writer,
    /// What filled it.
    pub identity: IndexIdentity,
}

impl Index {
    /// The read side as the ways know it.
    pub fn reader(&self) -> &dyn IndexReader {
        &self.reader
    }

    /// The write side as the ways know it.
    pub fn writer(&self) -> &dyn IndexWriter {
        &self.writer
    }
}

/// Opens an index in a folder of the caller's, for measuring.
pub async fn open_index(
    folder: &std::path::Path,
    identity: &IndexIdentity,
) -> Result<(assay_index::Writer, assay_index::Reader), Failure> {
    assay_index::open(folder, identity).await.map_err(Failure::from)
}

impl Engines {
    /// What an index must have been filled by to take in documents now.
    pub async fn identity(&self) -> Result<IndexIdentity, Failure> {
        let embedder = self.embedder().await?;
        let chunking = self.settings().chunking;
        Ok(IndexIdentity::of(embedder.identity(), chunking.tokens, chunking.overlap))
    }

    /// The index, refused if another model or another chunking filled it.
    pub async fn index(&self) -> Result<Arc<Index>, Failure> {
        let index = self.open_index().await?;
        match index.identity.difference(&self.identity().await?) {
            Some(difference) => Err(IndexError::AnotherModel { difference }.into()),
            None => Ok(index),
        }
    }

    /// The index that answers and the bi-encoder that filled it. Where the settings name another
    /// by now, the old one goes on answering until a rebuild is through.
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
        let (registry, name, speed) = (self.registry().clone(), index.identity.embedder.clone(), self.speed());
        match blocking(move || open_encoders::embedder(&registry, &name, speed)).await {
            Ok(earlier) if fills(&earlier, &index.identity) => Ok((slot.insert(Arc::new(earlier)).clone(), index)),
            _ => Err(IndexError::AnotherModel { difference }.into()),
        }
    }

    /// The index that answers, whatever filled it: for taking rows out. One that cannot be opened is set aside;
    /// documents without their rows are remembered for [`Self::lacking`].
    pub async fn open_index(&self) -> Result<Arc<Index>, Failure> {
        let mut slot = self.index.lock().await;
        if let Some(open) = slot.as_ref() {
            return Ok(open.clone());
        }
        let wanted = self.identity().await?;
        let folder = self.home().index_named(&self.answering_folder()?);
        let opened = match assay_index::open_any(&folder, &wanted).await {
            Err(IndexError::Damaged { reason, .. }) => {
                healing::set_index_aside(self.home(), &folder, &reason, self.notices())?;
                assay_index::open_any(&folder, &wanted).await
            }
            other => other,
        };
        let (writer, reader, identity) = opened?;
        for sentence in writer.healed() {
            self.notices().add("healed", sentence.clone(), "");
        }
        let lacking = healing::reconcile(self.store(), &reader, self.notices()).await?;
        *self.lacking.lock().unwrap_or_else(PoisonError::into_inner) = lacking;
        Ok(slot.insert(Arc::new(Index { reader, writer, identity })).clone())
    }

    /// Documents whose rows were not all in the index when it was opened.
    pub fn lacking(&self) -> Vec<DocumentId> {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A document has its rows again, or is in the queue.
    pub fn lacks_no_more(&self, document: DocumentId) {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).retain(|lacking| *lacking != document);
    }

    fn answering_folder(&self) -> Result<String, Failure> {
        Ok(self.store().answering_index()?.unwrap_or_else(|| FIRST.to_owned()))
    }

    /// The index that a rebuild fills beside the one that answers: the one that was begun, if it
    /// was begun for the same settings, else a new one.
    pub async fn index_beside(&self) -> Result<Index, Failure> {
        let wanted = self.identity().await?;
        if let Some(name) = self.store().filling_index()? {
            // One that was damaged meanwhile is begun anew.
            if let Ok((writer, reader, identity)) =
                assay_index::open_any(&self.home().index_named(&name), &wanted).await
                && identity.difference(&wanted).is_none()
            {
                return Ok(Index { reader, writer, identity });
            }
        }
        let answering = self.answering_folder()?;
        let free = |name: &String| *name != answering && !self.home().index_named(name).exists();
        let name = (2..).map(|number| format!("{FIRST}-{number}")).find(free).unwrap_or_default();
        self.store().begin_filling(&name)?;
        self.drop_folders()?;
        let folder = self.home().index_named(&name);
        let (writer, reader, identity) = assay_index::open_any(&folder, &wanted).await?;
        Ok(Index { reader, writer, identity })
    }

    /// From now on the index that was filled answers. The old one is deleted.
    pub async fn swap_index(&self, filled: Index) -> Result<(), Failure> {
        let mut slot = self.index.lock().await;
        drop(filled);
        let old = self.store().swap_index(&self.answering_folder()?)?;
        if let Some(before) = slot.take() {
            *self.retired.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&before);
        }
        *self.earlier_embedder.lock().await = None;
        self.notices().withdraw("rebuilding");
        self.pairs().map_or(Ok(()), |pairs: &dyn ScoreCache| pairs.purge(&old))?;
        self.drop_folders()
    }

    /// Deletes the folders of indexes that answer no more, unless a question is still at work there.
    pub(crate) fn drop_folders(&self) -> Result<(), Failure> {
        if self.retired.lock().unwrap_or_else(PoisonError::into_inner).strong_count() > 0 {
            return Ok(());
        }
        for name in self.store().dropped_indexes()? {
            let folder = self.home().index_named(&name);
            remove_folder(&folder).map_err(|source| EnginesError::File { path: folder, source })?;
            self.store().forget_index(&name)?;
        }
        Ok(())
    }

    /// Deletes folders of indexes that the catalogue does not name, as after a snapshot was put back:
    /// their rows are of no reading, and what they hold would not be purged.
    pub(crate) fn drop_unknown_indexes(&self) -> Result<(), Failure> {
        let named = [Some(self.answering_folder()?), self.store().filling_index()?];
        let named = named.map(|name| name.map(|name| self.home().index_named(&name)));
        for folder in self.home().indexes().into_iter().filter(|folder| !named.contains(&Some(folder.clone()))) {
            remove_folder(&folder).map_err(|source| EnginesError::File { path: folder, source })?;
        }
        Ok(())
    }

    /// What a rebuild has written so far of a document, if it still holds.
    pub fn finished_beside(&self, document: &Document, beside: Option<&Beside>) -> Option<(GenerationId, u32)> {
        let beside = beside.filter(|beside| Some(beside.reading) == document.generation)?;
        beside.chunks.map(|chunks| (beside.generation, chunks))
    }

    /// The text of a document's last reading.
    pub fn pages(&self, document: DocumentId) -> Result<Vec<Page>, Failure> {
        Ok(self.store().pages(document)?)
    }

    /// A copy of the catalogue before something large happens to it.
    pub fn take_snapshot(&self, why: &str) -> Result<PathBuf, Failure> {
        Ok(self.store().take_snapshot(&self.home().snapshots(), why)?)
    }

    /// Looks at every page of the catalogue; what is damaged is said, and mended when it is opened next.
    pub async fn read_catalogue_through(&self) -> Result<(), Failure> {
        healing::read_through(self.store().clone(), self.notices()).await
    }

    /// After documents came or went: what is no longer in the library leaves the snapshots and what
    /// was set aside, and the small snapshot is renewed. Where that fails, the library is as good
    /// as before and only the copies are not, which is said.
    pub fn renew_copies(&self, removed: bool) {
        let folder = self.home().snapshots();
        let renewed = self.store().forget_in_snapshots(&folder).map_err(Failure::from).and_then(|forgotten| {
            self.drop_folders()?;
            if removed || forgotten > 0 {
                healing::forget_aside(self.home())?;
            }
            self.store().tidy()?;
            Ok(self.store().take_small_snapshot(&folder)?)
        });
        if let Err(failure) = renewed {
            let what = format!("the copies of the catalogue could not be renewed: {}", failure.message);
            self.notices().add("snapshot", what, failure.action);
        }
    }
}

/// Name of the first index's folder.
const FIRST: &str = "index";

fn fills(embedder: &BiEncoder, identity: &IndexIdentity) -> bool {
    let of = IndexIdentity::of(embedder.identity(), identity.chunk_tokens, identity.chunk_overlap);
    of.difference(identity).is_none()
}
