//! The cross-encoders over the head of the fused order: a first one over the pool, and if there is
//! a second one, that over what the first liked best.

use std::sync::Arc;

use assay_domain::port::{PassageScore, Reranker};
use assay_domain::score::{RerankScore, sigmoid};
use assay_domain::{Candidate, Failure, ModelScores, Passage, Question, Reason, ReasonCode, RerankMode};

use crate::bound::top_is_settled;
use crate::cached_scorer::{CachedScorer, End};
use crate::watch::Watch;
use crate::words::is_foreign_to;

/// Why the cross-encoder is not to run, if it is not.
pub fn reason_against(question: &Question, candidates: &[Candidate], reranker: &dyn Reranker) -> Option<Reason> {
    if candidates.is_empty() {
        return Some(Reason::new(ReasonCode::NothingRetrieved, "nothing was retrieved, so there is nothing to rerank"));
    }
    match question.rerank {
        RerankMode::On => None,
        RerankMode::Off => Some(Reason::new(ReasonCode::RerankingOff, "reranking is switched off")),
        RerankMode::Auto => reason_against_language(&question.text, reranker),
    }
}

/// Why a model is not to read a question in this language.
pub fn reason_against_language(question: &str, reranker: &dyn Reranker) -> Option<Reason> {
    let identity = reranker.identity();
    is_foreign_to(&identity.languages, question).then(|| {
        let name = &identity.name;
        let text = format!("{name} was not trained on Chinese; set reranking to on to use it all the same");
        Reason::new(ReasonCode::LanguageUnknownToModel, text)
    })
}

/// Who reads what.
pub struct Cascade<'a> {
    /// Reads the pool.
    pub first: CachedScorer<'a>,
    /// How many of the fused order it reads.
    pub pool: usize,
    /// Reads the best of the first one's order.
    pub second: Option<Second<'a>>,
}

/// The second, larger model.
pub struct Second<'a> {
    /// The model.
    pub judge: CachedScorer<'a>,
    /// How many it reads.
    pub pool: usize,
    /// Leave off once nothing unread is expected among so many of the best ([`crate::bound`]).
    pub until_settled: Option<usize>,
}

/// How far reranking came.
#[derive(Debug)]
pub enum Progress {
    /// Everything was scored that should be.
    All,
    /// Something came first.
    Stopped(Reason),
    /// The second model failed; what it had not read stands by the first one's scores.
    FirstAlone(Failure),
    /// The first model failed.
    Failed(Failure),
}

/// How reranking went.
#[derive(Debug)]
pub struct Reranked {
    /// How far it came.
    pub progress: Progress,
    /// What each model did.
    pub scores: Vec<ModelScores>,
}

/// What is told of each batch.
pub struct Batch<'a> {
    /// The candidates in fused order, with the scores so far.
    pub candidates: &'a [Candidate],
    /// Indexes of those scored just now.
    pub fresh: &'a [usize],
    /// Readings so far, of both models.
    pub done: usize,
    /// Readings in all.
    pub total: usize,
}

/// Scores the first `pool` candidates, and the best of those again if there is a second model.
/// They stay in fused order; their rerank ranks say the new one.
pub async fn rerank(
    question: &str,
    candidates: &mut [Candidate],
    cascade: &Cascade<'_>,
    watch: &Watch,
    on: &mut (dyn FnMut(Batch<'_>) + Send),
) -> Reranked {
    let pool = cascade.pool.min(candidates.len());
    let promising = cascade.second.as_ref().map_or(0, |second| second.pool.min(pool));
    let mut told = Told { done: 0, total: pool + promising, on };

    let places: Vec<usize> = (0..pool).collect();
    let (end, scores) = read(question, candidates, &places, &cascade.first, watch, &mut told, None).await;
    let mut scores = vec![scores];
    let progress = match end {
        End::Failed(failure) => Progress::Failed(failure),
        End::Stopped(reason) => Progress::Stopped(reason),
        End::All => Progress::All,
    };
    let (Progress::All, Some(second)) = (&progress, &cascade.second) else {
        return Reranked { progress, scores };
    };

    let mut places = places;
    places.sort_by_key(|&place| rank_of(candidates, place));
    places.truncate(promising);
    let settled = second.until_settled;
    let (end, by_second) = read(question, candidates, &places, &second.judge, watch, &mut told, Some(settled)).await;
    scores.push(by_second);
    let progress = match end {
        End::Failed(failure) => Progress::FirstAlone(failure),
        End::Stopped(reason) => Progress::Stopped(reason),
        End::All => Progress::All,
    };
    Reranked { progress, scores }
}

struct Told<'a> {
    done: usize,
    total: usize,
    on: &'a mut (dyn FnMut(Batch<'_>) + Send),
}

