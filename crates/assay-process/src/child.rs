//! The child's side, for the program that does the work.

use std::fs::File;
use std::io::{self, Read, Write};
use std::process;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::WorkerError;
use crate::frame::{self, Greeting, Kind, MOST_GREETING_BYTES, MOST_REQUEST_BYTES, VERSION};

const READER_STACK_BYTES: usize = 256 * 1024;

/// Whether a cap is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemoryCap {
    /// The system enforces it.
    Set,
    /// This system has no such cap, or refused it.
    NotEnforced,
}

/// Answers requests from standard input until the parent closes it, which also ends a job
/// that is still running: nobody waits for it any more.
///
/// `job` hands each reply to the function it is given. It runs on the calling thread; a panic
/// in it ends the process, and the parent is told. Whatever the job's libraries print to
/// standard output goes to standard error, so that it cannot be taken for a frame. The memory
/// cap of the parent's [`Limits`](crate::Limits) is in force before the first job.
///
/// # Errors
/// [`WorkerError::BadFrame`] if the other side is not a parent of this version,
/// [`WorkerError::Spawn`] if the thread that reads requests cannot be started.
pub fn serve<Request, Reply>(mut job: impl FnMut(Request, &mut dyn FnMut(&Reply))) -> Result<(), WorkerError>
where
    Request: DeserializeOwned,
    Reply: Serialize,
{
    let mut output = claim_stdout().map_err(|error| bad(&error.to_string()))?;
    let greeting = read_frame(&mut io::stdin(), MOST_GREETING_BYTES).ok_or_else(|| bad("nobody greets"))?;
    let greeting: Greeting = match greeting {
        (Kind::Greeting, json) => serde_json::from_slice(&json).map_err(|error| bad(&error.to_string()))?,
        _ => return Err(bad("it began without a greeting")),
    };
    if greeting.assay_process != VERSION {
        return Err(bad("it speaks another version"));
    }
    limit_memory(greeting.memory_bytes);
    write(&mut output, Kind::Greeting, &greeting);
    for request in requests()? {
        let request = serde_json::from_slice(&request).map_err(|error| bad(&error.to_string()))?;
        job(request, &mut |reply| write(&mut output, Kind::Message, reply));
        write(&mut output, Kind::End, &());
    }
    Ok(())
}

/// Caps the address space of this process and keeps it from writing a core file, which
/// would hold the text of somebody's document.
pub fn limit_memory(bytes: u64) -> MemoryCap {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
        let ceiling = getrlimit(Resource::As).maximum.map_or(bytes, |ceiling| ceiling.min(bytes));
        let set = setrlimit(Resource::As, Rlimit { current: Some(ceiling), maximum: Some(ceiling) });
        // macOS accepts the limit and does not hold to it.
        if set.is_ok() && cfg!(not(target_vendor = "apple")) { MemoryCap::Set } else { MemoryCap::NotEnforced }
    }
    #[cfg(not(unix))]
    {
        let _ = bytes;
        MemoryCap::NotEnforced
    }
}

/// Requests as they come in. When the parent is gone the process ends, whatever it is doing.
fn requests() -> Result<Receiver<Vec<u8>>, WorkerError> {
    let (sender, receiver) = sync_channel(1);
    let reader = thread::Builder::new().name("requests".into()).stack_size(READER_STACK_BYTES);
    let listen = move || {
        while let Some((Kind::Message, request)) = read_frame(&mut io::stdin(), MOST_REQUEST_BYTES) {
            if sender.send(request).is_err() {
                return;
            }
        }
        process::exit(0);
    };
    match reader.spawn(listen) {
        Ok(_) => Ok(receiver),
        Err(cause) => Err(WorkerError::Spawn { program: "the thread that reads requests".to_owned(), cause }),
    }
}

fn read_frame(input: &mut impl Read, most: u64) -> Option<(Kind, Vec<u8>)> {
    let mut head = [0; 5];
    input.read_exact(&mut head).ok()?;
    let [a, b, c, d, kind] = head;
    let length = u64::from(u32::from_le_bytes([a, b, c, d])).checked_sub(1)?;
    let mut json = Vec::new();
    input.take(length.min(most)).read_to_end(&mut json).ok()?;
    (json.len() as u64 == length).then_some((Kind::of(kind)?, json))
}

/// Writes a frame. Nothing is left to do if that fails: either the parent is gone, or the
/// reply cannot be written, which the parent must not take for an empty answer.
fn write<T: Serialize>(output: &mut File, kind: Kind, value: &T) {
    let frame = frame::encode(kind, value).unwrap_or_else(|cause| {
        eprintln!("the reply cannot be written: {cause}");
        process::exit(1)
    });
    if output.write_all(&frame).and_then(|()| output.flush()).is_err() {
        process::exit(0);
    }
}

fn bad(cause: &str) -> WorkerError {
    WorkerError::BadFrame { cause: cause.to_owned() }
}

/// Takes standard output for frames alone and sends what others print there to standard error.
#[cfg(unix)]
fn claim_stdout() -> io::Result<File> {
    use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
    let frames = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
    // SAFETY: descriptor 1 belongs to the process for as long as it runs. It is wrapped only
    // because `dup2` asks for an owner, and given back without being closed.
    let mut printed = unsafe { OwnedFd::from_raw_fd(1) };
    let replaced = rustix::io::dup2(io::stderr(), &mut printed);
    let _ = printed.into_raw_fd();
    replaced?;
    Ok(File::from(frames))
}

/// Where descriptors cannot be moved, frames share standard output with whoever prints.
#[cfg(windows)]
fn claim_stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}
