//! The engines, opened when they are first needed and kept until the settings name others.

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use assay_answer::Extractive;
use assay_catalogue::{Pairs, Store};
use assay_domain::port::{Reranker, ScoreCache, Writer};
use assay_domain::{DocumentId, Failure, Reason, ReasonCode};
use assay_encoder::{BiEncoder, OpenReranker};
use assay_process::WorkerCommand;
use tokio::sync::Mutex;

use crate::accelerated::{Placed, place};
use crate::healing::open_catalogue;
use crate::hosted::{HostedReranker, KeyStore};
use crate::indexes::Index;
use crate::notices::Notices;
use crate::open_encoders::Speed;
use crate::reading::ChildReader;
use crate::registry::{ModelRegistry, Role};
use crate::writing::ChildWriter;
use crate::{Home, Settings, open_encoders};

/// Everything that the settings stand for.
pub struct Engines {
    home: Home,
    settings: Settings,
    registry: ModelRegistry,
    program: PathBuf,
    store: Arc<Store>,
    pairs: Option<Arc<Pairs>>,
    embedder: Mutex<Option<Arc<BiEncoder>>>,
    reranker: Mutex<Option<Placed>>,
    second_reranker: Mutex<Option<Arc<OpenReranker>>>,
    /// The one that filled the index that answers, where the settings name another by now.
    pub(crate) earlier_embedder: Mutex<Option<Arc<BiEncoder>>>,
    pub(crate) index: Mutex<Option<Arc<Index>>>,
    /// The index that answered before a rebuild, while someone still reads it.
    pub(crate) retired: std::sync::Mutex<Weak<Index>>,
    pub(crate) lacking: std::sync::Mutex<Vec<DocumentId>>,
    notices: Notices,
    writer: Mutex<Option<Arc<ChildWriter>>>,
}

impl Engines {
    /// Opens the catalogue; everything else waits until it is needed. `program` is what is started
    /// as `worker ROLE`.
    pub fn open(home: Home, settings: Settings, program: PathBuf) -> Result<Self, Failure> {
        let notices = Notices::default();
        let store = open_catalogue(&home, &notices)?;
        store.reset_unfinished().map_err(Failure::from)?;
        let registry = registry(&home, &settings)?;
        let pairs = pairs(&home, &settings, &store)?;
        let engines = Self {
            pairs,
            home,
            settings,
            registry,
            program,
            store: Arc::new(store),
            embedder: Mutex::default(),
            reranker: Mutex::default(),
            second_reranker: Mutex::default(),
            earlier_embedder: Mutex::default(),
            index: Mutex::default(),
            retired: Default::default(),
            lacking: Default::default(),
            notices,
            writer: Mutex::default(),
        };
        engines.drop_folders()?;
        engines.drop_unknown_indexes()?;
        if engines.store.filling_index()?.is_some() {
            let what = "a rebuild of the index was interrupted; the index before it answers";
            engines.notices.add("rebuilding", what, "go on with it: assay rebuild, or press Rebuild in the window");
        }
        Ok(engines)
    }

    /// Takes other settings; engines that they change are opened anew when they are next needed.
    pub async fn change(&mut self, settings: Settings) -> Result<(), Failure> {
        let threads = settings.threads != self.settings.threads;
        let speed = threads || settings.precision != self.settings.precision;
        if speed || settings.embedder != self.settings.embedder || settings.chunking != self.settings.chunking {
            *self.embedder.lock().await = None;
            *self.index.lock().await = None;
            *self.earlier_embedder.lock().await = None;
        }
        if speed || settings.reranker != self.settings.reranker || settings.hosted != self.settings.hosted {
            *self.reranker.lock().await = None;
        }
        if speed || settings.second_reranker != self.settings.second_reranker {
            *self.second_reranker.lock().await = None;
        }
        if settings.pairs_bytes != self.settings.pairs_bytes {
            self.pairs = None;
            self.pairs = pairs(&self.home, &settings, &self.store)?;
        }
        if threads || settings.writer != self.settings.writer || settings.answer_tokens != self.settings.answer_tokens {
            *self.writer.lock().await = None;
        }
        self.registry = registry(&self.home, &settings)?;
        self.settings = settings;
        Ok(())
    }

    /// The data folder.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// What happened to the library itself since it was opened.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The model registry.
    pub fn registry(&self) -> &ModelRegistry {
        &self.registry
    }

    /// The catalogue.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Files to pages.
    pub fn reader(&self) -> ChildReader {
        ChildReader {
            command: self.worker(crate::reading::ROLE),
            time: self.settings.read_time,
            memory: self.settings.read_memory,
            largest: self.settings.file_bytes,
            ocr: self.settings.ocr.clone(),
        }
    }

    /// The bi-encoder.
    pub async fn embedder(&self) -> Result<Arc<BiEncoder>, Failure> {
        let mut slot = self.embedder.lock().await;
        if let Some(open) = slot.as_ref() {
            return Ok(open.clone());
        }
        let (registry, name, speed) = (self.registry.clone(), self.settings.embedder.clone(), self.speed());
        let opened = blocking(move || open_encoders::embedder(&registry, &name, speed)).await?;
        Ok(slot.insert(Arc::new(opened)).clone())
    }

