//! The parent's side.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use crate::WorkerError;
use crate::blame::verdict;
use crate::frame::{self, Greeting, Kind, MOST_GREETING_BYTES, MOST_REQUEST_BYTES, VERSION};

const STDERR_KEPT: usize = 4096;
/// How long a child that closed its output may take to end by itself.
const LAST_BREATH: Duration = Duration::from_secs(2);

/// What to start.
#[derive(Debug, Clone)]
pub struct WorkerCommand {
    /// The program; a host usually names itself ([`std::env::current_exe`]).
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Variables added to the environment.
    pub env: Vec<(OsString, OsString)>,
}

/// What a child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest time from sending a request to the end of its replies.
    pub deadline_total: Duration,
    /// Longest time without a frame while the parent waits for one.
    pub deadline_quiet: Duration,
    /// Cap on the child's address space in bytes. It counts the program itself, stacks of
    /// threads and what allocators reserve, so under 1 GiB little else fits.
    pub memory_bytes: u64,
    /// Most bytes of replies to one request.
    pub output_bytes: u64,
}

impl Default for Limits {
    /// Two minutes, half a minute, 2 GiB, 256 MiB: what reading one document may take.
    fn default() -> Self {
        Self {
            deadline_total: Duration::from_secs(120),
            deadline_quiet: Duration::from_secs(30),
            memory_bytes: 2 << 30,
            output_bytes: 256 << 20,
        }
    }
}

/// A running child. It is killed, with all that it started, when this is dropped or after
/// any error.
#[derive(Debug)]
pub struct Child {
    process: tokio::process::Child,
    input: ChildStdin,
    output: ChildStdout,
    stderr: Arc<Mutex<VecDeque<u8>>>,
    /// Collects standard error; taken once its end was waited for.
    drain: Option<JoinHandle<()>>,
    limits: Limits,
    deadline: Instant,
    room: u64,
}

impl Child {
    /// Starts a program and greets it. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// [`WorkerError::Spawn`], or any other if the program does not greet back.
    pub async fn spawn(command: &WorkerCommand, limits: &Limits) -> Result<Self, WorkerError> {
        let mut child = Self::start(command, *limits)?;
        child.greet().await?;
        Ok(child)
    }

    /// Sends a request. The total deadline and the room for replies count from here.
    ///
    /// # Errors
    /// [`WorkerError::BadRequest`] for a request over 16 MiB; what the child did, otherwise.
    pub async fn send<T: Serialize>(&mut self, request: &T) -> Result<(), WorkerError> {
        let frame = frame::encode(Kind::Message, request).map_err(|cause| WorkerError::BadRequest { cause })?;
        if frame.len() as u64 > MOST_REQUEST_BYTES {
            return Err(WorkerError::BadRequest { cause: format!("it is longer than {MOST_REQUEST_BYTES} bytes") });
        }
        self.deadline = Instant::now() + self.limits.deadline_total;
        self.room = self.limits.output_bytes;
        self.write(&frame).await
    }

    /// The next reply, or `None` when there are no more to this request.
    ///
    /// # Errors
    /// Any but [`WorkerError::Spawn`] and [`WorkerError::BadRequest`]; the child is dead afterwards.
    pub async fn receive<T: DeserializeOwned>(&mut self) -> Result<Option<T>, WorkerError> {
        let cause = match self.frame(self.limits.output_bytes).await? {
            (Kind::End, _) => return Ok(None),
            (Kind::Message, json) => match serde_json::from_slice(&json) {
                Ok(reply) => return Ok(Some(reply)),
                Err(error) => error.to_string(),
            },
            (Kind::Greeting, _) => "a second greeting".to_owned(),
        };
        self.kill();
        Err(WorkerError::BadFrame { cause })
    }

