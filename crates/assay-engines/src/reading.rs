//! Files to pages in a child process, one for each file: a file that kills its reader is known by
//! name and the rest go on.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use assay_domain::socket::{Reader, Source};
use assay_domain::{Failure, Fingerprint, Page, PageOutcome, Problem, ReadDocument};
use assay_worker::{Child, Limits, WorkerCommand, WorkerError, child};
use futures::future::{BoxFuture, FutureExt};
use serde::{Deserialize, Serialize};

/// The word after `worker` on the child's command line.
pub const ROLE: &str = "read";

/// Most that a reading may send back: the text of a very long book.
const MOST_OUTPUT: u64 = 512 << 20;

/// Starts a child for each file.
#[derive(Debug, Clone)]
pub struct ChildReader {
    /// This program; it is started with `worker read`.
    pub command: WorkerCommand,
    /// Time for one file.
    pub time: Duration,
    /// Memory for one file, in bytes.
    pub memory: u64,
    /// Largest file, in bytes.
    pub largest: u64,
}

#[derive(Serialize, Deserialize)]
struct Request {
    path: String,
    name: String,
    largest: u64,
}

#[derive(Serialize, Deserialize)]
enum Reply {
    Page { number: Option<u32>, text: String, headings: Vec<(usize, String)>, failed: Option<String>, empty: bool },
    Done { format: String, language: Option<String>, hash: String },
    Failed { problem: String, message: String, action: String },
}

impl Reader for ChildReader {
    fn fingerprint(&self, source: &Source) -> BoxFuture<'_, Result<Fingerprint, Failure>> {
        let (source, largest) = (source.clone(), self.largest);
        let hashing = tokio::task::spawn_blocking(move || fingerprint(&source, largest));
        async move { hashing.await.unwrap_or_else(|_| Err(Failure::bug("hashing a file panicked"))) }.boxed()
    }

    fn read(&self, source: &Source) -> BoxFuture<'_, Result<ReadDocument, Failure>> {
        let source = source.clone();
        async move { self.in_child(&source).await }.boxed()
    }
}

impl ChildReader {
    async fn in_child(&self, source: &Source) -> Result<ReadDocument, Failure> {
        let limits = Limits {
            deadline_total: self.time,
            deadline_quiet: self.time,
            memory_bytes: self.memory,
            output_bytes: MOST_OUTPUT,
        };
        let blame = |error: WorkerError| blame(&source.name, error);
        let mut child = Child::spawn(&self.command, &limits).await.map_err(blame)?;
        let request = Request { path: source.path.clone(), name: source.name.clone(), largest: self.largest };
        child.send(&request).await.map_err(blame)?;
        let mut pages = Vec::new();
        loop {
            match child.receive::<Reply>().await.map_err(blame)? {
                Some(Reply::Page { number, text, headings, failed, empty }) => {
                    let outcome = match (failed, empty) {
                        (Some(reason), _) => PageOutcome::Failed(reason),
                        (None, true) => PageOutcome::Empty,
                        (None, false) => PageOutcome::Text,
                    };
                    pages.push(Page { number, text, headings, outcome });
                }
                Some(Reply::Done { format, language, hash }) => {
                    return Ok(ReadDocument { format, pages, language, hash });
                }
                Some(Reply::Failed { problem, message, action }) => {
                    return Err(Failure::new(Problem::parse(&problem), message, action));
                }
                None => return Err(died(&source.name, "it ended without a word")),
            }
        }
    }
}

/// Which file, what it did, what to do.
fn blame(name: &str, error: WorkerError) -> Failure {
    match error {
        WorkerError::Deadline { seconds } | WorkerError::Quiet { seconds } => Failure::new(
            Problem::TimedOut,
            format!("reading {name} took longer than {seconds:.0} s and was given up"),
            "raise the reading time in the settings and try this file again",
        ),
        WorkerError::TooMuchOutput { .. } => Failure::new(
            Problem::TooLarge,
            format!("{name} holds more text than can be taken in at once"),
            "split it into several files",
        ),
        WorkerError::OutOfMemory { limit_bytes } => Failure::new(
            Problem::TooLarge,
            format!("reading {name} needed more than {} MiB of memory and was stopped", limit_bytes >> 20),
            "raise the reading memory in the settings, or split the file",
        ),
        error => died(name, &error.to_string()),
    }
}

fn died(name: &str, how: &str) -> Failure {
    Failure::new(
        Problem::ReaderDied,
        format!("{name} brought its reader down: {how}"),
        "open it in the program that made it, save it anew or as PDF, and add that",
    )
}

fn fingerprint(source: &Source, largest: u64) -> Result<Fingerprint, Failure> {
    let file = open(Path::new(&source.path), &source.name, largest)?;
    let mut hasher = blake3::Hasher::new();
    let bytes = hasher.update_reader(file).map(|hasher| hasher.count());
    let bytes = bytes.map_err(|error| cannot_open(&source.name, &error))?;
    Ok(Fingerprint { hash: hasher.finalize().to_hex().to_string(), bytes })
}

