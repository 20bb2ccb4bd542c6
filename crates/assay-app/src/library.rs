//! The library: in, out, list.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assay_contract::{DocumentList, DocumentRow, FileRow, IngestReply, LibraryEvent, LibraryView, PageRow};
use assay_domain::port::{Catalogue, Embedder, EmbedderIdentity, Source};
use assay_domain::{Cancel, Document, DocumentId, DocumentState, Failure, Problem};
use assay_engines::{Engines, Index, sources};
use assay_pipeline::consistency::{purge, remove};
use assay_pipeline::ingest::{Ingest, IngestEvent, ingest};
use assay_text::ChunkSize;

use crate::app::{App, samples};
use crate::convert;

impl App {
    /// Takes files and folders in. `on` hears everything that the window's library pane shows.
    pub async fn ingest(
        &self,
        paths: Vec<PathBuf>,
        collection: &str,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let begun = Instant::now();
        let _ticket = self.ingest_ticket(cancel);
        let _turn = self.writing.lock().await;
        let engines = self.engines.read().await;
        let store = engines.store().clone();
        let index = engines.index().await?;
        purge(store.as_ref(), index.writer(), engines.pairs()).await?;

        let limits = limits(&engines);
        let found = blocking(move || sources::find(&paths, &limits)).await?;
        let mut files: Vec<FileRow> =
            found.unreachable.iter().map(|(path, why)| convert::unreached(path, "failed", why)).collect();
        let excluded = found.excluded.into_iter();
        files.extend(excluded.map(|(path, why)| convert::unread(&path, "excluded", Some(why))));
        files.extend(self.take_in(&engines, &index, found.sources, collection, &[], cancel, on).await?);
        Ok(reply(files, begun))
    }

