//! The model registry, as front ends show it.

use std::collections::BTreeMap;
use std::path::Path;

use assay_contract::{Hello, LanguageRow, ModelRegistryView, ModelRow, ModelState, PullEvent};
use assay_domain::port::Catalogue;
use assay_domain::{Cancel, Failure, Problem};
use assay_models::hosted::KeyStore;
use assay_models::{ImportMode, Known, ModelRegistry, Progress, State, blocking, machine};
use tokio::sync::mpsc;

use crate::app::{App, lock};
use crate::convert;

/// The work that a panic is reported for.
const WORK: &str = "work on a model's files";

impl App {
    /// All known models.
    pub async fn models(&self) -> Vec<ModelRow> {
        let registry = self.fresh_registry().await;
        registry
            .map(|registry| registry.models().iter().map(|model| row(&registry, model)).collect())
            .unwrap_or_default()
    }

    /// The registry: models, this machine's memory and disk, the languages of the library.
    pub async fn registry(&self) -> Result<ModelRegistryView, Failure> {
        let registry = self.fresh_registry().await?;
        let engines = self.library.engines().await;
        let mut counts = BTreeMap::<String, u32>::new();
        for language in engines.store().documents()?.into_iter().filter_map(|document| document.language) {
            // The detector and the model cards have different codes for Chinese.
            let language = if language == "cmn" { "zho".to_owned() } else { language };
            *counts.entry(language).or_default() += 1;
        }
        let mut languages: Vec<LanguageRow> =
            counts.into_iter().map(|(language, documents)| LanguageRow { language, documents }).collect();
        languages.sort_by_key(|row| std::cmp::Reverse(row.documents));
        let hosted = engines.settings().hosted.clone();
        let key = hosted.and_then(|hosted| KeyStore::of_this_system().key(&hosted.url));
        Ok(ModelRegistryView {
            models: registry.models().iter().map(|model| row(&registry, model)).collect(),
            memory: machine::memory(),
            disk: machine::disk_free(&registry.folder()),
            languages,
            pulling: lock(&self.pulls).iter().map(|(name, _)| name.clone()).collect(),
            key: convert::model::key_place(key.map(|(_, place)| place)),
        })
    }

    /// Downloads a model; `on` receives the progress.
    pub async fn pull_model(
        &self,
        name: &str,
        on: &mut (dyn FnMut(PullEvent) + Send),
    ) -> Result<ModelRegistryView, Failure> {
        let registry = self.fresh_registry().await?;
        let cancel = Cancel::default();
        lock(&self.pulls).push((name.to_owned(), cancel.clone()));
        let _ticket = PullTicket { app: self, cancel: cancel.clone() };
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let model = name.to_owned();
        let work = tokio::task::spawn_blocking(move || {
            registry.pull(&model, &cancel, &mut |progress| {
                // The download goes on when nobody listens any more.
                let _ = sender.send(progress);
            })
        });
        while let Some(progress) = receiver.recv().await {
            on(event(name, progress));
        }
        work.await.map_err(|_| Failure::bug("the download of a model panicked"))??;
        self.registry().await
    }

    /// Stops a download. The bytes that arrived are kept.
    pub fn stop_pull(&self, name: &str) {
        lock(&self.pulls).iter().filter(|(model, _)| model == name).for_each(|(_, cancel)| cancel.stop());
    }

    /// Imports a model from a folder or a GGUF file, under the name of that file.
    pub async fn import_model(&self, from: &Path) -> Result<ModelRegistryView, Failure> {
        self.import(from).await?;
        self.registry().await
    }

    /// Compares a model with its checksums.
    pub async fn verify_model(&self, name: &str) -> Result<(), Failure> {
        let (registry, name) = (self.fresh_registry().await?, name.to_owned());
        Ok(blocking(WORK, move || registry.verify(&name)).await??)
    }

    /// Removes a model's files from the disk, unless the settings name it.
    pub async fn remove_model(&self, name: &str) -> Result<ModelRegistryView, Failure> {
        let settings = self.settings();
        if [&settings.embedder, &settings.reranker, &settings.writer].into_iter().any(|used| used == name) {
            let message = format!("{name} is chosen in the settings, so it cannot be removed");
            return Err(Failure::new(Problem::BadSetting, message, "choose another model for its role first"));
        }
        let (registry, name) = (self.fresh_registry().await?, name.to_owned());
        blocking(WORK, move || registry.remove(&name)).await??;
        self.registry().await
    }

