//! A full look at watched folders, and all that follows from it: what is new or changed is taken
//! in, what was renamed moves, what was deleted is removed, what is out of reach is offline.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay_contract::{FileRow, IngestReply, LibraryEvent};
use assay_domain::port::{Catalogue, Reader, Source};
use assay_domain::{Cancel, Document, DocumentId, DocumentState, Failure, FolderId, Problem, WatchedFolder};
use assay_engines::sources::{Presence, presence};
use assay_engines::{Engines, Look};
use assay_pipeline::consistency::{purge, remove};

use crate::app::App;
use crate::convert;
use crate::library::{blocking, limits, reply};
use crate::survey::{Survey, survey};

/// What to do about a file that is out of reach.
const OFFLINE: &str = "connect its drive, or put its folder back: what was read of it answers until then";

/// What a look came to.
pub(crate) struct Rescanned {
    /// A row for everything about which something is new.
    pub(crate) news: Vec<FileRow>,
    /// A row for everything else that was found.
    pub(crate) settled: Vec<FileRow>,
    /// The folders below each folder, or why it is out of reach.
    pub(crate) below: HashMap<FolderId, Result<Vec<(PathBuf, u64)>, String>>,
    /// Folders in which something moved meanwhile.
    pub(crate) moving: Vec<FolderId>,
}

/// What is to be done for the folders of one collection.
#[derive(Default)]
struct Errand {
    sources: Vec<Source>,
    gone: Vec<Document>,
    excluded: Vec<(Document, String)>,
    /// How files stood before, by their paths.
    before: HashMap<String, (DocumentState, Option<String>)>,
}

impl App {
    /// Looks at all watched folders once. The reply has a row for everything in them.
    pub async fn rescan_all(
        &self,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let begun = Instant::now();
        let folders = self.engines.read().await.store().folders()?;
        let rescanned = self.rescan(folders, cancel, on).await?;
        let mut files = rescanned.news;
        files.extend(rescanned.settled);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(reply(files, begun))
    }

