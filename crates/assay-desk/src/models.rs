//! The model shelf as both hosts show it.

use std::path::Path;

use assay_contract::{Hello, ModelRow};
use assay_domain::Failure;
use assay_engines::shelf::{Known, Shelf, State};

use crate::desk::Desk;

impl Desk {
    /// Every model that is known.
    pub async fn models(&self) -> Vec<ModelRow> {
        let engines = self.engines.read().await;
        let shelf = engines.shelf();
        shelf.models().iter().map(|model| row(shelf, model)).collect()
    }

    /// Takes a GGUF file as the writer and names it in the settings.
    pub async fn choose_writer(&self, file: &Path) -> Result<Hello, Failure> {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let shelf = self.engines.read().await.shelf().clone();
        let (from, to) = (file.to_owned(), name.clone());
        let import = tokio::task::spawn_blocking(move || shelf.import(&to, &from));
        import.await.map_err(|_| Failure::bug("importing a model panicked"))??;
        let settings = assay_contract::Settings { writer: name, ..self.settings() };
        self.save_settings(settings).await
    }
}

/// A model's row; its files are not read for it.
pub fn row(shelf: &Shelf, model: &Known) -> ModelRow {
    let state = shelf.state(model);
    let files = model.files.iter().map(|file| file.path.as_str()).chain(["model.safetensors"]);
    let weights = state.place().and_then(|place| {
        let mut lengths = files.filter_map(|file| std::fs::metadata(place.join(file)).ok());
        lengths.next().map(|meta| meta.len())
    });
    let word = match state {
        State::BuiltIn(_) => "built_in",
        State::Here(_) => "here",
        State::NotHere => "not_here",
    };
    ModelRow {
        name: model.name.clone(),
        role: model.role.as_str().to_owned(),
        family: model.family.clone(),
        languages: model.languages.clone(),
        licence: model.licence.clone(),
        bytes: weights.unwrap_or(0),
        max_tokens: model.max_tokens,
        state: word.to_owned(),
        about: model.about.clone(),
    }
}
