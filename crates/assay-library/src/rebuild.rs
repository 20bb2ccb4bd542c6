//! Rebuilding: a shadow index filled with other settings, and rows that a damaged index lacks.

use std::collections::{HashMap, HashSet};
use std::time::Instant;

use assay_domain::port::{Catalogue, Embedder, IndexReader};
use assay_domain::{
    Cancel, Document, DocumentId, DocumentState, Failure, GenerationId, IngestControl, Problem, QueueReason,
};
use assay_pipeline::consistency::purge;
use assay_pipeline::ingest::IngestEvent;
use assay_pipeline::refill::{Refill, refill};
use assay_text::ChunkSize;

use crate::engines::Engines;
use crate::error::LibraryError;
use crate::index::Index;
use crate::ingest::fitting;
use crate::library::Library;
use crate::report::{FileStatus, FileSummary, IngestReport, OnIngest};

impl Library {
    /// Fills a new index with the model and the chunking of the settings. The old index answers until
    /// every document is in the new one and its chunks are counted; then the two are swapped. Pages are taken from
    /// the catalogue; files that changed since are read again at the end. A rebuild that was stopped or
    /// died continues where it was.
    ///
    /// # Errors
    /// As [`Library::ingest`]; [`LibraryError::RebuildIncomplete`] if the new index lacks rows.
    pub async fn rebuild(&self, cancel: &Cancel, on: &mut OnIngest<'_>) -> Result<IngestReport, Failure> {
        let begun = Instant::now();
        self.takes_files()?;
        let ticket = self.ingests.ticket(cancel);
        let _wanted = self.claims.claim(vec![self.store.want_rebuild()?]);
        let _turn = self.writing.lock().await;
        let rebuilt = Box::pin(self.rebuild_in_turn(&*self.engines().await, ticket.button(), on)).await;
        self.keep_stopped(&ticket)?;
        Ok(IngestReport::since(begun, rebuilt?))
    }

    /// The same; the caller holds the turn to write.
    pub(crate) async fn rebuild_in_turn(
        &self,
        engines: &Engines,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let filled = fill_shadow(engines, &self.control, cancel, on).await;
        let all = engines.store().documents()?;
        let filled = match filled {
            Err(stopped) if stopped.problem == Problem::Stopped => {
                return Ok(all.iter().map(FileSummary::stopped).collect());
            }
            Err(failure) => {
                // It says so now, and not again at every start.
                self.store.drop_rebuild()?;
                return Err(failure);
            }
            Ok(filled) => filled,
        };
        let index = engines.index().await?;
        purge(engines.store().as_ref(), index.writer(), engines.score_cache()).await?;
        // A rebuild says nothing about files that are missing.
        let (missing, all): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|document| document.state == DocumentState::Missing);
        let mut files = self.read_documents(engines, &index, all, QueueReason::Again, cancel, on).await?;
        files.extend(missing.into_iter().map(FileSummary::unchanged));
        for file in files.iter_mut().filter(|file| file.status == FileStatus::Unchanged) {
            if filled.contains(&file.path) {
                file.status = FileStatus::Committed;
            }
        }
        Ok(files)
    }

    /// Finishes removals that the end of the program interrupted, and fills in the rows that documents lack since
    /// the index was damaged or a snapshot was restored: from the pages in the catalogue, else from the files.
    /// Does nothing if there is nothing to do.
    ///
    /// # Errors
    /// As [`Library::ingest`].
    pub async fn repair(&self, cancel: &Cancel, on: &mut OnIngest<'_>) -> Result<(), Failure> {
        if self.takes_files().is_err() {
            return Box::pin(self.repair_mirror()).await;
        }
        let unread: Vec<DocumentId> = {
            let ticket = self.ingests.ticket(cancel);
            let cancel = ticket.button();
            let _turn = self.writing.lock().await;
            let engines = self.engines().await;
            let (embedder, index) = engines.answering().await?;
            finish_removals(&engines, &index).await?;
            let lacking = engines.incomplete();
            if !lacking.is_empty() {
                let chunking = ChunkSize { tokens: index.identity.chunk_tokens, overlap: index.identity.chunk_overlap };
                let rows = index.identity.rows;
                let chunking = fitting(chunking, rows, embedder.identity());
                let (embedder, index, context) = (embedder.as_ref(), index.writer(), rows.has_context());
                let with = Refill { embedder, index, chunking, context, control: &self.control };
                let mut steps = Steps::new(lacking.len(), on);
                for id in lacking {
                    cancel.check()?;
                    if let Some(document) = engines.store().document(id)? {
                        fill_in(&engines, &with, &document, cancel).await?;
                        steps.step(&document);
                    }
                    engines.mark_complete(id);
                }
                index.optimize().await?;
            }
            let documents = engines.store().documents()?;
            documents.into_iter().filter(was_restored_without_text).map(|document| document.id).collect()
        };
        if !unread.is_empty() {
            self.read_again(&unread, QueueReason::Watched, cancel, on).await?;
        }
        Ok(())
    }
}

