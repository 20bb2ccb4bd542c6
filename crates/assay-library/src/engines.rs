//! The engines of a library. Each is opened when it is first needed, and kept until the settings name another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use assay_answer::Extractive;
use assay_catalogue::{ScoreCacheFile, Store};
use assay_domain::port::{Embedder, Reranker, ScoreCache, Writer};
use assay_domain::{DocumentId, Failure, Reason, ReasonCode};
use assay_encoder::{BiEncoder, OpenReranker};
use assay_files::ChildReader;
use assay_models::open_encoders::{self, Speed};
use assay_models::{ModelRegistry, ModelsError, Placed, blocking};
use assay_process::WorkerCommand;
use tokio::sync::Mutex;

use crate::copies::{self, Copies};
use crate::home::Home;
use crate::index::Index;
use crate::language_model::model_file;
use crate::notices::Notices;
use crate::recovery::{self, open_catalogue};
use crate::settings::Settings;
use crate::writer::{self, ChildWriter};

/// The engines of one library: its catalogue, its index, and the models that the settings name.
pub struct Engines {
    home: Arc<Home>,
    settings: Settings,
    registry: ModelRegistry,
    program: PathBuf,
    store: Arc<Store>,
    score_cache: Option<Arc<ScoreCacheFile>>,
    embedder: Mutex<Option<Arc<BiEncoder>>>,
    /// The open cross-encoders, by name.
    pub(crate) open_rerankers: Mutex<BTreeMap<String, Placed>>,
    second_reranker: Mutex<Option<Arc<OpenReranker>>>,
    /// The bi-encoder that filled the index that answers, if the settings name another by now.
    pub(crate) earlier_embedder: Mutex<Option<Arc<BiEncoder>>>,
    pub(crate) index: Mutex<Option<Arc<Index>>>,
    /// The index that answered before a rebuild, while a question still reads it.
    pub(crate) retired: std::sync::Mutex<Weak<Index>>,
    pub(crate) incomplete: std::sync::Mutex<Vec<DocumentId>>,
    notices: Arc<Notices>,
    copies: Arc<Copies>,
    writer: Mutex<Option<Arc<ChildWriter>>>,
}

impl Engines {
    /// Opens the catalogue; the other engines are opened when they are needed. `program` is started as
    /// `worker ROLE`.
    ///
    /// # Errors
    /// Fails if the catalogue or the cache of scores cannot be opened.
    pub fn open(home: Home, settings: Settings, program: PathBuf) -> Result<Self, Failure> {
        let notices = Arc::new(Notices::default());
        let store = open_catalogue(&home, &notices)?;
        let registry = registry(&home, &settings)?;
        let score_cache = score_cache(&home, &settings, &store)?;
        let store = Arc::new(store);
        Ok(Self {
            copies: Arc::new(Copies::keep(&home, store.clone(), notices.clone(), copies::EVERY)),
            score_cache,
            home: Arc::new(home),
            settings,
            registry,
            program,
            store,
            embedder: Mutex::default(),
            open_rerankers: Mutex::default(),
            second_reranker: Mutex::default(),
            earlier_embedder: Mutex::default(),
            index: Mutex::default(),
            retired: Default::default(),
            incomplete: Default::default(),
            notices,
            writer: Mutex::default(),
        })
    }

    /// Takes other settings. Engines that they change are opened again when they are next needed.
    ///
    /// # Errors
    /// Fails if the cache of scores cannot be deleted or the registry cannot be opened.
    pub async fn change(&mut self, settings: Settings) -> Result<(), Failure> {
        let threads = settings.threads != self.settings.threads;
        let speed = threads || settings.precision != self.settings.precision;
        if speed || settings.embedder != self.settings.embedder || settings.chunking != self.settings.chunking {
            *self.embedder.lock().await = None;
            *self.index.lock().await = None;
            *self.earlier_embedder.lock().await = None;
        }
        if speed || settings.reranker != self.settings.reranker || settings.hosted != self.settings.hosted {
            self.close_rerankers().await;
        }
        if speed || settings.second_reranker != self.settings.second_reranker {
            *self.second_reranker.lock().await = None;
        }
        if settings.score_cache_bytes != self.settings.score_cache_bytes {
            self.score_cache = None;
            self.score_cache = score_cache(&self.home, &settings, &self.store)?;
        }
        if threads || settings.writer != self.settings.writer || settings.answer_tokens != self.settings.answer_tokens {
            *self.writer.lock().await = None;
        }
        self.registry = registry(&self.home, &settings)?;
        self.settings = settings;
        Ok(())
    }

    /// Lists the models anew.
    ///
    /// # Errors
    /// Fails if the registry cannot be opened.
    pub fn renew_registry(&mut self) -> Result<(), Failure> {
        self.registry = registry(&self.home, &self.settings)?;
        Ok(())
    }

    /// The data folder. It stays locked while anybody holds it.
    pub fn home(&self) -> &Arc<Home> {
        &self.home
    }