    /// Files to the index; whoever calls has the turn to write. Documents of which the files are
    /// `gone` may turn up under another name.
    #[expect(clippy::too_many_arguments, reason = "an ingest with what its caller holds open already")]
    pub(crate) async fn take_in(
        &self,
        engines: &Engines,
        index: &Index,
        sources: Vec<Source>,
        collection: &str,
        gone: &[Document],
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<Vec<FileRow>, Failure> {
        let (store, embedder, reader) = (engines.store(), engines.embedder().await?, engines.reader());
        let with = Ingest {
            reader: &reader,
            embedder: embedder.as_ref(),
            index: index.writer(),
            catalogue: store.as_ref(),
            score_cache: engines.pairs(),
            chunking: fitting(engines.settings().chunking, embedder.identity()),
            collection,
            gone,
            control: &self.control,
        };
        let mut tell = |event: IngestEvent| on(library_event(event));
        let reports = ingest(&with, sources, cancel, &mut tell).await?;
        // Documents that were removed meanwhile left rows behind.
        purge(store.as_ref(), index.writer(), engines.pairs()).await?;
        engines.renew_copies(false);
        Ok(reports.into_iter().map(convert::file).collect())
    }

    /// The same for the sample library.
    pub async fn add_samples(
        &self,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let missing =
            || Failure::new(Problem::MissingFile, "the sample library is not installed", "install Assay anew");
        let folder = samples().ok_or_else(missing)?;
        self.ingest(vec![folder], DEFAULT_COLLECTION, cancel, on).await
    }

    /// The same for documents of the library, by their numbers: a second try, or a refresh.
    pub async fn ingest_again(
        &self,
        documents: &[i64],
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let store = self.engines.read().await.store().clone();
        let wanted: Vec<DocumentId> = documents.iter().map(|&id| DocumentId(id)).collect();
        store.allow_retry(&wanted)?;
        let found: Result<Vec<_>, _> = wanted.into_iter().map(|id| store.document(id)).collect();
        let found = found?.into_iter().flatten();
        let paths = by_collection(found.map(|document| (document.collection, document.path)));
        self.ingest_collections(paths, cancel, on).await
    }

    /// The same for these documents, or for all that failed, are quarantined or were read in part.
    pub async fn retry(
        &self,
        documents: &[i64],
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let all = self.engines.read().await.store().documents()?;
        if let Some(unknown) = documents.iter().find(|&&id| all.iter().all(|document| document.id.0 != id)) {
            return Err(unknown_document(*unknown));
        }
        let lacking = |document: &&Document| match documents {
            [] => match document.state {
                DocumentState::Failed | DocumentState::Quarantined => true,
                DocumentState::Committed => document.reason.is_some(),
                _ => false,
            },
            named => named.contains(&document.id.0),
        };
        let wanted: Vec<i64> = all.iter().filter(lacking).map(|document| document.id.0).collect();
        self.ingest_again(&wanted, cancel, on).await
    }

    pub(crate) async fn ingest_collections(
        &self,
        paths: BTreeMap<String, Vec<PathBuf>>,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let (begun, mut files) = (Instant::now(), Vec::new());
        for (collection, paths) in paths {
            files.extend(self.ingest(paths, &collection, cancel, on).await?.files);
        }
        Ok(reply(files, begun))
    }

    /// All documents, with their paths and what became of each page.
    pub async fn documents(&self) -> Result<DocumentList, Failure> {
        let engines = self.engines.read().await;
        let documents = engines.store().documents()?.into_iter().map(|document| {
            let pages = engines.store().page_rows(document.id)?;
            let page_rows = Some(pages.into_iter().map(convert::page_row).collect());
            Ok(DocumentRow { page_rows, ..convert::document(document, true) })
        });
        Ok(DocumentList { documents: documents.collect::<Result<_, Failure>>()? })
    }

    /// What became of each page of a document's last reading.
    pub async fn page_rows(&self, document: i64) -> Result<Vec<PageRow>, Failure> {
        let rows = self.engines.read().await.store().page_rows(DocumentId(document))?;
        Ok(rows.into_iter().map(convert::page_row).collect())
    }

    /// The library pane.
    pub async fn library(&self) -> Result<LibraryView, Failure> {
        let engines = self.engines.read().await;
        let documents = engines.store().documents()?;
        let mut counts = BTreeMap::new();
        for document in &documents {
            *counts.entry(document.state.as_str().to_owned()).or_default() += 1;
        }
        let problem = engines.index().await.err().map(|failure| convert::problem(&failure));
        let documents = documents.into_iter().map(|row| convert::document(row, false)).collect();
        let (busy, paused) = (self.is_ingesting(), self.control.is_paused());
        let folders = self.folder_rows(&engines, false)?;
        let notices = convert::notices(&engines);
        Ok(LibraryView { documents, counts, busy, paused, folders, notices, problem })
    }

    /// Takes documents out of the library. They answer no more when this returns.
    pub async fn remove(&self, documents: &[i64]) -> Result<(), Failure> {
        let engines = self.engines.read().await;
        let store = engines.store();
        let wanted: Vec<DocumentId> = documents.iter().map(|&id| DocumentId(id)).collect();
        for document in &wanted {
            store.document(*document)?.ok_or_else(|| unknown_document(document.0))?;
        }
        let removed = match (self.writing.try_lock(), engines.open_index().await) {
            (Ok(_turn), Ok(index)) => remove(store.as_ref(), index.writer(), engines.pairs(), &wanted).await,
            // An ingest is writing, or the index cannot be opened: the rows go later, the
            // documents and what is kept of their passages now.
            _ => store.remove(&wanted).and_then(|had| engines.pairs().map_or(Ok(()), |pairs| pairs.purge(&had))),
        };
        engines.renew_copies(true);
        removed
    }
}

/// Where files go that were given no collection.
pub const DEFAULT_COLLECTION: &str = "default";

fn unknown_document(id: i64) -> Failure {
    let message = format!("the library has no document {id}");
    Failure::new(Problem::MissingFile, message, "list them: assay documents")
}

/// What is left out of folders.
pub(crate) fn limits(engines: &Engines) -> sources::Limits {
    sources::Limits { largest: engines.settings().file_bytes, own: engines.home().folder().to_owned() }
}

/// Walking a folder takes as long as its disk wants; nobody else is held up by it.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Failure::bug("walking a folder panicked"))
}

/// Rows with their counts.
pub(crate) fn reply(files: Vec<FileRow>, begun: Instant) -> IngestReply {
    let mut counts = BTreeMap::new();
    for file in &files {
        *counts.entry(file.state.clone()).or_default() += 1;
    }
    IngestReply { files, counts, seconds: begun.elapsed().as_secs_f64() }
}

pub(crate) fn by_collection(documents: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Vec<PathBuf>> {
    let mut paths: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (collection, path) in documents {
        paths.entry(collection).or_default().push(Path::new(&path).to_owned());
    }
    paths
}

/// A chunk must fit the model with its special tokens, or its end would never be read.
pub(crate) fn fitting(wanted: ChunkSize, model: &EmbedderIdentity) -> ChunkSize {
    let room = model.max_tokens.saturating_sub(model.special_tokens).max(1);
    let tokens = wanted.tokens.min(room);
    ChunkSize { tokens, overlap: wanted.overlap.min(tokens / 2) }
}

fn library_event(event: IngestEvent) -> LibraryEvent {
    match event {
        IngestEvent::Started { files } => LibraryEvent::Started { files: files as u32 },
        IngestEvent::File { document, name, state, reason, problem } => LibraryEvent::File {
            document: document.0,
            name,
            state: state.as_str().to_owned(),
            reason,
            problem: problem.map(convert::code),
        },
        IngestEvent::Progress { done, files, left } => LibraryEvent::Progress {
            done: done as u32,
            files: files as u32,
            seconds_left: left.as_ref().map(Duration::as_secs_f64),
        },
    }
}
