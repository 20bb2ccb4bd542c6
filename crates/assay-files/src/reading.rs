//! Reads files in child processes, one for each file: if a file kills its reader, the file, the page and
//! the extractor are known, and the other files are not affected.

pub mod wire;
mod budget;
mod open;
pub mod child;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use assay_domain::port::{Reader, Source};
use assay_domain::{Extractor, Failure, Fingerprint, Page, PageOutcome, Problem, ReadDocument};
use assay_process::{Child, Limits, WorkerCommand, WorkerError};
use assay_text::Step;
use futures::future::{BoxFuture, FutureExt, ready};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::FilesError;
use crate::tesseract::OcrSettings;
use budget::Budget;
use wire::{OcrRequest, Reply, Request};

/// Most bytes that a child may send back: the text that is taken from any file, and what JSON adds.
const MOST_OUTPUT: u64 = 128 << 20;
/// Tries at a file that brings its reader down; each leaves out the steps at which earlier ones died.
const MOST_TRIES: usize = 5;
/// Pages on which an extractor may die before it is left out of the file.
const MOST_PAGES_TO_BLAME: usize = 2;
/// Time given to another program to finish writing, before a file is read once more.
const WRITER_TIME: Duration = Duration::from_millis(300);
/// An extractor that takes longer than this for a page is left out for that page in the next try.
const PAGE_TIME: Duration = Duration::from_secs(20);

/// Reads each file in a child process of its own.
#[derive(Debug, Clone)]
pub struct ChildReader {
    /// This program; it is started with `worker read`.
    pub command: WorkerCommand,
    /// Time for one file, without recognition.
    pub time: Duration,
    /// Memory for one file, in bytes.
    pub memory: u64,
    /// Largest file, in bytes.
    pub largest: u64,
    /// Recognition of pictures, unless it is switched off.
    pub ocr: Option<OcrSettings>,
}

impl Reader for ChildReader {
    /// The hashing ends soon after the future is dropped.
    fn fingerprint(&self, source: &Source) -> BoxFuture<'_, Result<Fingerprint, Failure>> {
        let (source, largest, wanted) = (source.clone(), self.largest, WantedHash::default());
        let unwanted = wanted.0.clone();
        let hashing = tokio::task::spawn_blocking(move || open::fingerprint(&source, largest, &unwanted));
        async move {
            let _wanted = wanted;
            hashing.await.unwrap_or_else(|_| Err(Failure::bug("hashing a file panicked")))
        }
        .boxed()
    }

    /// The reading runs on a thread of its own, so that deadlines hold even if the future is not polled.
    fn read(&self, source: &Source) -> BoxFuture<'_, Result<ReadDocument, Failure>> {
        let (reader, source) = (self.clone(), source.clone());
        let mut reading = match watchers() {
            Ok(watchers) => Wanted(watchers.spawn(async move { reader.read_again_if_changed(&source).await })),
            Err(failure) => return ready(Err(failure)).boxed(),
        };
        async move { (&mut reading.0).await.unwrap_or_else(|_| Err(Failure::bug("reading a file panicked"))) }.boxed()
    }

    fn revision(&self) -> u32 {
        assay_text::REVISION
    }

    /// The program's version, its limits, and the recognition of pictures.
    fn identity(&self) -> String {
        let ocr = self.ocr.as_ref().map(|ocr| {
            let (pages, page, file) = (ocr.pages, ocr.page_time.as_secs(), ocr.file_time.as_secs());
            format!("{} {} {pages} {} {page} {file}", ocr.program, ocr.languages, ocr.pixels)
        });
        let (version, time, memory) = (env!("CARGO_PKG_VERSION"), self.time.as_secs(), self.memory >> 20);
        let (revision, ocr) = (assay_text::REVISION, ocr.unwrap_or_default());
        format!("{version} revision {revision} {time} s {memory} MiB {} bytes {ocr}", self.largest)
    }
}

/// The thread that watches child processes. The caller's threads may be busy with other work, such as
/// cutting text into chunks, and tasks in a busy tokio worker's own slot wait: deadlines would be missed.
fn watchers() -> Result<&'static Runtime, Failure> {
    static WATCHERS: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let build = || Builder::new_multi_thread().worker_threads(1).thread_name("watch-children").enable_all().build();
    let none = |error| Failure::bug(format!("no thread can be started to watch readers: {error}"));
    WATCHERS.get_or_init(build).as_ref().map_err(none)
}

