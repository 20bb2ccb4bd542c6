//! Answers made of the passages' own sentences, with no language model.

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
use crate::words::overlaps;

/// How many sentences are quoted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// At most so many.
    pub most: usize,
    /// None whose logit is further than this below the best one's.
    pub margin: f32,
    /// At most so many are scored; word overlap says which.
    pub pool: usize,
}

impl Default for Choice {
    fn default() -> Self {
        Self { most: 3, margin: 3.0, pool: 40 }
    }
}

/// A writer that quotes: each sentence of the passages is scored against the question, and the
/// best ones are given back word for word, the best first: whoever reads one line reads the likeliest.
///
/// The cross-encoder scores them where there is one. Without it, or when it fails, the order is
/// that of word overlap, and [`Writer::name`] says so until it works again.
pub struct Extractive {
    reranker: Option<Arc<dyn Reranker>>,
    choice: Choice,
    by_words: AtomicBool,
}

impl Extractive {
    /// A writer that scores with the reranker, or by word overlap when there is none.
    pub fn new(reranker: Option<Arc<dyn Reranker>>) -> Self {
        let by_words = AtomicBool::new(reranker.is_none());
        Self { reranker, choice: Choice::default(), by_words }
    }

    /// The same writer with another choice.
    pub fn with_choice(self, choice: Choice) -> Self {
        Self { choice, ..self }
    }

    /// The parts of the answer. Fails only when the user stopped it.
    async fn quote(&self, prompt: Prompt) -> Result<Vec<AnswerPart>, Failure> {
        let pool = pool(&prompt, self.choice.pool);
        if pool.is_empty() {
            return Ok(Vec::new());
        }
        let chosen = match self.logits(&prompt.question, &pool).await {
            Ok(Some(logits)) => best(&pool, &logits, self.choice.most, self.choice.margin),
            Err(failure) if failure.problem == Problem::Stopped => return Err(failure),
            _ => by_words(&pool, self.choice.most),
        };
        Ok(parts(chosen))
    }

    /// A logit for each sentence, minus infinity where the model gave none or not a number.
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
        self.by_words.store(!matches!(logits, Ok(Some(_))), Ordering::Relaxed);
        logits
    }
}

impl Writer for Extractive {
    fn name(&self) -> String {
        let by_words = self.by_words.load(Ordering::Relaxed);
        if by_words { "extractive (word overlap)" } else { "extractive" }.to_owned()
    }

    fn kind(&self) -> AnswerKind {
        AnswerKind::Extractive
    }

    fn budget(&self) -> Option<usize> {
        None
    }

    /// Zeros: nothing is written, so nothing has to fit.
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

/// A sentence where it stands.
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

/// The sentences worth scoring: those that share most with the question; where that says
/// nothing, the first of each passage before the second of any. Neighbouring chunks overlap, so
/// a sentence that was met before is left out.
fn pool(prompt: &Prompt, limit: usize) -> Vec<Sentence<'_>> {
    let mut met = HashSet::new();
    let mut all = Vec::new();
    for passage in &prompt.passages {
        for (place, range) in sentences(&passage.text).into_iter().enumerate() {
            let sentence = Sentence { passage, place, range, overlap: 0.0 };
            if met.insert(sentence.text()) {
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
fn best<'a>(pool: &[Sentence<'a>], logits: &[f32], most: usize, margin: f32) -> Vec<Sentence<'a>> {
    let mut ranked: Vec<(f32, &Sentence)> = logits.iter().copied().zip(pool).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let floor = ranked.first().map_or(f32::INFINITY, |(logit, _)| logit - margin);
    pick(ranked.into_iter().take_while(|(logit, _)| *logit >= floor).map(|(_, sentence)| sentence), most)
}

/// The best by word overlap, none with less than half of the best one's; the first sentence of
/// the best passage if no word is shared.
fn by_words<'a>(pool: &[Sentence<'a>], most: usize) -> Vec<Sentence<'a>> {
    let best = pool.first().map_or(0.0, |sentence| sentence.overlap);
    if best == 0.0 {
        return pool.iter().take(1).cloned().collect();
    }
    pick(pool.iter().filter(|sentence| sentence.overlap >= best / 2.0), most)
}

/// The first `most`, none within another.
fn pick<'a, 'b>(ranked: impl Iterator<Item = &'b Sentence<'a>>, most: usize) -> Vec<Sentence<'a>>
where
    'a: 'b,
{
    let mut chosen: Vec<Sentence> = Vec::new();
    for sentence in ranked {
        if chosen.len() == most {
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