/// Removes the rows of dead generations, and text of rows that are removed already, from the disk. The catalogue
/// and the index each keep a note of it until it is done.
async fn finish_removals(engines: &Engines, index: &Index) -> Result<(), Failure> {
    purge(engines.store().as_ref(), index.writer(), engines.score_cache()).await?;
    if index.writer.purge_is_due() { index.writer().optimize().await } else { Ok(()) }
}

/// A snapshot without text records that a document was read, but not its content.
fn was_restored_without_text(document: &Document) -> bool {
    document.state == DocumentState::Queued && document.fingerprint.as_ref().is_some_and(|print| print.hash.is_empty())
}

async fn fill_in(engines: &Engines, with: &Refill<'_>, document: &Document, cancel: &Cancel) -> Result<(), Failure> {
    let Some(generation) = document.generation else { return Ok(()) };
    let pages = engines.pages(document.id)?;
    if pages.is_empty() {
        return Ok(engines.store().requeue(&[document.id])?);
    }
    with.index.remove(vec![generation]).await?;
    let chunks = refill(with, document, pages, generation, cancel).await?;
    Ok(engines.store().recount(document.id, chunks)?)
}

/// Fills the shadow index from the stored pages, counts its chunks and swaps it in. Returns the paths of
/// the documents in it.
async fn fill_shadow(
    engines: &Engines,
    control: &IngestControl,
    cancel: &Cancel,
    on: &mut OnIngest<'_>,
) -> Result<HashSet<String>, Failure> {
    // Opened first: without the model nothing could be built.
    let embedder = engines.embedder().await?;
    let store = engines.store();
    if store.shadow_index()?.is_none() {
        engines.copies().take_snapshot("before-rebuild")?;
    }
    let index = engines.shadow_index().await?;
    remove_unfinished(engines, &index).await?;
    let documents = store.documents()?;
    let read: Vec<Document> = documents.into_iter().filter(|document| document.generation.is_some()).collect();
    let shadow = store.shadow_documents()?;
    let rows = index.identity.rows;
    let chunking = fitting(engines.settings().chunking, rows, embedder.identity());
    let (writer, context) = (index.writer(), rows.has_context());
    let with = Refill { embedder: embedder.as_ref(), index: writer, chunking, context, control };
    let mut paths = HashSet::new();
    let mut steps = Steps::new(read.len(), on);
    for document in &read {
        cancel.check()?;
        let pages = engines.pages(document.id)?;
        if !pages.is_empty() {
            if engines.finished_in_shadow(document, shadow.get(&document.id)).is_none() {
                let generation = store.begin_shadow_document(document.id)?;
                let chunks = refill(&with, document, pages, generation, cancel).await?;
                store.finish_shadow_document(generation, chunks)?;
            }
            paths.insert(document.path.clone());
        }
        steps.step(document);
    }
    index.writer().optimize().await?;
    check_counts(engines, &index).await?;
    engines.swap_index(index).await?;
    Ok(paths)
}

/// Removes rows of documents that an earlier run did not finish, or that were read again since.
async fn remove_unfinished(engines: &Engines, index: &Index) -> Result<(), Failure> {
    let shadow = engines.store().shadow_documents()?.into_values();
    let finished: HashSet<GenerationId> =
        shadow.filter(|shadow| shadow.chunks.is_some()).map(|shadow| shadow.generation).collect();
    let there = index.reader.generations().await?.into_iter().map(|(generation, _)| generation);
    let unfinished: Vec<GenerationId> = there.filter(|generation| !finished.contains(generation)).collect();
    index.writer().remove(unfinished).await
}

async fn check_counts(engines: &Engines, index: &Index) -> Result<(), Failure> {
    let rows: HashMap<GenerationId, u64> = index.reader.generations().await?.into_iter().collect();
    for shadow in engines.store().shadow_documents()?.into_values() {
        let (wanted, reading) = (u64::from(shadow.chunks.unwrap_or(0)), shadow.reading);
        let found = rows.get(&shadow.generation).copied().unwrap_or(0);
        if wanted != found {
            return Err(LibraryError::RebuildIncomplete { reading, wanted, found }.into());
        }
    }
    Ok(())
}

/// Reports progress, document by document.
struct Steps<'a, 'b> {
    on: &'a mut OnIngest<'b>,
    begun: Instant,
    done: usize,
    files: usize,
}

impl<'a, 'b> Steps<'a, 'b> {
    fn new(files: usize, on: &'a mut OnIngest<'b>) -> Self {
        on(IngestEvent::Started { files });
        Self { on, begun: Instant::now(), done: 0, files }
    }

    fn step(&mut self, document: &Document) {
        self.done += 1;
        (self.on)(IngestEvent::File {
            document: document.id,
            name: document.name.clone(),
            state: document.state,
            reason: document.reason.clone(),
            problem: document.problem,
        });
        let left = self.begun.elapsed().mul_f64((self.files - self.done) as f64 / self.done as f64);
        (self.on)(IngestEvent::Progress { done: self.done, files: self.files, left: Some(left) });
    }
}
