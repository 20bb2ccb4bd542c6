//! The queue of an open library: work is written down before it begins, goes on after a crash or a close, and
//! waits for the user after a stop.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use assay_catalogue::{QueueId, Waiting, Work};
use assay_domain::port::{Catalogue, Reader};
use assay_domain::{Cancel, Document, DocumentId, DocumentState, Failure, Problem, QueueReason};
use assay_files::sources;
use assay_models::blocking;
use assay_pipeline::consistency::purge;
use assay_pipeline::ingest::IngestEvent;

use crate::engines::Engines;
use crate::index::Index;
use crate::ingest::{Incoming, limits};
use crate::library::Library;
use crate::notices::NoticeKind;
use crate::report::{FileStatus, FileSummary, IngestReport, OnIngest};

/// Rows of the queue that a call of this process works on, so that [`Library::resume`] leaves them to it.
#[derive(Debug, Default)]
pub struct Claims(Mutex<HashSet<QueueId>>);

/// Rows that are claimed until this is dropped.
#[derive(Debug)]
pub struct Claim<'a> {
    claims: &'a Claims,
    /// The rows.
    pub rows: Vec<QueueId>,
}

impl Claims {
    fn with<T>(&self, work: impl FnOnce(&mut HashSet<QueueId>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn claim(&self, rows: Vec<QueueId>) -> Claim<'_> {
        self.with(|claimed| claimed.extend(&rows));
        Claim { claims: self, rows }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.claims.with(|claimed| self.rows.iter().for_each(|row| _ = claimed.remove(row)));
    }
}

/// A row of the queue as front ends show it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    /// The row.
    pub waiting: Waiting,
    /// The document to read; `None` for other work.
    pub document: Option<Document>,
}

impl Library {
    /// All work that waits or is under way, in the order in which it is done.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub fn queue(&self) -> Result<Vec<QueueRow>, Failure> {
        let rows = self.store.queue()?.into_iter().map(|waiting| {
            let document = match waiting.work {
                Work::Read(id) => self.store.document(id)?,
                Work::Walk { .. } | Work::Rebuild => None,
            };
            Ok(QueueRow { waiting, document })
        });
        rows.collect()
    }

    /// Goes on with everything that waits in the queue and is not stopped: what a crash, a close or a full disk
    /// left there. Says so in a notice. Does nothing if nothing waits.
    ///
    /// # Errors
    /// As [`Library::ingest`]; what was not done waits.
    pub async fn resume(&self, cancel: &Cancel, on: &mut OnIngest<'_>) -> Result<IngestReport, Failure> {
        let begun = Instant::now();
        let _ticket = self.ingests.ticket(cancel);
        let _turn = self.writing.lock().await;
        let mut rows = self.store.queue()?;
        self.claims.with(|claimed| rows.retain(|row| !row.stopped && !claimed.contains(&row.id)));
        if rows.is_empty() {
            return Ok(IngestReport::since(begun, Vec::new()));
        }
        let engines = self.engines().await;
        engines.notices().withdraw(NoticeKind::Queue);
        engines.notices().add(NoticeKind::Queue, format!("{}; Assay goes on with it", left_over(&rows)), "");
        // Boxed, as the ingest in it makes a large future.
        let done = Box::pin(self.do_work(&engines, rows, cancel, on)).await;
        if cancel.is_stopped() {
            self.store.stop_work()?;
        }
        Ok(IngestReport::since(begun, done?))
    }

    /// Goes on with everything that waits, stopped work included.
    ///
    /// # Errors
    /// As [`Self::resume`].
    pub async fn go_on(&self, cancel: &Cancel, on: &mut OnIngest<'_>) -> Result<IngestReport, Failure> {
        self.store.resume_work()?;
        self.resume(cancel, on).await
    }

    /// Does the work of rows; the caller holds the turn to write.
    async fn do_work(
        &self,
        engines: &Engines,
        rows: Vec<Waiting>,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let (mut files, mut documents) = (Vec::new(), Vec::new());
        let mut walks: BTreeMap<String, (Vec<PathBuf>, Vec<QueueId>)> = BTreeMap::new();
        if rows.iter().any(|row| row.work == Work::Rebuild) {
            files.extend(self.rebuild_in_turn(engines, cancel, on).await?);
        }
        for Waiting { id, work, .. } in rows {
            match work {
                Work::Read(document) => documents.extend(self.store.document(document)?),
                Work::Walk { path, collection } => {
                    let (paths, rows) = walks.entry(collection).or_default();
                    paths.push(path.into());
                    rows.push(id);
                }
                Work::Rebuild => (),
            }
        }
        let index = engines.index().await?;
        purge(self.store.as_ref(), index.writer(), engines.score_cache()).await?;
        files.extend(self.read_documents(engines, &index, documents, QueueReason::Added, cancel, on).await?);
        for (collection, (paths, rows)) in walks {
            if cancel.is_stopped() {
                break;
            }
            files.extend(self.walk(engines, &index, paths, &collection, &rows, cancel, on).await?);
        }
        Ok(files)
    }

    /// Reads the files of documents, which wait in the queue from now on; the caller holds the turn to write. A
    /// document whose file is not there ends as failed if it waited, and stays as it is otherwise.
    pub(crate) async fn read_documents(
        &self,
        engines: &Engines,
        index: &Index,
        documents: Vec<Document>,
        why: QueueReason,
        cancel: &Cancel,
        on: &mut OnIngest<'_>,
    ) -> Result<Vec<FileSummary>, Failure> {
        let limits = limits(engines);
        let look = move || {
            documents.into_iter().map(move |document| (sources::at(Path::new(&document.path), &limits), document))
        };
        let looked: Vec<_> = blocking("looking at files", move || look().collect()).await?;
        let (mut files, mut by_collection) = (Vec::new(), BTreeMap::<String, Vec<_>>::new());
        for (found, document) in looked {
            match found {
                Ok(source) => by_collection.entry(document.collection).or_default().push(source),
                Err(failure) => files.push(self.not_there(document, &failure, on)?),
            }
        }
        for (collection, sources) in by_collection {
            let incoming = Incoming { sources, collection: &collection, why, gone: &[], walked: &[] };
            files.extend(self.take_in(engines, index, incoming, cancel, on).await?);
        }
        Ok(files)
    }

    fn not_there(&self, document: Document, failure: &Failure, on: &mut OnIngest<'_>) -> Result<FileSummary, Failure> {
        if document.state == DocumentState::Queued {
            self.store.set_state(document.id, DocumentState::Failed, Some(failure))?;
            on(IngestEvent::File {
                document: document.id,
                name: document.name.clone(),
                state: DocumentState::Failed,
                reason: Some(failure.to_string()),
                problem: Some(failure.problem),
            });
        } else {
            self.store.unwant(&[document.id])?;
        }
        Ok(FileSummary::unreached(Path::new(&document.path), FileStatus::Failed, failure))
    }

    /// Stops every ingest that runs or waits, paused ones included. What is left of them waits until the user goes
    /// on with it ([`Self::retry`]).
    ///
    /// # Errors
    /// Fails if the catalogue cannot be written; the ingests are stopped all the same.
    pub fn stop_ingest(&self) -> Result<(), Failure> {
        // Before the buttons: a program that dies between the two must not go on by itself.
        let stopped = self.store.stop_work();
        self.ingests.stop_all();
        self.control.pause(false);
        Ok(stopped?)
    }

    /// Writes down that files and folders are wanted. A path that is not Unicode is not: its problem is in the
    /// report.
    pub(crate) fn want(&self, paths: &[PathBuf], collection: &str) -> Result<Claim<'_>, Failure> {
        let absolute = paths.iter().filter_map(|path| std::path::absolute(path).ok());
        let absolute: Vec<String> = absolute.filter_map(|path| path.to_str().map(str::to_owned)).collect();
        Ok(self.claims.claim(self.store.want_paths(&absolute, collection)?))
    }
}

