//! Answers made of sentences of the passages, without a language model.

mod pool;
mod scoring;
mod weigh;
mod foreign;
mod listing;
mod wording;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use assay_domain::port::{AnswerPart, Embedder, Reranker, Writer};
use assay_domain::{AnswerKind, Failure, PassageRole, Problem, Prompt, Wanted};
use futures::future::{BoxFuture, ready};
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};

use foreign::cosines;
use pool::{Sentence, all, pool};
use scoring::above_threshold;
use weigh::weights;
use wording::{Apart, Quoted, Read, parts};

/// Which sentences are quoted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Most sentences of an answer.
    pub max_sentences: usize,
    /// Largest distance of a weight below the best one's.
    pub margin: f32,
    /// Most sentences that are scored; word overlap chooses them.
    pub pool: usize,
    /// Most sentences of an answer that is to hold everything.
    pub max_listed: usize,
}

impl Default for Choice {
    fn default() -> Self {
        Self { max_sentences: 3, margin: 1.5, pool: 40, max_listed: 20 }
    }
}

impl Choice {
    fn for_all(self) -> Self {
        Self { max_sentences: self.max_listed, ..self }
    }
}

/// A writer that quotes: it weighs each sentence of the passages (`extractive/weigh.rs`) and returns the best ones
/// unchanged, the best first, so that the first line is the most likely answer. Asked for everything, it lists the rows of
/// tables that fulfil the question (`extractive/listing.rs`), or more sentences.
///
/// The cross-encoder that judged their passage scores them where there is one. Without any, or when one fails, word overlap
/// gives the order, and [`Writer::name`] says so until it works again. If all that was kept is in another language and judged by no model, the
/// bi-encoder gives the order (`extractive/foreign.rs`), and the answer says that it is the nearest that was found.
pub struct Extractive {
    rerankers: Vec<Arc<dyn Reranker>>,
    embedder: Option<Arc<dyn Embedder>>,
    choice: Choice,
    by_overlap: AtomicBool,
}

impl Extractive {
    /// A writer that scores with the cross-encoders that judge passages, or by word overlap if there are none. The first one
    /// scores the sentences of passages that none has judged.
    pub fn new(rerankers: Vec<Arc<dyn Reranker>>) -> Self {
        let by_overlap = AtomicBool::new(rerankers.is_empty());
        Self { rerankers, embedder: None, choice: Choice::default(), by_overlap }
    }

    /// The same writer with a bi-encoder for passages in another language than the question.
    pub fn with_embedder(self, embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder: Some(embedder), ..self }
    }

    /// The same writer with another choice.
    pub fn with_choice(self, choice: Choice) -> Self {
        Self { choice, ..self }
    }

    /// The parts of the answer.
    ///
    /// # Errors
    /// Only [`Problem::Stopped`].
    async fn quote(&self, prompt: Prompt) -> Result<Vec<AnswerPart>, Failure> {
        let all = all(&prompt);
        if all.is_empty() {
            return Ok(Vec::new());
        }
        if prompt.wanted != Wanted::Best
            && let Some(rows) = listing::rows(&prompt.question, (prompt.wanted, prompt.unread), &all)
        {
            return Ok(parts(&prompt.question, rows));
        }
        // Of a table below the threshold, only rows that fulfil the question count.
        let all: Vec<Sentence<'_>> =
            all.into_iter().filter(|sentence| sentence.passage.role != PassageRole::NearestTable).collect();
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let (foreign, all): (Vec<_>, Vec<_>) = all.into_iter().partition(|sentence| sentence.passage.foreign);
        if all.is_empty() {
            return Ok(parts(&prompt.question, self.nearest(&prompt.question, foreign).await?));
        }
        let read = Read::of(&all, prompt.unread);
        let pool = pool(all, self.choice.pool);
        let everything = prompt.wanted == Wanted::Everything;
        let choice = if everything { self.choice.for_all() } else { self.choice };
        let scored = above_threshold(&self.rerankers, &prompt.question, &pool).await;
        self.by_overlap.store(!matches!(scored, Ok(Some(_))), Ordering::Relaxed);
        let mut chosen = match scored {
            Ok(Some(above)) => best(&pool, &weights(&prompt.question, &pool, Some(&above)), choice, choice.margin),
            Err(failure) if failure.problem == Problem::Stopped => return Err(failure),
            _ => best_by_overlap(&pool, &weights(&prompt.question, &pool, None), choice),
        };
        chosen.read = everything.then_some(read);
        Ok(parts(&prompt.question, chosen))
    }

    /// The sentences in another language that are nearest to the question; without a bi-encoder, or if it fails, by words.
    ///
    /// # Errors
    /// Only [`Problem::Stopped`].
    async fn nearest<'a>(&self, question: &str, foreign: Vec<Sentence<'a>>) -> Result<Quoted<'a>, Failure> {
        let mut pool = foreign;
        pool.truncate(self.choice.pool);
        let cosines = match &self.embedder {
            Some(embedder) => cosines(embedder, question, &pool).await.map(Some),
            None => Ok(None),
        };
        let chosen = match cosines {
            Ok(Some(cosines)) => best(&pool, &cosines, self.choice, foreign::MARGIN),
            Err(failure) if failure.problem == Problem::Stopped => return Err(failure),
            _ => best_by_overlap(&pool, &weights(question, &pool, None), self.choice),
        };
        Ok(Quoted { more: 0, foreign: true, ..chosen })
    }
}

