//! A full scan of watched folders and what follows from it: new and changed files are taken in, renamed
//! documents move, those whose files are gone become missing, and those out of reach become offline.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use assay_catalogue::FolderScan;
use assay_domain::port::{Catalogue, Reader, Source};
use assay_domain::{
    Cancel, Document, DocumentId, DocumentState, FailedTries, Failure, FolderId, Problem, WatchedFolder,
};
use assay_files::{Survey, survey};
use assay_models::blocking;
use assay_pipeline::consistency::purge;

use crate::dismissed::Dismissals;
use crate::engines::Engines;
use crate::ingest::limits;
use crate::library::Library;
use crate::missing::{lost, miss};
use crate::report::{FileStatus, FileSummary, IngestReport, OnIngest, file_event};

/// What to do about a file that is out of reach.
const OFFLINE: &str = "connect its drive, or put its folder back: what was read of it answers until then";

/// What a scan found.
pub(crate) struct Rescan {
    /// Files about which something is new.
    pub(crate) changed: Vec<FileSummary>,
    /// Everything else that was found.
    pub(crate) unchanged: Vec<FileSummary>,
    /// The folders below each watched folder, or why it is out of reach.
    pub(crate) below: HashMap<FolderId, Result<Vec<(PathBuf, u64)>, String>>,
    /// Watched folders in which something changed during the scan.
    pub(crate) moving: Vec<FolderId>,
    /// Watched folders of which a part could not be listed, for a reason that passes by itself.
    pub(crate) unsettled: Vec<FolderId>,
}

/// Who asked for a scan. The user's own scan does not wait for the pause after a passing fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    ByUser,
    ByItself,
}

/// What is to be done for the watched folders of one collection.
#[derive(Default)]
struct Changes {
    sources: Vec<Source>,
    /// Documents that the scan did not find, with the reason.
    missing: Vec<(Document, String)>,
    /// State and reason of each file before the scan, by its path.
    before: HashMap<String, (DocumentState, Option<String>)>,
}

impl Library {
    /// Scans all watched folders once. The report has a row for everything in them.
    ///
    /// # Errors
    /// As [`Library::ingest`].
    pub async fn rescan_all(&self, cancel: &Cancel, on: &mut OnIngest<'_>) -> Result<IngestReport, Failure> {
        let begun = Instant::now();
        let folders = self.engines().await.store().folders()?;
        let rescan = self.rescan(folders, Asked::ByUser, cancel, on).await?;
        let mut files = rescan.changed;
        files.extend(rescan.unchanged);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(IngestReport::since(begun, files))
    }

