//! An open library, and the controls of what is at work in it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use assay_catalogue::Store;
use assay_domain::{DocumentId, Failure, IngestControl};
use assay_files::watch::DirtySet;
use assay_files::without_prefix;
use tokio::sync::{RwLock, RwLockReadGuard};

use crate::claims::Claims;
use crate::engines::Engines;
use crate::error::LibraryError;
use crate::followed::Followed;
use crate::home::Home;
use crate::notices::Notice;
use crate::quarantine::quarantine_crashing;
use crate::queue_notice::report_waiting;
use crate::remote::slot::Slot;
use crate::settings::Settings;
use crate::stop_buttons::StopButtons;
use crate::unoptimized::Unoptimized;

/// An open library. Cheap to share behind an `Arc`; every method takes `&self`.
pub struct Library {
    engines: RwLock<Engines>,
    /// The catalogue, whatever the settings.
    pub(crate) store: Arc<Store>,
    /// Held while rows are written to the index; ingests wait here for their turn.
    pub(crate) writing: tokio::sync::Mutex<()>,
    pub(crate) ingests: StopButtons,
    /// Scans that look at watched folders. They are stopped with the ingests, and are none until they find work.
    pub(crate) scans: StopButtons,
    pub(crate) claims: Claims,
    pub(crate) unoptimized: Unoptimized,
    pub(crate) control: IngestControl,
    /// Watched folders in which something changed.
    pub(crate) dirty: Arc<DirtySet>,
    pub(crate) followed: Mutex<Followed>,
    /// What it holds of an object store, if it is shared through one.
    pub(crate) remote: Slot,
}

impl Library {
    /// Opens the catalogue of a data folder; the engines are opened when they are first needed.
    /// `program` is started as `worker ROLE`.
    ///
    /// # Errors
    /// Fails if the catalogue or the cache of scores cannot be opened.
    pub fn open(home: Home, settings: Settings, program: PathBuf) -> Result<Self, Failure> {
        let remote = Slot::open(home.folder())?;
        let engines = Engines::open(home, settings, program)?;
        let store = engines.store().clone();
        store.strip_prefixes(without_prefix)?;
        quarantine_crashing(&engines, &store.reset_unfinished()?)?;
        engines.clean_up()?;
        report_waiting(&engines)?;
        Ok(Self {
            store,
            claims: Claims::default(),
            unoptimized: Unoptimized::default(),
            engines: RwLock::new(engines),
            writing: tokio::sync::Mutex::default(),
            ingests: StopButtons::default(),
            scans: StopButtons::default(),
            control: IngestControl::default(),
            dirty: Arc::default(),
            followed: Mutex::default(),
            remote,
        })
    }

    /// Renews the copies of the catalogue a last time, and puts files that are being read back into the queue: a
    /// program that is closed in order does not suspect them of having ended it. A front end whose process ends without dropping the library
    /// calls it.
    pub async fn close(&self) {
        // Where this cannot be written, the next opening puts them back.
        drop(self.store.put_back_unfinished());
        self.engines().await.copies().close();
    }

    /// The engines, as long as the settings stay as they are.
    pub async fn engines(&self) -> RwLockReadGuard<'_, Engines> {
        self.engines.read().await
    }

    /// Takes other settings.
    ///
    /// # Errors
    /// [`LibraryError::EnginesInUse`] while an ingest runs or a question is answered.
    pub async fn change(&self, settings: Settings) -> Result<(), Failure> {
        if *self.engines().await.settings() == settings {
            return Ok(());
        }
        let mut engines = self.engines.try_write().map_err(|_| LibraryError::EnginesInUse)?;
        engines.change(settings).await
    }

    /// Looks for models anew, as after an import. While an ingest runs or a question is answered, the engines keep
    /// the list that they have.
    ///
    /// # Errors
    /// Fails if the registry cannot be opened.
    pub async fn renew_models(&self) -> Result<(), Failure> {
        self.engines.try_write().map_or(Ok(()), |mut engines| engines.renew_registry())
    }

    /// The data folder.
    pub async fn folder(&self) -> PathBuf {
        self.engines().await.home().folder().to_owned()
    }

    /// What happened to the library itself since it was opened.
    pub async fn notices(&self) -> Vec<Notice> {
        self.engines().await.notices().all()
    }

    /// Pauses ingests between two files or two batches of vectors, or resumes them.
    pub fn pause_ingest(&self, paused: bool) {
        self.control.pause(paused);
    }

    /// Reads these documents next, if they wait.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be written.
    pub fn ingest_first(&self, documents: &[DocumentId]) -> Result<(), Failure> {
        if self.is_ingesting() {
            self.control.prioritise(documents);
        }
        Ok(self.store.put_first(documents)?)
    }

    /// Whether an ingest runs or waits.
    pub fn is_ingesting(&self) -> bool {
        !self.ingests.is_empty()
    }

    /// Whether ingests are paused.
    pub fn is_paused(&self) -> bool {
        self.control.is_paused()
    }
}
