//! The app: one open library with its settings.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay_contract::{Hello, HostedChoice, Settings};
use assay_domain::port::Embedder;
use assay_domain::{Cancel, Failure};
use assay_library::backup::open_home;
use assay_library::{Home, Library, StopButtons};
use assay_models::open_encoders::OpenReranker;

use crate::embedder::name_embedder;
use crate::settings;

/// How an app is opened.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The data folder; the platform's own if absent.
    pub data: Option<PathBuf>,
    /// The program that is started as `worker ROLE`; this one if absent.
    pub program: Option<PathBuf>,
    /// A reranker in place of the one in the settings, for this run.
    pub reranker: Option<String>,
}

/// An open library with its settings. Cheap to share behind an `Arc`; every method takes `&self`.
pub struct App {
    pub(crate) library: Library,
    pub(crate) written: Mutex<Settings>,
    pub(crate) questions: StopButtons,
    pub(crate) explanations: StopButtons,
    /// The last cross-encoder that was tried in place of the one in the settings.
    pub(crate) other: Mutex<Option<Arc<OpenReranker>>>,
    /// Downloads by model, each with its stop button.
    pub(crate) pulls: Mutex<Vec<(String, Cancel)>>,
}

impl App {
    /// Opens the data folder and its catalogue. Engines are opened when they are needed.
    pub fn open(opening: Opening) -> Result<Self, Failure> {
        let home = open_home(&opening.data.unwrap_or_else(Home::usual))?;
        let mut written = name_embedder(&home, settings::read(&home.settings())?)?;
        if let Some(reranker) = opening.reranker {
            written.reranker = reranker;
            written.hosted = HostedChoice::Off;
        }
        let this =
            || std::env::current_exe().map_err(|error| Failure::bug(format!("this program has no path: {error}")));
        let program = opening.program.map_or_else(this, Ok)?;
        Ok(Self {
            library: Library::open(home, settings::checked(&written)?, program)?,
            written: Mutex::new(written),
            questions: StopButtons::default(),
            explanations: StopButtons::default(),
            other: Mutex::default(),
            pulls: Mutex::default(),
        })
    }

    /// What the window shows first.
    pub async fn hello(&self) -> Result<Hello, Failure> {
        let engines = self.library.engines().await;
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
        self.library.change(settings::checked(&written)?).await?;
        let path = self.library.engines().await.home().settings();
        settings::write(&path, &written)?;
        *lock(&self.written) = written;
        self.hello().await
    }

    /// Renews the copies of the catalogue a last time: for a front end whose process ends without dropping the app.
    pub async fn close(&self) {
        self.library.close().await;
    }

    /// The data folder.
    pub async fn folder(&self) -> PathBuf {
        self.library.folder().await
    }

    /// Stops every question.
    pub fn stop_ask(&self) {
        self.questions.stop_all();
    }
}

/// Locks a value that is whole even if a holder panicked.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sample library that ships with the program.
pub fn samples() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let folder = program.as_deref().and_then(Path::parent).map(Path::to_owned);
    let packed = folder.iter().flat_map(|folder| {
        ["samples/library", "../lib/Assay/samples/library", "../Resources/samples/library"]
            .map(|place| folder.join(place))
    });
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/library");
    packed.chain([checkout]).find(|place| place.is_dir())
}
