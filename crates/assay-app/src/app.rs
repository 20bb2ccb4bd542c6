//! The app: one open library with its settings and engines.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay_contract::{Hello, HostedChoice, NoticeRow, Settings};
use assay_domain::port::Embedder;
use assay_domain::{Cancel, DocumentId, Failure, IngestControl, Problem};
use assay_engines::open_encoders::OpenReranker;
use assay_engines::watch::DirtySet;
use assay_engines::{Engines, Home};
use tokio::sync::RwLock;

use crate::follow::Followed;
use crate::{convert, settings};

/// How a app is opened.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The data folder; the platform's own if absent.
    pub data: Option<PathBuf>,
    /// The program that is started as `worker ROLE`; this one if absent.
    pub program: Option<PathBuf>,
    /// A reranker in place of the one in the settings, for this run.
    pub reranker: Option<String>,
    /// A second reranker in place of the one in the settings, for this run; empty for none.
    pub second_reranker: Option<String>,
}

/// An open library. Cheap to share behind an `Arc`; every method takes `&self`.
pub struct App {
    pub(crate) engines: RwLock<Engines>,
    written: Mutex<Settings>,
    /// Held by whoever writes to the index; ingests wait here for their turn.
    pub(crate) writing: tokio::sync::Mutex<()>,
    ingests: Mutex<Vec<Cancel>>,
    /// The pause button of all ingests, and what is wanted first.
    pub(crate) control: IngestControl,
    /// Watched folders in which something changed.
    pub(crate) marks: Arc<DirtySet>,
    /// How the watched folders are followed, while they are.
    pub(crate) followed: Mutex<Followed>,
    questions: Mutex<Vec<Cancel>>,
    explains: Mutex<Vec<Cancel>>,
    /// The last cross-encoder that was tried beside the one in the settings.
    pub(crate) other: Mutex<Option<Arc<OpenReranker>>>,
    /// Downloads by model, each with its stop button.
    pub(crate) pulls: Mutex<Vec<(String, Cancel)>>,
}

impl App {
    /// Opens the data folder and its catalogue. Engines are opened when they are needed.
    pub fn open(opening: Opening) -> Result<Self, Failure> {
        let home = Home::open(&opening.data.unwrap_or_else(Home::usual))?;
        let mut written = settings::read(&home.settings())?;
        if let Some(reranker) = opening.reranker {
            written.reranker = reranker;
            written.hosted = HostedChoice::Off;
        }
        if let Some(second) = opening.second_reranker {
            written.second_reranker = second;
        }
        let this =
            || std::env::current_exe().map_err(|error| Failure::bug(format!("this program has no path: {error}")));
        let program = opening.program.map_or_else(this, Ok)?;
        let engines = Engines::open(home, settings::checked(&written)?, program)?;
        Ok(Self {
            engines: RwLock::new(engines),
            written: Mutex::new(written),
            writing: tokio::sync::Mutex::default(),
            ingests: Mutex::default(),
            control: IngestControl::default(),
            marks: Arc::default(),
            followed: Mutex::default(),
            questions: Mutex::default(),
            explains: Mutex::default(),
            other: Mutex::default(),
            pulls: Mutex::default(),
        })
    }

    /// What the window shows first.
    pub async fn hello(&self) -> Result<Hello, Failure> {
        let engines = self.engines.read().await;
        let device = match engines.embedder().await {
            Ok(embedder) => embedder.identity().device.clone(),
            Err(failure) => failure.to_string(),
        };
        drop(engines);
        Ok(Hello {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: self.settings(),
            models: self.models().await,
            library: self.library().await?,
            device,
        })
    }

    /// Settings as written.
    pub fn settings(&self) -> Settings {
        lock(&self.written).clone()
    }

    /// Checks, writes and takes other settings.
    pub async fn save_settings(&self, written: Settings) -> Result<Hello, Failure> {
        let checked = settings::checked(&written)?;
        if *self.engines.read().await.settings() != checked {
            let mut engines = self.engines.try_write().map_err(|_| {
                let message = "the engines are at work, so these settings cannot change now";
                Failure::new(
                    Problem::LibraryInUse,
                    message,
                    "wait until reading and answering have ended, or stop them",
                )
            })?;
            engines.change(checked).await?;
        }
        let path = self.engines.read().await.home().settings();
        settings::write(&path, &written)?;
        *lock(&self.written) = written;
        self.hello().await
    }

    /// The data folder.
    pub async fn folder(&self) -> PathBuf {
        self.engines.read().await.home().folder().to_owned()
    }

    /// What happened to the library itself since it was opened.
    pub async fn notices(&self) -> Vec<NoticeRow> {
        convert::notices(&*self.engines.read().await)
    }

    /// Stops every ingest that runs or waits, a paused one too.
    pub fn stop_ingest(&self) {
        lock(&self.ingests).drain(..).for_each(|cancel| cancel.stop());
        self.control.pause(false);
    }

    /// Lets ingests rest, between two files or two batches of vectors, or go on.
    pub fn pause_ingest(&self, paused: bool) {
        self.control.pause(paused);
    }

    /// Reads these documents next, of those that wait in an ingest under way.
    pub fn ingest_first(&self, documents: &[i64]) {
        if self.is_ingesting() {
            let documents: Vec<DocumentId> = documents.iter().map(|&id| DocumentId(id)).collect();
            self.control.prioritise(&documents);
        }
    }

    /// Stops every question.
    pub fn stop_ask(&self) {
        lock(&self.questions).drain(..).for_each(|cancel| cancel.stop());
    }

    pub(crate) fn stop_explains(&self) {
        lock(&self.explains).drain(..).for_each(|cancel| cancel.stop());
    }

    /// Whether an ingest runs or waits.
    pub fn is_ingesting(&self) -> bool {
        !lock(&self.ingests).is_empty()
    }

    pub(crate) fn ingest_ticket(&self, cancel: &Cancel) -> Ticket<'_> {
        Ticket::new(&self.ingests, cancel)
    }

    pub(crate) fn question_ticket(&self, cancel: &Cancel) -> Ticket<'_> {
        Ticket::new(&self.questions, cancel)
    }

    pub(crate) fn explain_ticket(&self, cancel: &Cancel) -> Ticket<'_> {
        Ticket::new(&self.explains, cancel)
    }
}

/// A job's place in a list of stop buttons, given back when the job ends in whatever way.
pub(crate) struct Ticket<'a> {
    list: &'a Mutex<Vec<Cancel>>,
    cancel: Cancel,
}

impl<'a> Ticket<'a> {
    fn new(list: &'a Mutex<Vec<Cancel>>, cancel: &Cancel) -> Self {
        lock(list).push(cancel.clone());
        Self { list, cancel: cancel.clone() }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        lock(self.list).retain(|cancel| !cancel.is_same(&self.cancel));
    }
}

/// These lists stay whole even if a holder panicked, so a poisoned lock is as good as any.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sample library that ships with the program.
pub fn samples() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent).map(Path::to_owned);
    let packed = beside.iter().flat_map(|folder| {
        ["samples/library", "../lib/Assay/samples/library", "../Resources/samples/library"]
            .map(|place| folder.join(place))
    });
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/library");
    packed.chain([checkout]).find(|place| place.is_dir())
}