/// One model over the candidates at these places. `over` is set for the second model: its scores
/// decide, and the first one's are put beside them.
async fn read(
    question: &str,
    candidates: &mut [Candidate],
    places: &[usize],
    judge: &CachedScorer<'_>,
    watch: &Watch,
    told: &mut Told<'_>,
    over: Option<Option<usize>>,
) -> (End, ModelScores) {
    let passages: Vec<Passage> =
        places.iter().filter_map(|&place| Some(candidates.get(place)?.passage.clone())).collect();
    let passages: Vec<&Passage> = passages.iter().collect();
    let model: Arc<str> = judge.reranker.identity().name.as_str().into();
    let mut take = |scores: &[(usize, PassageScore)]| {
        let fresh: Vec<usize> = scores.iter().filter_map(|(index, _)| places.get(*index).copied()).collect();
        for (&place, (_, score)) in fresh.iter().zip(scores) {
            let Some(candidate) = candidates.get_mut(place) else { continue };
            if over.is_some() {
                candidate.first_rerank = candidate.rerank.take();
            }
            candidate.rerank = Some(unranked(&model, score));
        }
        rank(candidates);
        told.done += fresh.len();
        (told.on)(Batch { candidates, fresh: &fresh, done: told.done, total: told.total });
        settled(candidates, places, over.flatten()?)
    };
    judge.judge(question, &passages, watch, &mut take).await
}

/// Why the second model may leave off, if it may.
fn settled(candidates: &[Candidate], places: &[usize], top: usize) -> Option<Reason> {
    let (mut both, mut unread) = (Vec::new(), Vec::new());
    for candidate in places.iter().filter_map(|&place| candidates.get(place)) {
        match (&candidate.first_rerank, &candidate.rerank) {
            (Some(first), Some(second)) => both.push((first.logit, second.logit)),
            (None, Some(first)) => unread.push(first.logit),
            _ => (),
        }
    }
    (!unread.is_empty() && top_is_settled(&both, &unread, top)).then(|| {
        let text = format!(
            "after {} of {} passages none of the others was expected among the best {top} (a heuristic)",
            both.len(),
            places.len()
        );
        Reason::new(ReasonCode::TopSettled, text)
    })
}

fn unranked(model: &Arc<str>, score: &PassageScore) -> RerankScore {
    RerankScore {
        model: model.clone(),
        logit: score.logit,
        probability: sigmoid(score.logit),
        rank: 0,
        tokens_read: score.tokens_read,
        tokens_total: score.tokens_total,
        windows: score.windows,
        window: score.window,
    }
}

fn rank_of(candidates: &[Candidate], place: usize) -> u32 {
    candidates.get(place).and_then(|candidate| candidate.rerank.as_ref()).map_or(u32::MAX, |score| score.rank)
}

/// Ranks on logits, never on their sigmoids, which saturate; ties keep the fused order. What the
/// second model read stands first, so that logits of two models are never compared.
fn rank(candidates: &mut [Candidate]) {
    let mut scored: Vec<&mut Candidate> =
        candidates.iter_mut().filter(|candidate| candidate.rerank.is_some()).collect();
    let logit = |candidate: &Candidate| candidate.rerank.as_ref().map_or(f32::NEG_INFINITY, |score| score.logit);
    scored.sort_by(|a, b| {
        let by_first_alone = |candidate: &Candidate| candidate.first_rerank.is_none();
        by_first_alone(a).cmp(&by_first_alone(b)).then_with(|| logit(b).total_cmp(&logit(a)))
    });
    for (rank, candidate) in (1..).zip(scored) {
        if let Some(score) = &mut candidate.rerank {
            score.rank = rank;
        }
    }
}
