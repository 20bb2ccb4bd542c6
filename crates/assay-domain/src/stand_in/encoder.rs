//! Encoders that see words and nothing else.

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, BoxStream, StreamExt};

use super::words;
use crate::socket::{Embedder, EmbedderIdentity, PairScore, Reranker, RerankerIdentity, TextKind};
use crate::{Failure, Problem};

/// Hashes words into a normalised vector.
pub struct WordEmbedder {
    identity: EmbedderIdentity,
    /// Set to make every call fail.
    pub broken: bool,
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
            device: "cpu".into(),
        };
        Self { identity, broken: false }
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

    fn count_tokens(&self, text: &str) -> usize {
        words(text).len()
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
            Err(Failure::new(Problem::ModelWrong, "the embedder is broken", "mend it"))
        } else {
            Ok(texts.iter().map(vector).collect())
        };
        async move { result }.boxed()
    }
}

/// Logit: shared words minus one, two passages a batch.
pub struct WordReranker {
    identity: RerankerIdentity,
    breaks_after: Option<usize>,
}

impl WordReranker {
    /// One that fails after so many batches.
    pub fn that_breaks_after(batches: usize) -> Self {
        Self { breaks_after: Some(batches), ..Self::default() }
    }
}

impl Default for WordReranker {
    fn default() -> Self {
        let identity = RerankerIdentity {
            name: "shared words".into(),
            weights: "none".into(),
            max_tokens: 512,
            languages: vec!["eng".into()],
            device: "cpu".into(),
            precision: "f32".into(),
        };
        Self { identity, breaks_after: None }
    }
}

impl Reranker for WordReranker {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let asked = words(&question);
        let score = move |(index, passage): (usize, String)| {
            let there = words(&passage);
            let shared = asked.iter().filter(|word| there.contains(word)).count();
            let tokens = there.len() as u32;
            PairScore { index, logit: shared as f32 - 1.0, tokens_read: tokens.min(512), tokens_total: tokens }
        };
        let scores: Vec<PairScore> = passages.into_iter().enumerate().map(score).collect();
        let mut batches: Vec<Result<Vec<PairScore>, Failure>> =
            scores.chunks(2).map(|pair| Ok(pair.to_vec())).collect();
        if let Some(limit) = self.breaks_after {
            batches.truncate(limit);
            batches.push(Err(Failure::new(Problem::ModelWrong, "the reranker is broken", "mend it")));
        }
        stream::iter(batches).boxed()
    }
}
