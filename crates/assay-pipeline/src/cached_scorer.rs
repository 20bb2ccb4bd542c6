//! One cross-encoder with its score cache: known scores come at once, the rest batch by batch.

use std::time::{Duration, Instant};

use assay_domain::port::{PassageScore, PretokenizedReranker, Reranker, ScoreCache, ScoreKey};
use assay_domain::{Candidate, Failure, Passage, PassageContext, Reason, RerankerStats};

use assay_text::simplified;

use crate::deadline::Deadline;
use crate::windows::{WINDOWING, WindowScoring};

/// A cross-encoder and its score cache.
#[derive(Clone, Copy)]
pub struct CachedScorer<'a> {
    /// The model.
    pub reranker: &'a dyn Reranker,
    /// Token ids and scores of earlier questions, if they are kept.
    pub cache: Option<&'a dyn ScoreCache>,
}

/// A passage as a cross-encoder reads it: the context, a line end, the text.
#[derive(Debug, Clone)]
pub struct PairPassage {
    /// Where the passage comes from ([`PassageContext::prefix`](assay_domain::PassageContext::prefix)); may be empty.
    pub context: String,
    /// The passage.
    pub passage: Passage,
}

impl PairPassage {
    /// The passage with its context as one text. Cached scores belong to it, so a renamed file is scored again.
    fn joined(&self) -> Passage {
        Passage { text: in_context(&self.context, &self.passage.text), ..self.passage.clone() }
    }
}

/// A text after its context.
pub fn in_context(context: &str, text: &str) -> String {
    if context.is_empty() { text.to_owned() } else { format!("{context}\n{text}") }
}

/// How scoring ended.
#[derive(Debug)]
pub enum ScoringOutcome {
    /// Every passage was scored.
    Complete,
    /// It stopped early, for this reason.
    Stopped(Reason),
    /// The model failed.
    Failed(Failure),
}

/// Receives scores as they come, each with its passage's index; a returned reason stops the work.
pub type OnScores<'a> = dyn FnMut(&[(usize, PassageScore)]) -> Option<Reason> + Send + 'a;

/// What is left to do after the cache was asked.
enum Prepared<'a> {
    Ended(ScoringOutcome),
    ToCompute(Uncached<'a>),
}

/// Passages that the cache has no score for.
struct Uncached<'a> {
    key: ScoreKey,
    /// Their indexes among all passages.
    places: Vec<usize>,
    scoring: WindowScoring<'a>,
}