/// Only regular files of a bearable size: a pipe would never end, a device may do anything.
fn open(path: &Path, name: &str, largest: u64) -> Result<File, Failure> {
    let meta = std::fs::metadata(path).map_err(|error| cannot_open(name, &error))?;
    if !meta.is_file() {
        let message = format!("{name} is not a regular file");
        return Err(Failure::new(Problem::UnsupportedFile, message, "add a file or a folder"));
    }
    if meta.len() > largest {
        let (size, limit) = (meta.len() >> 20, largest >> 20);
        let message = format!("{name} is {size} MiB long, and the limit is {limit} MiB");
        return Err(Failure::new(Problem::TooLarge, message, "raise the limit in the settings, or split the file"));
    }
    File::open(path).map_err(|error| cannot_open(name, &error))
}

fn cannot_open(name: &str, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new(
            Problem::MissingFile,
            format!("{name} is no longer there"),
            "put it back or remove it from the library",
        ),
        io::ErrorKind::PermissionDenied => {
            let message = format!("{name} may not be read by you");
            Failure::new(Problem::NoPermission, message, "give yourself the right to read it and try again")
        }
        _ => Failure::new(
            Problem::UnreadableFile,
            format!("{name} cannot be read: {error}"),
            "check the disk and try again",
        ),
    }
}

/// The child's side: one file, then the end.
pub fn serve() -> Result<(), WorkerError> {
    child::serve(|request: Request, reply: &mut dyn FnMut(&Reply)| match read(&request) {
        Ok(document) => {
            for page in document.pages {
                let (failed, empty) = match page.outcome {
                    PageOutcome::Failed(reason) => (Some(reason), false),
                    PageOutcome::Empty => (None, true),
                    PageOutcome::Text => (None, false),
                };
                let (number, text, headings) = (page.number, page.text, page.headings);
                reply(&Reply::Page { number, text, headings, failed, empty });
            }
            reply(&Reply::Done { format: document.format, language: document.language, hash: document.hash });
        }
        Err(Failure { problem, message, action }) => {
            reply(&Reply::Failed { problem: problem.as_str().to_owned(), message, action });
        }
    })
}

fn read(request: &Request) -> Result<ReadDocument, Failure> {
    let file = open(Path::new(&request.path), &request.name, request.largest)?;
    let mut bytes = Vec::new();
    // One byte over the limit tells a file that grew since it was looked at.
    file.take(request.largest + 1).read_to_end(&mut bytes).map_err(|error| cannot_open(&request.name, &error))?;
    assay_text::read(&bytes, &request.name).map_err(|error| {
        let failure = Failure::from(error);
        Failure { message: format!("{}: {}", request.name, failure.message), ..failure }
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use assay_domain::Problem;
    use assay_domain::socket::{Reader, Source};
    use assay_worker::WorkerCommand;

    use super::ChildReader;

    /// What a file that does this to its reader is blamed for.
    #[cfg(unix)]
    async fn check(child: &str, problem: Problem) {
        let command =
            WorkerCommand { program: "/bin/sh".into(), args: vec!["-c".into(), child.into()], env: Vec::new() };
        let reader = ChildReader { command, time: Duration::from_secs(1), memory: 1 << 30, largest: 1 << 20 };
        let source = Source { path: "/tmp/minutes.pdf".into(), name: "minutes.pdf".into() };
        let failure = reader.read(&source).await.unwrap_err();
        assert_eq!(failure.problem, problem, "{failure}");
        assert!(failure.message.contains("minutes.pdf") && !failure.action.is_empty(), "{failure}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_that_kills_or_holds_its_reader_is_named() {
        check("kill -SEGV $$", Problem::ReaderDied).await;
        check("exit 0", Problem::ReaderDied).await;
        check("echo garbage", Problem::ReaderDied).await;
        check("sleep 30", Problem::TimedOut).await;
    }

    #[tokio::test]
    async fn only_regular_files_of_a_bearable_size_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let command = WorkerCommand { program: "absent".into(), args: Vec::new(), env: Vec::new() };
        let reader = ChildReader { command, time: Duration::from_secs(1), memory: 1 << 30, largest: 10 };
        let file = folder.path().join("long.txt");
        std::fs::write(&file, "eleven bytes").unwrap();
        for (path, problem) in [
            (folder.path().to_owned(), Problem::UnsupportedFile),
            (folder.path().join("absent.txt"), Problem::MissingFile),
            (file, Problem::TooLarge),
        ] {
            let source = Source { path: path.to_str().unwrap().into(), name: "file".into() };
            assert_eq!(reader.fingerprint(&source).await.unwrap_err().problem, problem);
        }
    }
}
