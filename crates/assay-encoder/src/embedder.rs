//! The bi-encoder: text to a vector of length one.

use std::path::Path;
use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{Embedder, EmbedderIdentity, TextKind};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use rayon::prelude::*;

use crate::EncoderError;
use crate::batch::TokenSequence;
use crate::config::{EncoderConfig, Role};
use crate::engine::{Counters, EncoderOptions, Engine, Pooling, Tally};
use crate::folder::{ModelFolder, PoolingFile};
use crate::handle::EngineThread;
use crate::precision::Precision;
use crate::precision_trial::{Forgetful, Verdicts, judge_embedder, settle};
use crate::tokens::Tokens;
use crate::weights::Weights;

/// Words that a model wants before a text, with the space or colon that ends them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefixes {
    /// Before a question.
    pub query: String,
    /// Before a passage.
    pub passage: String,
}

/// How two vectors of a model are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Similarity {
    /// By their angle; vectors come at length one, so that their dot product is it.
    Cosine,
    /// By their dot product; vectors keep the length that the model gives them.
    Dot,
}

/// A bi-encoder, opened.
pub struct BiEncoder {
    identity: EmbedderIdentity,
    precision: Precision,
    why: Option<String>,
    similarity: Similarity,
    tokens: Arc<Tokens>,
    engine: EngineThread<Engine>,
    tally: Arc<Tally>,
}

/// Opens a folder with an encoder of any family: BERT, XLM-RoBERTa, DistilBERT, ModernBERT, DeBERTa-v2.
///
/// Pooling is that of `1_Pooling/config.json`, the mean over the tokens where there is none. The
/// longest text is `sentence_bert_config.json`'s, else the truncation in `tokenizer.json`, else what
/// the position table holds. Vectors are normalised, so that a dot product is a cosine, unless
/// `config_sentence_transformers.json` compares by the dot product and `modules.json` does not normalise.
/// Without `prefixes` those in `config_sentence_transformers.json` count, if there are any.
pub fn open_embedder(
    folder: &Path,
    name: &str,
    prefixes: Option<Prefixes>,
    options: EncoderOptions,
) -> Result<BiEncoder, EncoderError> {
    open_embedder_remembering(folder, name, prefixes, options, &Forgetful)
}

/// As [`open_embedder`], with a memory for which precision `Precision::Auto` is.
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
    let pooling = pooling(folder.pooling()?)?;
    let weights = Weights::open(&folder, &config)?;
    let hash = folder.hash()?;
    let judge = || judge_embedder(&weights, &config, pooling, &tokens, options);
    let (options, why) = match &config.own {
        // A body of its own has f32 and nothing to choose.
        Some(_) => (options, None),
        None => settle(options, &hash, memory, judge)?,
    };
    let engine = Engine::load(&weights, &config, pooling, options)?;
    let limit = folder.sentence_limit()?.or(tokens.truncation()).unwrap_or(usize::MAX);
    let prefixes = match prefixes {
        Some(prefixes) => prefixes,
        None => Prefixes {
            query: folder.prompt(&["query"])?.unwrap_or_default(),
            passage: folder.prompt(&["document", "passage"])?.unwrap_or_default(),
        },
    };
    let identity = EmbedderIdentity {
        name: name.to_string(),
        weights: hash,
        dimension: config.hidden,
        pooling: pooling.name().to_string(),
        max_tokens: limit.min(config.longest()),
        special_tokens: tokens.single_frame(),
        query_prefix: prefixes.query,
        passage_prefix: prefixes.passage,
        languages: Vec::new(),
        device: engine.device().to_string(),
    };
    let similarity = if folder.compares_by_dot()? { Similarity::Dot } else { Similarity::Cosine };
    let (tally, precision) = (engine.tally(), engine.precision());
    let engine = EngineThread::start("embedder", engine)?;
    Ok(BiEncoder { identity, precision, why, similarity, tokens: Arc::new(tokens), engine, tally })
}

impl BiEncoder {
    /// The same, said to know these languages (ISO 639-3).
    pub fn that_knows(mut self, languages: Vec<String>) -> Self {
        self.identity.languages = languages;
        self
    }

    /// How its vectors are compared.
    pub fn similarity(&self) -> Similarity {
        self.similarity
    }

    /// The same, told that its vectors are compared by the dot product, for a folder that does not say so.
    pub fn compared_by(mut self, similarity: Similarity) -> Self {
        self.similarity = similarity;
        self
    }

    /// Tokens read and computed so far.
    pub fn counters(&self) -> Counters {
        self.tally.read()
    }

