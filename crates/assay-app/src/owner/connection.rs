//! One connection on the owner's side: greetings, one call, its events and its end.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use assay_contract::LibraryEvent;
use assay_contract::call::{
    Ask, BringBack, Check, CollectionRows, Collections, Document, DocumentPath, Documents, Explain, Folders, FrontEnd,
    Ingest, Library, MoveDocuments, MoveFolder, Notices, Passage, Queue, Rebuild, RemoteCreate, RemoteJoin,
    RemoteLeave, RemoteStatus, RemoteSync, RemoteTake, Remove, RemovedFiles, RenameCollection, Request, Rescan, Resume,
    Retry, UnwatchFolder, WatchFolder, Why, WrittenSettings,
};
use assay_domain::{Cancel, Failure, Problem};
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, split};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::frame::{self, Answer, FrameError, Greeting, Stop};
use crate::app::App;
use crate::call::Call;
use crate::convert::problem::problem;

/// How long a client may take for its greeting and its call.
const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes that may wait for a client; one that reads more slowly has its call stopped.
const UNREAD: usize = 256 << 20;

/// Receives what other front ends of the library show.
pub type OnChange = dyn Fn(LibraryEvent) + Send + Sync;

/// Serves a connection to its end. `ending` stops its call.
pub async fn serve<S: AsyncRead + AsyncWrite + Send>(
    stream: S,
    app: Weak<App>,
    front_end: FrontEnd,
    ending: Cancel,
    on: &OnChange,
) {
    let (mut from, mut to) = split(stream);
    let Ok(Ok(request)) = timeout(PATIENCE, greet(&mut from, &mut to, front_end)).await else { return };
    let cancel = ending.below();
    let (sender, receiver) = unbounded_channel();
    let unread = Arc::new(AtomicUsize::new(0));
    let out = Out { sender, unread: unread.clone(), cancel: cancel.clone() };
    let stop = cancel.clone();
    // Its end drops `out`, which ends the writing.
    let work = async move {
        let closed = || Failure::new(Problem::LibraryInUse, "the library is being closed", "run the command again");
        let ready = request.and_then(|request| Ok((request, app.upgrade().ok_or_else(closed)?)));
        match ready {
            Ok((request, app)) => Box::pin(answer(request, &app, front_end, &cancel, &out, on)).await,
            Err(failure) => out.end::<()>(&Err(failure)),
        }
    };
    let done = async { tokio::join!(work, write(receiver, &mut to, &unread)) };
    tokio::select! {
        _ = done => (),
        () = stop_with(&mut from, &stop) => (),
    }
}

/// Greets the client and reads its call, which may be none that this version knows.
async fn greet(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    front_end: FrontEnd,
) -> Result<Result<Request, Failure>, FrameError> {
    frame::write(to, &Greeting::new(Some(front_end)), frame::GREETING).await?;
    let client: Greeting = frame::read(from, frame::GREETING).await?;
    if !client.fits() {
        // It has read the same in our greeting and says so.
        return Err(FrameError::Closed);
    }
    match frame::read(from, frame::CALL).await {
        Err(FrameError::Malformed(error)) => Ok(Err(Failure::bug(format!("a call cannot be read: {error}")))),
        Err(FrameError::TooLong { bytes }) => {
            let message = format!("the call is {} MB long", bytes / 1_000_000);
            Ok(Err(Failure::new(Problem::TooLarge, message, "name fewer files, or the folder that they are in")))
        }
        other => other.map(Ok),
    }
}

/// Stops the call when the client says so or leaves. Never completes: the call ends in order all the same.
pub async fn stop_with(from: &mut (impl AsyncRead + Unpin), cancel: &Cancel) {
    while frame::read::<Stop>(from, frame::GREETING).await.is_ok() {
        cancel.stop();
    }
    cancel.stop();
    pending().await
}

/// Writes frames until no more can come. Those for a client that left are dropped.
async fn write(mut frames: UnboundedReceiver<Vec<u8>>, to: &mut (impl AsyncWrite + Unpin), unread: &AtomicUsize) {
    let mut open = true;
    while let Some(frame) = frames.recv().await {
        open = open && to.write_all(&frame).await.is_ok();
        unread.fetch_sub(frame.len(), Ordering::Relaxed);
    }
    drop(to.shutdown().await);
}

/// Does a call. A command is about to end, so it does none that may take long.
async fn answer(request: Request, app: &App, front_end: FrontEnd, cancel: &Cancel, out: &Out, on: &OnChange) {
    macro_rules! each {
        ($($call:ident)+) => {
            match request {
                $(Request::$call(_) if front_end == FrontEnd::Command && <$call as Call>::changes() => {
                    out.end::<()>(&Err(read_only()));
                })+
                $(Request::$call(call) => run(call, app, cancel, out, on).await,)+
            }
        };
    }
    each! {
        Ask Explain Why Passage Documents RemovedFiles Document DocumentPath Collections CollectionRows Library
        WrittenSettings Notices Queue Folders Check Ingest Retry BringBack Resume Rebuild Rescan Remove WatchFolder UnwatchFolder RenameCollection
        MoveDocuments MoveFolder RemoteStatus RemoteCreate RemoteJoin RemoteSync RemoteTake RemoteLeave
    }
}

fn read_only() -> Failure {
    let message = "another command of Assay is at work on the library, which can only be read meanwhile";
    Failure::new(Problem::LibraryInUse, message, "wait until that command has ended")
}

async fn run<C: Call>(call: C, app: &App, cancel: &Cancel, out: &Out, on: &OnChange) {
    let mut forward = |event: C::Event| {
        C::seen(&event).into_iter().for_each(on);
        out.event(&event);
    };
    let mut end = call.run(app, cancel, &mut forward).await;
    // By the client: what is left when the library is closed goes on by itself.
    if let Ok(reply) = &end
        && cancel.is_pressed()
        && let Err(failure) = C::stop_rest(reply, app)
    {
        end = Err(failure);
    }
    C::seen_end(&end).into_iter().for_each(on);
    out.end(&end);
}

/// The frames on their way to a client.
struct Out {
    sender: UnboundedSender<Vec<u8>>,
    unread: Arc<AtomicUsize>,
    cancel: Cancel,
}

impl Out {
    fn event(&self, event: &impl Serialize) {
        // An event that is no JSON would be a fault of the contract, and the reply says what counts.
        let Ok(frame) = frame::framed(&Answer::<_, ()>::Event(event), frame::REPLY) else { return };
        if self.unread.load(Ordering::Relaxed) + frame.len() > UNREAD {
            self.cancel.stop();
            return;
        }
        self.send(frame);
    }

    fn end<R: Serialize>(&self, end: &Result<R, Failure>) {
        let failed = |failure: &Failure| frame::framed(&Answer::<(), ()>::Failure(problem(failure)), frame::REPLY);
        let framed = match end {
            Ok(reply) => frame::framed(&Answer::<(), _>::Reply(reply), frame::REPLY),
            Err(failure) => failed(failure),
        };
        let framed = framed.or_else(|error| match error {
            FrameError::TooLong { bytes } => {
                let message = format!("the reply is {} MB long", bytes / 1_000_000);
                failed(&Failure::new(Problem::TooLarge, message, "close the other Assay, or ask for less"))
            }
            error => failed(&Failure::bug(format!("a reply cannot be written: {error:?}"))),
        });
        if let Ok(frame) = framed {
            self.send(frame);
        }
    }

    fn send(&self, frame: Vec<u8>) {
        self.unread.fetch_add(frame.len(), Ordering::Relaxed);
        drop(self.sender.send(frame));
    }
}
