//! The library: in, out, list, check, rebuild.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assay_contract::{
    CheckProblem, CheckReply, DocumentList, DocumentRow, FileRow, IngestReply, LibraryEvent, LibraryView, PageRow,
};
use assay_domain::socket::{Catalogue, Embedder};
use assay_domain::{Cancel, DocumentId, DocumentState, Failure, Problem};
use assay_engines::{Engines, sources};
use assay_ways::ingest::{Ingest, IngestEvent, ingest};
use assay_ways::library::{Checked, Difference, check, remove, sweep};

use crate::desk::{Desk, samples};
use crate::rim;

impl Desk {
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
        sweep(store.as_ref(), index.writer(), engines.pairs()).await?;

        let found = sources::find(&paths);
        let mut files: Vec<FileRow> = found.unreachable.iter().map(|(path, why)| rim::unreachable(path, why)).collect();
        let embedder = engines.embedder().await?;
        let reader = engines.reader();
        let with = Ingest {
            reader: &reader,
            embedder: embedder.as_ref(),
            index: index.writer(),
            catalogue: store.as_ref(),
            pairs: engines.pairs(),
            chunking: chunking(&engines, embedder.identity()),
            collection,
        };
        let mut tell = |event: IngestEvent| on(library_event(event));
        let reports = ingest(&with, found.sources, cancel, &mut tell).await?;
        // Documents that were removed meanwhile left rows behind.
        sweep(store.as_ref(), index.writer(), engines.pairs()).await?;
        files.extend(reports.into_iter().map(rim::file));
        let mut counts = BTreeMap::new();
        for file in &files {
            *counts.entry(file.state.clone()).or_default() += 1;
        }
        Ok(IngestReply { files, counts, seconds: begun.elapsed().as_secs_f64() })
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
        let all = self.engines.read().await.store().documents()?;
        let wanted = all.into_iter().filter(|document| documents.contains(&document.id.0));
        let paths = by_collection(wanted.map(|document| (document.collection, document.path)));
        self.ingest_collections(paths, cancel, on).await
    }

    /// Sets the index aside and reads every document again, with the model and the chunking that
    /// the settings name now. The documents' rows and the conversations stay.
    pub async fn rebuild(
        &self,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let paths = {
            let _turn = self.writing.lock().await;
            let engines = self.engines.read().await;
            // Without the model nothing could be built, so the old index is left alone.
            engines.embedder().await?;
            let all = engines.store().documents()?;
            engines.clear_index().await?;
            by_collection(all.into_iter().map(|document| (document.collection, document.path)))
        };
        self.ingest_collections(paths, cancel, on).await
    }

    async fn ingest_collections(
        &self,
        paths: BTreeMap<String, Vec<PathBuf>>,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let mut whole = IngestReply { files: Vec::new(), counts: BTreeMap::new(), seconds: 0.0 };
        for (collection, paths) in paths {
            let part = self.ingest(paths, &collection, cancel, on).await?;
            whole.files.extend(part.files);
            whole.seconds += part.seconds;
            for (state, count) in part.counts {
                *whole.counts.entry(state).or_default() += count;
            }
        }
        Ok(whole)
    }

    /// All documents, with their paths and what became of each page.
    pub async fn documents(&self) -> Result<DocumentList, Failure> {
        let engines = self.engines.read().await;
        let documents = engines.store().documents()?.into_iter().map(|document| {
            let pages = engines.store().page_rows(document.id)?;
            let page_rows = Some(pages.into_iter().map(rim::page_row).collect());
            Ok(DocumentRow { page_rows, ..rim::document(document, true) })
        });
        Ok(DocumentList { documents: documents.collect::<Result<_, Failure>>()? })
    }

    /// What became of each page of a document's last reading.
    pub async fn page_rows(&self, document: i64) -> Result<Vec<PageRow>, Failure> {
        let rows = self.engines.read().await.store().page_rows(DocumentId(document))?;
        Ok(rows.into_iter().map(rim::page_row).collect())
    }

    /// The library pane.
    pub async fn library(&self) -> Result<LibraryView, Failure> {
        let engines = self.engines.read().await;
        let documents = engines.store().documents()?;
        let mut counts = BTreeMap::new();
        for document in &documents {
            *counts.entry(document.state.as_str().to_owned()).or_default() += 1;
        }
        let problem = engines.index().await.err().map(|failure| rim::problem(&failure));
        let documents = documents.into_iter().map(|row| rim::document(row, false)).collect();
        let (folders, notices) = (Vec::new(), Vec::new());
        Ok(LibraryView { documents, counts, busy: self.is_ingesting(), paused: false, folders, notices, problem })
    }

    /// Takes documents out of the library. They answer no more when this returns.
    pub async fn remove(&self, documents: &[i64]) -> Result<(), Failure> {
        let engines = self.engines.read().await;
        let store = engines.store();
        let known: Vec<DocumentId> = store.documents()?.into_iter().map(|document| document.id).collect();
        let wanted: Vec<DocumentId> = documents.iter().map(|&id| DocumentId(id)).collect();
        if let Some(unknown) = wanted.iter().find(|id| !known.contains(id)) {
            let message = format!("the library has no document {unknown}");
            return Err(Failure::new(Problem::MissingFile, message, "list them: assay documents"));
        }
        match (self.writing.try_lock(), engines.index().await) {
            (Ok(_turn), Ok(index)) => remove(store.as_ref(), index.writer(), engines.pairs(), &wanted).await,
            // An ingest is writing, or the index cannot be opened: the rows go later, the
            // documents and what is kept of their passages now.
            _ => wanted.into_iter().try_for_each(|document| {
                let generation = store.remove(document)?;
                engines.pairs().map_or(Ok(()), |pairs| pairs.purge(generation.as_slice()))
            }),
        }
    }

    /// Is the index what the catalogue says?
    pub async fn check(&self) -> Result<CheckReply, Failure> {
        let engines = self.engines.read().await;
        let index = match engines.index().await {
            Ok(index) => index,
            Err(failure) => return Ok(unopened(&failure)),
        };
        let checked = check(engines.store().as_ref(), index.reader()).await?;
        Ok(check_reply(checked))
    }
}

