//! A bi-encoder over words.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::{BoxFuture, FutureExt};

use super::words::{word_ranges, words};
use crate::port::{Embedder, EmbedderIdentity, Metric, TextKind};
use crate::{Failure, Problem};

/// Hashes words into an L2-normalised vector, so that texts with the same words are near.
pub struct WordEmbedder {
    identity: EmbedderIdentity,
    /// Set to make every call fail.
    pub broken: bool,
    /// Bytes of text passed to [`Embedder::token_starts`].
    pub sized: AtomicUsize,
}

impl Default for WordEmbedder {
    fn default() -> Self {
        let identity = EmbedderIdentity {
            name: "words".into(),
            weights: "none".into(),
            dimension: 64,
            pooling: "mean".into(),
            max_tokens: 256,
            special_tokens: 2,
            query_prefix: String::new(),
            passage_prefix: String::new(),
            languages: Vec::new(),
            metric: Metric::Cosine,
            device: "cpu".into(),
        };
        Self { identity, broken: false, sized: AtomicUsize::new(0) }
    }
}

impl WordEmbedder {
    /// One that was trained on these languages alone.
    pub fn that_knows(languages: &[&str]) -> Self {
        let mut embedder = Self::default();
        embedder.identity.languages = languages.iter().map(|language| (*language).to_owned()).collect();
        embedder
    }
}

impl Embedder for WordEmbedder {
    fn identity(&self) -> &EmbedderIdentity {
        &self.identity
    }

    fn token_starts(&self, text: &str) -> Vec<usize> {
        self.sized.fetch_add(text.len(), Ordering::Relaxed);
        word_ranges(text).into_iter().map(|word| word.start).collect()
    }

    fn embed(&self, _: TextKind, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        let dimension = self.identity.dimension;
        let vector = move |text: &String| {
            let mut vector = vec![0.0_f32; dimension];
            for word in words(text) {
                let hash = word.bytes().fold(5381_usize, |hash, byte| hash.wrapping_mul(33) ^ usize::from(byte));
                vector[hash % dimension] += 1.0;
            }
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-6);
            vector.iter().map(|x| x / length).collect()
        };
        let result = if self.broken {
            Err(Failure::new(Problem::ModelWrong, "the embedder is broken", "replace it"))
        } else {
            Ok(texts.iter().map(vector).collect())
        };
        async move { result }.boxed()
    }
}