    /// Looks at some watched folders, all of each. Neither model nor index is opened while there is
    /// nothing to do.
    pub(crate) async fn rescan(
        &self,
        folders: Vec<WatchedFolder>,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<Rescanned, Failure> {
        let _turn = self.writing.lock().await;
        let engines = self.engines.read().await;
        let store = engines.store().clone();
        let (mut news, mut settled) = (Vec::new(), Vec::new());
        let (mut below, mut moving) = (HashMap::new(), Vec::new());
        let mut errands: BTreeMap<String, Errand> = BTreeMap::new();
        for folder in folders {
            let (documents, limits) = (store.documents_of(folder.id)?, limits(&engines));
            let (id, collection, away) = (folder.id, folder.collection.clone(), folder.unreachable.clone());
            let looked = blocking(move || survey(&folder, documents, &limits)).await?;
            if looked.away.is_none() || looked.away != away {
                store.looked(id, &look(&looked))?;
            }
            for (document, why) in looked.offline {
                let rows = if document.state == DocumentState::Offline { &mut settled } else { &mut news };
                let why = Failure::new(Problem::MissingFile, why, OFFLINE);
                rows.push(convert::unreached(Path::new(&document.path), "offline", &why));
                if document.state != DocumentState::Offline {
                    store.set_state(document.id, DocumentState::Offline, Some(&why))?;
                    on(file_event(&document, DocumentState::Offline, why.to_string(), Some(why.problem)));
                }
            }
            if looked.moving {
                moving.push(id);
            }
            below.insert(id, looked.away.map_or(Ok(looked.found.folders), Err));
            let excluded = looked.found.excluded.into_iter();
            settled.extend(excluded.map(|(path, why)| convert::unread(&path, "excluded", Some(why))));
            settled.extend(looked.found.unreachable.iter().map(|(path, why)| convert::unreached(path, "failed", why)));

            let errand = errands.entry(collection.clone()).or_default();
            let rows = store.admit(&collection, Some(id), &looked.found.sources)?;
            for (row, source) in rows.into_iter().zip(looked.found.sources) {
                if is_settled(&engines, &row, &source)? {
                    settled.push(convert::settled(row));
                    continue;
                }
                errand.before.insert(row.path, (row.state, row.reason));
                errand.sources.push(source);
            }
            errand.gone.extend(looked.gone);
            errand.excluded.extend(looked.excluded);
        }
        for (collection, mut errand) in errands {
            let before = std::mem::take(&mut errand.before);
            for file in self.run(&engines, &collection, errand, cancel, on).await? {
                let was = file.path.as_ref().and_then(|path| before.get(path));
                if was.is_some_and(|was| is_as(&file, was)) { settled.push(file) } else { news.push(file) }
            }
        }
        Ok(Rescanned { news, settled, below, moving })
    }

    async fn run(
        &self,
        engines: &Engines,
        collection: &str,
        errand: Errand,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<Vec<FileRow>, Failure> {
        let Errand { sources, gone, excluded, before: _ } = errand;
        if sources.is_empty() && gone.is_empty() && excluded.is_empty() {
            return Ok(Vec::new());
        }
        let _ticket = self.ingest_ticket(cancel);
        let (store, index) = (engines.store().clone(), engines.index().await?);
        let mut news = Vec::new();
        if !sources.is_empty() {
            purge(store.as_ref(), index.writer(), engines.pairs()).await?;
            news = self.take_in(engines, &index, sources, collection, &gone, cancel, on).await?;
        }
        // What was renamed may be among the files that a stopped ingest did not come to.
        if cancel.is_stopped() {
            return Ok(news);
        }
        let deleted = gone.into_iter().map(|document| (document, "removed", "its file was deleted".to_owned()));
        let left_out = excluded.into_iter().map(|(document, rule)| (document, "excluded", rule));
        let mut ids: Vec<DocumentId> = Vec::new();
        for (document, state, why) in deleted.chain(left_out) {
            let place = Path::new(&document.path);
            let same = store.find(collection, &document.path)?.is_some_and(|row| row.id == document.id);
            if same && (state == "excluded" || matches!(presence(place), Presence::Gone(_))) {
                // What a rule leaves out has its row already.
                news.push(convert::unread(place, "removed", Some(why.clone())));
                on(file_event(&document, DocumentState::Removed, why, None));
                ids.push(document.id);
            }
        }
        if !ids.is_empty() {
            let removed = remove(store.as_ref(), index.writer(), engines.pairs(), &ids).await;
            engines.renew_copies(true);
            removed?;
        }
        Ok(news)
    }
}

/// Whether a file ended as it stood before.
fn is_as(file: &FileRow, (state, reason): &(DocumentState, Option<String>)) -> bool {
    match state {
        DocumentState::Committed => file.state == "unchanged",
        DocumentState::Failed => file.state == "failed" && file.reason == *reason,
        _ => false,
    }
}

fn look(survey: &Survey) -> Look {
    Look {
        device: survey.device,
        files: survey.found.sources.len() as u32,
        excluded: survey.found.excluded.len() as u32,
        away: survey.away.clone(),
    }
}

fn file_event(document: &Document, state: DocumentState, why: String, problem: Option<Problem>) -> LibraryEvent {
    LibraryEvent::File {
        document: document.id.0,
        name: document.name.clone(),
        state: state.as_str().to_owned(),
        reason: Some(why),
        problem: problem.map(convert::code),
    }
}

/// Whether there is nothing to do about a file: the file system vouches for its bytes, and with
/// those it answers already, or would fail again.
fn is_settled(engines: &Engines, row: &Document, source: &Source) -> Result<bool, Failure> {
    let Some(seen) = row.last_hash.as_ref().filter(|seen| seen.stamp.is_some() && seen.stamp == source.stamp) else {
        return Ok(false);
    };
    let by = engines.reader().identity();
    match row.state {
        DocumentState::Committed => Ok(row.is_read(&seen.hash, &by)),
        DocumentState::Failed | DocumentState::Quarantined => {
            let tried = engines.store().failed_tries(row.id, &seen.hash)?.filter(|tried| tried.by == by);
            let may_try = |tried: &assay_domain::FailedTries| {
                row.state == DocumentState::Failed && tried.failure.problem.breaks_reader()
            };
            Ok(tried.is_some_and(|tried| !may_try(&tried)))
        }
        _ => Ok(false),
    }
}
