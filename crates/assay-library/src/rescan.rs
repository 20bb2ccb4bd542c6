//! A full scan of watched folders and what follows from it: new and changed files are taken in, renamed
//! documents move, those whose files are gone become missing, and those out of reach become offline.

mod changes;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use assay_catalogue::FolderScan;
use assay_domain::port::Catalogue;
use assay_domain::{Cancel, Document, DocumentState, Failure, FolderId, Problem, QueueReason, WatchedFolder};
use assay_files::{Survey, survey};
use assay_models::blocking;

use crate::dismissed::Dismissals;
use crate::ingest::limits;
use crate::library::Library;
use crate::missing::{Known, is_there};
use crate::optimizing::FEW;
use crate::report::{FileStatus, FileSummary, IngestReport, OnIngest, file_event};
use crate::stop_buttons::Ticket;
use changes::{Changes, gone_below, is_as, needs_nothing};

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
    /// Watched folders of which a part could not be listed, for a reason that passes by itself, and all of them if the
    /// scan was stopped.
    pub(crate) unsettled: Vec<FolderId>,
}

/// Who asked for a scan. The user's own scan does not wait for the pause after a passing fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    ByUser,
    ByItself,
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
    /// is nothing to do. A scan that is stopped, whatever it is doing, makes nothing missing and ends no grace time.
    pub(crate) async fn rescan(
        &self,
        folders: Vec<WatchedFolder>,
        asked: Asked,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Rescan, Failure> {
        let _turn = self.writing.lock().await;
        let scan = self.scans.ticket(cancel);
        let cancel = scan.button();
        let engines = self.engines().await;
        let store = engines.store().clone();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs() as i64);
        let (mut changed, mut unchanged, mut known) = (Vec::new(), Vec::new(), Known::default());
        let (mut below, mut moving, mut unsettled) = (HashMap::new(), Vec::new(), Vec::new());
        let stopped = store.stopped_documents()?;
        let mut by_collection: BTreeMap<String, Changes> = BTreeMap::new();
        for folder in folders {
            let (documents, limits) = (store.documents_of(folder.id)?, limits(&engines));
            let others = store.documents_of_no_folder(&folder.collection)?;
            let (id, collection, before) = (folder.id, folder.collection.clone(), folder.unreachable.clone());
            let walk = move || {
                let mut surveyed = survey(&folder, documents, &limits);
                if surveyed.unreachable.is_none() {
                    surveyed.missing.extend(gone_below(Path::new(&folder.path), others));
                }
                let missed = surveyed.missing.iter().map(|(row, _)| (row.id, is_there(row))).collect::<Vec<_>>();
                (surveyed, missed)
            };
            let (surveyed, missed_here) = blocking("walking a folder", walk).await?;
            known.missed.extend(missed_here);
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
                match dismissals.take(&engines, &row, &source, cancel).await {
                    Ok(None) => (),
                    Ok(Some(out)) => {
                        unchanged.push(out);
                        continue;
                    }
                    // It waits in the queue since it was admitted.
                    Err(stopped) if stopped.problem == Problem::Stopped => {
                        unchanged.push(FileSummary::stopped(&row));
                        continue;
                    }
                    Err(failure) => return Err(failure),
                }
                let waits = asked == Asked::ByItself && row.retry.is_some_and(|retry| retry.at > now);
                if waits || needs_nothing(&engines, &row, &source)? {
                    unchanged.push(FileSummary::unchanged(row));
                    continue;
                }
                changes.documents.push(row.id);
                changes.before.insert(row.path, (row.state, row.reason));
                changes.sources.push(source);
            }
            let before = |document: &Document| (document.state, document.reason.clone());
            changes.before.extend(surveyed.missing.iter().map(|(row, _)| (row.path.clone(), before(row))));
            changes.missing.extend(surveyed.missing);
        }
        let works = by_collection.values().any(|changes| !changes.sources.is_empty());
        let ticket = works.then(|| self.ingests.ticket(cancel));
        let cancel = ticket.as_ref().map_or(cancel, Ticket::button);
        // All of it waits in the queue before any of it begins, so that a stop is one for every collection.
        for changes in by_collection.values() {
            store.want(&changes.documents, QueueReason::Watched)?;
        }
        self.keep_stopped(&scan)?;
        let later =
            asked == Asked::ByItself && by_collection.values().map(|new| new.sources.len()).sum::<usize>() <= FEW;
        for (collection, mut changes) in by_collection {
            let before = std::mem::take(&mut changes.before);
            for mut file in self.apply(&engines, &collection, changes, later, cancel, on).await? {
                let before = before.get(&file.path);
                if before.is_some_and(|(state, _)| *state == DocumentState::Missing) && file.status.answers() {
                    file.reason = Some("its file was missing and is back".into());
                }
                let same = before.is_some_and(|before| is_as(&file, before));
                if same { unchanged.push(file) } else { changed.push(file) }
            }
        }
        [Some(&scan), ticket.as_ref()].into_iter().flatten().try_for_each(|job| self.keep_stopped(job))?;
        // A stopped scan has not found out which files were renamed.
        let expired = if cancel.is_stopped() {
            unsettled.extend(below.keys());
            Vec::new()
        } else {
            // What could not be listed, or appeared during the walk, may be the file of a missing document.
            known.unread = !moving.is_empty() || !unsettled.is_empty();
            self.expire(&engines, known, cancel, on).await?
        };
        let over =
            |row: &FileSummary| row.status == FileStatus::Missing && expired.iter().any(|end| end.path == row.path);
        changed.retain(|row| !over(row));
        unchanged.retain(|row| !over(row));
        changed.extend(expired);
        Ok(Rescan { changed, unchanged, below, moving, unsettled })
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
