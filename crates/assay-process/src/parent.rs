//! The parent's side.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::codec::{FramedRead, FramedWrite};

use crate::blame::verdict;
use crate::frame::{Frame, FrameCodec, FrameError, Greeting, Kind, MAX_GREETING_BYTES, MAX_REQUEST_BYTES, VERSION};
use crate::group::{Pipes, ProcessGroup};
use crate::stderr::StderrTail;
use crate::{Limits, WorkerError};

/// How long a child that closed its output may take to end by itself.
const EXIT_PATIENCE: Duration = Duration::from_secs(2);

/// What to start.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program; a front end usually starts itself ([`std::env::current_exe`]).
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Variables added to the environment.
    pub env: Vec<(OsString, OsString)>,
}

/// A running child. It is killed, with all that it started, when this is dropped and after any error.
#[derive(Debug)]
pub struct Child {
    process: ProcessGroup,
    input: FramedWrite<ChildStdin, FrameCodec>,
    /// The codec's limit is what is left of the request's share of bytes.
    output: FramedRead<ChildStdout, FrameCodec>,
    stderr: StderrTail,
    limits: Limits,
    deadline: Instant,
}

impl Child {
    /// Starts a program and exchanges greetings with it. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// [`WorkerError::Spawn`], or any other if the program does not greet back.
    pub async fn spawn(command: &WorkerCommand, limits: &Limits) -> Result<Self, WorkerError> {
        let mut child = Self::start(command, *limits)?;
        child.greet().await?;
        Ok(child)
    }

    /// Sends a request. The total deadline and the limit on bytes of replies count from here.
    ///
    /// # Errors
    /// [`WorkerError::BadRequest`] for a request over 16 MiB, after which the child still answers; otherwise what the
    /// child did.
    pub async fn send<T: Serialize>(&mut self, request: &T) -> Result<(), WorkerError> {
        self.deadline = Instant::now() + self.limits.deadline_total;
        self.output.decoder_mut().max_bytes = self.limits.output_bytes;
        self.write(Kind::Message, request).await
    }

    /// The next reply, or `None` when there are no more to this request.
    ///
    /// # Errors
    /// Any but [`WorkerError::Spawn`] and [`WorkerError::BadRequest`]; the child is dead afterwards.
    pub async fn receive<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WorkerError> {
        let Frame { kind, json } = self.read(self.limits.output_bytes).await?;
        let cause = match kind {
            Kind::End => return Ok(None),
            Kind::Message => match serde_json::from_slice(&json) {
                Ok(reply) => return Ok(Some(reply)),
                Err(error) => error.to_string(),
            },
            Kind::Greeting => "a second greeting".to_owned(),
        };
        self.process.kill();
        Err(WorkerError::BadFrame { cause })
    }

    /// The process id, until the end of the process was seen.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    fn start(command: &WorkerCommand, limits: Limits) -> Result<Self, WorkerError> {
        let mut builder = Command::new(&command.program);
        builder.args(&command.args).envs(command.env.iter().cloned());
        let (process, Pipes { stdin, stdout, stderr }) = ProcessGroup::spawn(builder)
            .map_err(|cause| WorkerError::Spawn { program: command.program.display().to_string(), cause })?;
        Ok(Self {
            process,
            input: FramedWrite::new(stdin, FrameCodec { max_bytes: MAX_REQUEST_BYTES }),
            output: FramedRead::new(stdout, FrameCodec { max_bytes: MAX_GREETING_BYTES }),
            stderr: StderrTail::read(stderr),
            limits,
            deadline: Instant::now() + limits.deadline_total,
        })
    }

    async fn greet(&mut self) -> Result<(), WorkerError> {
        let greeting = Greeting { assay_process: VERSION, memory_bytes: self.limits.memory_bytes };
        self.write(Kind::Greeting, &greeting).await?;
        let bad = |cause: &str| WorkerError::BadFrame { cause: cause.to_owned() };
        match self.read(MAX_GREETING_BYTES).await {
            Ok(Frame { kind: Kind::Greeting, json }) => match serde_json::from_slice::<Greeting>(&json) {
                Ok(greeting) if greeting.assay_process == VERSION => Ok(()),
                Ok(_) => Err(bad("it speaks another version")),
                Err(_) => Err(bad("its greeting is malformed")),
            },
            Ok(_) | Err(WorkerError::TooMuchOutput { .. }) => Err(bad("it did not greet")),
            Err(other) => Err(other),
        }
    }

    async fn write<T: Serialize>(&mut self, kind: Kind, value: &T) -> Result<(), WorkerError> {
        match timeout_at(self.deadline, self.input.send((kind, value))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(FrameError::Closed)) => Err(self.blame().await),
            Ok(Err(FrameError::TooLong)) => {
                Err(WorkerError::BadRequest { cause: format!("it is longer than {MAX_REQUEST_BYTES} bytes") })
            }
            Ok(Err(FrameError::Malformed(cause))) => Err(WorkerError::BadRequest { cause }),
            Err(_) => Err(self.late()),
        }
    }

    async fn read(&mut self, limit_bytes: u64) -> Result<Frame, WorkerError> {
        let now = Instant::now();
        // A child that never pauses would never let the timer below run out.
        if now >= self.deadline {
            return Err(self.late());
        }
        let quiet = now + self.limits.deadline_quiet;
        let Ok(frame) = timeout_at(self.deadline.min(quiet), self.output.next()).await else {
            if quiet >= self.deadline {
                return Err(self.late());
            }
            self.process.kill();
            return Err(WorkerError::Quiet { seconds: self.limits.deadline_quiet.as_secs_f64() });
        };
        let error = match frame {
            Some(Ok(frame)) => {
                let left = &mut self.output.decoder_mut().max_bytes;
                *left = left.saturating_sub(frame.total_bytes());
                return Ok(frame);
            }
            None | Some(Err(FrameError::Closed)) => return Err(self.blame().await),
            Some(Err(FrameError::TooLong)) => WorkerError::TooMuchOutput { limit_bytes },
            Some(Err(FrameError::Malformed(cause))) => WorkerError::BadFrame { cause },
        };
        self.process.kill();
        Err(error)
    }

    fn late(&mut self) -> WorkerError {
        self.process.kill();
        WorkerError::Deadline { seconds: self.limits.deadline_total.as_secs_f64() }
    }

    /// Waits for the end of a child that closed its streams and says what became of it.
    async fn blame(&mut self) -> WorkerError {
        let status = match timeout(EXIT_PATIENCE, self.process.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => {
                self.process.kill();
                timeout(EXIT_PATIENCE, self.process.wait()).await.ok().and_then(Result::ok)
            }
        };
        let stderr = self.stderr.text(EXIT_PATIENCE / 4).await;
        verdict(status, stderr, self.limits.memory_bytes)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.process.kill();
    }
}
