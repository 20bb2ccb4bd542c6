//! The queue of an open library: work is written down before it begins, goes on after a crash or a close, and
//! waits for the user after a stop.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay_catalogue::{QueueId, Waiting, Work};
use assay_domain::port::Catalogue;
use assay_domain::{Cancel, Document, DocumentState, Failure, Problem, QueueReason};
use assay_files::sources;
use assay_models::blocking;
use assay_pipeline::consistency::purge;
use assay_pipeline::ingest::IngestEvent;

use crate::claims::Claim;
use crate::dismissed::Dismissals;
use crate::engines::Engines;
use crate::index::Index;
use crate::ingest::{Incoming, limits};
use crate::library::Library;
use crate::missing::{Fate, Known, fate};
use crate::queue_notice::{report_going_on, report_waiting};
use crate::report::{FileStatus, FileSummary, IngestReport, OnIngest};
use crate::stop_buttons::Ticket;

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
    /// left there. A notice says so meanwhile. Does nothing if nothing waits.
    ///
    /// # Errors
    /// As [`Library::ingest`]; what was not done waits.
    pub async fn resume(&self, cancel: &Cancel, on: &mut OnIngest<'_>) -> Result<IngestReport, Failure> {
        let begun = Instant::now();
        let ticket = self.ingests.ticket(cancel);
        let _turn = self.writing.lock().await;
        let mut rows = self.store.queue()?;
        self.claims.with(|claimed| rows.retain(|row| !row.stopped && !claimed.contains(&row.id)));
        if rows.is_empty() {
            return Ok(IngestReport::since(begun, Vec::new()));
        }
        let engines = self.engines().await;
        report_going_on(&engines, &rows);
        // Boxed, as the ingest in it makes a large future.
        let done = Box::pin(self.do_work(&engines, rows, ticket.button(), on)).await;
        self.keep_stopped(&ticket)?;
        engines.notices().withdraw_work();
        if done.is_err() {
            report_waiting(&engines)?;
        }
        Ok(IngestReport::since(begun, done?))
    }

    /// Goes on with everything that waits, stopped work included.
    ///
    /// # Errors
    /// As [`Self::resume`].
    pub async fn resume_stopped(&self, cancel: &Cancel, on: &mut OnIngest<'_>) -> Result<IngestReport, Failure> {
        self.store.resume_work()?;
        self.resume(cancel, on).await
    }

    /// Does the work of rows, which keep the reason why they wait; the caller holds the turn to write.
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
        let mut dismissals = HashMap::<String, Dismissals>::new();
        for Waiting { id, work, why, .. } in rows {
            match work {
                Work::Read(document) => {
                    let Some(document) = self.store.document(document)? else { continue };
                    // A scan that ended early has not looked whether its files are dismissed ones.
                    if why == QueueReason::Watched {
                        let dismissed = match dismissals.entry(document.collection.clone()) {
                            Entry::Occupied(known) => known.into_mut(),
                            Entry::Vacant(new) => new.insert(Dismissals::of(&self.store, &document.collection)?),
                        };
                        match dismissed.take_waiting(engines, &document, cancel).await {
                            Ok(None) => (),
                            Ok(Some(out)) => {
                                files.push(out);
                                continue;
                            }
                            // It waits, as the rest does.
                            Err(failure) if failure.problem == Problem::Stopped => (),
                            Err(failure) => return Err(failure),
                        }
                    }
                    documents.push(document);
                }
                Work::Walk { path, collection } => {
                    let (paths, rows) = walks.entry(collection).or_default();
                    paths.push(path.into());
                    rows.push(id);
                }
                Work::Rebuild => (),
            }
        }
        if cancel.is_stopped() {
            files.extend(documents.iter().map(FileSummary::stopped));
            return Ok(files);
        }
        let index = engines.index().await?;
        purge(self.store.as_ref(), index.writer(), engines.score_cache()).await?;
        files.extend(self.read_documents(engines, &index, documents, QueueReason::Watched, cancel, on).await?);
        for (collection, (paths, rows)) in walks {
            if cancel.is_stopped() {
                break;
            }
            files.extend(self.walk(engines, &index, paths, &collection, &rows, cancel, on).await?);
        }
        Ok(files)
    }

    /// Reads the files of documents, which wait in the queue from now on; the caller holds the turn to write. A
    /// document whose file is not there ends as failed if it waited, and stays as it is otherwise. A missing one is read
    /// only if its file is back.
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
        let known = Known { asked: true, ..Known::default() };
        let look = move |document: Document| {
            let stays = document.state == DocumentState::Missing && fate(&document, &known) != Fate::Back;
            ((!stays).then(|| sources::at(Path::new(&document.path), &limits)), document)
        };
        let looked: Vec<_> = blocking("looking at files", move || documents.into_iter().map(look).collect()).await?;
        let (mut files, mut by_collection) = (Vec::new(), BTreeMap::<String, Vec<_>>::new());
        for (found, document) in looked {
            match found {
                Some(Ok(source)) => by_collection.entry(document.collection).or_default().push(source),
                Some(Err(failure)) => files.push(self.not_there(document, &failure, on)?),
                None => {
                    self.store.unwant(&[document.id])?;
                    files.push(FileSummary::unchanged(document));
                }
            }
        }
        for (collection, sources) in by_collection {
            let incoming = Incoming { sources, collection: &collection, why, gone: &[], walked: &[], later: false };
            files.extend(self.take_in(engines, index, incoming, cancel, on).await?);
        }
        Ok(files)
    }

    fn not_there(&self, document: Document, failure: &Failure, on: &mut OnIngest<'_>) -> Result<FileSummary, Failure> {
        // A planned try is over, too.
        if document.state == DocumentState::Queued || document.retry.is_some() {
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

    /// Stops every ingest that runs or waits, paused ones included, and scans that look for work. What is left of them
    /// waits until the user goes on with it ([`Self::retry`]).
    ///
    /// # Errors
    /// Fails if the catalogue cannot be written; the ingests are stopped all the same.
    pub fn stop_ingest(&self) -> Result<(), Failure> {
        // Before the buttons: a program that dies between the two must not go on by itself.
        let stopped = self.store.stop_work();
        self.scans.stop_all();
        self.ingests.stop_all();
        self.control.pause(false);
        Ok(stopped?)
    }

    /// Lets what is left of one job wait until the user goes on: its caller was the user, who stopped it, and other jobs
    /// go on. `left` are the absolute paths that the job did not read; `all` says whether it was to do all work that waits.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read or written.
    pub fn stop_rest(&self, left: &HashSet<String>, all: bool) -> Result<(), Failure> {
        let mut rows = self.store.queue()?;
        self.claims.with(|claimed| rows.retain(|row| !claimed.contains(&row.id)));
        let mut rest = Vec::new();
        for row in rows {
            let is_left = match &row.work {
                Work::Read(id) => self.store.document(*id)?.is_some_and(|document| left.contains(&document.path)),
                Work::Walk { path, .. } => all || left.contains(path),
                Work::Rebuild => all,
            };
            if is_left {
                rest.push(row.id);
            }
        }
        Ok(self.store.stop_rows(&rest)?)
    }

    /// Stops what a job has put into the queue after the user stopped it.
    pub(crate) fn keep_stopped(&self, job: &Ticket<'_>) -> Result<(), Failure> {
        if job.was_stopped() {
            self.store.stop_work()?;
        }
        Ok(())
    }

    /// Writes down that files and folders are wanted. A path that is not Unicode is not: its problem is in the
    /// report.
    pub(crate) fn want(&self, paths: &[PathBuf], collection: &str) -> Result<Claim<'_>, Failure> {
        let absolute = paths.iter().filter_map(|path| std::path::absolute(path).ok());
        let absolute: Vec<String> = absolute.filter_map(|path| path.to_str().map(str::to_owned)).collect();
        Ok(self.claims.claim(self.store.want_paths(&absolute, collection)?))
    }
}

#[cfg(test)]
mod tests;
