//! Opens encoders by name or folder.

use assay_domain::{Failure, Language, LanguagePair, Measured};
pub use assay_encoder::{BiEncoder, OpenReranker, Precision, Prefixes, instruction_sets, usual_device, usual_threads};
use assay_encoder::{DeviceChoice, EncoderOptions};

use crate::error::ModelsError;
use crate::known::Role;
use crate::measured::measured;
use crate::prefixes;
use crate::registry::ModelRegistry;

/// Threads and precision of an encoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed {
    /// Threads; `None` for one per physical core.
    pub threads: Option<usize>,
    /// Precision of the linear layers.
    pub precision: Precision,
}

impl Default for Speed {
    /// All cores, and the fastest precision that keeps the order.
    fn default() -> Self {
        Self { threads: None, precision: Precision::Auto }
    }
}

/// Opens a bi-encoder by name or folder, with the prefixes that its folder or the catalogue states.
///
/// # Errors
/// Fails if the model is not installed, or its files are damaged or of another family.
pub fn embedder(registry: &ModelRegistry, name: &str, speed: Speed) -> Result<BiEncoder, Failure> {
    let prefixes = prefixes::of(&registry.place(name)?, registry.model(name).ok());
    embedder_with(registry, name, prefixes, speed)
}

/// The same with these prefixes: an index belongs to those that filled it.
///
/// # Errors
/// As [`embedder`].
pub fn embedder_with(
    registry: &ModelRegistry,
    name: &str,
    prefixes: Prefixes,
    speed: Speed,
) -> Result<BiEncoder, Failure> {
    let folder = registry.place(name)?;
    registry.scan(&folder)?;
    let memory = registry.verdicts();
    let opened = assay_encoder::open_embedder_remembering(&folder, name, Some(prefixes), options(speed), &memory)?;
    let opened = opened.with_languages(languages(registry, name));
    // The catalogue knows how a model's vectors are compared, also where its folder does not say so.
    match registry.model(name).ok().and_then(|model| model.metric) {
        Some(metric) => Ok(opened.with_metric(metric)),
        None => Ok(opened),
    }
}

/// Opens a reranker of any family by name or folder.
///
/// # Errors
/// As [`embedder`].
pub fn reranker(registry: &ModelRegistry, name: &str, speed: Speed) -> Result<OpenReranker, Failure> {
    let folder = registry.place(name)?;
    registry.scan(&folder)?;
    let (languages, memory) = (languages(registry, name), registry.verdicts());
    Ok(assay_encoder::open_reranker_remembering(&folder, name, languages, options(speed), &memory)?)
}

/// Names of the installed rerankers that were measured best on some pair of languages with this question's, or on
/// any pair; the one for the question's own language comes first.
///
/// # Errors
/// [`ModelsError::Manifest`] if the measurements cannot be parsed.
pub fn best_rerankers(registry: &ModelRegistry, question: Option<Language>) -> Result<Vec<String>, ModelsError> {
    let installed = registry.models().iter().filter(|model| model.role == Role::Reranker);
    let installed = installed.filter(|model| registry.state(model).place().is_some());
    let mut models: Vec<(&str, Vec<Measured>)> = Vec::new();
    for model in installed {
        models.push((&model.name, measured(&model.name)?));
    }
    let mut pairs: Vec<LanguagePair> = models.iter().flat_map(|(_, rows)| rows.iter().map(|row| row.pair)).collect();
    pairs.retain(|pair| question.is_none_or(|question| LanguagePair::of(question, pair.passage) == *pair));
    pairs.sort_by_key(|pair| pair.question != pair.passage);
    let mut names: Vec<String> = Vec::new();
    for pair in pairs {
        let best = Measured::best(models.iter().map(|(_, rows)| rows.as_slice()), pair);
        let name = best.and_then(|place| models.get(place)).map(|(name, _)| (*name).to_owned());
        names.extend(name.filter(|name| !names.contains(name)));
    }
    Ok(names)
}

/// Name of the installed reranker for a pair of languages: the one that was measured best on it, else on the
/// question's language, else on any. `None` if none that was measured is installed.
///
/// # Errors
/// As [`best_rerankers`].
pub fn best_reranker(registry: &ModelRegistry, pair: LanguagePair) -> Result<Option<String>, ModelsError> {
    let names = best_rerankers(registry, None)?;
    let rows: Vec<Vec<Measured>> = names.iter().map(|name| measured(name)).collect::<Result<_, _>>()?;
    let best = |pair| Measured::best(rows.iter().map(Vec::as_slice), pair);
    let place = best(pair).or_else(|| best(LanguagePair { passage: pair.question, ..pair })).unwrap_or(0);
    Ok(names.into_iter().nth(place))
}

/// The languages in the registry; none for a model given by its folder.
fn languages(registry: &ModelRegistry, name: &str) -> Vec<String> {
    registry.model(name).map(|model| model.languages.clone()).unwrap_or_default()
}

/// Options with the device that is found: CPU, CUDA or Metal.
pub fn options(speed: Speed) -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Auto, threads: speed.threads, precision: speed.precision }
}
