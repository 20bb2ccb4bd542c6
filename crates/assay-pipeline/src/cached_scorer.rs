//! One cross-encoder over passages, with all that is remembered of its earlier work: known scores
//! at once, the rest batch by batch.

use std::time::{Duration, Instant};

use assay_domain::port::{PairStore, PairTokens, PassageScore, Reranker, ScoreKey};
use assay_domain::{Failure, ModelScores, Passage, Reason};

use crate::watch::Watch;
use crate::windows::{READING, Work};

/// A cross-encoder and its memory.
#[derive(Clone, Copy)]
pub struct CachedScorer<'a> {
    /// The model.
    pub reranker: &'a dyn Reranker,
    /// Token ids and scores from before, if they are kept.
    pub pairs: Option<&'a dyn PairStore>,
}

/// How far it came.
#[derive(Debug)]
pub enum End {
    /// Every passage was scored.
    All,
    /// Something came first.
    Stopped(Reason),
    /// The model failed.
    Failed(Failure),
}

/// Hears of scores as they come, each with the passage's place; a reason ends the work.
pub type OnScores<'a> = dyn FnMut(&[(usize, PassageScore)]) -> Option<Reason> + Send + 'a;

/// What is left when the known scores are told.
enum Left<'a> {
    Nothing(End),
    Work(Rest<'a>),
}

/// Passages to compute, by their places among all.
struct Rest<'a> {
    key: ScoreKey,
    missing: Vec<usize>,
    work: Work<'a>,
}

impl CachedScorer<'_> {
    /// Scores passages against a question, roughly in their order. A passage longer than the model
    /// reads is scored window by window; its score is the best window's.
    pub async fn judge(
        &self,
        question: &str,
        passages: &[&Passage],
        watch: &Watch,
        on: &mut OnScores<'_>,
    ) -> (End, ModelScores) {
        let identity = self.reranker.identity();
        let (model, precision) = (identity.name.clone(), identity.precision);
        let mut scores = ModelScores { model, precision, computed: 0, cached: 0, tokenizing: Duration::ZERO };
        let end = match self.prepare(question, passages, on, &mut scores) {
            Ok(Left::Work(left)) => self.compute(left, passages, watch, on, &mut scores).await,
            Ok(Left::Nothing(end)) => Ok(end),
            Err(failure) => Err(failure),
        };
        (end.unwrap_or_else(End::Failed), scores)
    }

    /// Known scores at once, and what is left to compute.
    fn prepare(
        &self,
        question: &str,
        passages: &[&Passage],
        on: &mut OnScores<'_>,
        scores: &mut ModelScores,
    ) -> Result<Left<'_>, Failure> {
        let begun = Instant::now();
        let sides = self.reranker.by_tokens();
        let asked = sides.map(|sides| one(sides, question)).transpose()?;
        scores.tokenizing = begun.elapsed();

        let key = self.key(question, sides, asked.as_deref());
        let known = self.pairs.map_or_else(|| vec![None; passages.len()], |pairs| pairs.scores(&key, passages));
        let cached: Vec<(usize, PassageScore)> =
            (0..).zip(&known).filter_map(|(place, score)| Some((place, (*score)?))).collect();
        scores.cached = cached.len();
        if !cached.is_empty()
            && let Some(reason) = on(&cached)
        {
            return Ok(Left::Nothing(End::Stopped(reason)));
        }
        let missing: Vec<usize> =
            (0..passages.len()).filter(|&place| known.get(place).is_none_or(Option::is_none)).collect();
        if missing.is_empty() {
            return Ok(Left::Nothing(End::All));
        }

        let begun = Instant::now();
        let rest: Vec<&Passage> = missing.iter().filter_map(|place| passages.get(*place).copied()).collect();
        let work = match (sides, asked) {
            (Some(sides), Some(asked)) => Work::of_ids(sides, asked, self.ids(sides, &rest)?),
            _ => Work::of_texts(self.reranker, question, &rest),
        };
        scores.tokenizing += begun.elapsed();
        Ok(Left::Work(Rest { key, missing, work }))
    }

    async fn compute(
        &self,
        mut rest: Rest<'_>,
        passages: &[&Passage],
        watch: &Watch,
        on: &mut OnScores<'_>,
        scores: &mut ModelScores,
    ) -> Result<End, Failure> {
        let all = rest.missing.len();
        while scores.computed < all {
            let batch = match watch.next(&mut rest.work.batches).await {
                Err(reason) => return Ok(End::Stopped(reason)),
                Ok(Some(batch)) => rest.work.whole(batch?),
                Ok(None) => {
                    return Err(Failure::bug(format!("the reranker scored {} of {all} passages", scores.computed)));
                }
            };
            let fresh: Vec<(usize, PassageScore)> =
                batch.into_iter().filter_map(|(place, score)| Some((*rest.missing.get(place)?, score))).collect();
            scores.computed += fresh.len();
            if let Some(pairs) = self.pairs {
                let kept = fresh.iter().filter_map(|(place, score)| Some((*passages.get(*place)?, *score)));
                pairs.keep_scores(&rest.key, &kept.collect::<Vec<_>>());
            }
            if !fresh.is_empty()
                && let Some(reason) = on(&fresh)
            {
                return Ok(End::Stopped(reason));
            }
        }
        Ok(End::All)
    }

    fn key(&self, question: &str, sides: Option<&dyn PairTokens>, asked: Option<&[u32]>) -> ScoreKey {
        let identity = self.reranker.identity();
        let bytes = |ids: &[u32]| ids.iter().flat_map(|id| id.to_le_bytes()).collect();
        ScoreKey {
            weights: identity.weights.clone(),
            tokenizer: sides.map(|sides| sides.tokenizer().to_owned()).unwrap_or_default(),
            precision: identity.precision,
            max_tokens: identity.max_tokens,
            reading: READING,
            question: asked.map_or_else(|| question.as_bytes().to_vec(), bytes),
        }
    }

    /// Token ids of passages: from the store where they are there, else made now and kept. They
    /// are made when a passage is first scored and not when it is taken in: so any model can be
    /// chosen at any time, ingesting opens no cross-encoder, and only what is ever retrieved is kept.
    fn ids(&self, sides: &dyn PairTokens, passages: &[&Passage]) -> Result<Vec<Vec<u32>>, Failure> {
        let stored = self.pairs.map(|pairs| pairs.ids(sides.tokenizer(), passages)).unwrap_or_default();
        let mut found: Vec<Option<Vec<u32>>> = stored;
        found.resize(passages.len(), None);
        let missing: Vec<&Passage> =
            found.iter().zip(passages).filter(|(ids, _)| ids.is_none()).map(|(_, passage)| *passage).collect();
        if missing.is_empty() {
            return Ok(found.into_iter().flatten().collect());
        }
        let texts: Vec<&str> = missing.iter().map(|passage| passage.text.as_str()).collect();
        let made = sides.ids(&texts)?;
        if let Some(pairs) = self.pairs {
            let kept = missing.iter().copied().zip(made.iter().map(Vec::as_slice));
            pairs.keep_ids(sides.tokenizer(), &kept.collect::<Vec<_>>());
        }
        let mut made = made.into_iter();
        let whole: Vec<Vec<u32>> = found.into_iter().filter_map(|ids| ids.or_else(|| made.next())).collect();
        if whole.len() == passages.len() { Ok(whole) } else { Err(Failure::bug("a passage got no token ids")) }
    }
}

fn one(sides: &dyn PairTokens, question: &str) -> Result<Vec<u32>, Failure> {
    sides.ids(&[question])?.pop().ok_or_else(|| Failure::bug("the question got no token ids"))
}
