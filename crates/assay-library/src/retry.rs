//! Documents read again: another try, or a refresh.

use std::time::Instant;

use assay_domain::port::Catalogue;
use assay_domain::{Cancel, Document, DocumentId, DocumentState, Failure, QueueReason};
use assay_pipeline::consistency::purge;

use crate::error::LibraryError;
use crate::library::Library;
use crate::report::{IngestReport, OnIngest};

impl Library {
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
        self.takes_files()?;
        self.store.allow_retry(documents)?;
        self.read_again(documents, QueueReason::Again, cancel, on).await
    }

    /// The same without another try at bytes that failed. What the user stopped is read only if it is the user who
    /// asks for it now.
    pub(crate) async fn read_again(
        &self,
        documents: &[DocumentId],
        why: QueueReason,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<IngestReport, Failure> {
        let begun = Instant::now();
        let ticket = self.ingests.ticket(cancel);
        self.store.want(documents, why)?;
        let _turn = self.writing.lock().await;
        let stopped = self.store.stopped_documents()?;
        let mut found = self.store.some_documents(documents)?;
        found.retain(|document| !stopped.contains(&document.id));
        let files = {
            let engines = self.engines().await;
            let index = engines.index().await?;
            purge(self.store.as_ref(), index.writer(), engines.score_cache()).await?;
            Box::pin(self.read_documents(&engines, &index, found, why, ticket.button(), on)).await
        };
        self.keep_stopped(&ticket)?;
        Ok(IngestReport::since(begun, files?))
    }

    /// Reads these documents again, or, if none is named, all that failed, are quarantined or were read
    /// in part, and goes on with everything that waits in the queue, stopped work included.
    ///
    /// # Errors
    /// [`LibraryError::UnknownDocument`]; else as [`Self::ingest`].
    pub async fn retry(
        &self,
        documents: &[DocumentId],
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<IngestReport, Failure> {
        self.takes_files()?;
        if !documents.is_empty() {
            let known = self.store.some_documents(documents)?;
            if let Some(unknown) = documents.iter().find(|&&id| known.iter().all(|document| document.id != id)) {
                return Err(LibraryError::UnknownDocument { id: unknown.0 }.into());
            }
            return self.ingest_again(documents, cancel, on).await;
        }
        let lacking = |document: &Document| match document.state {
            DocumentState::Failed | DocumentState::Quarantined => true,
            DocumentState::Committed => document.reason.is_some(),
            _ => false,
        };
        let wanted: Vec<DocumentId> =
            self.store.documents()?.iter().filter(|document| lacking(document)).map(|document| document.id).collect();
        self.store.allow_retry(&wanted)?;
        self.store.want(&wanted, QueueReason::Again)?;
        self.resume_stopped(cancel, on).await
    }
}
