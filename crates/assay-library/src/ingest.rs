//! Files and folders taken into the library.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use assay_catalogue::{QueueId, Store};
use assay_domain::port::{Catalogue, Embedder, EmbedderIdentity, Source};
use assay_domain::{Cancel, Document, Failure, PREFIX_TOKENS, Problem, QueueReason, RowContent};
use assay_files::sources::{self, Presence, presence};
use assay_models::blocking;
use assay_pipeline::consistency::purge;
use assay_pipeline::ingest::{Ingest, enqueue, ingest};
use assay_text::ChunkSize;

use crate::engines::Engines;
use crate::index::Index;
use crate::library::Library;
use crate::missing::lost;
use crate::report::{FileStatus, FileSummary, IngestReport, OnIngest};

/// Files to take in.
pub(crate) struct Incoming<'a> {
    /// The files.
    pub(crate) sources: Vec<Source>,
    /// The collection that they join.
    pub(crate) collection: &'a str,
    /// Why they are read.
    pub(crate) why: QueueReason,
    /// Documents that a scan missed, whose files may turn up among them under another name.
    pub(crate) gone: &'a [Document],
    /// Rows of the queue that are done once each of the files has a row of its own.
    pub(crate) walked: &'a [QueueId],
    /// Whether the index is optimized later ([`Library::optimize_if_idle`]).
    pub(crate) later: bool,
}

