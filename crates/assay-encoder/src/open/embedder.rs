//! Opens a bi-encoder.

use std::path::Path;

use assay_domain::port::{EmbedderIdentity, Metric};

use crate::EncoderError;
use crate::config::{EncoderConfig, Pooling, Role};
use crate::embedder::{BiEncoder, Prefixes};
use crate::engine::{EncoderOptions, Engine};
use crate::folder::ModelFolder;
use crate::precision_trial::{Forgetful, Verdicts, choose, try_embedder_precisions};
use crate::tokens::Tokens;
use crate::weights::Weights;

/// Opens a folder with an encoder of any family: BERT, XLM-RoBERTa, DistilBERT, ModernBERT, DeBERTa-v2, Qwen3.
///
/// The settings are those of sentence-transformers. Pooling comes from `1_Pooling/config.json`, without it the
/// mean over the tokens. The longest text comes from `sentence_bert_config.json`, else from the truncation in
/// `tokenizer.json`, else from the position table. Vectors are normalised, so that a dot product is a cosine,
/// unless `config_sentence_transformers.json` compares by the dot product and `modules.json` does not normalise.
/// Without `prefixes` those in `config_sentence_transformers.json` apply.
///
/// # Errors
/// A file of the folder is missing or damaged, the model is of another kind, or the device cannot be used.
pub fn open_embedder(
    folder: &Path,
    name: &str,
    prefixes: Option<Prefixes>,
    options: EncoderOptions,
) -> Result<BiEncoder, EncoderError> {
    open_embedder_remembering(folder, name, prefixes, options, &Forgetful)
}

/// The prefixes that a model's folder states in `config_sentence_transformers.json`, and `otherwise` where it states none.
///
/// # Errors
/// A file of the folder is missing or damaged.
pub fn stated_prefixes(folder: &Path, otherwise: Prefixes) -> Result<Prefixes, EncoderError> {
    prefixes_of(&ModelFolder::open(folder)?, otherwise)
}

fn prefixes_of(folder: &ModelFolder, otherwise: Prefixes) -> Result<Prefixes, EncoderError> {
    Ok(Prefixes {
        query: folder.prompt(&["query"])?.unwrap_or(otherwise.query),
        passage: folder.prompt(&["document", "passage"])?.unwrap_or(otherwise.passage),
    })
}

/// As [`open_embedder`]; `memory` keeps which precision `Precision::Auto` chose.
///
/// # Errors
/// As [`open_embedder`].
pub fn open_embedder_remembering(
    folder: &Path,
    name: &str,
    prefixes: Option<Prefixes>,
    options: EncoderOptions,
    memory: &dyn Verdicts,
) -> Result<BiEncoder, EncoderError> {
    let folder = ModelFolder::open(folder)?;
    let config = EncoderConfig::read(&folder, Role::Embedder)?;
    let tokens = Tokens::open(&folder.tokenizer()?, config.types)?;
    let pooling = Pooling::read(&folder)?;
    let weights = Weights::open(&folder, &config)?;
    let hash = folder.hash()?;
    let limit = folder.sentence_limit()?.or(tokens.truncation()).unwrap_or(usize::MAX).min(config.longest());
    let trial = || try_embedder_precisions(&weights, &config, pooling, &tokens, limit, options);
    let (options, why) = match &config.per_sequence {
        // A body of its own has f32 alone, so there is nothing to choose.
        Some(_) => (options, None),
        None => choose(options, &hash, memory, trial)?,
    };
    let engine = Engine::load(&weights, &config, pooling, options)?;
    let prefixes = prefixes.map_or_else(|| prefixes_of(&folder, Prefixes::default()), Ok)?;
    let identity = EmbedderIdentity {
        name: name.to_string(),
        weights: hash,
        dimension: config.hidden,
        pooling: pooling.name().to_string(),
        max_tokens: limit,
        special_tokens: tokens.single_frame(),
        query_prefix: prefixes.query,
        passage_prefix: prefixes.passage,
        languages: Vec::new(),
        metric: if folder.compares_by_dot()? { Metric::Dot } else { Metric::Cosine },
        device: engine.device().to_string(),
    };
    BiEncoder::start(identity, why, tokens, engine)
}
