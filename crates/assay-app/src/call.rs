//! Calls: what each does to an open library. A front end that has the library open and one that asks its owner do the
//! same.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use assay_contract::call::{
    Ask, BringBack, Check, CollectionRows, Collections, Document, DocumentPath, Documents, Explain, Folders, Ingest,
    Library, MoveDocuments, MoveFolder, Notices, Passage, Queue, Rebuild, RemoteCreate, RemoteJoin, RemoteLeave,
    RemoteStatus, RemoteSync, RemoteTake, Remove, RemovedFiles, RenameCollection, Request, Rescan, Resume, Retry,
    UnwatchFolder, WatchFolder, Why, WrittenSettings,
};
use assay_contract::{
    AskEvent, AskReply, CheckReply, CollectionList, DocumentList, DocumentView, ExplainEvent, ExplainReply, FileState,
    FolderList, IngestReply, LibraryEvent, LibraryView, NoticeRow, PassageView, QueueReply, RemoteView, RemovedList,
    Settings, WhyReply,
};
use assay_domain::{Cancel, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::convert::problem::problem;

/// A request with its work.
pub trait Call: Into<Request> + Send {
    /// What is told while it runs; `()` if nothing is.
    type Event: Serialize + DeserializeOwned + Send;
    /// What it gives.
    type Reply: Serialize + DeserializeOwned + Send + Sync;

    /// Whether it changes documents, watched folders or the index.
    fn changes() -> bool {
        false
    }

    /// Does it.
    fn run(
        self,
        app: &App,
        cancel: &Cancel,
        on: &mut (dyn FnMut(Self::Event) + Send),
    ) -> impl Future<Output = Result<Self::Reply, Failure>> + Send;

    /// Lets what is left of it wait until the user goes on: the user stopped this call, and not the library's other work.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be written.
    fn stop_rest(_reply: &Self::Reply, _app: &App) -> Result<(), Failure> {
        Ok(())
    }

    /// An event as other front ends of the library see it, if it concerns them.
    fn seen(_event: &Self::Event) -> Option<LibraryEvent> {
        None
    }

    /// The end as other front ends of the library see it, if it concerns them.
    fn seen_end(_end: &Result<Self::Reply, Failure>) -> Option<LibraryEvent> {
        None
    }
}

/// Calls that tell nothing while they run.
macro_rules! plain {
    ($($call:ident as $this:ident -> $reply:ty, $seen:expr, |$app:ident, $cancel:ident| $work:expr;)+) => {
        $(
            impl Call for $call {
                type Event = ();
                type Reply = $reply;

                fn changes() -> bool {
                    let seen: Option<LibraryEvent> = $seen;
                    seen.is_some()
                }

                async fn run(
                    self,
                    $app: &App,
                    $cancel: &Cancel,
                    _on: &mut (dyn FnMut(()) + Send),
                ) -> Result<$reply, Failure> {
                    let $this = self;
                    $work
                }

                fn seen_end(end: &Result<$reply, Failure>) -> Option<LibraryEvent> {
                    let seen: Option<LibraryEvent> = $seen;
                    seen.filter(|_| end.is_ok())
                }
            }
        )+
    };
}

plain! {
    Why as this -> WhyReply, None, |app, cancel| app.why(&this.request, &this.models, cancel).await;
    Passage as this -> PassageView, None, |app, _cancel| app.passage(&this.chunk).await;
    Documents as _this -> DocumentList, None, |app, _cancel| app.documents().await;
    RemovedFiles as _this -> RemovedList, None, |app, _cancel| app.removed_files(true).await;
    Document as this -> DocumentView, None, |app, _cancel| app.document(this.document).await;
    DocumentPath as this -> String, None, |app, _cancel| app.document_path(this.document).await;
    Collections as _this -> BTreeSet<String>, None, |app, _cancel| app.collections().await;
    CollectionRows as _this -> CollectionList, None, |app, _cancel| app.collection_list();
    RenameCollection as this -> (), Some(LibraryEvent::Changed), |app, _cancel| {
        app.rename_collection(&this.old, &this.new)
    };
    MoveDocuments as this -> (), Some(LibraryEvent::Changed), |app, _cancel| {
        app.move_documents(&this.documents, &this.to)
    };
    MoveFolder as this -> (), Some(LibraryEvent::Changed), |app, _cancel| app.move_folder(this.folder, &this.to);
    Library as _this -> LibraryView, None, |app, _cancel| app.library().await;
    WrittenSettings as _this -> Settings, None, |app, _cancel| Ok(app.settings());
    Notices as _this -> Vec<NoticeRow>, None, |app, _cancel| Ok(app.notices().await);
    Queue as _this -> QueueReply, None, |app, _cancel| app.queue();
    Folders as _this -> FolderList, None, |app, _cancel| app.folders().await;
    Check as _this -> CheckReply, None, |app, _cancel| app.check().await;
    Remove as this -> (), Some(LibraryEvent::Changed), |app, _cancel| app.remove(&this.documents).await;
    WatchFolder as this -> i64, Some(LibraryEvent::Changed), |app, _cancel| {
        app.watch_folder(&PathBuf::from(this.folder), &this.collection).await
    };
    UnwatchFolder as this -> (), Some(LibraryEvent::Changed), |app, _cancel| app.unwatch_folder(this.folder).await;
    RemoteStatus as this -> RemoteView, None, |app, _cancel| app.remote(this.ask).await;
    RemoteCreate as this -> RemoteView, Some(LibraryEvent::Changed), |app, _cancel| {
        app.remote_create(&this.address).await
    };
    RemoteJoin as this -> RemoteView, Some(LibraryEvent::Changed), |app, _cancel| {
        app.remote_join(&this.address, &|_, _| ()).await
    };
    RemoteSync as _this -> RemoteView, Some(LibraryEvent::Changed), |app, _cancel| {
        app.remote_sync(&|_, _| ()).await
    };
    RemoteTake as _this -> RemoteView, Some(LibraryEvent::Changed), |app, _cancel| {
        app.remote_take(&|_, _| ()).await
    };
    RemoteLeave as _this -> RemoteView, Some(LibraryEvent::Changed), |app, _cancel| app.remote_leave().await;
}

/// Calls that read files. `rest` says whether what is left waits for the user after a stop, as after Ctrl-C in the command
/// itself, and whether the call was to do all work that waits.
macro_rules! ingests {
    ($($call:ident as $this:ident, rest: $rest:expr, |$app:ident, $cancel:ident, $on:ident| $work:expr;)+) => {
        $(
            impl Call for $call {
                type Event = LibraryEvent;
                type Reply = IngestReply;

                fn changes() -> bool {
                    true
                }

                async fn run(
                    self,
                    $app: &App,
                    $cancel: &Cancel,
                    $on: &mut (dyn FnMut(LibraryEvent) + Send),
                ) -> Result<IngestReply, Failure> {
                    let $this = self;
                    $work
                }

                fn stop_rest(reply: &IngestReply, app: &App) -> Result<(), Failure> {
                    let rest: Option<bool> = $rest;
                    let Some(all) = rest else { return Ok(()) };
                    let left = reply.files.iter().filter(|file| file.state == FileState::Stopped);
                    let left: HashSet<String> = left.filter_map(|file| file.path.clone()).collect();
                    app.library.stop_rest(&left, all)
                }

                fn seen(event: &LibraryEvent) -> Option<LibraryEvent> {
                    Some(event.clone())
                }

                fn seen_end(end: &Result<IngestReply, Failure>) -> Option<LibraryEvent> {
                    Some(match end {
                        Ok(reply) => LibraryEvent::Finished { reply: reply.clone() },
                        Err(failure) => LibraryEvent::Failed { problem: problem(failure) },
                    })
                }
            }
        )+
    };
}

ingests! {
    Ingest as this, rest: Some(false), |app, cancel, on| {
        let paths = this.paths.into_iter().map(PathBuf::from).collect();
        app.ingest(paths, &this.collection, cancel, on).await
    };
    Retry as this, rest: Some(true), |app, cancel, on| app.retry(&this.documents, cancel, on).await;
    BringBack as this, rest: Some(false), |app, cancel, on| app.bring_back(&this.removed, cancel, on).await;
    Resume as _this, rest: None, |app, cancel, on| app.resume(cancel, on).await;
    Rebuild as _this, rest: Some(true), |app, cancel, on| app.rebuild(cancel, on).await;
    Rescan as _this, rest: None, |app, cancel, on| app.rescan_all(cancel, on).await;
}

impl Call for Ask {
    type Event = AskEvent;
    type Reply = AskReply;

    async fn run(self, app: &App, cancel: &Cancel, on: &mut (dyn FnMut(AskEvent) + Send)) -> Result<AskReply, Failure> {
        app.ask_as(&self, cancel, on).await
    }
}

impl Call for Explain {
    type Event = ExplainEvent;
    type Reply = ExplainReply;

    async fn run(
        self,
        app: &App,
        cancel: &Cancel,
        on: &mut (dyn FnMut(ExplainEvent) + Send),
    ) -> Result<ExplainReply, Failure> {
        app.explain(&self.request, &self.models, cancel, on).await
    }
}
