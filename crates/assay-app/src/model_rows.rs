//! Rows of models and of recommended pairs, as front ends show them.

use assay_contract::{ModelRow, ModelState, PairRow};
use assay_models::{Known, ModelRegistry, Pair, State, machine};

use crate::convert::model;

/// All models in the registry's order. Their files are not read for it.
pub fn model_rows(registry: &ModelRegistry) -> Vec<ModelRow> {
    let pair = registry.recommended(machine::memory());
    registry.models().iter().map(|model| row(registry, model, pair)).collect()
}

/// One model's row.
pub fn model_row(registry: &ModelRegistry, model: &Known) -> ModelRow {
    row(registry, model, registry.recommended(machine::memory()))
}

/// The recommended pairs, the one for less memory first.
pub fn pair_rows(registry: &ModelRegistry) -> Vec<PairRow> {
    let best = registry.recommended(machine::memory());
    let rows = registry.pairs().iter().map(|pair| {
        let models = [&pair.embedder, &pair.reranker].map(|name| registry.model(name).ok());
        let left = |model: Option<&Known>| {
            let model = model?;
            if registry.state(model) == State::NotInstalled { model.download } else { Some(0) }
        };
        PairRow {
            name: pair.name.clone(),
            languages: pair.languages.clone(),
            memory: pair.memory,
            embedder: pair.embedder.clone(),
            reranker: pair.reranker.clone(),
            download: models.map(left).into_iter().sum(),
            needs: models.map(|model| model?.memory).into_iter().sum(),
            recommended: best == Some(pair),
        }
    });
    rows.collect()
}

fn row(registry: &ModelRegistry, known: &Known, pair: Option<&Pair>) -> ModelRow {
    let state = registry.state(known);
    let files = known.files.iter().map(|file| file.place());
    let names = if known.files.is_empty() { vec!["model.safetensors"] } else { files.collect() };
    let here = state.place().map(|place| {
        names.iter().filter_map(|file| std::fs::metadata(place.join(file)).ok()).map(|meta| meta.len()).sum::<u64>()
    });
    let state = match state {
        State::BuiltIn(_) => ModelState::BuiltIn,
        State::Installed(_) => ModelState::Here,
        State::NotInstalled => ModelState::NotHere,
    };
    ModelRow {
        name: known.name.clone(),
        role: model::role(known.role),
        family: known.family.as_str().to_owned(),
        languages: known.languages.clone(),
        licence: known.licence.clone(),
        bytes: here.unwrap_or(0),
        max_tokens: known.max_tokens,
        state,
        about: known.about.clone(),
        about_zh: known.about_zh.clone(),
        obstacle: known.obstacle().map(model::obstacle),
        recommended: pair.is_some_and(|pair| [&pair.embedder, &pair.reranker].contains(&&known.name)),
        query_prefix: known.query_prefix.clone(),
        passage_prefix: known.passage_prefix.clone(),
        metric: known.metric.map(model::metric),
        dimension: known.dimension,
        download: known.download,
        memory: known.memory,
        repository: known.repository.clone(),
        revision: known.revision.clone(),
    }
}