    /// Scans some watched folders, each as a whole. Neither a model nor the index is opened while there
    /// is nothing to do.
    pub(crate) async fn rescan(
        &self,
        folders: Vec<WatchedFolder>,
        asked: Asked,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Rescan, Failure> {
        let _turn = self.writing.lock().await;
        let engines = self.engines().await;
        let store = engines.store().clone();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs() as i64);
        let (mut changed, mut unchanged) = (Vec::new(), Vec::new());
        let (mut below, mut moving, mut unsettled) = (HashMap::new(), Vec::new(), Vec::new());
        let stopped = store.stopped_documents()?;
        let mut by_collection: BTreeMap<String, Changes> = BTreeMap::new();
        for folder in folders {
            let (documents, limits) = (store.documents_of(folder.id)?, limits(&engines));
            let (id, collection, before) = (folder.id, folder.collection.clone(), folder.unreachable.clone());
            let surveyed = blocking("walking a folder", move || survey(&folder, documents, &limits)).await?;
            if surveyed.unreachable.is_none() || surveyed.unreachable != before {
                store.save_scan(id, &look(&surveyed))?;
            }
            for (document, why) in surveyed.offline {
                // What was missing before its drive went away stays missing.
                if document.state == DocumentState::Missing {
                    unchanged.push(FileSummary::unchanged(document));
                    continue;
                }
                let rows = if document.state == DocumentState::Offline { &mut unchanged } else { &mut changed };
                let why = Failure::new(Problem::MissingFile, why, OFFLINE);
                rows.push(FileSummary::unreached(Path::new(&document.path), FileStatus::Offline, &why));
                if document.state != DocumentState::Offline {
                    store.set_state(document.id, DocumentState::Offline, Some(&why))?;
                    on(file_event(&document, DocumentState::Offline, why.to_string(), Some(why.problem)));
                }
            }
            if surveyed.moving {
                moving.push(id);
            }
            below.insert(id, surveyed.unreachable.map_or(Ok(surveyed.found.folders), Err));
            let excluded = surveyed.found.excluded.into_iter();
            unchanged.extend(excluded.map(|(path, rule)| FileSummary::unread(&path, FileStatus::Excluded, Some(rule))));
            if surveyed.found.unreachable.iter().any(|(_, why)| why.problem.is_passing()) {
                unsettled.push(id);
            }
            let unreachable = surveyed.found.unreachable.iter();
            unchanged.extend(unreachable.map(|(path, why)| FileSummary::unreached(path, FileStatus::Failed, why)));

            let changes = by_collection.entry(collection.clone()).or_default();
            let mut dismissals = Dismissals::of(&store, &collection)?;
            let (sources, out) = dismissals.part(surveyed.found.sources);
            unchanged.extend(out);
            let rows = store.admit(&collection, Some(id), &sources)?;
            for (row, source) in rows.into_iter().zip(sources) {
                if stopped.contains(&row.id) {
                    unchanged.push(FileSummary::stopped(&row));
                    continue;
                }
                if let Some(out) = dismissals.take(&engines, &row, &source).await? {
                    unchanged.push(out);
                    continue;
                }
                let waits = asked == Asked::ByItself && row.retry.is_some_and(|retry| retry.at > now);
                if waits || needs_nothing(&engines, &row, &source)? {
                    unchanged.push(FileSummary::unchanged(row));
                    continue;
                }
                changes.before.insert(row.path, (row.state, row.reason));
                changes.sources.push(source);
            }
            let before = |document: &Document| (document.state, document.reason.clone());
            changes.before.extend(surveyed.missing.iter().map(|(row, _)| (row.path.clone(), before(row))));
            changes.missing.extend(surveyed.missing);
        }
        for (collection, mut changes) in by_collection {
            let before = std::mem::take(&mut changes.before);
            for mut file in self.apply(&engines, &collection, changes, cancel, on).await? {
                let before = before.get(&file.path);
                if before.is_some_and(|(state, _)| *state == DocumentState::Missing) && file.status.answers() {
                    file.reason = Some("its file was missing and is back".into());
                }
                let same = before.is_some_and(|before| is_as(&file, before));
                if same { unchanged.push(file) } else { changed.push(file) }
            }
        }
        let expired = self.expire(&engines, on).await?;
        let over =
            |row: &FileSummary| row.status == FileStatus::Missing && expired.iter().any(|end| end.path == row.path);
        changed.retain(|row| !over(row));
        unchanged.retain(|row| !over(row));
        changed.extend(expired);
        Ok(Rescan { changed, unchanged, below, moving, unsettled })
    }

    async fn apply(
        &self,
        engines: &Engines,
        collection: &str,
        changes: Changes,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let Changes { sources, missing, before: _ } = changes;
        let store = engines.store().clone();
        let mut files = Vec::new();
        if !sources.is_empty() {
            let _ticket = self.ingests.ticket(cancel);
            let index = engines.index().await?;
            purge(store.as_ref(), index.writer(), engines.score_cache()).await?;
            let lost = lost(&store, collection, &sources, missing.iter().map(|(document, _)| document.clone()))?;
            files = self.ingest_sources(engines, &index, sources, collection, &lost, cancel, on).await?;
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
            store.remove(&never_read)?;
            engines.forget_removed().await;
        }
        Ok(files)
    }
}

/// Whether a file ended as it stood before.
fn is_as(file: &FileSummary, (state, reason): &(DocumentState, Option<String>)) -> bool {
    match state {
        DocumentState::Committed => file.status == FileStatus::Unchanged,
        DocumentState::Failed => file.status == FileStatus::Failed && file.reason == *reason,
        DocumentState::Missing => file.status == FileStatus::Missing,
        _ => false,
    }
}

fn look(survey: &Survey) -> FolderScan {
    FolderScan {
        device: survey.device,
        files: survey.found.sources.len() as u32,
        excluded: survey.found.excluded.len() as u32,
        away: survey.unreachable.clone(),
    }
}

/// Whether nothing is to be done about a file: its stamp shows that its bytes are the same, and with
/// those it answers already, or would fail again.
fn needs_nothing(engines: &Engines, row: &Document, source: &Source) -> Result<bool, Failure> {
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
