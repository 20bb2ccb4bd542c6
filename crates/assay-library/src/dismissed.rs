//! Removing documents, and the marks that keep removed files of watched folders out until the user wants them back.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use assay_catalogue::{Dismissed, Store};
use assay_domain::port::{Catalogue, Reader, Source};
use assay_domain::{Cancel, Document, DocumentId, Failure, LastHash};
use assay_files::sources::{self, is_listed};
use assay_models::blocking;
use assay_pipeline::consistency::purge;
use futures::future::{Either, select};

use crate::engines::Engines;
use crate::error::LibraryError;
use crate::ingest::limits;
use crate::library::Library;
use crate::report::{FileStatus, FileSummary, IngestReport, OnIngest};

/// Why a dismissed file is left out.
const RULE: &str = "removed from the library by you; bring it back from the list of removed files";

impl Library {
    /// Removes documents from the library. They answer no more when this returns, and files of watched folders
    /// stay out until [`Self::undismiss`].
    ///
    /// # Errors
    /// [`LibraryError::UnknownDocument`], or whatever the catalogue or the index reports.
    pub async fn remove(&self, documents: &[DocumentId]) -> Result<(), Failure> {
        self.takes_files()?;
        let engines = self.engines().await;
        let store = engines.store();
        for document in documents {
            store.document(*document)?.ok_or(LibraryError::UnknownDocument { id: document.0 })?;
        }
        engines.copies().expect_removal()?;
        let had = store.dismiss(documents)?;
        let removed = match (self.writing.try_lock(), engines.open_index().await) {
            (Ok(_turn), Ok(index)) => purge(store.as_ref(), index.writer(), engines.score_cache()).await,
            // An ingest is writing, or the index cannot be opened: the rows are removed later, the cached scores of
            // their passages now.
            _ => engines.score_cache().map_or(Ok(()), |cache| cache.purge(&had)),
        };
        engines.forget_removed().await;
        removed
    }

    /// The files that the user removed from watched folders.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn dismissed(&self) -> Result<Vec<Dismissed>, Failure> {
        Ok(self.engines().await.store().dismissed(None)?)
    }

    /// Takes files in again that the user removed from watched folders.
    ///
    /// # Errors
    /// [`LibraryError::UnknownDismissed`]; else as [`Self::ingest`].
    pub async fn undismiss(
        &self,
        marks: &[i64],
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<IngestReport, Failure> {
        let store = self.engines().await.store().clone();
        let all = store.dismissed(None)?;
        if let Some(unknown) = marks.iter().find(|&&id| all.iter().all(|mark| mark.id != id)) {
            return Err(LibraryError::UnknownDismissed { id: *unknown }.into());
        }
        let mut paths = std::collections::BTreeMap::<String, Vec<PathBuf>>::new();
        for mark in store.undismiss(marks)? {
            paths.entry(mark.collection).or_default().push(mark.path.into());
        }
        self.ingest_collections(paths, cancel, on).await
    }
}

/// The dismissed files of a collection.
pub(crate) struct Dismissals {
    by_path: HashMap<String, Dismissed>,
}

impl Dismissals {
    pub(crate) fn of(store: &Store, collection: &str) -> Result<Self, Failure> {
        let marks = store.dismissed(Some(collection))?.into_iter();
        Ok(Self { by_path: marks.map(|mark| (mark.path.clone(), mark)).collect() })
    }

    /// Parts files that a scan found: those that may be taken in, and a row for each that is dismissed.
    pub(crate) fn part(&self, sources: Vec<Source>) -> (Vec<Source>, Vec<FileSummary>) {
        let (out, sources): (Vec<_>, Vec<_>) =
            sources.into_iter().partition(|source| self.by_path.contains_key(&source.path));
        (sources, out.iter().map(|source| left_out(&source.path)).collect())
    }

    /// Whether a new file is a dismissed one under another name: it has the bytes of one that is no longer at its
    /// path, and of no document whose file is gone. Then its mark follows it, and its row goes.
    ///
    /// # Errors
    /// [`Failure::stopped`] if it was stopped before the file was hashed; fails if the catalogue cannot be written. A
    /// file that cannot be read now is not known again.
    pub(crate) async fn take(
        &mut self,
        engines: &Engines,
        row: &Document,
        source: &Source,
        cancel: &Cancel,
    ) -> Result<Option<FileSummary>, Failure> {
        if !self.may_hold(row) {
            return Ok(None);
        }
        cancel.check()?;
        let reader = engines.reader();
        let print = match select(cancel.stopped(), reader.fingerprint(source)).await {
            Either::Left(_) => return Err(Failure::stopped()),
            Either::Right((Ok(print), _)) => print,
            Either::Right((Err(_), _)) => return Ok(None),
        };
        let known = |mark: &&Dismissed| mark.hash.as_ref() == Some(&print.hash) && !is_listed(Path::new(&mark.path));
        let store = engines.store();
        let mut mark = self.by_path.values().find(known).cloned();
        // The user may have taken the same bytes in again under a name of their own, and renamed that file now.
        if mark.is_some() && is_renamed(store, &row.collection, &print.hash)? {
            mark = None;
        }
        let Some(mark) = mark else {
            let last = LastHash { hash: print.hash, stamp: source.stamp };
            store.record_hash(row.id, &last)?;
            return Ok(None);
        };
        store.move_dismissed(mark.id, row.id)?;
        self.by_path.remove(&mark.path);
        let moved = Dismissed { path: source.path.clone(), name: source.name.clone(), ..mark };
        self.by_path.insert(moved.path.clone(), moved);
        Ok(Some(left_out(&source.path)))
    }

    /// The same for a file that waits since a scan.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(crate) async fn take_waiting(
        &mut self,
        engines: &Engines,
        row: &Document,
        cancel: &Cancel,
    ) -> Result<Option<FileSummary>, Failure> {
        if !self.may_hold(row) {
            return Ok(None);
        }
        let (path, limits) = (PathBuf::from(&row.path), limits(engines));
        let found = blocking("looking at a file", move || sources::at(&path, &limits)).await?;
        let Ok(source) = found else { return Ok(None) };
        self.take(engines, row, &source, cancel).await
    }

    /// Whether a document may turn out to be dismissed: nothing is known of its bytes.
    fn may_hold(&self, row: &Document) -> bool {
        !self.by_path.is_empty() && row.generation.is_none() && row.last_hash.is_none()
    }
}

/// Whether a document with these bytes has lost its file.
fn is_renamed(store: &Store, collection: &str, hash: &str) -> Result<bool, Failure> {
    let documents = store.documents_of_hash(collection, hash)?;
    Ok(documents.iter().any(|document| !is_listed(Path::new(&document.path))))
}

fn left_out(path: &str) -> FileSummary {
    FileSummary::unread(Path::new(path), FileStatus::Excluded, Some(RULE.into()))
}
