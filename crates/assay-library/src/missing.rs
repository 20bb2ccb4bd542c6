//! Missing documents: those whose files are gone, until they come back or their grace time ends.

use std::collections::HashSet;
use std::path::Path;

use assay_catalogue::Store;
use assay_domain::port::{Catalogue, Source};
use assay_domain::{Document, DocumentId, DocumentState, Failure, Problem};
use assay_files::sources::is_listed;
use assay_pipeline::consistency::remove;

use crate::engines::Engines;
use crate::library::Library;
use crate::report::file_event;
use crate::report::{FileStatus, FileSummary, OnIngest};

/// What to do about a file that is gone.
const MISSING: &str = "put its file back, under any name, or remove it from the library";

impl Library {
    /// Removes the documents whose grace time is over, for good. The caller holds the turn to write.
    ///
    /// # Errors
    /// Fails if the catalogue or the index cannot be written.
    pub(crate) async fn expire(&self, engines: &Engines, on: &mut OnIngest<'_>) -> Result<Vec<FileSummary>, Failure> {
        let (store, grace) = (engines.store(), engines.settings().missing_time);
        let ids = store.missing_for(grace.as_secs() as i64)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found: Result<Vec<_>, _> = ids.iter().map(|&id| store.document(id)).collect();
        let documents: Vec<Document> = found?.into_iter().flatten().collect();
        let removed = purge_now(engines, &ids).await;
        engines.forget_removed().await;
        removed?;
        let days = grace.as_secs() / 86_400;
        let rows = documents.into_iter().map(|document| {
            let why = match days {
                0 => document.reason.clone().unwrap_or_default(),
                days => format!("its file has been missing for {days} days"),
            };
            on(file_event(&document, DocumentState::Removed, why.clone(), None));
            FileSummary::unread(Path::new(&document.path), FileStatus::Removed, Some(why))
        });
        Ok(rows.collect())
    }

    /// The same for a library in which nothing is written now; otherwise the next look does it.
    pub(crate) async fn expire_if_idle(&self, on: &mut OnIngest<'_>) -> Result<Vec<FileSummary>, Failure> {
        match self.writing.try_lock() {
            Ok(_turn) => self.expire(&*self.engines().await, on).await,
            Err(_) => Ok(Vec::new()),
        }
    }
}

/// Removes documents with their rows, or without them if the index cannot be opened: then the next purge
/// removes those.
pub(crate) async fn purge_now(engines: &Engines, ids: &[DocumentId]) -> Result<(), Failure> {
    let store = engines.store();
    match engines.open_index().await {
        Ok(index) => remove(store.as_ref(), index.writer(), engines.score_cache(), ids).await,
        Err(_) => store.remove(ids).and_then(|had| engines.score_cache().map_or(Ok(()), |cache| cache.purge(&had))),
    }
}

/// Documents whose content may be among new files under another name: those that a scan has just missed, and
/// those of the collection that are missing already.
pub(crate) fn lost(
    store: &Store,
    collection: &str,
    sources: &[Source],
    just_missed: impl Iterator<Item = Document>,
) -> Result<Vec<Document>, Failure> {
    let found: HashSet<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let mut known = HashSet::new();
    let earlier = store.missing_in(collection)?.into_iter();
    let earlier = earlier.filter(|document| !is_listed(Path::new(&document.path)));
    Ok(just_missed
        .chain(earlier)
        .filter(|document| known.insert(document.id) && !found.contains(document.path.as_str()))
        .collect())
}

/// Makes a document missing. One that was never read has nothing to keep; its caller removes it.
pub(crate) fn miss(
    store: &Store,
    document: Document,
    why: String,
    on: &mut OnIngest<'_>,
) -> Result<FileSummary, Failure> {
    if document.generation.is_none() {
        on(file_event(&document, DocumentState::Removed, why.clone(), None));
        return Ok(FileSummary::unread(Path::new(&document.path), FileStatus::Removed, Some(why)));
    }
    if document.state == DocumentState::Missing {
        return Ok(FileSummary::unchanged(document));
    }
    let why = Failure::new(Problem::MissingFile, why, MISSING);
    store.set_state(document.id, DocumentState::Missing, Some(&why))?;
    on(file_event(&document, DocumentState::Missing, why.to_string(), Some(why.problem)));
    Ok(FileSummary::unreached(Path::new(&document.path), FileStatus::Missing, &why))
}
