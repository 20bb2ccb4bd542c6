//! Filling the index again: the whole of it beside the one that answers, or what a damaged one lacks.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use assay_contract::{IngestReply, LibraryEvent};
use assay_domain::port::{Catalogue, Embedder, IndexReader};
use assay_domain::{Cancel, Document, DocumentState, Failure, GenerationId, IngestControl, Problem};
use assay_engines::{Engines, Index};
use assay_pipeline::consistency::purge;
use assay_pipeline::refill::{Refill, refill};
use assay_text::ChunkSize;

use crate::app::App;
use crate::convert;
use crate::library::{by_collection, fitting, reply};

type Tell<'a> = dyn FnMut(LibraryEvent) + Send + 'a;

impl App {
    /// Fills an index anew with the model and the chunking that the settings name now. The one that
    /// is there answers until every document is in the new one and was read back; then they are
    /// swapped at once. Pages are taken as they were read; originals that changed since are read
    /// again at the end. One that was stopped or died goes on where it was.
    pub async fn rebuild(&self, cancel: &Cancel, on: &mut Tell<'_>) -> Result<IngestReply, Failure> {
        let begun = Instant::now();
        let (filled, all) = {
            let _ticket = self.ingest_ticket(cancel);
            let _turn = self.writing.lock().await;
            let engines = self.engines.read().await;
            let filled = fill_beside(&engines, &self.control, cancel, on).await;
            (filled, engines.store().documents()?)
        };
        let filled = match filled {
            Err(stopped) if stopped.problem == Problem::Stopped => {
                return Ok(reply(all.iter().map(convert::stopped).collect(), begun));
            }
            other => other?,
        };
        let paths = by_collection(all.into_iter().map(|document| (document.collection, document.path)));
        let mut files = self.ingest_collections(paths, cancel, on).await?.files;
        for file in &mut files {
            let filled = file.path.as_ref().is_some_and(|path| filled.contains(path));
            if filled && file.state == "unchanged" {
                file.state = "committed".to_owned();
            }
        }
        Ok(reply(files, begun))
    }

    /// Fills in what documents lack in the index since it was damaged or a snapshot was put back:
    /// from the text that the catalogue keeps, else from the originals. Does nothing to a whole one.
    pub async fn mend(&self, cancel: &Cancel, on: &mut Tell<'_>) -> Result<(), Failure> {
        let unread: Vec<i64> = {
            let _ticket = self.ingest_ticket(cancel);
            let _turn = self.writing.lock().await;
            let engines = self.engines.read().await;
            let (embedder, index) = engines.answering().await?;
            let lacking = engines.lacking();
            if !lacking.is_empty() {
                purge(engines.store().as_ref(), index.writer(), engines.pairs()).await?;
                let chunking = ChunkSize { tokens: index.identity.chunk_tokens, overlap: index.identity.chunk_overlap };
                let chunking = fitting(chunking, embedder.identity());
                let (embedder, index) = (embedder.as_ref(), index.writer());
                let with = Refill { embedder, index, chunking, control: &self.control };
                let mut steps = Steps::new(lacking.len(), on);
                for id in lacking {
                    cancel.check()?;
                    if let Some(document) = engines.store().document(id)? {
                        fill_in(&engines, &with, &document, cancel).await?;
                        steps.step(&document);
                    }
                    engines.lacks_no_more(id);
                }
                index.optimize().await?;
            }
            let documents = engines.store().documents()?;
            documents.into_iter().filter(was_put_back_without_text).map(|document| document.id.0).collect()
        };
        if !unread.is_empty() {
            self.ingest_again(&unread, cancel, on).await?;
        }
        Ok(())
    }
}

/// A snapshot without text knows that a document was read and not its content.
fn was_put_back_without_text(document: &Document) -> bool {
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

/// Everything that was read into the index beside, then the check, then the swap. Returns the
/// paths of the documents in it.
async fn fill_beside(
    engines: &Engines,
    control: &IngestControl,
    cancel: &Cancel,
    on: &mut Tell<'_>,
) -> Result<HashSet<String>, Failure> {
    // Without the model nothing could be built.
    let embedder = engines.embedder().await?;
    let store = engines.store();
    if store.filling_index()?.is_none() {
        engines.take_snapshot("before-rebuild")?;
    }
    let index = engines.index_beside().await?;
    leave_finished_alone(engines, &index).await?;
    let documents = store.documents()?;
    let read: Vec<Document> = documents.into_iter().filter(|document| document.generation.is_some()).collect();
    let beside = store.beside()?;
    let chunking = fitting(engines.settings().chunking, embedder.identity());
    let with = Refill { embedder: embedder.as_ref(), index: index.writer(), chunking, control };
    let mut paths = HashSet::new();
    let mut steps = Steps::new(read.len(), on);
    for document in &read {
        cancel.check()?;
        let pages = engines.pages(document.id)?;
        if !pages.is_empty() {
            if engines.finished_beside(document, beside.get(&document.id)).is_none() {
                let generation = store.begin_beside(document.id)?;
                let chunks = refill(&with, document, pages, generation, cancel).await?;
                store.finish_beside(generation, chunks)?;
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

/// Rows of documents that an earlier try did not finish, or that were read again since, go.
async fn leave_finished_alone(engines: &Engines, index: &Index) -> Result<(), Failure> {
    let finished: HashSet<GenerationId> = engines
        .store()
        .beside()?
        .into_values()
        .filter(|beside| beside.chunks.is_some())
        .map(|beside| beside.generation)
        .collect();
    let there = index.reader.generations().await?.into_iter().map(|(generation, _)| generation);
    let half: Vec<GenerationId> = there.filter(|generation| !finished.contains(generation)).collect();
    index.writer().remove(half).await
}

async fn check_counts(engines: &Engines, index: &Index) -> Result<(), Failure> {
    let rows: HashMap<GenerationId, u64> = index.reader.generations().await?.into_iter().collect();
    for beside in engines.store().beside()?.into_values() {
        let (wanted, found) =
            (u64::from(beside.chunks.unwrap_or(0)), rows.get(&beside.generation).copied().unwrap_or(0));
        if wanted != found {
            let what =
                format!("reading {} should have {wanted} chunks in the new index and has {found}", beside.reading);
            let action = "the index before it still answers: try again, and look at the disk if it happens again";
            return Err(Failure::new(Problem::IndexDamaged, what, action));
        }
    }
    Ok(())
}

/// Tells how far it has come.
struct Steps<'a, 'b> {
    on: &'a mut Tell<'b>,
    begun: Instant,
    done: u32,
    files: u32,
}

impl<'a, 'b> Steps<'a, 'b> {
    fn new(files: usize, on: &'a mut Tell<'b>) -> Self {
        let files = files as u32;
        on(LibraryEvent::Started { files });
        Self { on, begun: Instant::now(), done: 0, files }
    }

    fn step(&mut self, document: &Document) {
        self.done += 1;
        (self.on)(LibraryEvent::File {
            document: document.id.0,
            name: document.name.clone(),
            state: document.state.as_str().to_owned(),
            reason: document.reason.clone(),
            problem: document.problem.map(convert::code),
        });
        let left = self.begun.elapsed().mul_f64(f64::from(self.files - self.done) / f64::from(self.done));
        let seconds_left = Some(Duration::as_secs_f64(&left));
        (self.on)(LibraryEvent::Progress { done: self.done, files: self.files, seconds_left });
    }
}
