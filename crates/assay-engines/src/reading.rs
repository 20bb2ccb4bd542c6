//! Files to pages in a child process, one for each file: a file that kills its reader is known by
//! name, so is the page and what was at work on it, and the rest go on.

mod serve;
mod open;
mod budget;

use std::io;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use assay_domain::port::{Reader, Source};
use assay_domain::{Extractor, Failure, Fingerprint, Page, PageOutcome, Problem, ReadDocument};
use assay_process::{Child, Limits, WorkerCommand, WorkerError};
use assay_text::Step;
use futures::future::{BoxFuture, FutureExt, ready};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use budget::Budget;

use crate::tesseract::OcrSettings;
pub use serve::serve;

/// The word after `worker` on the child's command line.
pub const ROLE: &str = "read";

/// Most that a reading may send back: as much text as is taken in of any file, and what JSON adds.
const MOST_OUTPUT: u64 = 128 << 20;
/// Tries at a file that brings its reader down, each leaving out what the one before died of.
const MOST_TRIES: usize = 5;
/// Pages that may kill an extractor before it is left out of the file.
const MOST_PAGES_TO_BLAME: usize = 2;
/// How long whoever writes to a file is waited for before it is read once more.
const WRITER_TIME: Duration = Duration::from_millis(300);
/// A page that keeps an extractor busy for so long is left out of the next try.
const PAGE_TIME: Duration = Duration::from_secs(20);

/// Starts a child for each file.
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

#[derive(Serialize, Deserialize)]
struct Request {
    path: String,
    name: String,
    largest: u64,
    ocr: Option<OcrRequest>,
    avoid: Vec<(u32, String)>,
}

/// [`OcrSettings`] on its way to the child; times in milliseconds.
#[derive(Serialize, Deserialize)]
struct OcrRequest {
    program: String,
    languages: String,
    pages: u32,
    pixels: u64,
    page_time: u64,
    file_time: u64,
}

#[derive(Serialize, Deserialize)]
enum Reply {
    Step {
        page: u32,
        extractor: String,
    },
    Page {
        number: Option<u32>,
        text: String,
        headings: Vec<(usize, String)>,
        extractor: String,
        confidence: Option<u8>,
        outcome: String,
        fault: Option<String>,
        reason: Option<String>,
    },
    Done {
        format: String,
        language: Option<String>,
        hash: String,
    },
    Failed {
        problem: String,
        message: String,
        action: String,
    },
}

impl Reader for ChildReader {
    fn fingerprint(&self, source: &Source) -> BoxFuture<'_, Result<Fingerprint, Failure>> {
        let (source, largest) = (source.clone(), self.largest);
        let hashing = tokio::task::spawn_blocking(move || open::fingerprint(&source, largest));
        async move { hashing.await.unwrap_or_else(|_| Err(Failure::bug("hashing a file panicked"))) }.boxed()
    }

    /// Reading goes on while nobody looks for its end, or a deadline could pass unheard.
    fn read(&self, source: &Source) -> BoxFuture<'_, Result<ReadDocument, Failure>> {
        let (reader, source) = (self.clone(), source.clone());
        let mut reading = match watchers() {
            Ok(watchers) => Wanted(watchers.spawn(async move { reader.settled(&source).await })),
            Err(failure) => return ready(Err(failure)).boxed(),
        };
        async move { (&mut reading.0).await.unwrap_or_else(|_| Err(Failure::bug("reading a file panicked"))) }.boxed()
    }

    /// This version with its limits and with what recognises pictures.
    fn identity(&self) -> String {
        let ocr = self.ocr.as_ref().map(|ocr| {
            let (pages, page, file) = (ocr.pages, ocr.page_time.as_secs(), ocr.file_time.as_secs());
            format!("{} {} {pages} {} {page} {file}", ocr.program, ocr.languages, ocr.pixels)
        });
        let (version, time, memory) = (env!("CARGO_PKG_VERSION"), self.time.as_secs(), self.memory >> 20);
        format!("{version} {time} s {memory} MiB {} bytes {}", self.largest, ocr.unwrap_or_default())
    }
}

/// The thread that watches children. Whoever wants their pages has other work, such as cutting text into chunks,
/// and what tokio has put into a busy thread's own slot waits: a deadline would pass unheard.
fn watchers() -> Result<&'static Runtime, Failure> {
    static WATCHERS: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let build = || Builder::new_multi_thread().worker_threads(1).thread_name("watch-children").enable_all().build();
    let none = |error| Failure::bug(format!("no thread can be started to watch readers: {error}"));
    WATCHERS.get_or_init(build).as_ref().map_err(none)
}

/// A reading that ends, with its child, when nobody wants it any more.
struct Wanted(JoinHandle<Result<ReadDocument, Failure>>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// How a try ended that gave no pages.
struct Broken {
    failure: Failure,
    /// The step it died or stood still at; none where trying again cannot help.
    at: Option<Step>,
}

impl ChildReader {
    /// Once more if it was written to: whoever writes may be done by then.
    async fn settled(&self, source: &Source) -> Result<ReadDocument, Failure> {
        match self.in_child(source).await {
            Err(failure) if failure.problem == Problem::FileChanged => {
                tokio::time::sleep(WRITER_TIME).await;
                self.in_child(source).await
            }
            read => read,
        }
    }

    /// Tries again without what a try died of, as long as there is time.
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
                // Without time, another try would come no further.
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
                        return Err(Broken { failure: died(&source.name, "its reply is not one"), at: None });
                    };
                    pages.push(Page { number, text, headings, extractor, confidence, outcome });
                }
                Some(Reply::Done { format, language, hash }) => {
                    return Ok(ReadDocument { format, pages, language, hash });
                }
                Some(Reply::Failed { problem, message, action }) => {
                    return Err(Broken { failure: Failure::new(Problem::parse(&problem), message, action), at: None });
                }
                None => return Err(Broken { failure: died(&source.name, "it ended without a word"), at }),
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

    /// How long a step may take before the next is heard of: never so long that no time is left to
    /// try again without it.
    fn patience(&self, step: Step) -> Duration {
        let page = match step.extractor {
            Extractor::Ocr => self.ocr.as_ref().map_or(PAGE_TIME, |ocr| ocr.page_time + PAGE_TIME),
            _ => PAGE_TIME,
        };
        let most = (self.time / 3).max(Duration::from_secs(1));
        if step.extractor == Extractor::Ocr { page } else { page.min(most) }
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
            Problem::OutOfMemory,
            format!("reading {name} needed more than {} MiB of memory and was stopped", limit_bytes >> 20),
            "raise the reading memory in the settings, or split the file",
        ),
        // Not this file's fault.
        error @ (WorkerError::Spawn { .. } | WorkerError::BadRequest { .. }) => Failure::from(error),
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

#[cfg(test)]
mod tests;
