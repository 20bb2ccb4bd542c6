//! Encoders by name or folder, for work that needs no library.

use assay_domain::Failure;
pub use assay_encoder::{BiEncoder, CrossEncoder, usual_threads};
use assay_encoder::{DeviceChoice, EncoderOptions};

use crate::shelf::Shelf;

/// Opens a bi-encoder.
pub fn embedder(shelf: &Shelf, name: &str, threads: Option<usize>) -> Result<BiEncoder, Failure> {
    let folder = shelf.place(name)?;
    let opened = assay_encoder::open_embedder(&folder, name, None, options(threads))?;
    Ok(opened.that_knows(languages(shelf, name)))
}

/// Opens a cross-encoder.
pub fn reranker(shelf: &Shelf, name: &str, threads: Option<usize>) -> Result<CrossEncoder, Failure> {
    let folder = shelf.place(name)?;
    Ok(assay_encoder::open_reranker(&folder, name, languages(shelf, name), options(threads))?)
}

/// What the shelf says; nothing of a model that was given by its folder.
fn languages(shelf: &Shelf, name: &str) -> Vec<String> {
    shelf.model(name).map(|model| model.languages.clone()).unwrap_or_default()
}

/// CPU, CUDA or Metal as it is found, unless a setting says otherwise.
pub fn options(threads: Option<usize>) -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Auto, threads }
}
