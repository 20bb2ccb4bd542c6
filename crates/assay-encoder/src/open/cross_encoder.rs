//! Opens a cross-encoder.

use std::path::Path;

use assay_domain::port::RerankerIdentity;

use crate::EncoderError;
use crate::config::{EncoderConfig, Role};
use crate::engine::EncoderOptions;
use crate::folder::ModelFolder;
use crate::precision_trial::{Forgetful, Verdicts, choose, try_precisions};
use crate::reranker::CrossEncoder;
use crate::scorer::Scorer;
use crate::tokens::Tokens;

/// Opens a folder with a sequence classifier of any family that has one output.
///
/// `languages` are the ISO 639-3 codes of what the model was trained on. The longest pair is what
/// the position table holds, or less if `tokenizer_config.json` says so.
///
/// # Errors
/// A file of the folder is missing or damaged, the model is of another kind, or the device cannot be used.
pub fn open_cross_encoder(
    folder: &Path,
    name: &str,
    languages: Vec<String>,
    options: EncoderOptions,
) -> Result<CrossEncoder, EncoderError> {
    open_cross_encoder_remembering(folder, name, languages, options, &Forgetful)
}

/// As [`open_cross_encoder`]; `memory` keeps which precision `Precision::Auto` chose.
pub(crate) fn open_cross_encoder_remembering(
    folder: &Path,
    name: &str,
    languages: Vec<String>,
    options: EncoderOptions,
    memory: &dyn Verdicts,
) -> Result<CrossEncoder, EncoderError> {
    let files = ModelFolder::open(folder)?;
    let config = EncoderConfig::read(&files, Role::Reranker)?;
    let tokens = Tokens::open(&files.tokenizer()?, config.types)?;
    let weights = files.hash()?;
    let (options, why) = match &config.per_sequence {
        // A body of its own has f32 alone, so there is nothing to choose.
        Some(_) => (options, None),
        None => choose(options, &weights, memory, || try_precisions(folder, options))?,
    };
    let scorer = Scorer::open(folder, options)?;
    let identity = RerankerIdentity {
        name: name.to_string(),
        weights,
        max_tokens: files.tokenizer_limit()?.unwrap_or(usize::MAX).min(config.longest()),
        languages,
        device: scorer.engine().device().to_string(),
        precision: scorer.engine().precision_in_use(),
    };
    CrossEncoder::start(identity, why, tokens, scorer)
}