    /// The system's number for the process, until its end was seen.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    fn start(command: &WorkerCommand, limits: Limits) -> Result<Self, WorkerError> {
        let spawn = |cause| WorkerError::Spawn { program: command.program.display().to_string(), cause };
        let missing = || spawn(std::io::Error::other("it has no standard streams"));
        let mut builder = Command::new(&command.program);
        builder.args(&command.args).envs(command.env.iter().cloned()).kill_on_drop(true);
        builder.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        builder.process_group(0);
        #[cfg(windows)]
        builder.creation_flags(0x0800_0000); // CREATE_NO_WINDOW
        let mut process = builder.spawn().map_err(spawn)?;
        let input = process.stdin.take().ok_or_else(missing)?;
        let output = process.stdout.take().ok_or_else(missing)?;
        let stderr = Arc::default();
        let drain = Some(tokio::spawn(keep_tail(process.stderr.take().ok_or_else(missing)?, Arc::clone(&stderr))));
        let deadline = Instant::now() + limits.deadline_total;
        Ok(Self { process, input, output, stderr, drain, limits, deadline, room: MOST_GREETING_BYTES })
    }

    async fn greet(&mut self) -> Result<(), WorkerError> {
        let greeting = Greeting { assay_process: VERSION, memory_bytes: self.limits.memory_bytes };
        let frame = frame::encode(Kind::Greeting, &greeting).map_err(|cause| WorkerError::BadRequest { cause })?;
        self.write(&frame).await?;
        let bad = |cause: &str| WorkerError::BadFrame { cause: cause.to_owned() };
        match self.frame(MOST_GREETING_BYTES).await {
            Ok((Kind::Greeting, json)) => match serde_json::from_slice::<Greeting>(&json) {
                Ok(greeting) if greeting.assay_process == VERSION => Ok(()),
                Ok(_) => Err(bad("it speaks another version")),
                Err(_) => Err(bad("its greeting is not one")),
            },
            Ok(_) | Err(WorkerError::TooMuchOutput { .. }) => Err(bad("it did not greet")),
            Err(other) => Err(other),
        }
    }

    async fn write(&mut self, frame: &[u8]) -> Result<(), WorkerError> {
        let deadline = self.deadline;
        let writing = async {
            self.input.write_all(frame).await?;
            self.input.flush().await
        };
        match timeout_at(deadline, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(self.blame().await),
            Err(_) => Err(self.late()),
        }
    }

    async fn frame(&mut self, limit_bytes: u64) -> Result<(Kind, Vec<u8>), WorkerError> {
        let now = Instant::now();
        // A child that never pauses would never let the timer below run out.
        if now >= self.deadline {
            return Err(self.late());
        }
        let quiet = now + self.limits.deadline_quiet;
        match timeout_at(self.deadline.min(quiet), read_frame(&mut self.output, self.room)).await {
            Ok(Ok((kind, json))) => {
                self.room = self.room.saturating_sub(json.len() as u64 + 5);
                Ok((kind, json))
            }
            Ok(Err(Fault::Closed)) => Err(self.blame().await),
            Ok(Err(Fault::TooLong)) => {
                self.kill();
                Err(WorkerError::TooMuchOutput { limit_bytes })
            }
            Ok(Err(Fault::Unknown(cause))) => {
                self.kill();
                Err(WorkerError::BadFrame { cause })
            }
            Err(_) if quiet < self.deadline => {
                self.kill();
                Err(WorkerError::Quiet { seconds: self.limits.deadline_quiet.as_secs_f64() })
            }
            Err(_) => Err(self.late()),
        }
    }

    fn late(&mut self) -> WorkerError {
        self.kill();
        WorkerError::Deadline { seconds: self.limits.deadline_total.as_secs_f64() }
    }

    /// Waits for the end of a child that closed its streams and says what became of it.
    async fn blame(&mut self) -> WorkerError {
        let status = match timeout(LAST_BREATH, self.process.wait()).await {
            Ok(status) => status.ok(),
            Err(_) => {
                self.kill();
                timeout(LAST_BREATH, self.process.wait()).await.ok().and_then(Result::ok)
            }
        };
        // A grandchild may hold the stream open, so its end is not waited for without end.
        if let Some(drain) = self.drain.take() {
            let _ = timeout(LAST_BREATH / 4, drain).await;
        }
        let tail: Vec<u8> = self.stderr.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        verdict(status, String::from_utf8_lossy(&tail).into_owned(), self.limits.memory_bytes)
    }

    /// Kills the child and the processes it started. Nothing is done once it was waited for,
    /// because its number may belong to somebody else by then.
    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.process.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.process.start_kill();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
        if let Some(drain) = &self.drain {
            drain.abort();
        }
    }
}

enum Fault {
    Closed,
    TooLong,
    Unknown(String),
}

async fn read_frame(output: &mut (impl AsyncRead + Unpin), room: u64) -> Result<(Kind, Vec<u8>), Fault> {
    let length = u64::from(output.read_u32_le().await.map_err(|_| Fault::Closed)?);
    if length + 4 > room {
        return Err(Fault::TooLong);
    }
    let Some(json_length) = length.checked_sub(1) else {
        return Err(Fault::Unknown("an empty frame".to_owned()));
    };
    let byte = output.read_u8().await.map_err(|_| Fault::Closed)?;
    let kind = Kind::of(byte).ok_or_else(|| Fault::Unknown(format!("a frame of the unknown kind {byte}")))?;
    // Memory is taken as bytes arrive, not as the length announces them.
    let mut json = Vec::new();
    output.take(json_length).read_to_end(&mut json).await.map_err(|_| Fault::Closed)?;
    if json.len() as u64 == json_length { Ok((kind, json)) } else { Err(Fault::Closed) }
}

async fn keep_tail(mut stderr: ChildStderr, tail: Arc<Mutex<VecDeque<u8>>>) {
    let mut piece = [0; 1024];
    while let Ok(length @ 1..) = stderr.read(&mut piece).await {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(piece.iter().take(length));
        let surplus = tail.len().saturating_sub(STDERR_KEPT);
        tail.drain(..surplus);
    }
}
