//! The child's side: the program that does the work.

use std::fs::File;
use std::io::{self, Read, Write};
use std::process;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::bytes::{Bytes, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

use crate::WorkerError;
use crate::frame::{Frame, FrameCodec, FrameError, Greeting, Kind, MAX_GREETING_BYTES, MAX_REQUEST_BYTES, VERSION};
use crate::memory_cap::limit_memory;

const READER_STACK_BYTES: usize = 256 * 1024;

/// Answers requests from standard input until the parent closes it, which also ends a running job, because its reply has
/// no reader any more.
///
/// `job` passes each reply to the function that it is given. It runs on the calling thread; a panic in it ends the
/// process, and the parent reports it. Whatever the job's libraries print to standard output goes to standard error, so
/// that it cannot be taken for a frame. The memory cap of the parent's [`Limits`](crate::Limits) is in force before the
/// first job.
///
/// # Errors
/// [`WorkerError::BadFrame`] if the other side is not a parent of this version, [`WorkerError::Spawn`] if the thread that
/// reads requests cannot be started.
pub fn serve<Request, Reply>(mut job: impl FnMut(Request, &mut dyn FnMut(&Reply))) -> Result<(), WorkerError>
where
    Request: DeserializeOwned,
    Reply: Serialize,
{
    let mut output = claim_stdout().map_err(|error| bad(&error.to_string()))?;
    let mut frames = FrameReader { codec: FrameCodec { max_bytes: MAX_GREETING_BYTES }, buffer: BytesMut::new() };
    let greeting: Greeting = match frames.next(&mut io::stdin()) {
        Some(Frame { kind: Kind::Greeting, json }) => {
            serde_json::from_slice(&json).map_err(|error| bad(&error.to_string()))?
        }
        Some(_) => return Err(bad("it began without a greeting")),
        None => return Err(bad("it sent no greeting")),
    };
    if greeting.assay_process != VERSION {
        return Err(bad("it speaks another version"));
    }
    if let Err(error) = limit_memory(greeting.memory_bytes) {
        // The parent skips notes when it looks for the reason of a death.
        eprintln!("note: the memory of this process is not capped: {error}");
    }
    write(&mut output, Kind::Greeting, &greeting);
    frames.codec.max_bytes = MAX_REQUEST_BYTES;
    for request in read_requests(frames)? {
        let request = serde_json::from_slice(&request).map_err(|error| bad(&error.to_string()))?;
        job(request, &mut |reply| write(&mut output, Kind::Message, reply));
        write(&mut output, Kind::End, &());
    }
    Ok(())
}

/// Requests as they arrive. When the parent is gone, the process ends, whatever it is doing.
fn read_requests(mut frames: FrameReader) -> Result<Receiver<Bytes>, WorkerError> {
    let (sender, receiver) = sync_channel(1);
    let reader = thread::Builder::new().name("requests".into()).stack_size(READER_STACK_BYTES);
    let listen = move || {
        while let Some(Frame { kind: Kind::Message, json }) = frames.next(&mut io::stdin()) {
            if sender.send(json).is_err() {
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

/// Blocking reads through the codec.
struct FrameReader {
    codec: FrameCodec,
    buffer: BytesMut,
}

impl FrameReader {
    /// The next frame; `None` at the end of the input and for anything that is no frame.
    fn next(&mut self, input: &mut impl Read) -> Option<Frame> {
        let mut piece = [0; 8192];
        loop {
            if let Some(frame) = self.codec.decode(&mut self.buffer).ok()? {
                return Some(frame);
            }
            match input.read(&mut piece) {
                Ok(0) => return None,
                Ok(arrived) => self.buffer.extend_from_slice(piece.get(..arrived)?),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }
}

/// Writes a frame, or ends the process: either the parent is gone, or the reply cannot be written, and then the parent
/// must not take it for an empty answer.
fn write<T: Serialize>(output: &mut File, kind: Kind, value: &T) {
    let mut frame = BytesMut::new();
    match (FrameCodec { max_bytes: u64::MAX }).encode((kind, value), &mut frame) {
        Ok(()) => {}
        Err(FrameError::Malformed(cause)) => give_up(&cause),
        Err(FrameError::TooLong | FrameError::Closed) => give_up("it is longer than 4 GiB"),
    }
    if output.write_all(&frame).and_then(|()| output.flush()).is_err() {
        process::exit(0);
    }
}

fn give_up(cause: &str) -> ! {
    eprintln!("the reply cannot be written: {cause}");
    process::exit(1)
}

fn bad(cause: &str) -> WorkerError {
    WorkerError::BadFrame { cause: cause.to_owned() }
}

/// Takes standard output for frames alone and sends what is printed there to standard error.
#[cfg(unix)]
fn claim_stdout() -> io::Result<File> {
    use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd};
    let frames = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 3)?;
    // SAFETY: descriptor 1 belongs to the process for as long as it runs. It is wrapped only because `dup2` asks for an
    // owner, and given back without being closed.
    let mut printed = unsafe { OwnedFd::from_raw_fd(1) };
    let replaced = rustix::io::dup2(io::stderr(), &mut printed);
    let _ = printed.into_raw_fd();
    replaced?;
    Ok(File::from(frames))
}

/// Windows cannot move descriptors, so frames share standard output with what is printed.
#[cfg(windows)]
fn claim_stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(File::from(io::stdout().as_handle().try_clone_to_owned()?))
}
