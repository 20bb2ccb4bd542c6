//! A cross-encoder over words.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::stream::{self, BoxStream, StreamExt};

use super::words::words;
use crate::port::{PairScore, PretokenizedReranker, Reranker, RerankerIdentity};
use crate::{Failure, Precision, Problem};

/// Passages in a batch.
const BATCH: usize = 2;

/// Scores a passage by its shared words: the logit is their number minus one.
pub struct WordReranker {
    identity: RerankerIdentity,
    takes_tokens: bool,
    favourite: Option<u32>,
    breaks_after: Option<usize>,
    hangs_after: Option<usize>,
    scored: AtomicUsize,
}

impl Default for WordReranker {
    fn default() -> Self {
        let identity = RerankerIdentity {
            name: "shared words".into(),
            weights: "none".into(),
            max_tokens: 512,
            languages: vec!["eng".into()],
            device: "cpu".into(),
            precision: Precision::F32,
        };
        let scored = AtomicUsize::new(0);
        Self { identity, takes_tokens: false, favourite: None, breaks_after: None, hangs_after: None, scored }
    }
}

impl WordReranker {
    /// One that fails after so many batches.
    pub fn that_breaks_after(batches: usize) -> Self {
        Self { breaks_after: Some(batches), ..Self::default() }
    }

    /// One that never gets beyond so many batches.
    pub fn that_hangs_after(batches: usize) -> Self {
        Self { hangs_after: Some(batches), ..Self::default() }
    }

    /// One that takes token ids, a word each, and at most so many of them in a pair.
    pub fn with_token_input(max_tokens: usize) -> Self {
        let mut reranker = Self { takes_tokens: true, ..Self::default() };
        reranker.identity.max_tokens = max_tokens;
        reranker
    }

    /// The same under another name and with other weights; a passage with the favourite word scores ten more.
    pub fn named(mut self, name: &str, favourite: &str) -> Self {
        self.identity.name = name.into();
        self.identity.weights = name.into();
        self.favourite = Some(id(favourite));
        self
    }

    /// The same, trained on these languages.
    pub fn that_knows(mut self, languages: &[&str]) -> Self {
        self.identity.languages = languages.iter().map(|language| (*language).to_owned()).collect();
        self
    }

    /// Passages (or windows) scored so far.
    pub fn scored(&self) -> usize {
        self.scored.load(Ordering::SeqCst)
    }

    fn stream(&self, scores: Vec<PairScore>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let mut batches: Vec<Result<Vec<PairScore>, Failure>> =
            scores.chunks(BATCH).map(|pair| Ok(pair.to_vec())).collect();
        if let Some(limit) = self.breaks_after {
            batches.truncate(limit);
            batches.push(Err(Failure::new(Problem::ModelWrong, "the reranker is broken", "replace it")));
        }
        let count = |batch: &Result<Vec<PairScore>, Failure>| {
            self.scored.fetch_add(batch.as_ref().map_or(0, Vec::len), Ordering::SeqCst);
        };
        match self.hangs_after {
            None => stream::iter(batches).inspect(count).boxed(),
            Some(limit) => {
                batches.truncate(limit);
                stream::iter(batches).inspect(count).chain(stream::pending()).boxed()
            }
        }
    }

    fn logit(&self, question: &[u32], passage: &[u32]) -> f32 {
        let shared = question.iter().filter(|id| passage.contains(id)).count() as f32;
        let bonus = if self.favourite.is_some_and(|id| passage.contains(&id)) { 10.0 } else { 0.0 };
        shared - 1.0 + bonus
    }
}

/// A number for a word.
fn id(word: &str) -> u32 {
    word.bytes().fold(5381_u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte))
}

fn ids(text: &str) -> Vec<u32> {
    words(text).iter().map(|word| id(word)).collect()
}

impl Reranker for WordReranker {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let asked = ids(&question);
        let score = |(index, passage): (usize, String)| {
            let there = ids(&passage);
            let tokens = there.len() as u32;
            let logit = self.logit(&asked, &there);
            PairScore { index, logit, tokens_read: tokens.min(512), tokens_total: tokens }
        };
        self.stream(passages.into_iter().enumerate().map(score).collect())
    }

    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        self.takes_tokens.then_some(self)
    }
}

impl PretokenizedReranker for WordReranker {
    fn tokenizer(&self) -> &str {
        "words"
    }

    fn ids(&self, texts: &[&str]) -> Result<Vec<Vec<u32>>, Failure> {
        Ok(texts.iter().map(|text| ids(text)).collect())
    }

    fn max_passage_tokens(&self, question: usize) -> usize {
        let longest = self.identity.max_tokens;
        (longest - question.min(longest * 3 / 4)).max(1)
    }

    fn score_ids(&self, question: Vec<u32>, passages: Vec<Vec<u32>>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let score = |(index, passage): (usize, Vec<u32>)| {
            let read = &passage[..passage.len().min(self.max_passage_tokens(question.len()))];
            let (logit, tokens) = (self.logit(&question, read), passage.len() as u32);
            PairScore { index, logit, tokens_read: read.len() as u32, tokens_total: tokens }
        };
        let scores = passages.into_iter().enumerate().map(score).collect();
        self.stream(scores)
    }
}
