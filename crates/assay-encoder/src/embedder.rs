//! The bi-encoder: text to a vector.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{Embedder, EmbedderIdentity, Metric, TextKind};
use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use rayon::prelude::*;

use crate::EncoderError;
use crate::batch::TokenSequence;
use crate::counters::{Counters, Tally};
use crate::engine::Engine;
use crate::handle::{EngineThread, Job};
use crate::precision::Precision;
use crate::schedule::{Priority, Progress, Turn};
use crate::tokens::Tokens;

/// What a model expects before a text, with the space or colon at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prefixes {
    /// Before a question.
    pub query: String,
    /// Before a passage.
    pub passage: String,
}

/// An opened bi-encoder.
pub struct BiEncoder {
    identity: EmbedderIdentity,
    precision: Precision,
    why: Option<String>,
    tokens: Arc<Tokens>,
    engine: EngineThread<Engine>,
    tally: Arc<Tally>,
}

impl BiEncoder {
    /// Moves the model to a thread of its own. `why` says why it has its precision.
    pub(crate) fn start(
        identity: EmbedderIdentity,
        why: Option<String>,
        tokens: Tokens,
        engine: Engine,
    ) -> Result<Self, EncoderError> {
        let (tally, precision) = (engine.tally(), engine.precision());
        let engine = EngineThread::start("embedder", engine)?;
        Ok(Self { identity, precision, why, tokens: Arc::new(tokens), engine, tally })
    }

    /// Sets the languages that its identity names (ISO 639-3).
    pub fn with_languages(mut self, languages: Vec<String>) -> Self {
        self.identity.languages = languages;
        self
    }

    /// Sets how its vectors are compared, for a folder that does not say so.
    pub fn with_metric(mut self, metric: Metric) -> Self {
        self.identity.metric = metric;
        self
    }

    /// Tokens read and computed so far.
    pub fn counters(&self) -> Counters {
        self.tally.read()
    }

    /// Precision of its linear layers. It is not part of the identity that an index belongs to, because the trial
    /// chooses a lower precision only where its vectors have a mean cosine of at least 0.995 to those of f32.
    /// Such vectors differ by 0.1 in length (the root of `2 - 2 * 0.995`) in random directions, which changes a
    /// similarity by about 0.1 over the root of the dimension: 0.005 at 384.
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
        // A text that cannot be tokenised is refused when it is embedded.
        let places = self.tokens.ids_and_places(text).map(|(_, places)| places).unwrap_or_default();
        places.into_iter().map(|place| place.start).collect()
    }

    fn embed(&self, kind: TextKind, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        self.submit(kind.into(), kind, texts)
    }

    fn embed_for_explanation(
        &self,
        kind: TextKind,
        texts: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        self.submit(Priority::Explanation, kind, texts)
    }
}

impl BiEncoder {
    fn submit(
        &self,
        priority: Priority,
        kind: TextKind,
        texts: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        let prefix = match kind {
            TextKind::Query => self.identity.query_prefix.clone(),
            TextKind::Passage => self.identity.passage_prefix.clone(),
        };
        let (reply, received) = oneshot::channel();
        let job = Embedding {
            tokens: self.tokens.clone(),
            prefix,
            texts,
            longest: self.identity.max_tokens,
            metric: self.identity.metric,
            work: None,
            reply: Some(reply),
        };
        self.engine.submit(priority, job);
        async move { Ok(received.await.map_err(|_| EncoderError::EngineGone)??) }.boxed()
    }
}

/// Texts to embed, with what is done of them.
struct Embedding {
    tokens: Arc<Tokens>,
    prefix: String,
    texts: Vec<String>,
    longest: usize,
    metric: Metric,
    work: Option<TextBatches>,
    reply: Option<oneshot::Sender<Result<Vec<Vec<f32>>, EncoderError>>>,
}

impl Job<Engine> for Embedding {
    fn run(&mut self, engine: &mut Engine, turn: &Turn<'_>) -> Progress {
        let Some(reply) = self.reply.take() else { return Progress::Done };
        let stop = || reply.is_canceled() || turn.interrupts();
        let outcome = self.go_on(engine, turn, &stop);
        let progress = match outcome {
            Ok(None) => Progress::GaveWay,
            Err(EncoderError::Stopped) if !reply.is_canceled() => Progress::Interrupted,
            Ok(Some(vectors)) => {
                // After a cancel there is no receiver.
                let _ = reply.send(Ok(vectors));
                return Progress::Done;
            }
            Err(error) => {
                let _ = reply.send(Err(error));
                return Progress::Done;
            }
        };
        self.reply = Some(reply);
        progress
    }
}

impl Embedding {
    /// Computes batches until all are done or the turn gives way (`None`).
    fn go_on(
        &mut self,
        engine: &mut Engine,
        turn: &Turn<'_>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Vec<Vec<f32>>>, EncoderError> {
        let mut work = match self.work.take() {
            Some(work) => work,
            None => TextBatches::new(frame(engine, &self.tokens, &self.prefix, &self.texts, self.longest)?),
        };
        while !work.is_done() {
            let computed = work.compute_next(engine, self.metric, stop);
            if computed.is_err() || (!work.is_done() && turn.gives_way()) {
                self.work = Some(work);
                return computed.map(|()| None);
            }
        }
        Ok(Some(work.vectors))
    }
}

/// Token sequences that are embedded in length-sorted batches, and their vectors so far.
struct TextBatches {
    sequences: Vec<TokenSequence>,
    /// Indices that are left, the shortest first.
    left: Vec<usize>,
    vectors: Vec<Vec<f32>>,
}

impl TextBatches {
    fn new(sequences: Vec<TokenSequence>) -> Self {
        let mut left: Vec<usize> = (0..sequences.len()).collect();
        left.sort_by_key(|index| sequences[*index].ids.len());
        Self { vectors: vec![Vec::new(); sequences.len()], sequences, left }
    }

    fn is_done(&self) -> bool {
        self.left.is_empty()
    }

    /// Computes the next batch. One that is stopped stays the next one.
    fn compute_next(
        &mut self,
        engine: &mut Engine,
        metric: Metric,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), EncoderError> {
        if stop() {
            return Err(EncoderError::Stopped);
        }
        let taken = engine.text_limit().take(self.left.iter().map(|index| self.sequences[*index].ids.len()));
        let batch = &self.left[..taken];
        let chosen: Vec<_> = batch.iter().map(|index| self.sequences[*index].clone()).collect();
        let pooled = engine.pooled(&chosen, stop)?;
        for (index, vector) in batch.iter().zip(pooled.chunks_exact(pooled.len() / taken)) {
            let unit = normalise(vector).ok_or(EncoderError::NotANumber { index: *index, value: "NaN".into() })?;
            self.vectors[*index] = if metric == Metric::Dot { vector.to_vec() } else { unit };
        }
        self.left.drain(..taken);
        Ok(())
    }
}

/// Vectors of token sequences, computed in length-sorted batches, in the order given.
pub(crate) fn embed(
    engine: &mut Engine,
    sequences: Vec<TokenSequence>,
    metric: Metric,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<f32>>, EncoderError> {
    let mut batches = TextBatches::new(sequences);
    while !batches.is_done() {
        batches.compute_next(engine, metric, stop)?;
    }
    Ok(batches.vectors)
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

/// The vector at length one; `None` if its length is zero, NaN or infinite.
fn normalise(vector: &[f32]) -> Option<Vec<f32>> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    let usable = length.is_finite() && length > 0.0;
    usable.then(|| vector.iter().map(|value| (f64::from(*value) / length) as f32).collect())
}
