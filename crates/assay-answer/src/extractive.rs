//! Answers made of sentences of the passages, without a language model.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use assay_domain::port::{AnswerPart, Reranker, Writer};
use assay_domain::{AnswerKind, Failure, NumberedPassage, Problem, Prompt};
use futures::future::{BoxFuture, ready};
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt, TryStreamExt};

use crate::sentences;
use crate::terms::overlaps;

/// Which sentences are quoted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// Most sentences of an answer.
    pub max_sentences: usize,
    /// Largest distance of a logit below the best one's.
    pub margin: f32,
    /// Most sentences that are scored; word overlap chooses them.
    pub pool: usize,
}

impl Default for Choice {
    fn default() -> Self {
        Self { max_sentences: 3, margin: 3.0, pool: 40 }
    }
}

/// A writer that quotes: it scores each sentence of the passages against the question and returns the best ones
/// unchanged, the best first, so that the first line is the most likely answer.
///
/// The cross-encoder scores them where there is one. Without it, or when it fails, word overlap gives the order, and
/// [`Writer::name`] says so until it works again.
pub struct Extractive {
    reranker: Option<Arc<dyn Reranker>>,
    choice: Choice,
    by_overlap: AtomicBool,
}

impl Extractive {
    /// A writer that scores with the reranker, or by word overlap if there is none.
    pub fn new(reranker: Option<Arc<dyn Reranker>>) -> Self {
        let by_overlap = AtomicBool::new(reranker.is_none());
        Self { reranker, choice: Choice::default(), by_overlap }
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
        let pool = pool(&prompt, self.choice.pool);
        if pool.is_empty() {
            return Ok(Vec::new());
        }
        let chosen = match self.logits(&prompt.question, &pool).await {
            Ok(Some(logits)) => best_by_logit(&pool, &logits, self.choice.max_sentences, self.choice.margin),
            Err(failure) if failure.problem == Problem::Stopped => return Err(failure),
            _ => best_by_overlap(&pool, self.choice.max_sentences),
        };
        Ok(parts(chosen))
    }

    /// A logit for each sentence, minus infinity where the model gave none or NaN; `None` if it gave no number at all.
    async fn logits(&self, question: &str, pool: &[Sentence<'_>]) -> Result<Option<Vec<f32>>, Failure> {
        let Some(reranker) = &self.reranker else { return Ok(None) };
        let texts = pool.iter().map(|sentence| sentence.text().to_owned()).collect();
        let scored = reranker.score(question.to_owned(), texts).try_collect::<Vec<_>>().await;
        let logits = scored.map(|batches| {
            let mut logits = vec![f32::NEG_INFINITY; pool.len()];
            for pair in batches.into_iter().flatten().filter(|pair| pair.logit.is_finite()) {
                if let Some(logit) = logits.get_mut(pair.index) {
                    *logit = pair.logit;
                }
            }
            logits.iter().any(|logit| logit.is_finite()).then_some(logits)
        });
        self.by_overlap.store(!matches!(logits, Ok(Some(_))), Ordering::Relaxed);
        logits
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

/// A sentence and its place.
#[derive(Clone)]
struct Sentence<'a> {
    passage: &'a NumberedPassage,
    place: usize,
    range: Range<usize>,
    overlap: f32,
}

impl<'a> Sentence<'a> {
    fn text(&self) -> &'a str {
        self.passage.text.get(self.range.clone()).unwrap_or_default()
    }
}

/// The sentences to score: those with the largest word overlap; among equals, the first of each passage before the second
/// of any. Neighbouring chunks overlap, so repeated sentences are left out.
fn pool(prompt: &Prompt, limit: usize) -> Vec<Sentence<'_>> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for passage in &prompt.passages {
        for (place, range) in sentences(&passage.text).into_iter().enumerate() {
            let sentence = Sentence { passage, place, range, overlap: 0.0 };
            if seen.insert(sentence.text()) {
                all.push(sentence);
            }
        }
    }
    let texts: Vec<&str> = all.iter().map(Sentence::text).collect();
    let shares = overlaps(&prompt.question, &texts);
    for (sentence, share) in all.iter_mut().zip(shares) {
        sentence.overlap = share;
    }
    all.sort_by(|a, b| {
        let early = (a.place, a.passage.number).cmp(&(b.place, b.passage.number));
        b.overlap.total_cmp(&a.overlap).then(early)
    });
    all.truncate(limit);
    all
}

/// The best by logit. `logits` has one value for each sentence of the pool.
fn best_by_logit<'a>(pool: &[Sentence<'a>], logits: &[f32], max_sentences: usize, margin: f32) -> Vec<Sentence<'a>> {
    let mut ranked: Vec<(f32, &Sentence)> = logits.iter().copied().zip(pool).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let floor = ranked.first().map_or(f32::INFINITY, |(logit, _)| logit - margin);
    pick(ranked.into_iter().take_while(|(logit, _)| *logit >= floor).map(|(_, sentence)| sentence), max_sentences)
}

/// The best by word overlap, none with less than half of the best one's; the first sentence of the best passage if no word
/// is shared.
fn best_by_overlap<'a>(pool: &[Sentence<'a>], max_sentences: usize) -> Vec<Sentence<'a>> {
    let best = pool.first().map_or(0.0, |sentence| sentence.overlap);
    if best == 0.0 {
        return pool.iter().take(1).cloned().collect();
    }
    pick(pool.iter().filter(|sentence| sentence.overlap >= best / 2.0), max_sentences)
}

/// The first `max_sentences`, without those that contain another or are contained in one.
fn pick<'a, 'b>(ranked: impl Iterator<Item = &'b Sentence<'a>>, max_sentences: usize) -> Vec<Sentence<'a>>
where
    'a: 'b,
{
    let mut chosen: Vec<Sentence> = Vec::new();
    for sentence in ranked {
        if chosen.len() == max_sentences {
            break;
        }
        let text = sentence.text();
        if !chosen.iter().any(|other| other.text().contains(text) || text.contains(other.text())) {
            chosen.push(sentence.clone());
        }
    }
    chosen
}

fn parts(chosen: Vec<Sentence<'_>>) -> Vec<AnswerPart> {
    let mut parts = Vec::with_capacity(chosen.len() * 2);
    for sentence in chosen {
        let (number, quote) = (sentence.passage.number, sentence.text());
        let gap = if parts.is_empty() { "" } else { "\n" };
        parts.push(AnswerPart::Text(format!("{gap}“{quote}” [{number}]")));
        parts.push(AnswerPart::Quote { number, quote: quote.to_owned() });
    }
    parts
}

#[cfg(test)]
mod tests;
