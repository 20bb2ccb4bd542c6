//! Opens the reranker that a folder holds.

use std::path::Path;
use std::sync::Arc;

use assay_domain::port::RerankerIdentity;
use candle_core::{DType, Device};

use super::cross_encoder::open_cross_encoder_remembering;
use crate::EncoderError;
use crate::any_reranker::OpenReranker;
use crate::config::{EncoderConfig, Pooling, Role};
use crate::counters::Tally;
use crate::device;
use crate::engine::{EncoderOptions, Engine, usual_threads};
use crate::families::compute::Compute;
use crate::families::late_interaction::{LateInteraction, Settings};
use crate::families::lexical::Lexical;
use crate::families::llm_judge::{self, LlmJudge};
use crate::families::mono_t5::{self, MonoT5};
use crate::families::passage_scorer::{FamilyReranker, PassageScorer};
use crate::families::projection::Projection;
use crate::families::qwen3_reranker::{self, Qwen3Reranker};
use crate::folder::ModelFolder;
use crate::precision::Precision;
use crate::precision_trial::{Forgetful, Verdicts};
use crate::tensor_encoder::TensorEncoder;
use crate::tokens::Tokens;
use crate::weights::Weights;

/// Families of rerankers that are not classifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gemma,
    Qwen3,
    MonoT5,
    Colbert,
    BgeM3,
}

/// Their architectures, as `config.json` names them.
const RERANKERS: [(&str, Kind); 5] = [
    ("GemmaForCausalLM", Kind::Gemma),
    ("Qwen3ForCausalLM", Kind::Qwen3),
    ("T5ForConditionalGeneration", Kind::MonoT5),
    ("HF_ColBERT", Kind::Colbert),
    ("XLMRobertaModel", Kind::BgeM3),
];

/// Most tokens that a reranker of this architecture reads at once, where its reference sets a bound for all models.
pub fn longest_prompt(architecture: &str) -> Option<usize> {
    let (_, kind) = RERANKERS.iter().find(|(name, _)| *name == architecture)?;
    match kind {
        Kind::Gemma => Some(llm_judge::LONGEST),
        Kind::Qwen3 => Some(qwen3_reranker::LONGEST),
        Kind::MonoT5 => Some(mono_t5::LONGEST),
        Kind::Colbert | Kind::BgeM3 => None,
    }
}

/// A score of bge-m3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BgeM3Score {
    /// MaxSim of token vectors, as the mean over the question's.
    MultiVector,
    /// The sum over shared tokens of the products of their weights.
    Lexical,
}

/// Opens a folder with a reranker and picks its family from the architecture in `config.json`:
///
/// - sequence classifiers with one output (BERT, XLM-RoBERTa, DistilBERT, ModernBERT, DeBERTa-v2): a logit;
/// - `GemmaForCausalLM` (bge-reranker-v2-gemma): the logit of `Yes`;
/// - `Qwen3ForCausalLM` (Qwen3-Reranker): the logit of `yes` minus that of `no`;
/// - `T5ForConditionalGeneration` (monoT5): log p(true), at most 0;
/// - `HF_ColBERT` (ColBERT v2): MaxSim, at most the number of the question's vectors;
/// - `XLMRobertaModel` with `colbert_linear` (bge-m3): MaxSim, at most 1.
///
/// `languages` are the ISO 639-3 codes of what the model was trained on. All but sequence classifiers
/// compute in f32.
///
/// # Errors
/// A file of the folder is missing or damaged, the model is of another kind, or the device cannot be used.
pub fn open_reranker(
    folder: &Path,
    name: &str,
    languages: Vec<String>,
    options: EncoderOptions,
) -> Result<OpenReranker, EncoderError> {
    open_reranker_remembering(folder, name, languages, options, &Forgetful)
}