    /// Stores the hosted reranker's key in the system's key store; an empty key is removed.
    pub async fn keep_key(&self, key: &str) -> Result<ModelRegistryView, Failure> {
        let hosted = self.library.engines().await.settings().hosted.clone();
        let Some(hosted) = hosted else {
            let message = "no hosted reranker is switched on, so there is no server for a key";
            return Err(Failure::new(Problem::BadSetting, message, "choose its form and address first"));
        };
        let key = key.trim().to_owned();
        blocking("the key store", move || KeyStore::of_this_system().keep(&hosted.url, &key)).await??;
        self.library.engines().await.close_reranker().await;
        self.registry().await
    }

    /// Imports a GGUF file and names it as the writer in the settings.
    pub async fn choose_writer(&self, file: &Path) -> Result<Hello, Failure> {
        let writer = self.import(file).await?;
        let settings = assay_contract::Settings { writer, ..self.settings() };
        self.save_settings(settings).await
    }

    async fn import(&self, from: &Path) -> Result<String, Failure> {
        let named = if from.is_dir() { from.file_name() } else { from.file_stem() };
        let name = named.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (registry, from, to) = (self.fresh_registry().await?, from.to_owned(), name.clone());
        blocking(WORK, move || registry.import(&to, &from, ImportMode::Copy)).await??;
        Ok(name)
    }

    /// The registry as it is on the disk now: models may have changed since the engines were opened.
    async fn fresh_registry(&self) -> Result<ModelRegistry, Failure> {
        let engines = self.library.engines().await;
        let settings = engines.settings();
        let registry = ModelRegistry::open(engines.home().models())?;
        Ok(registry.through(settings.hub.as_deref(), settings.proxy.as_deref()))
    }
}

/// A download's entry in the list of stop buttons; dropping it removes the entry.
struct PullTicket<'a> {
    app: &'a App,
    cancel: Cancel,
}

impl Drop for PullTicket<'_> {
    fn drop(&mut self) {
        self.cancel.stop();
        lock(&self.app.pulls).retain(|(_, cancel)| !cancel.is_same(&self.cancel));
    }
}

/// The registry of a data folder, with the hub and proxy of its settings.
pub fn registry_of(data: &Path) -> Result<ModelRegistry, Failure> {
    assay_library::refuse_foreign(data)?;
    let written = crate::settings::read(&data.join("settings.toml"))?;
    let checked = crate::settings::checked(&written)?;
    Ok(ModelRegistry::open(data.join("models"))?.through(checked.hub.as_deref(), checked.proxy.as_deref()))
}

fn event(name: &str, progress: Progress) -> PullEvent {
    let Progress { phase, done, total, speed, seconds_left } = progress;
    PullEvent { name: name.to_owned(), phase: convert::model::phase(phase), done, total, speed, seconds_left }
}

/// A model's row. Its files are not read for it.
pub fn row(registry: &ModelRegistry, model: &Known) -> ModelRow {
    let state = registry.state(model);
    let files = model.files.iter().map(|file| file.place());
    let names = if model.files.is_empty() { vec!["model.safetensors"] } else { files.collect() };
    let here = state.place().map(|place| {
        names.iter().filter_map(|file| std::fs::metadata(place.join(file)).ok()).map(|meta| meta.len()).sum::<u64>()
    });
    let state = match state {
        State::BuiltIn(_) => ModelState::BuiltIn,
        State::Installed(_) => ModelState::Here,
        State::NotInstalled => ModelState::NotHere,
    };
    ModelRow {
        name: model.name.clone(),
        role: convert::model::role(model.role),
        family: model.family.clone(),
        languages: model.languages.clone(),
        licence: model.licence.clone(),
        bytes: here.unwrap_or(0),
        max_tokens: model.max_tokens,
        state,
        about: model.about.clone(),
        download: model.download,
        memory: model.memory,
        repository: model.repository.clone(),
        revision: model.revision.clone(),
    }
}