impl CachedScorer<'_> {
    /// A candidate as the model is to read it. Traditional Chinese is read as simplified, which models see far more
    /// of: the shipped one gives a right pair across scripts 0.2 and 1.1, in one script 3.3 and 3.6.
    pub fn pair(&self, candidate: &Candidate, context: bool) -> PairPassage {
        let context = if context {
            context_of(self.reranker, &candidate.context(), &candidate.passage.text)
        } else {
            String::new()
        };
        let passage = Passage { text: simplified(&candidate.passage.text), ..candidate.passage.clone() };
        PairPassage { context, passage }
    }

    /// Scores passages against a question, roughly in their order. A passage longer than the model
    /// reads is scored window by window ([`crate::windows`]).
    pub async fn score(
        &self,
        question: &str,
        passages: &[PairPassage],
        deadline: &Deadline,
        on: &mut OnScores<'_>,
    ) -> (ScoringOutcome, RerankerStats) {
        let question = &*simplified(question);
        let identity = self.reranker.identity();
        let (model, precision) = (identity.name.clone(), identity.precision);
        let mut stats = RerankerStats { model, precision, computed: 0, cached: 0, tokenizing: Duration::ZERO };
        let joined: Vec<Passage> = passages.iter().map(PairPassage::joined).collect();
        let joined: Vec<&Passage> = joined.iter().collect();
        let outcome = match self.look_up(question, passages, &joined, on, &mut stats) {
            Ok(Prepared::ToCompute(uncached)) => self.compute(uncached, &joined, deadline, on, &mut stats).await,
            Ok(Prepared::Ended(outcome)) => Ok(outcome),
            Err(failure) => Err(failure),
        };
        (outcome.unwrap_or_else(ScoringOutcome::Failed), stats)
    }

    /// Reports the cached scores and prepares the scoring of the other passages.
    fn look_up(
        &self,
        question: &str,
        passages: &[PairPassage],
        joined: &[&Passage],
        on: &mut OnScores<'_>,
        stats: &mut RerankerStats,
    ) -> Result<Prepared<'_>, Failure> {
        let begun = Instant::now();
        let pretokenized = self.reranker.as_pretokenized();
        let question_ids = pretokenized.map(|reranker| ids_of_question(reranker, question)).transpose()?;
        stats.tokenizing = begun.elapsed();

        let key = self.key(question, pretokenized, question_ids.as_deref());
        let known = self.cache.map_or_else(|| vec![None; joined.len()], |cache| cache.scores(&key, joined));
        let cached: Vec<(usize, PassageScore)> =
            (0..).zip(&known).filter_map(|(place, score)| Some((place, (*score)?))).collect();
        stats.cached = cached.len();
        if !cached.is_empty()
            && let Some(reason) = on(&cached)
        {
            return Ok(Prepared::Ended(ScoringOutcome::Stopped(reason)));
        }
        let places: Vec<usize> =
            (0..passages.len()).filter(|&place| known.get(place).is_none_or(Option::is_none)).collect();
        if places.is_empty() {
            return Ok(Prepared::Ended(ScoringOutcome::Complete));
        }

        let begun = Instant::now();
        let uncached: Vec<&PairPassage> = places.iter().filter_map(|place| passages.get(*place)).collect();
        let scoring = match (pretokenized, question_ids) {
            (Some(reranker), Some(question)) => {
                let contexts: Vec<&str> = uncached.iter().map(|pair| pair.context.as_str()).collect();
                let passages: Vec<&Passage> = uncached.iter().map(|pair| &pair.passage).collect();
                let passages = self.ids(reranker, &passages)?;
                let pairs = reranker.ids(&contexts)?.into_iter().zip(passages).collect();
                WindowScoring::of_ids(reranker, question, pairs)
            }
            _ => {
                let texts = places.iter().filter_map(|place| Some(joined.get(*place)?.text.clone())).collect();
                WindowScoring::of_texts(self.reranker, question, texts)
            }
        };
        stats.tokenizing += begun.elapsed();
        Ok(Prepared::ToCompute(Uncached { key, places, scoring }))
    }

    async fn compute(
        &self,
        mut uncached: Uncached<'_>,
        passages: &[&Passage],
        deadline: &Deadline,
        on: &mut OnScores<'_>,
        stats: &mut RerankerStats,
    ) -> Result<ScoringOutcome, Failure> {
        let wanted = uncached.places.len();
        while stats.computed < wanted {
            let batch = match deadline.next(&mut uncached.scoring.batches).await {
                Err(reason) => return Ok(ScoringOutcome::Stopped(reason)),
                Ok(Some(batch)) => uncached.scoring.add(batch?),
                Ok(None) => {
                    return Err(Failure::bug(format!("the reranker scored {} of {wanted} passages", stats.computed)));
                }
            };
            let fresh: Vec<(usize, PassageScore)> =
                batch.into_iter().filter_map(|(place, score)| Some((*uncached.places.get(place)?, score))).collect();
            stats.computed += fresh.len();
            if let Some(cache) = self.cache {
                let scores = fresh.iter().filter_map(|(place, score)| Some((*passages.get(*place)?, *score)));
                cache.store_scores(&uncached.key, &scores.collect::<Vec<_>>());
            }
            if !fresh.is_empty()
                && let Some(reason) = on(&fresh)
            {
                return Ok(ScoringOutcome::Stopped(reason));
            }
        }
        Ok(ScoringOutcome::Complete)
    }

    fn key(
        &self,
        question: &str,
        pretokenized: Option<&dyn PretokenizedReranker>,
        question_ids: Option<&[u32]>,
    ) -> ScoreKey {
        let identity = self.reranker.identity();
        let bytes = |ids: &[u32]| ids.iter().flat_map(|id| id.to_le_bytes()).collect();
        ScoreKey {
            weights: identity.weights.clone(),
            tokenizer: pretokenized.map(|reranker| reranker.tokenizer().to_owned()).unwrap_or_default(),
            precision: identity.precision,
            max_tokens: identity.max_tokens,
            windowing: WINDOWING,
            question: question_ids.map_or_else(|| question.as_bytes().to_vec(), bytes),
        }
    }

    /// Token ids of passages, from the cache or computed now and stored. They are computed when a
    /// passage is first scored, not when its file is ingested: so any model can be chosen at any
    /// time, ingesting opens no cross-encoder, and only what is ever retrieved takes space.
    fn ids(&self, reranker: &dyn PretokenizedReranker, passages: &[&Passage]) -> Result<Vec<Vec<u32>>, Failure> {
        let mut found: Vec<Option<Vec<u32>>> =
            self.cache.map(|cache| cache.ids(reranker.tokenizer(), passages)).unwrap_or_default();
        found.resize(passages.len(), None);
        let missing: Vec<&Passage> =
            found.iter().zip(passages).filter(|(ids, _)| ids.is_none()).map(|(_, passage)| *passage).collect();
        if missing.is_empty() {
            return Ok(found.into_iter().flatten().collect());
        }
        let texts: Vec<&str> = missing.iter().map(|passage| passage.text.as_str()).collect();
        let computed = reranker.ids(&texts)?;
        if let Some(cache) = self.cache {
            let ids = missing.iter().copied().zip(computed.iter().map(Vec::as_slice));
            cache.store_ids(reranker.tokenizer(), &ids.collect::<Vec<_>>());
        }
        let mut computed = computed.into_iter();
        let all: Vec<Vec<u32>> = found.into_iter().filter_map(|ids| ids.or_else(|| computed.next())).collect();
        if all.len() == passages.len() { Ok(all) } else { Err(Failure::bug("a passage got no token ids")) }
    }
}

/// The context of a passage with this text, within its budget of the model's tokens.
pub fn context_of(reranker: &dyn Reranker, context: &PassageContext, text: &str) -> String {
    simplified(&context.prefix(text, &|text| tokens(reranker, text)))
}

/// Tokens of a short text; about one for three bytes where the model does not tell.
fn tokens(reranker: &dyn Reranker, text: &str) -> usize {
    let ids = reranker.as_pretokenized().and_then(|reranker| reranker.ids(&[text]).ok());
    ids.and_then(|ids| Some(ids.first()?.len())).unwrap_or(text.len().div_ceil(3))
}

fn ids_of_question(reranker: &dyn PretokenizedReranker, question: &str) -> Result<Vec<u32>, Failure> {
    reranker.ids(&[question])?.pop().ok_or_else(|| Failure::bug("the question got no token ids"))
}