impl Library {
    /// Takes files and folders in; the report has a row for every file that was found. They are in the queue when
    /// this begins to wait for its turn: after a crash, or if `cancel` ends it, [`Self::resume`] goes on with them.
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
        self.takes_files()?;
        let ticket = self.ingests.ticket(cancel);
        let wanted = self.want(&paths, collection)?;
        let files = {
            let _turn = self.writing.lock().await;
            if ticket.button().is_stopped() {
                paths.iter().map(|path| Ok(FileSummary::unread(path, FileStatus::Stopped, None))).collect()
            } else {
                Box::pin(self.ingest_in_turn(paths, collection, &wanted.rows, ticket.button(), on)).await
            }
        };
        self.keep_stopped(&ticket)?;
        let files = match files {
            // Nothing is wrong with the files: they are taken in once the model is there.
            Err(failure) if lacks_a_model(&failure) => return Err(waiting_for(failure, wanted.rows.len())),
            Err(failure) => {
                // The failure says that these were not taken in. Files that have rows of their own wait.
                self.store.finish_work(&wanted.rows)?;
                return Err(failure);
            }
            Ok(files) => files,
        };
        Ok(IngestReport::since(begun, files))
    }

    async fn ingest_in_turn(
        &self,
        paths: Vec<PathBuf>,
        collection: &str,
        walked: &[QueueId],
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let engines = self.engines().await;
        let index = engines.index().await?;
        purge(self.store.as_ref(), index.writer(), engines.score_cache()).await?;
        self.walk(&engines, &index, paths, collection, walked, cancel, on).await
    }

    /// Looks through files and folders and takes in what is there; the caller holds the turn to write.
    #[expect(clippy::too_many_arguments, reason = "an ingest with what its caller holds open already")]
    pub(crate) async fn walk(
        &self,
        engines: &Engines,
        index: &Index,
        paths: Vec<PathBuf>,
        collection: &str,
        walked: &[QueueId],
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let limits = limits(engines);
        let found = blocking("walking a folder", move || sources::find(&paths, &limits)).await?;
        let unreachable = found.unreachable.iter();
        let mut files: Vec<FileSummary> =
            unreachable.map(|(path, why)| FileSummary::unreached(path, FileStatus::Failed, why)).collect();
        let excluded = found.excluded.into_iter();
        files.extend(excluded.map(|(path, rule)| FileSummary::unread(&path, FileStatus::Excluded, Some(rule))));
        for source in &found.sources {
            engines.store().undismiss_path(collection, &source.path)?;
        }
        let (why, sources) = (QueueReason::Added, found.sources);
        let incoming = Incoming { sources, collection, why, gone: &[], walked, later: false };
        files.extend(self.take_in(engines, index, incoming, cancel, on).await?);
        Ok(files)
    }

    /// Takes in files of a watched folder; the caller holds the turn to write. The files of the `gone` documents
    /// may turn up under another name.
    #[expect(clippy::too_many_arguments, reason = "an ingest with what its caller holds open already")]
    pub(crate) async fn ingest_sources(
        &self,
        engines: &Engines,
        index: &Index,
        sources: Vec<Source>,
        collection: &str,
        gone: &[Document],
        later: bool,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let incoming = Incoming { sources, collection, why: QueueReason::Watched, gone, walked: &[], later };
        self.take_in(engines, index, incoming, cancel, on).await
    }

    /// Takes files in: each has a row in the queue before the first is opened.
    pub(crate) async fn take_in(
        &self,
        engines: &Engines,
        index: &Index,
        incoming: Incoming<'_>,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let (store, embedder, reader) = (engines.store(), engines.embedder().await?, engines.reader());
        let gone = gone(store.clone(), &incoming).await?;
        let with = Ingest {
            reader: &reader,
            embedder: embedder.as_ref(),
            index: index.writer(),
            catalogue: store.as_ref(),
            score_cache: engines.score_cache(),
            chunking: fitting(engines.settings().chunking, index.identity.rows, embedder.identity()),
            context: index.identity.rows.has_context(),
            collection: incoming.collection,
            why: incoming.why,
            gone: &gone,
            optimize: !incoming.later,
            control: &self.control,
        };
        let files = enqueue(&with, incoming.sources)?;
        store.finish_work(incoming.walked)?;
        let reports = ingest(&with, files, cancel, on).await?;
        if incoming.later {
            self.unoptimized.note(Instant::now());
        }
        // Documents that were removed meanwhile left rows behind.
        self.purge_dead(engines, index, incoming.later).await?;
        if !incoming.later {
            self.unoptimized.clear();
        }
        // One that cannot be deleted now is deleted after the next ingest or at the next opening.
        drop(engines.delete_dropped_indexes());
        Ok(reports.into_iter().map(FileSummary::from).collect())
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

/// Documents whose files are gone, whether a scan missed them or nobody looked: a new file with the same bytes is one of
/// them under another name. Where nobody looked, their disks must be there. None if no file is new.
async fn gone(store: Arc<Store>, incoming: &Incoming<'_>) -> Result<Vec<Document>, Failure> {
    let (collection, sources) = (incoming.collection.to_owned(), incoming.sources.clone());
    let missed = incoming.gone.to_vec();
    blocking("looking for renamed files", move || {
        let mut documents = store.documents()?;
        documents.retain(|row| row.collection == collection && row.generation.is_some());
        let read: HashSet<&str> = documents.iter().map(|row| row.path.as_str()).collect();
        if sources.iter().all(|source| read.contains(source.path.as_str())) {
            return Ok(Vec::new());
        }
        documents.retain(|row| match presence(Path::new(&row.path)) {
            Presence::Gone(device) => device.is_some() && device == row.device,
            Presence::There(_) | Presence::Unknown(_) => false,
        });
        lost(&store, &collection, &sources, missed.into_iter().chain(documents))
    })
    .await?
}

/// Whether the bi-encoder of the settings is absent or damaged.
fn lacks_a_model(failure: &Failure) -> bool {
    matches!(failure.problem, Problem::ModelMissing | Problem::ModelWrong)
}

/// The same failure, which says that what was added waits.
fn waiting_for(failure: Failure, paths: usize) -> Failure {
    let what = if paths == 1 { "what was added waits".to_owned() } else { format!("{paths} files and folders wait") };
    Failure::new(failure.problem, format!("{}; {what} for it", failure.message), failure.action)
}

/// What is left out of folders.
pub(crate) fn limits(engines: &Engines) -> sources::Limits {
    sources::Limits { largest: engines.settings().file_bytes, own: engines.home().folder().to_owned() }
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
