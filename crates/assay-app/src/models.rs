//! The model registry, as front ends show it.

use std::collections::BTreeMap;
use std::path::Path;

use assay_contract::{Hello, LanguageRow, ModelRegistryView, ModelRow};
use assay_domain::port::Catalogue;
use assay_domain::{Failure, Problem};
use assay_models::hosted::KeyStore;
use assay_models::{ImportMode, ModelRegistry, ModelsError, blocking, machine};

use crate::app::{App, lock};
use crate::convert;
use crate::model_rows::{model_rows, pair_rows};

/// The work that a panic is reported for.
const WORK: &str = "work on a model's files";

impl App {
    /// All known models.
    pub async fn models(&self) -> Vec<ModelRow> {
        self.fresh_registry().await.map(|registry| model_rows(&registry)).unwrap_or_default()
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
            models: model_rows(&registry),
            pairs: pair_rows(&registry),
            mirrors: registry.mirrors().iter().map(convert::model::mirror).collect(),
            memory: machine::memory(),
            disk: machine::disk_free(&registry.folder()),
            languages,
            pulling: lock(&self.pulls).iter().map(|(name, _)| name.clone()).collect(),
            key: convert::model::key_place(key.map(|(_, place)| place)),
        })
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

    /// Removes a model's files from the disk, unless the settings name it or the index that answers needs it.
    ///
    /// # Errors
    /// [`ModelsError::InUse`] with what uses it, or the model is not here.
    pub async fn remove_model(&self, name: &str) -> Result<ModelRegistryView, Failure> {
        if let Some(why) = self.uses(name).await? {
            return Err(ModelsError::InUse { name: name.to_owned(), why }.into());
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
        self.library.engines().await.close_rerankers().await;
        self.registry().await
    }

    /// Imports a GGUF file and names it as the writer in the settings.
    pub async fn choose_writer(&self, file: &Path) -> Result<Hello, Failure> {
        let writer = self.import(file).await?;
        let settings = assay_contract::Settings { writer, ..self.settings() };
        self.save_settings(settings).await
    }

    /// What a model is used for, if it is.
    async fn uses(&self, name: &str) -> Result<Option<String>, Failure> {
        let settings = self.settings();
        let roles = [
            (&settings.embedder, "embedder"),
            (&settings.reranker, "reranker"),
            (&settings.second_reranker, "second reranker"),
            (&settings.writer, "writer"),
        ];
        if let Some((_, role)) = roles.into_iter().find(|(used, _)| *used == name) {
            return Ok(Some(format!("it is the {role} of the settings")));
        }
        let filled = self.library.engines().await.filled_by().await?;
        let answers = filled.is_some_and(|filled| filled == name);
        Ok(answers.then(|| "it filled the index that answers, and embeds its questions until a rebuild".to_owned()))
    }

    async fn import(&self, from: &Path) -> Result<String, Failure> {
        let named = if from.is_dir() { from.file_name() } else { from.file_stem() };
        let name = named.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (registry, from, to) = (self.fresh_registry().await?, from.to_owned(), name.clone());
        blocking(WORK, move || registry.import(&to, &from, ImportMode::Copy)).await??;
        self.library.renew_models().await?;
        Ok(name)
    }

    /// The registry as it is on the disk now: models may have changed since the engines were opened.
    pub(crate) async fn fresh_registry(&self) -> Result<ModelRegistry, Failure> {
        let engines = self.library.engines().await;
        let settings = engines.settings();
        let registry = ModelRegistry::open(engines.home().models())?;
        Ok(registry.through(settings.hub.as_deref(), settings.proxy.as_deref()))
    }
}

/// The registry of a data folder, with the hub and proxy of its settings.
pub fn registry_of(data: &Path) -> Result<ModelRegistry, Failure> {
    assay_library::refuse_foreign(data)?;
    let written = crate::settings::read(&data.join("settings.toml"))?;
    let checked = crate::settings::checked(&written)?;
    Ok(ModelRegistry::open(data.join("models"))?.through(checked.hub.as_deref(), checked.proxy.as_deref()))
}
