//! Documents: ingesting, listing and removing them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use assay_contract::{
    DocumentList, DocumentRow, IngestReply, LibraryEvent, LibraryView, PageRow, QueueReply, RemovedList,
};
use assay_domain::port::Catalogue;
use assay_domain::{Cancel, DocumentId, Failure, Problem};

use crate::app::{App, samples};
use crate::convert;

/// Names of waiting files and folders that the library pane gets.
const NAMES: u32 = 5;

/// Receives the progress of an ingest, as front ends show it.
type OnEvent<'a> = dyn FnMut(LibraryEvent) + Send + 'a;

impl App {
    /// Ingests files and folders.
    ///
    /// # Errors
    /// Fails if the index or a model cannot be opened, or if something concerns every file, such as a
    /// full disk; what was committed before stays.
    pub async fn ingest(
        &self,
        paths: Vec<PathBuf>,
        collection: &str,
        cancel: &Cancel,
        on: &mut OnEvent<'_>,
    ) -> Result<IngestReply, Failure> {
        let mut forward = |event| on(convert::ingest::ingest_event(event));
        Ok(convert::ingest::ingest_reply(self.library.ingest(paths, collection, cancel, &mut forward).await?))
    }

    /// Takes the sample library in.
    ///
    /// # Errors
    /// As [`Self::ingest`], or the sample library is not installed.
    pub async fn add_samples(&self, cancel: &Cancel, on: &mut OnEvent<'_>) -> Result<IngestReply, Failure> {
        let missing =
            || Failure::new(Problem::MissingFile, "the sample library is not installed", "install Assay anew");
        let folder = samples().ok_or_else(missing)?;
        self.ingest(vec![folder], DEFAULT_COLLECTION, cancel, on).await
    }

    /// Reads documents again: another try, or a refresh. If none is named, goes on with everything that the user
    /// stopped.
    ///
    /// # Errors
    /// As [`Self::ingest`].
    pub async fn ingest_again(
        &self,
        documents: &[i64],
        cancel: &Cancel,
        on: &mut OnEvent<'_>,
    ) -> Result<IngestReply, Failure> {
        let mut forward = |event| on(convert::ingest::ingest_event(event));
        let report = match documents {
            [] => self.library.resume_stopped(cancel, &mut forward).await?,
            some => self.library.ingest_again(&ids(some), cancel, &mut forward).await?,
        };
        Ok(convert::ingest::ingest_reply(report))
    }

    /// Reads these documents again, or, if none is named, all that failed, are quarantined or were read
    /// in part.
    ///
    /// # Errors
    /// As [`Self::ingest`], or a document is unknown.
    pub async fn retry(
        &self,
        documents: &[i64],
        cancel: &Cancel,
        on: &mut OnEvent<'_>,
    ) -> Result<IngestReply, Failure> {
        let mut forward = |event| on(convert::ingest::ingest_event(event));
        Ok(convert::ingest::ingest_reply(self.library.retry(&ids(documents), cancel, &mut forward).await?))
    }

    /// Goes on with everything that waits in the queue and was not stopped: what a crash, a close or a full disk
    /// left there. Does nothing if nothing waits.
    ///
    /// # Errors
    /// As [`Self::ingest`]; what was not done waits.
    pub async fn resume(&self, cancel: &Cancel, on: &mut OnEvent<'_>) -> Result<IngestReply, Failure> {
        let mut forward = |event| on(convert::ingest::ingest_event(event));
        Ok(convert::ingest::ingest_reply(self.library.resume(cancel, &mut forward).await?))
    }