/// As [`open_reranker`]; `memory` keeps which precision `Precision::Auto` chose.
///
/// # Errors
/// As [`open_reranker`].
pub fn open_reranker_remembering(
    folder: &Path,
    name: &str,
    languages: Vec<String>,
    options: EncoderOptions,
    memory: &dyn Verdicts,
) -> Result<OpenReranker, EncoderError> {
    let files = ModelFolder::open(folder)?;
    let architecture = files.architecture()?;
    let classifiers = Role::Reranker.architectures();
    if classifiers.iter().any(|(known, _)| *known == architecture) {
        let opened = open_cross_encoder_remembering(folder, name, languages, options, memory)?;
        return Ok(OpenReranker::Classifier(Box::new(opened)));
    }
    let Some((_, kind)) = RERANKERS.iter().find(|(name, _)| *name == architecture) else {
        let known = classifiers.iter().map(|(name, _)| *name).chain(RERANKERS.map(|(name, _)| name));
        return Err(files.wrong_family(architecture, &known.collect::<Vec<_>>()));
    };
    let target = Target::choose(options)?;
    let limit = files.tokenizer_limit()?.unwrap_or(usize::MAX);
    let longest = limit.min(longest_prompt(&architecture).unwrap_or(usize::MAX));
    let compute = || Compute::start(target.device.clone(), target.threads);
    let (family, max_tokens, tally): (Box<dyn PassageScorer>, usize, Arc<Tally>) = match kind {
        Kind::Gemma => {
            let compute = compute()?;
            let tally = compute.tally();
            (Box::new(LlmJudge::open(&files, compute, longest)?), longest, tally)
        }
        Kind::Qwen3 => {
            let compute = compute()?;
            let tally = compute.tally();
            (Box::new(Qwen3Reranker::open(&files, compute, longest)?), longest, tally)
        }
        Kind::MonoT5 => {
            let compute = compute()?;
            let tally = compute.tally();
            (Box::new(MonoT5::open(&files, compute, longest)?), longest, tally)
        }
        Kind::Colbert => {
            let settings = Settings::read(&files)?;
            let (engine, weights, config, tokens) = encoder(&files, options)?;
            let projection = Projection::from_weights(&weights, "linear", config.hidden)?;
            let questions = TensorEncoder::load(&target.device, DType::F32, &weights, &config)?;
            let (longest, tally) = (settings.doc_maxlen.min(config.longest()), engine.tally());
            let late = LateInteraction::colbert(engine, tokens, projection, questions, config, settings, &files)?;
            (Box::new(late), longest, tally)
        }
        Kind::BgeM3 => {
            let score = if files.safetensors("colbert_linear")?.is_some() {
                BgeM3Score::MultiVector
            } else {
                BgeM3Score::Lexical
            };
            return open_bge_m3(folder, name, languages, options, score);
        }
    };
    let identity = target.identity(&files, name, languages, max_tokens)?;
    Ok(OpenReranker::Family(Box::new(FamilyReranker::start(identity, family, tally)?)))
}

/// Opens bge-m3 as a reranker by one of its scores. Its heads are in `colbert_linear.safetensors` and
/// `sparse_linear.safetensors`, or in the weights under these names. The hub has them as pickles, which are
/// refused.
///
/// # Errors
/// As [`open_reranker`].
pub fn open_bge_m3(
    folder: &Path,
    name: &str,
    languages: Vec<String>,
    options: EncoderOptions,
    score: BgeM3Score,
) -> Result<OpenReranker, EncoderError> {
    let files = ModelFolder::open(folder)?;
    let (engine, weights, config, tokens) = encoder(&files, options)?;
    let head = match score {
        BgeM3Score::MultiVector => "colbert_linear",
        BgeM3Score::Lexical => "sparse_linear",
    };
    let projection = Projection::from_file(&files, &weights, head, config.hidden)?.ok_or_else(|| {
        let file = format!("{head}.safetensors");
        EncoderError::MissingFile { file, folder: folder.to_path_buf() }
    })?;
    if score == BgeM3Score::Lexical && projection.columns() != 1 {
        return Err(EncoderError::Unsupported { part: format!("a sparse head of {} columns", projection.columns()) });
    }
    let longest = files.tokenizer_limit()?.unwrap_or(usize::MAX).min(config.longest());
    let tally = engine.tally();
    let family: Box<dyn PassageScorer> = match score {
        BgeM3Score::MultiVector => Box::new(LateInteraction::bge_m3(engine, tokens, projection, longest)),
        BgeM3Score::Lexical => Box::new(Lexical::new(engine, tokens, projection, longest)),
    };
    let identity = Target::choose(options)?.identity(&files, name, languages, longest)?;
    Ok(OpenReranker::Family(Box::new(FamilyReranker::start(identity, family, tally)?)))
}

/// The device and the threads that a family computes on.
struct Target {
    device: Device,
    description: String,
    threads: usize,
}

impl Target {
    fn choose(options: EncoderOptions) -> Result<Self, EncoderError> {
        let threads = options.threads.unwrap_or_else(usual_threads).max(1);
        let chosen = device::choose(options.device, threads, Precision::F32)?;
        Ok(Self { device: chosen.device, description: chosen.description, threads })
    }

    fn identity(
        self,
        files: &ModelFolder,
        name: &str,
        languages: Vec<String>,
        max_tokens: usize,
    ) -> Result<RerankerIdentity, EncoderError> {
        let weights = files.hash()?;
        let (name, precision) = (name.to_string(), assay_domain::Precision::F32);
        Ok(RerankerIdentity { name, weights, max_tokens, languages, device: self.description, precision })
    }
}

/// An encoder for late interaction or lexical weights, with the weights, the configuration and the tokenizer.
fn encoder(
    files: &ModelFolder,
    options: EncoderOptions,
) -> Result<(Engine, Weights, EncoderConfig, Tokens), EncoderError> {
    let config = EncoderConfig::read(files, Role::LateInteraction)?;
    let tokens = Tokens::open(&files.tokenizer()?, config.types)?;
    let weights = Weights::open(files, &config)?;
    let engine = Engine::load(&weights, &config, Pooling::Mean, options)?;
    Ok((engine, weights, config, tokens))
}
