//! Missing documents: those whose files are gone, until they come back or their grace time ends.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use assay_catalogue::Store;
use assay_domain::port::{Catalogue, Source};
use assay_domain::{Cancel, Document, DocumentId, DocumentState, Failure, Problem, QueueReason};
use assay_files::sources::{Presence, is_listed, presence};
use assay_models::blocking;
use assay_pipeline::consistency::remove;

use crate::engines::Engines;
use crate::library::Library;
use crate::report::file_event;
use crate::report::{FileStatus, FileSummary, OnIngest};

/// What to do about a file that is gone.
const MISSING: &str = "put its file back, under any name, or remove it from the library";

/// What is known of the files of missing documents when their fate is decided.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Documents that a scan has looked for in vain, and whether something was at their paths: a rule may leave a file
    /// out.
    pub(crate) missed: HashMap<DocumentId, bool>,
    /// Whether a file that nobody has read or listed yet may be one of theirs under another name.
    pub(crate) unread: bool,
    /// Whether the user wants them to be read now.
    pub(crate) asked: bool,
}

/// What becomes of a missing document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its file is gone, and its grace time may end.
    Gone,
    /// Its file is back.
    Back,
    /// It stays as it is: nobody looked, its drive is away, or something still speaks for its file.
    Stays,
}

/// Decides what becomes of a missing document. Scans decide about those of watched folders, because a rule may leave a
/// file out that is there.
pub(crate) fn fate(document: &Document, known: &Known) -> Fate {
    let path = Path::new(&document.path);
    if known.asked {
        return if is_listed(path) { Fate::Back } else { Fate::Stays };
    }
    if known.unread {
        return Fate::Stays;
    }
    match (document.folder, known.missed.get(&document.id)) {
        // Much may have happened since the walk.
        (Some(_), Some(then)) if *then == is_there(document) => Fate::Gone,
        (Some(_), _) => Fate::Stays,
        (None, _) if is_listed(path) => Fate::Back,
        (None, _) => match presence(path) {
            Presence::There(_) => Fate::Gone,
            Presence::Gone(device) if document.device.is_none() || device == document.device => Fate::Gone,
            Presence::Gone(_) | Presence::Unknown(_) => Fate::Stays,
        },
    }
}

impl Library {
    /// Ends the grace time of missing documents: those that the scan missed just now are removed for good, and so are
    /// those that no folder is watched for, if their files are gone. If such a file is back, its document is. Those of
    /// other folders wait for a scan, and all of them while any work waits, a rebuild included: the file of such a
    /// document may be among it under another name. The caller holds the turn to write.
    ///
    /// # Errors
    /// Fails if the catalogue or the index cannot be written.
    pub(crate) async fn expire(
        &self,
        engines: &Engines,
        mut known: Known,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let (store, grace) = (engines.store(), engines.settings().missing_time);
        let ids = store.missing_for(grace.as_secs() as i64)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        known.unread |= store.has_waiting_work()?;
        let documents = store.some_documents(&ids)?;
        let look = move || documents.into_iter().map(|row| (fate(&row, &known), row)).collect::<Vec<_>>();
        let (mut gone, mut back) = (Vec::new(), Vec::new());
        for (fate, document) in blocking("looking for missing files", look).await? {
            match fate {
                Fate::Gone => gone.push(document),
                Fate::Back => back.push(document),
                Fate::Stays => (),
            }
        }
        let mut files = self.take_back(engines, back, cancel, on).await?;
        files.extend(remove_expired(engines, gone, on).await?);
        Ok(files)
    }

    /// The same between scans, for documents that no folder is watched for. While something is written, the next look
    /// does it.
    pub(crate) async fn expire_if_idle(
        &self,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        match self.writing.try_lock() {
            Ok(_turn) => self.expire(&*self.engines().await, Known::default(), cancel, on).await,
            Err(_) => Ok(Vec::new()),
        }
    }

    /// Documents whose files are back: they wait in the queue, and are read at once if the index can be opened.
    async fn take_back(
        &self,
        engines: &Engines,
        back: Vec<Document>,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        for document in &back {
            engines.store().set_state(document.id, DocumentState::Queued, None)?;
        }
        if back.is_empty() {
            return Ok(Vec::new());
        }
        let Ok(index) = engines.index().await else { return Ok(Vec::new()) };
        Box::pin(self.read_documents(engines, &index, back, QueueReason::Watched, cancel, on)).await
    }
}

/// Whether anything is at a document's path.
pub(crate) fn is_there(document: &Document) -> bool {
    Path::new(&document.path).symlink_metadata().is_ok()
}

/// Removes documents whose grace time is over.
async fn remove_expired(
    engines: &Engines,
    documents: Vec<Document>,
    on: &mut OnIngest<'_>,
) -> Result<Vec<FileSummary>, Failure> {
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<DocumentId> = documents.iter().map(|document| document.id).collect();
    engines.copies().expect_removal()?;
    let removed = purge_now(engines, &ids).await;
    engines.forget_removed().await;
    removed?;
    let days = engines.settings().missing_time.as_secs() / 86_400;
    let rows = documents.into_iter().map(|document| {
        let why = match days {
            0 => document.reason.clone().unwrap_or_default(),
            1 => "its file has been missing for 1 day".into(),
            days => format!("its file has been missing for {days} days"),
        };
        on(file_event(&document, DocumentState::Removed, why.clone(), None));
        FileSummary::unread(Path::new(&document.path), FileStatus::Removed, Some(why))
    });
    Ok(rows.collect())
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

/// Documents whose content may be among new files under another name: those whose files are gone by now, and
/// those of the collection that are missing already.
pub(crate) fn lost(
    store: &Store,
    collection: &str,
    sources: &[Source],
    gone: impl Iterator<Item = Document>,
) -> Result<Vec<Document>, Failure> {
    let found: HashSet<&str> = sources.iter().map(|source| source.path.as_str()).collect();
    let mut known = HashSet::new();
    let earlier = store.missing_in(collection)?.into_iter();
    let earlier = earlier.filter(|document| !is_listed(Path::new(&document.path)));
    Ok(gone
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

#[cfg(test)]
mod tests;