    /// Precision of its linear layers. It is no part of the identity that an index belongs to: a
    /// lower precision is chosen by itself only where its vectors have a mean cosine of 0.995 or
    /// more to those of f32. Such a vector lies 0.045 away, in no direction in particular, which
    /// moves a similarity by about 0.045 over the root of the dimension: 0.002 at 384.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Why it computes in the precision it has; `None` where that was asked for.
    pub fn why_precision(&self) -> Option<&str> {
        self.why.as_deref()
    }
}

impl Embedder for BiEncoder {
    fn identity(&self) -> &EmbedderIdentity {
        &self.identity
    }

    fn token_starts(&self, text: &str) -> Vec<usize> {
        // A text that cannot be cut into tokens is refused when it is embedded.
        let places = self.tokens.ids_and_places(text).map(|(_, places)| places).unwrap_or_default();
        places.into_iter().map(|place| place.start).collect()
    }

    fn embed(&self, kind: TextKind, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        let prefix = match kind {
            TextKind::Query => self.identity.query_prefix.clone(),
            TextKind::Passage => self.identity.passage_prefix.clone(),
        };
        let (tokens, longest, similarity) = (self.tokens.clone(), self.identity.max_tokens, self.similarity);
        let (reply, received) = oneshot::channel();
        self.engine.submit(move |engine| {
            let stop = || reply.is_canceled();
            let vectors = frame(engine, &tokens, &prefix, &texts, longest)
                .and_then(|sequences| embed(engine, sequences, similarity, &stop));
            // Nobody waits for it after a cancel.
            let _ = reply.send(vectors);
        });
        async move { Ok(received.await.map_err(|_| EncoderError::EngineGone)??) }.boxed()
    }
}

/// Vectors of token sequences, computed in length-sorted batches, in the order given.
pub(crate) fn embed(
    engine: &mut Engine,
    mut sequences: Vec<TokenSequence>,
    similarity: Similarity,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<f32>>, EncoderError> {
    let mut order: Vec<usize> = (0..sequences.len()).collect();
    order.sort_by_key(|index| sequences[*index].ids.len());
    let mut vectors = vec![Vec::new(); sequences.len()];
    let mut left = order.as_slice();
    while !left.is_empty() {
        if stop() {
            return Err(EncoderError::Stopped);
        }
        let taken = engine.text_limit().take(left.iter().map(|index| sequences[*index].ids.len()));
        let (batch, rest) = left.split_at(taken);
        let chosen: Vec<_> = batch.iter().map(|index| std::mem::take(&mut sequences[*index])).collect();
        let pooled = engine.pooled(&chosen, stop)?;
        for (index, vector) in batch.iter().zip(pooled.chunks_exact(pooled.len() / taken)) {
            let unit = normalise(vector).ok_or(EncoderError::NotANumber { index: *index, value: "NaN".into() })?;
            vectors[*index] = if similarity == Similarity::Dot { vector.to_vec() } else { unit };
        }
        left = rest;
    }
    Ok(vectors)
}

fn frame(
    engine: &Engine,
    tokens: &Tokens,
    prefix: &str,
    texts: &[String],
    longest: usize,
) -> Result<Vec<TokenSequence>, EncoderError> {
    let one = |text: &String| Ok(tokens.single(&tokens.ids(&format!("{prefix}{text}"))?, longest));
    engine.on_threads(|| texts.par_iter().map(one).collect())
}

/// The vector at length one; `None` if its length is zero or no number.
fn normalise(vector: &[f32]) -> Option<Vec<f32>> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    let usable = length.is_finite() && length > 0.0;
    usable.then(|| vector.iter().map(|value| (f64::from(*value) / length) as f32).collect())
}

fn pooling(file: Option<PoolingFile>) -> Result<Pooling, EncoderError> {
    let Some(file) = file else { return Ok(Pooling::Mean) };
    let others = [
        (file.pooling_mode_max_tokens, "max pooling"),
        (file.pooling_mode_mean_sqrt_len_tokens, "pooling by the root of the length"),
        (file.pooling_mode_weightedmean_tokens, "weighted mean pooling"),
    ];
    if let Some((_, part)) = others.into_iter().find(|(set, _)| *set) {
        return Err(EncoderError::Unsupported { part: part.to_string() });
    }
    match (file.pooling_mode_cls_token, file.pooling_mode_mean_tokens, file.pooling_mode_lasttoken) {
        (true, false, false) => Ok(Pooling::Cls),
        (false, false, true) => Ok(Pooling::Last),
        (false, _, false) => Ok(Pooling::Mean),
        _ => Err(EncoderError::Unsupported { part: "two poolings side by side".into() }),
    }
}
