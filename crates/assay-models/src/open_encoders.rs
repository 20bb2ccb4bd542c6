//! Opens encoders by name or folder.

use assay_domain::Failure;
pub use assay_encoder::{BiEncoder, OpenReranker, Precision, Prefixes, usual_threads};
use assay_encoder::{DeviceChoice, EncoderOptions};

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
    Ok(opened.with_languages(languages(registry, name)))
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

/// The languages in the registry; none for a model given by its folder.
fn languages(registry: &ModelRegistry, name: &str) -> Vec<String> {
    registry.model(name).map(|model| model.languages.clone()).unwrap_or_default()
}

/// Options with the device that is found: CPU, CUDA or Metal.
pub fn options(speed: Speed) -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Auto, threads: speed.threads, precision: speed.precision }
}