/// A reading whose child process is ended when this value is dropped.
struct Wanted(JoinHandle<Result<ReadDocument, Failure>>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Says once it is dropped that the hash is wanted no longer.
#[derive(Default)]
struct WantedHash(Arc<AtomicBool>);

impl Drop for WantedHash {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A try that gave no pages.
struct Broken {
    failure: Failure,
    /// The step at which it died or hung; `None` if another try cannot help.
    at: Option<Step>,
}

impl ChildReader {
    /// Reads a file, and once more if it was written to meanwhile.
    async fn read_again_if_changed(&self, source: &Source) -> Result<ReadDocument, Failure> {
        match self.in_child(source).await {
            Err(failure) if failure.problem == Problem::FileChanged => {
                tokio::time::sleep(WRITER_TIME).await;
                self.in_child(source).await
            }
            read => read,
        }
    }

    /// Tries again without the step at which the last try died, as long as there is time.
    async fn in_child(&self, source: &Source) -> Result<ReadDocument, Failure> {
        let file_time = self.ocr.as_ref().map_or(Duration::ZERO, |ocr| ocr.file_time + ocr.page_time);
        let mut budget = Budget::new(self.time, file_time);
        let mut avoid: Vec<Step> = Vec::new();
        loop {
            let Broken { failure, at } = match self.try_once(source, &avoid, &mut budget).await {
                Ok(document) => return Ok(document),
                Err(broken) => broken,
            };
            let Some(step) = at.filter(|step| !avoid.contains(step) && avoid.len() + 1 < MOST_TRIES) else {
                return Err(failure);
            };
            avoid.push(step);
            let blamed = avoid.iter().filter(|other| other.extractor == step.extractor).count();
            if blamed > MOST_PAGES_TO_BLAME {
                avoid.push(Step { page: 0, extractor: step.extractor });
            }
        }
    }

    async fn try_once(&self, source: &Source, avoid: &[Step], budget: &mut Budget) -> Result<ReadDocument, Broken> {
        let time = budget.whole();
        let limits =
            Limits { deadline_total: time, deadline_quiet: time, memory_bytes: self.memory, output_bytes: MOST_OUTPUT };
        let mut at: Option<Step> = None;
        let broken = |error: WorkerError, at| Broken { failure: blame(&source.name, error), at };
        let mut child = Child::spawn(&self.command, &limits).await.map_err(|error| broken(error, None))?;
        child.send(&self.request(source, avoid)).await.map_err(|error| broken(error, None))?;
        let mut pages = Vec::new();
        loop {
            let (left, patience) = (budget.left(at), at.map_or(self.time, |step| self.patience(step)));
            let begun = Instant::now();
            let reply = tokio::time::timeout(patience.min(left), child.receive::<Reply>()).await;
            budget.spend(at, begun.elapsed());
            let reply = match reply {
                Ok(reply) => reply.map_err(|error| broken(error, at))?,
                // No time is left, so another try would come no further.
                Err(_) if left <= patience => {
                    return Err(broken(WorkerError::Deadline { seconds: budget.given(at).as_secs_f64() }, None));
                }
                Err(_) => return Err(broken(WorkerError::Quiet { seconds: patience.as_secs_f64() }, at)),
            };
            match reply {
                Some(Reply::Step { page, extractor }) => {
                    at = Extractor::parse(&extractor).map(|extractor| Step { page, extractor });
                }
                Some(Reply::Page { number, text, headings, extractor, confidence, outcome, fault, reason }) => {
                    at = None;
                    let (Some(extractor), Some(outcome)) =
                        (Extractor::parse(&extractor), PageOutcome::parse(&outcome, fault.as_deref(), reason))
                    else {
                        return Err(Broken { failure: died(&source.name, "its reply cannot be understood"), at: None });
                    };
                    pages.push(Page { number, text, headings, extractor, confidence, outcome });
                }
                Some(Reply::Done { format, language, hash }) => {
                    return Ok(ReadDocument { format, pages, language, hash });
                }
                Some(Reply::Failed { problem, message, action }) => {
                    return Err(Broken { failure: Failure::new(Problem::parse(&problem), message, action), at: None });
                }
                None => return Err(Broken { failure: died(&source.name, "it ended without a reply"), at }),
            }
        }
    }

    fn request(&self, source: &Source, avoid: &[Step]) -> Request {
        let ocr = self.ocr.as_ref().map(|ocr| OcrRequest {
            program: ocr.program.clone(),
            languages: ocr.languages.clone(),
            pages: ocr.pages,
            pixels: ocr.pixels,
            page_time: ocr.page_time.as_millis() as u64,
            file_time: ocr.file_time.as_millis() as u64,
        });
        Request {
            path: source.path.clone(),
            name: source.name.clone(),
            largest: self.largest,
            ocr,
            avoid: avoid.iter().map(|step| (step.page, step.extractor.as_str().to_owned())).collect(),
        }
    }

    /// Longest time for a step; short enough that time is left for a try without it.
    fn patience(&self, step: Step) -> Duration {
        let page = match step.extractor {
            Extractor::Ocr => self.ocr.as_ref().map_or(PAGE_TIME, |ocr| ocr.page_time + PAGE_TIME),
            _ => PAGE_TIME,
        };
        let most = (self.time / 3).max(Duration::from_secs(1));
        if step.extractor == Extractor::Ocr { page } else { page.min(most) }
    }
}

/// The failure of a file whose reader failed, named after the file.
fn blame(name: &str, error: WorkerError) -> Failure {
    let name = name.to_owned();
    let error = match error {
        WorkerError::Deadline { seconds } | WorkerError::Quiet { seconds } => FilesError::TimedOut { name, seconds },
        WorkerError::TooMuchOutput { .. } => FilesError::TooMuchText { name },
        WorkerError::OutOfMemory { limit_bytes } => FilesError::OutOfMemory { name, limit: limit_bytes },
        // The file is not at fault.
        WorkerError::Spawn { cause, .. } => FilesError::NotStarted { name, source: cause },
        error @ WorkerError::BadRequest { .. } => return error.into(),
        error => FilesError::ReaderDied { name, how: error.to_string() },
    };
    error.into()
}

fn died(name: &str, how: &str) -> Failure {
    FilesError::ReaderDied { name: name.to_owned(), how: how.to_owned() }.into()
}

#[cfg(test)]
mod tests;