impl Writer for Extractive {
    fn name(&self) -> String {
        let by_overlap = self.by_overlap.load(Ordering::Relaxed);
        if by_overlap { "extractive (word overlap)" } else { "extractive" }.to_owned()
    }

    fn kind(&self) -> AnswerKind {
        AnswerKind::Extractive
    }

    fn budget(&self) -> Option<usize> {
        None
    }

    /// Zeros: quotes have no budget of tokens.
    fn count_tokens(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<usize>, Failure>> {
        ready(Ok(vec![0; texts.len()])).boxed()
    }

    fn write(&self, prompt: Prompt) -> BoxStream<'_, Result<AnswerPart, Failure>> {
        let parts = async move {
            let parts = match self.quote(prompt).await {
                Ok(parts) => parts.into_iter().map(Ok).collect(),
                Err(failure) => vec![Err(failure)],
            };
            stream::iter(parts)
        };
        parts.flatten_stream().boxed()
    }
}

/// The best by word overlap, none with less than half of the best one's; the first sentence of the best passage if no word
/// is shared.
fn best_by_overlap<'a>(pool: &[Sentence<'a>], weights: &[f32], choice: Choice) -> Quoted<'a> {
    let heaviest = weights.iter().copied().fold(0.0, f32::max);
    let only = Choice { max_sentences: 1, ..choice };
    if heaviest == 0.0 {
        return Quoted { more: 0, ..best(pool.get(..1).unwrap_or_default(), weights, only, 0.0) };
    }
    best(pool, weights, choice, heaviest / 2.0)
}

/// The best, none lighter than the best one's weight by more than the margin, without those that contain another or are
/// contained in one.
fn best<'a>(pool: &[Sentence<'a>], weights: &[f32], choice: Choice, margin: f32) -> Quoted<'a> {
    let mut ranked: Vec<(f32, &Sentence)> = weights.iter().copied().zip(pool).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.passage.number.cmp(&b.1.passage.number)));
    let floor = ranked.first().map_or(f32::INFINITY, |(weight, _)| weight - margin);
    let mut chosen: Vec<Sentence> = Vec::new();
    let mut more = 0;
    for (_, sentence) in ranked.into_iter().take_while(|(weight, _)| *weight >= floor) {
        let text = sentence.text();
        if chosen.iter().any(|other| other.text().contains(text) || text.contains(other.text())) {
            continue;
        }
        if chosen.len() < choice.max_sentences {
            chosen.push(sentence.clone());
        } else {
            more += 1;
        }
    }
    Quoted { sentences: chosen, more, read: None, foreign: false, apart: Apart::default() }
}

#[cfg(test)]
mod tests;