/// Says at the opening what waits.
pub(crate) fn say_what_waits(engines: &Engines) -> Result<(), Failure> {
    let rows: Vec<Waiting> = engines.store().queue()?.into_iter().filter(|row| !row.stopped).collect();
    if !rows.is_empty() {
        let action = "the next `assay ingest` goes on with it, and `assay retry` does so now";
        engines.notices().add(NoticeKind::Queue, left_over(&rows), action);
    }
    Ok(())
}

/// What waits, in one sentence.
fn left_over(rows: &[Waiting]) -> String {
    let count = |is: fn(&Work) -> bool| rows.iter().filter(|row| is(&row.work)).count();
    let files = count(|work| matches!(work, Work::Read(_)));
    let parts = [
        (files, if files == 1 { "file" } else { "files" }),
        (count(|work| matches!(work, Work::Walk { .. })), "dropped paths"),
        (count(|work| matches!(work, Work::Rebuild)), "rebuild of the index"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    format!("{} waited when Assay last ended", parts.collect::<Vec<_>>().join(" and "))
}

/// Leaves documents alone that were at work whenever the last few runs ended, so that a file that ends the program
/// does not do so at every start.
pub(crate) fn leave_alone(engines: &Engines, documents: &[DocumentId]) -> Result<(), Failure> {
    let (store, by) = (engines.store(), engines.reader().identity());
    for id in documents {
        let failure = Failure::new(
            Problem::ReaderDied,
            "Assay ended several times while it worked on this file",
            "try it again, or save it anew",
        );
        let hash = store.document(*id)?.and_then(|document| document.last_hash).map(|last| last.hash);
        for hash in hash.iter().flat_map(|hash| [hash, hash]) {
            store.record_failed_try(*id, hash, &by, &failure)?;
        }
        store.set_state(*id, DocumentState::Quarantined, Some(&failure))?;
    }
    Ok(())
}