    /// What happened to the library itself since it was opened.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// The copies of the catalogue.
    pub fn copies(&self) -> &Arc<Copies> {
        &self.copies
    }

    /// Reads every page of the catalogue. Damage becomes a notice, and is repaired at the next opening.
    ///
    /// # Errors
    /// Fails if the catalogue is damaged or cannot be read.
    pub async fn read_catalogue_through(&self) -> Result<(), Failure> {
        recovery::read_through(self.store.clone(), &self.notices).await
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

    /// Reads files, each in a child process.
    pub fn reader(&self) -> ChildReader {
        ChildReader {
            command: self.worker(assay_files::ROLE),
            time: self.settings.read_time,
            memory: self.settings.read_memory,
            largest: self.settings.file_bytes,
            ocr: self.settings.ocr.clone(),
        }
    }

    /// The bi-encoder of the settings.
    ///
    /// # Errors
    /// Fails if the model is not installed or cannot be opened.
    pub async fn embedder(&self) -> Result<Arc<BiEncoder>, Failure> {
        let mut slot = self.embedder.lock().await;
        if let Some(open) = slot.as_ref() {
            return Ok(open.clone());
        }
        let (registry, name, speed) = (self.registry.clone(), self.settings.embedder.clone(), self.speed());
        let opened = blocking("opening a model", move || open_encoders::embedder(&registry, &name, speed)).await??;
        Ok(slot.insert(Arc::new(opened)).clone())
    }

    /// The second cross-encoder, which reads the best of the first one's order, if the settings name one.
    pub async fn second_reranker(&self) -> Option<Result<Arc<OpenReranker>, Failure>> {
        let name = self.settings.second_reranker.as_ref()?;
        let mut slot = self.second_reranker.lock().await;
        if let Some(open) = slot.as_ref() {
            return Some(Ok(open.clone()));
        }
        let opened = self.local_reranker(name).await;
        Some(opened.map(|opened| slot.insert(opened).clone()))
    }

    /// Opens a reranker of this machine.
    ///
    /// # Errors
    /// Fails if the model is not installed or cannot be opened.
    pub async fn local_reranker(&self, name: &str) -> Result<Arc<OpenReranker>, Failure> {
        let (registry, name, speed) = (self.registry.clone(), name.to_owned(), self.speed());
        let opened = blocking("opening a model", move || open_encoders::reranker(&registry, &name, speed)).await??;
        Ok(Arc::new(opened))
    }

    /// The cache of token ids and scores, if one is kept.
    pub fn score_cache(&self) -> Option<&dyn ScoreCache> {
        self.score_cache.as_deref().map(|cache| cache as &dyn ScoreCache)
    }

    /// The language model of the settings, else extractive answers by these encoders, with the reason if the model of the
    /// settings cannot be opened.
    pub async fn writer(
        &self,
        rerankers: Vec<Arc<dyn Reranker>>,
        embedder: Arc<dyn Embedder>,
    ) -> (Arc<dyn Writer>, Option<Reason>) {
        let extractive = || Arc::new(Extractive::new(rerankers).with_embedder(embedder)) as Arc<dyn Writer>;
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
        let file = model_file(&self.registry, name)?;
        let command = self.worker(writer::ROLE);
        let (tokens, threads) = (self.settings.answer_tokens, self.settings.threads);
        let opened = ChildWriter::open(&command, &file, tokens, threads).await?;
        Ok(slot.insert(Arc::new(opened)).clone())
    }

    /// Threads and precision that the settings ask for.
    pub fn speed(&self) -> Speed {
        Speed { threads: self.settings.threads, precision: self.settings.precision }
    }

    /// The program that is started as `worker ROLE`.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    fn worker(&self, role: &str) -> WorkerCommand {
        WorkerCommand { program: self.program.clone(), args: vec!["worker".into(), role.into()], env: Vec::new() }
    }
}

/// The cache of token ids and scores. A cache that is switched off is deleted, because its rows would no
/// longer be purged; one that cannot be opened is left out, which costs only time.
fn score_cache(home: &Home, settings: &Settings, store: &Store) -> Result<Option<Arc<ScoreCacheFile>>, Failure> {
    if settings.score_cache_bytes == 0 {
        ScoreCacheFile::delete(&home.score_cache())?;
        return Ok(None);
    }
    let live = store.live_generations()?.into_iter().map(|(generation, ..)| generation);
    Ok(ScoreCacheFile::open(&home.score_cache(), settings.score_cache_bytes, &live.collect::<Vec<_>>())
        .ok()
        .map(Arc::new))
}

/// The registry of a data folder, with the hub and the proxy of the settings.
fn registry(home: &Home, settings: &Settings) -> Result<ModelRegistry, ModelsError> {
    Ok(ModelRegistry::open(home.models())?.through(settings.hub.as_deref(), settings.proxy.as_deref()))
}
