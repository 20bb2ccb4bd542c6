//! Documents: files taken into the library, tried again, and removed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay_domain::port::{Catalogue, Embedder, EmbedderIdentity, Source};
use assay_domain::{Cancel, Document, DocumentId, DocumentState, Failure, PREFIX_TOKENS, RowContent};
use assay_files::sources;
use assay_models::blocking;
use assay_pipeline::consistency::purge;
use assay_pipeline::ingest::{Ingest, ingest};
use assay_text::ChunkSize;

use crate::engines::Engines;
use crate::error::LibraryError;
use crate::index::Index;
use crate::library::Library;
use crate::missing::lost;
use crate::report::{FileStatus, FileSummary, IngestReport, OnIngest};

impl Library {
    /// Takes files and folders in; the report has a row for every file that was found.
    ///
    /// # Errors
    /// Fails if the index or a model cannot be opened, or if something concerns every file, such as a
    /// full disk; what was committed before stays.
    pub async fn ingest(
        &self,
        paths: Vec<PathBuf>,
        collection: &str,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<IngestReport, Failure> {
        let begun = Instant::now();
        let _ticket = self.ingests.ticket(cancel);
        let _turn = self.writing.lock().await;
        let engines = self.engines().await;
        let index = engines.index().await?;
        purge(engines.store().as_ref(), index.writer(), engines.score_cache()).await?;

        let limits = limits(&engines);
        let found = blocking("walking a folder", move || sources::find(&paths, &limits)).await?;
        let unreachable = found.unreachable.iter();
        let mut files: Vec<FileSummary> =
            unreachable.map(|(path, why)| FileSummary::unreached(path, FileStatus::Failed, why)).collect();
        let excluded = found.excluded.into_iter();
        files.extend(excluded.map(|(path, rule)| FileSummary::unread(&path, FileStatus::Excluded, Some(rule))));
        for source in &found.sources {
            engines.store().undismiss_path(collection, &source.path)?;
        }
        let lost = lost(engines.store(), collection, &found.sources, std::iter::empty())?;
        files.extend(self.ingest_sources(&engines, &index, found.sources, collection, &lost, cancel, on).await?);
        Ok(IngestReport::since(begun, files))
    }

    /// Takes files in; the caller holds the turn to write. The files of the `gone` documents may turn up
    /// under another name.
    #[expect(clippy::too_many_arguments, reason = "an ingest with what its caller holds open already")]
    pub(crate) async fn ingest_sources(
        &self,
        engines: &Engines,
        index: &Index,
        sources: Vec<Source>,
        collection: &str,
        gone: &[Document],
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let (store, embedder, reader) = (engines.store(), engines.embedder().await?, engines.reader());
        let with = Ingest {
            reader: &reader,
            embedder: embedder.as_ref(),
            index: index.writer(),
            catalogue: store.as_ref(),
            score_cache: engines.score_cache(),
            chunking: fitting(engines.settings().chunking, index.identity.rows, embedder.identity()),
            context: index.identity.rows.has_context(),
            collection,
            gone,
            control: &self.control,
        };
        let reports = ingest(&with, sources, cancel, on).await?;
        // Documents that were removed meanwhile left rows behind.
        purge(store.as_ref(), index.writer(), engines.score_cache()).await?;
        // One that cannot be deleted now is deleted after the next ingest or at the next opening.
        drop(engines.delete_dropped_indexes());
        Ok(reports.into_iter().map(FileSummary::from).collect())
    }

    /// Reads documents again: another try, or a refresh.
    ///
    /// # Errors
    /// As [`Self::ingest`].
    pub async fn ingest_again(
        &self,
        documents: &[DocumentId],
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<IngestReport, Failure> {
        let store = self.engines().await.store().clone();
        store.allow_retry(documents)?;
        let found: Result<Vec<_>, _> = documents.iter().map(|&id| store.document(id)).collect();
        self.ingest_collections(by_collection(found?.into_iter().flatten()), cancel, on).await
    }

    /// Reads these documents again, or, if none is named, all that failed, are quarantined or were read
    /// in part.
    ///
    /// # Errors
    /// [`LibraryError::UnknownDocument`]; else as [`Self::ingest`].
    pub async fn retry(
        &self,
        documents: &[DocumentId],
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<IngestReport, Failure> {
        let all = self.engines().await.store().documents()?;
        if let Some(unknown) = documents.iter().find(|&&id| all.iter().all(|document| document.id != id)) {
            return Err(LibraryError::UnknownDocument { id: unknown.0 }.into());
        }
        let lacking = |document: &&Document| match documents {
            [] => match document.state {
                DocumentState::Failed | DocumentState::Quarantined => true,
                DocumentState::Committed => document.reason.is_some(),
                _ => false,
            },
            named => named.contains(&document.id),
        };
        let wanted: Vec<DocumentId> = all.iter().filter(lacking).map(|document| document.id).collect();
        self.ingest_again(&wanted, cancel, on).await
    }

    pub(crate) async fn ingest_collections(
        &self,
        paths: BTreeMap<String, Vec<PathBuf>>,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<IngestReport, Failure> {
        let (begun, mut files) = (Instant::now(), Vec::new());
        for (collection, paths) in paths {
            files.extend(self.ingest(paths, &collection, cancel, on).await?.files);
        }
        Ok(IngestReport::since(begun, files))
    }
}

/// What is left out of folders.
pub(crate) fn limits(engines: &Engines) -> sources::Limits {
    sources::Limits { largest: engines.settings().file_bytes, own: engines.home().folder().to_owned() }
}

/// The paths of documents by collection.
pub(crate) fn by_collection(documents: impl Iterator<Item = Document>) -> BTreeMap<String, Vec<PathBuf>> {
    let mut paths: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for document in documents {
        paths.entry(document.collection).or_default().push(Path::new(&document.path).to_owned());
    }
    paths
}

/// The largest chunk size up to the wanted one that fits the model with its special tokens and, where rows have it,
/// the context: the model would never read the end of a longer chunk.
pub(crate) fn fitting(wanted: ChunkSize, rows: RowContent, model: &EmbedderIdentity) -> ChunkSize {
    // The line end between context and text may be a token, too.
    let context = if rows.has_context() { PREFIX_TOKENS + 1 } else { 0 };
    let most = model.max_tokens.saturating_sub(model.special_tokens + context).max(1);
    let tokens = wanted.tokens.min(most);
    ChunkSize { tokens, overlap: wanted.overlap.min(tokens / 2) }
}