    /// All work that waits or is under way, in the order in which it is done.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub fn queue(&self) -> Result<QueueReply, Failure> {
        Ok(convert::queue::queue_reply(self.library.queue()?))
    }

    /// Stops every ingest that runs or waits, paused ones included. What is left of them waits until the user goes
    /// on with it.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be written; the ingests are stopped all the same.
    pub fn stop_ingest(&self) -> Result<(), Failure> {
        self.library.stop_ingest()
    }

    /// Pauses ingests between two files or two batches of vectors, or resumes them.
    pub fn pause_ingest(&self, paused: bool) {
        self.library.pause_ingest(paused);
    }

    /// Reads these documents next, if they wait.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be written.
    pub fn ingest_first(&self, documents: &[i64]) -> Result<(), Failure> {
        self.library.ingest_first(&ids(documents))
    }

    /// Whether an ingest runs or waits.
    pub fn is_ingesting(&self) -> bool {
        self.library.is_ingesting()
    }

    /// All documents, with their paths and what became of each page.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn documents(&self) -> Result<DocumentList, Failure> {
        let engines = self.library.engines().await;
        let (stopped, missing_time) = (engines.store().stopped_documents()?, engines.settings().missing_time);
        let documents = engines.store().documents()?.into_iter().map(|document| {
            let pages = engines.store().page_rows(document.id)?;
            let page_rows = Some(pages.into_iter().map(convert::document::page_row).collect());
            Ok(DocumentRow { page_rows, ..convert::document::document(document, true, missing_time, &stopped) })
        });
        Ok(DocumentList { documents: documents.collect::<Result<_, Failure>>()? })
    }

    /// The names of the collections that documents are in.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn collections(&self) -> Result<BTreeSet<String>, Failure> {
        let documents = self.library.engines().await.store().documents()?;
        Ok(documents.into_iter().map(|document| document.collection).collect())
    }

    /// What became of each page of a document's last reading.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn page_rows(&self, document: i64) -> Result<Vec<PageRow>, Failure> {
        let rows = self.library.engines().await.store().page_rows(DocumentId(document))?;
        Ok(rows.into_iter().map(convert::document::page_row).collect())
    }

    /// The library pane.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn library(&self) -> Result<LibraryView, Failure> {
        let engines = self.library.engines().await;
        let (documents, missing_time) = (engines.store().documents()?, engines.settings().missing_time);
        let stopped = engines.store().stopped_documents()?;
        let queue = engines.store().queue_summary(NAMES)?;
        let problem = engines.index().await.err().map(|failure| convert::problem::problem(&failure));
        drop(engines);
        let mut counts = BTreeMap::new();
        for document in &documents {
            *counts.entry(convert::document::state(document.state)).or_default() += 1;
        }
        Ok(LibraryView {
            documents: documents
                .into_iter()
                .map(|row| convert::document::document(row, false, missing_time, &stopped))
                .collect(),
            counts,
            busy: self.library.is_ingesting(),
            paused: self.library.is_paused(),
            folders: self
                .library
                .folders()
                .await?
                .into_iter()
                .map(|row| convert::library::folder(row, false))
                .collect(),
            removed: self.removed_files(false).await?.removed,
            notices: self.notices().await,
            stopped: queue.stopped,
            shared: self.remote_role(),
            problem,
            waiting: queue.first.iter().filter_map(|path| convert::queue::name(path)).collect(),
            waiting_count: queue.waiting,
        })
    }

    /// The files that the user removed from watched folders, with their paths for the terminal.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn removed_files(&self, with_path: bool) -> Result<RemovedList, Failure> {
        let marks = self.library.dismissed().await?.into_iter();
        Ok(RemovedList { removed: marks.map(|mark| convert::document::removed(mark, with_path)).collect() })
    }

    /// Takes files in again that the user removed from watched folders.
    ///
    /// # Errors
    /// As [`Self::ingest`], or one of the numbers is unknown.
    pub async fn bring_back(
        &self,
        removed: &[i64],
        cancel: &Cancel,
        on: &mut OnEvent<'_>,
    ) -> Result<IngestReply, Failure> {
        let mut forward = |event| on(convert::ingest::ingest_event(event));
        Ok(convert::ingest::ingest_reply(self.library.undismiss(removed, cancel, &mut forward).await?))
    }

    /// Removes documents from the library. They answer no more when this returns; files of watched folders stay out
    /// until they are brought back.
    ///
    /// # Errors
    /// Fails if a document is unknown, or if the catalogue or the index cannot be written.
    pub async fn remove(&self, documents: &[i64]) -> Result<(), Failure> {
        self.library.remove(&ids(documents)).await
    }
}

/// The collection of files that were given none.
pub const DEFAULT_COLLECTION: &str = "default";

fn ids(documents: &[i64]) -> Vec<DocumentId> {
    documents.iter().map(|&id| DocumentId(id)).collect()
}