/// Where files go that were given no collection.
pub const DEFAULT_COLLECTION: &str = "default";

fn by_collection(documents: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Vec<PathBuf>> {
    let mut paths: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (collection, path) in documents {
        paths.entry(collection).or_default().push(Path::new(&path).to_owned());
    }
    paths
}

/// A chunk must fit the model with its special tokens, or its end would never be read.
fn chunking(engines: &Engines, model: &assay_domain::socket::EmbedderIdentity) -> assay_text::ChunkSize {
    let wanted = engines.settings().chunking;
    let room = model.max_tokens.saturating_sub(model.special_tokens).max(1);
    let tokens = wanted.tokens.min(room);
    assay_text::ChunkSize { tokens, overlap: wanted.overlap.min(tokens / 2) }
}

fn library_event(event: IngestEvent) -> LibraryEvent {
    match event {
        IngestEvent::Started { files } => LibraryEvent::Started { files: files as u32 },
        IngestEvent::File { document, name, state, reason } => {
            LibraryEvent::File { document: document.0, name, state: state.as_str().to_owned(), reason }
        }
        IngestEvent::Progress { done, files, left } => LibraryEvent::Progress {
            done: done as u32,
            files: files as u32,
            seconds_left: left.as_ref().map(Duration::as_secs_f64),
        },
    }
}

fn unopened(failure: &Failure) -> CheckReply {
    let kind = match failure.problem {
        Problem::IndexOfAnotherModel => "other_model",
        Problem::IndexDamaged => "damaged",
        _ => "not_open",
    };
    let (what, action) = (failure.message.clone(), failure.action.clone());
    let problem = CheckProblem { kind: kind.into(), document: None, what, action };
    CheckReply { ok: false, documents: 0, chunks: 0, problems: vec![problem] }
}

fn check_reply(checked: Checked) -> CheckReply {
    let problems: Vec<CheckProblem> = checked.differences.into_iter().map(check_problem).collect();
    CheckReply { ok: problems.is_empty(), documents: checked.documents, chunks: checked.chunks, problems }
}

fn check_problem(difference: Difference) -> CheckProblem {
    let (kind, document, what, action) = match difference {
        Difference::Rows { name, wanted, found, .. } => {
            let kind = if found < wanted { "missing_rows" } else { "extra_rows" };
            let what = format!("{name} should have {wanted} chunks in the index and has {found}");
            (kind, Some(name), what, "rebuild the index: assay ingest --rebuild")
        }
        Difference::Orphans { generation, found } => {
            let what = format!("{found} chunks of reading {generation} belong to no document");
            ("extra_rows", None, what, "rebuild the index: assay ingest --rebuild")
        }
        Difference::Unfinished { name, .. } => {
            let what = format!("{name} is still {}", DocumentState::Queued.as_str());
            ("unfinished", Some(name), what, "ingest it again")
        }
    };
    CheckProblem { kind: kind.into(), document, what, action: action.into() }
}