    /// The cross-encoder, on a graphics card where one serves, or the host that the settings put in its place.
    pub async fn reranker(&self) -> Result<Arc<dyn Reranker>, Failure> {
        let mut slot = self.reranker.lock().await;
        let ended = slot.as_ref().is_some_and(Placed::has_ended);
        if let Some(open) = slot.as_ref().filter(|_| !ended) {
            return Ok(open.reranker.clone());
        }
        let opened = match self.settings.hosted.clone() {
            Some(hosted) => {
                let opened = blocking(move || {
                    let key = KeyStore::of_this_system().key(&hosted.url).map(|(key, _)| key);
                    HostedReranker::open(&hosted, key)
                });
                Placed::here(Arc::new(opened.await?))
            }
            None => {
                let name = &self.settings.reranker;
                place(&self.program, self.registry.place(name)?, self.local_reranker(name).await?, ended).await
            }
        };
        Ok(slot.insert(opened).reranker.clone())
    }

    /// Forgets the open reranker, so that another key is read when it is next needed.
    pub async fn close_reranker(&self) {
        *self.reranker.lock().await = None;
    }

    /// The cross-encoder for the best of the first one's order, if the settings name one.
    pub async fn second_reranker(&self) -> Option<Result<Arc<OpenReranker>, Failure>> {
        let name = self.settings.second_reranker.as_ref()?;
        let mut slot = self.second_reranker.lock().await;
        if let Some(open) = slot.as_ref() {
            return Some(Ok(open.clone()));
        }
        let opened = self.local_reranker(name).await;
        Some(opened.map(|opened| slot.insert(opened).clone()))
    }

    /// A reranker of this machine, opened anew.
    pub async fn local_reranker(&self, name: &str) -> Result<Arc<OpenReranker>, Failure> {
        let (registry, name, speed) = (self.registry.clone(), name.to_owned(), self.speed());
        blocking(move || open_encoders::reranker(&registry, &name, speed)).await.map(Arc::new)
    }

    /// Token ids and scores from before, if they are kept.
    pub fn pairs(&self) -> Option<&dyn ScoreCache> {
        self.pairs.as_deref().map(|pairs| pairs as &dyn ScoreCache)
    }

    /// The writer that the settings name, else extractive answers, with the reason where the
    /// settings named a model that cannot be had.
    pub async fn writer(&self, reranker: Option<Arc<dyn Reranker>>) -> (Arc<dyn Writer>, Option<Reason>) {
        let extractive = || Arc::new(Extractive::new(reranker)) as Arc<dyn Writer>;
        let Some(name) = &self.settings.writer else {
            return (extractive(), None);
        };
        match self.language_model(name).await {
            Ok(writer) => (writer, None),
            Err(failure) => (extractive(), Some(Reason::new(ReasonCode::WriterMissing, failure.to_string()))),
        }
    }

    async fn language_model(&self, name: &str) -> Result<Arc<ChildWriter>, Failure> {
        let mut slot = self.writer.lock().await;
        if let Some(open) = slot.as_ref().filter(|writer| writer.is_alive()) {
            return Ok(open.clone());
        }
        let model = self.registry.model(name)?;
        let state = self.registry.state(model);
        let missing = || crate::EnginesError::NotHere { name: name.to_owned() };
        let folder = state.place().filter(|_| model.role == Role::Writer).ok_or_else(missing)?;
        self.registry.scan(folder)?;
        let command = self.worker(crate::writing::ROLE);
        let (tokens, threads) = (self.settings.answer_tokens, self.settings.threads);
        let opened = ChildWriter::open(&command, &folder.join("model.gguf"), tokens, threads).await?;
        Ok(slot.insert(Arc::new(opened)).clone())
    }

    /// Threads and precision that the settings ask for.
    pub fn speed(&self) -> Speed {
        Speed { threads: self.settings.threads, precision: self.settings.precision }
    }

    fn worker(&self, role: &str) -> WorkerCommand {
        WorkerCommand { program: self.program.clone(), args: vec!["worker".into(), role.into()], env: Vec::new() }
    }
}

/// The cache of the settings. One that is switched off is deleted, for what it holds would no
/// longer be purged; one that cannot be opened is a loss of time and stops nobody.
fn pairs(home: &Home, settings: &Settings, store: &Store) -> Result<Option<Arc<Pairs>>, Failure> {
    if settings.pairs_bytes == 0 {
        Pairs::delete(&home.pairs())?;
        return Ok(None);
    }
    let live = store.live_generations()?.into_iter().map(|(generation, ..)| generation);
    Ok(Pairs::open(&home.pairs(), settings.pairs_bytes, &live.collect::<Vec<_>>()).ok().map(Arc::new))
}

/// The registry of a data folder, reached as the settings say.
fn registry(home: &Home, settings: &Settings) -> Result<ModelRegistry, crate::EnginesError> {
    Ok(ModelRegistry::open(home.models())?.through(settings.hub.as_deref(), settings.proxy.as_deref()))
}

/// Loading weights takes seconds; it must not hold up whoever else is served.
pub(crate) async fn blocking<T: Send + 'static, E: Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Failure>
where
    Failure: From<E>,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(Failure::from),
        Err(_) => Err(Failure::bug("opening a model panicked")),
    }
}
