//! What follows from a scan: files to read, and documents that are missing.

use std::collections::HashMap;
use std::path::Path;

use assay_domain::port::{Catalogue, Reader, Source};
use assay_domain::{Cancel, Document, DocumentId, DocumentState, FailedTries, Failure};
use assay_files::sources::{Presence, presence};

use crate::engines::Engines;
use crate::library::Library;
use crate::missing::miss;
use crate::report::{FileStatus, FileSummary, OnIngest};

/// What is to be done for the watched folders of one collection.
#[derive(Default)]
pub(super) struct Changes {
    /// Files to read.
    pub(super) sources: Vec<Source>,
    /// The documents of these files.
    pub(super) documents: Vec<DocumentId>,
    /// Documents that the scan did not find, with the reason.
    pub(super) missing: Vec<(Document, String)>,
    /// State and reason of each file before the scan, by its path.
    pub(super) before: HashMap<String, (DocumentState, Option<String>)>,
}

impl Library {
    /// Reads files, and makes documents missing; the caller holds the turn to write. With `later`, the index is optimized
    /// when nothing is saved.
    pub(super) async fn apply(
        &self,
        engines: &Engines,
        collection: &str,
        changes: Changes,
        later: bool,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let Changes { sources, missing, documents: _, before: _ } = changes;
        let store = engines.store().clone();
        let mut files = Vec::new();
        if cancel.is_stopped() {
            files.extend(
                sources.iter().map(|source| FileSummary::unread(Path::new(&source.path), FileStatus::Stopped, None)),
            );
        } else if !sources.is_empty() {
            let index = engines.index().await?;
            self.purge_dead(engines, &index, later).await?;
            let gone: Vec<Document> = missing.iter().map(|(document, _)| document.clone()).collect();
            files = self.ingest_sources(engines, &index, sources, collection, &gone, later, cancel, on).await?;
        }
        // A renamed document may be among the files that a stopped ingest did not reach.
        if cancel.is_stopped() {
            return Ok(files);
        }
        let mut never_read: Vec<DocumentId> = Vec::new();
        for (document, why) in missing {
            // It may have a new path by now. What came back since the walk comes back with the next one.
            if store.find(collection, &document.path)?.is_none_or(|row| row.id != document.id) {
                continue;
            }
            if document.generation.is_none() {
                never_read.push(document.id);
            }
            files.push(miss(&store, document, why, on)?);
        }
        if !never_read.is_empty() {
            engines.copies().expect_removal()?;
            store.remove(&never_read)?;
            engines.forget_removed().await;
        }
        Ok(files)
    }
}

/// Documents of files below a watched folder that were added before it was watched, and deleted since. Those that are
/// there are in the scan, or are left out of it by a rule that does not concern what was added by itself.
pub(super) fn gone_below(folder: &Path, others: Vec<Document>) -> impl Iterator<Item = (Document, String)> {
    let gone = move |row: &Document| {
        let path = Path::new(&row.path);
        let device = || match presence(path) {
            Presence::Gone(device) => device,
            Presence::There(_) | Presence::Unknown(_) => None,
        };
        path.starts_with(folder) && row.device.is_some() && device() == row.device
    };
    others.into_iter().filter(gone).map(|row| (row, "its file is gone".to_owned()))
}

/// Whether a file ended as it stood before.
pub(super) fn is_as(file: &FileSummary, (state, reason): &(DocumentState, Option<String>)) -> bool {
    match state {
        DocumentState::Committed => file.status == FileStatus::Unchanged,
        DocumentState::Failed => file.status == FileStatus::Failed && file.reason == *reason,
        DocumentState::Missing => file.status == FileStatus::Missing,
        _ => false,
    }
}

/// Whether nothing is to be done about a file: its stamp shows that its bytes are the same, and with
/// those it answers already, or would fail again.
pub(super) fn needs_nothing(engines: &Engines, row: &Document, source: &Source) -> Result<bool, Failure> {
    let Some(last) = row.last_hash.as_ref().filter(|last| last.stamp.is_some() && last.stamp == source.stamp) else {
        return Ok(false);
    };
    let reader = engines.reader();
    let by = reader.identity();
    match row.state {
        DocumentState::Committed => Ok(row.is_read(&last.hash, &by, reader.revision())),
        DocumentState::Failed | DocumentState::Quarantined => {
            let tried = engines.store().failed_tries(row.id, &last.hash)?.filter(|tried| tried.by == by);
            let may_try =
                |tried: &FailedTries| row.state == DocumentState::Failed && tried.failure.problem.breaks_reader();
            Ok(tried.is_some_and(|tried| !may_try(&tried)))
        }
        _ => Ok(false),
    }
}
