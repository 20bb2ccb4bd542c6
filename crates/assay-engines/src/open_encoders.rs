//! Encoders by name or folder, for work that needs no library.

use assay_domain::Failure;
pub use assay_encoder::{BiEncoder, OpenReranker, Precision, usual_threads};
use assay_encoder::{DeviceChoice, EncoderOptions};

use crate::registry::ModelRegistry;

/// What an encoder may spend, and how exact it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed {
    /// Threads; one per physical core if absent.
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

/// Opens a bi-encoder.
pub fn embedder(registry: &ModelRegistry, name: &str, speed: Speed) -> Result<BiEncoder, Failure> {
    let folder = registry.place(name)?;
    registry.scan(&folder)?;
    let memory = registry.verdicts();
    let opened = assay_encoder::open_embedder_remembering(&folder, name, None, options(speed), &memory)?;
    Ok(opened.that_knows(languages(registry, name)))
}

/// Opens a reranker of any family.
pub fn reranker(registry: &ModelRegistry, name: &str, speed: Speed) -> Result<OpenReranker, Failure> {
    let folder = registry.place(name)?;
    registry.scan(&folder)?;
    let (languages, memory) = (languages(registry, name), registry.verdicts());
    Ok(assay_encoder::open_reranker_remembering(&folder, name, languages, options(speed), &memory)?)
}

/// What the registry says; nothing of a model that was given by its folder.
fn languages(registry: &ModelRegistry, name: &str) -> Vec<String> {
    registry.model(name).map(|model| model.languages.clone()).unwrap_or_default()
}

/// CPU, CUDA or Metal as it is found, unless a setting says otherwise.
pub fn options(speed: Speed) -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Auto, threads: speed.threads, precision: speed.precision }
}
