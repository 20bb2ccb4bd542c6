//! The client's side: calls that the owner of a library does.

use std::path::{Path, PathBuf};
use std::time::Duration;

use assay_contract::ProblemView;
use assay_contract::call::{FrontEnd, Request};
use assay_domain::{Cancel, Failure, Problem};
use tokio::io::{AsyncRead, AsyncWrite, split};
use tokio::time::timeout;

use super::frame::{self, Answer, FrameError, Greeting, Stop};
#[cfg(windows)]
use super::pipe::{Outgoing, connect as open};
#[cfg(unix)]
use super::socket::{Outgoing, connect as open};
use crate::call::Call;

/// How long an owner may take for its greeting.
const PATIENCE: Duration = Duration::from_secs(5);

/// A library that another program of the same user has open.
#[derive(Debug, Clone)]
pub struct Remote {
    data: PathBuf,
    /// What kind of program that is.
    pub front_end: FrontEnd,
}

impl Remote {
    /// The owner of a data folder; `None` if nobody serves it.
    ///
    /// # Errors
    /// [`Problem::LibraryInUse`] if the owner is another version of Assay.
    pub async fn find(data: &Path) -> Result<Option<Self>, Failure> {
        // An owner names its socket after the folder's real path.
        let Ok(data) = data.canonicalize() else { return Ok(None) };
        let Some((_, front_end)) = connect(&data).await? else { return Ok(None) };
        Ok(Some(Self { data, front_end }))
    }

    /// Lets the owner do a call. Pressing `cancel` stops it there.
    ///
    /// # Errors
    /// As the call itself; [`Problem::LibraryInUse`] if the owner ended before it answered.
    pub async fn call<C: Call>(
        &self,
        call: C,
        cancel: &Cancel,
        on: &mut (dyn FnMut(C::Event) + Send),
    ) -> Result<C::Reply, Failure> {
        let Some((stream, _)) = connect(&self.data).await? else { return Err(ended()) };
        let (mut from, mut to) = split(stream);
        let request: Request = call.into();
        frame::write(&mut to, &request, frame::CALL).await.map_err(|error| lost(&error))?;
        let mut answered = Box::pin(answer::<C>(&mut from, on));
        tokio::select! {
            end = &mut answered => return end,
            () = cancel.stopped() => (),
        }
        // An owner that is gone is noticed by the reading.
        drop(frame::write(&mut to, &Stop {}, frame::GREETING).await);
        answered.await
    }
}

async fn answer<C: Call>(
    from: &mut (impl AsyncRead + Unpin),
    on: &mut (dyn FnMut(C::Event) + Send),
) -> Result<C::Reply, Failure> {
    loop {
        match frame::read::<Answer<C::Event, C::Reply>>(from, frame::REPLY).await.map_err(|error| lost(&error))? {
            Answer::Event(event) => on(event),
            Answer::Reply(reply) => return Ok(reply),
            Answer::Failure(ProblemView { problem, message, action }) => {
                return Err(Failure::new(Problem::parse(problem.as_str()), message, action));
            }
        }
    }
}

/// Connects and greets; `None` if nobody listens.
async fn connect(data: &Path) -> Result<Option<(Outgoing, FrontEnd)>, Failure> {
    let Some(mut stream) = open(data).await else { return Ok(None) };
    let Ok(Ok(owner)) = timeout(PATIENCE, greet(&mut stream)).await else { return Ok(None) };
    match owner.front_end {
        Some(front_end) if owner.fits() => Ok(Some((stream, front_end))),
        _ => Err(other_version(data, &owner.version)),
    }
}

async fn greet(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Result<Greeting, FrameError> {
    let owner = frame::read(stream, frame::GREETING).await?;
    frame::write(stream, &Greeting::new(None), frame::GREETING).await?;
    Ok(owner)
}

fn other_version(data: &Path, version: &str) -> Failure {
    let version: String = version.chars().filter(|c| !c.is_control()).take(40).collect();
    let message = format!("another version of Assay ({version}) has the data folder {} open", data.display());
    Failure::new(Problem::LibraryInUse, message, "close it, or update the older of the two")
}

fn lost(error: &FrameError) -> Failure {
    match error {
        FrameError::Closed => ended(),
        FrameError::TooLong { bytes } => {
            let message = format!("what is to be sent or received is {} MB long", bytes / 1_000_000);
            Failure::new(Problem::TooLarge, message, "close the other Assay, or name less")
        }
        FrameError::Malformed(error) => Failure::bug(format!("an answer of the other Assay cannot be read: {error}")),
    }
}

fn ended() -> Failure {
    let message = "the Assay that had the library open ended before it answered";
    Failure::new(Problem::LibraryInUse, message, "run the command again; finished work is kept")
}
