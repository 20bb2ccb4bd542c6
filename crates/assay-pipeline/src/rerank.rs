//! The cross-encoders over the head of the fused order: a first model over the pool and, if there
//! is a second one, that over the best of the first's order. This is cascade ranking (Wang, Lin and
//! Metzler, SIGIR 2011) with at most two stages.

mod turn;

use assay_domain::port::Reranker;
use assay_domain::{Cancel, Candidate, Failure, Question, Reason, ReasonCode, RerankMode, RerankerStats};

use assay_text::tell_language;

use crate::cached_scorer::{CachedScorer, ScoringOutcome};
use crate::deadline::Deadline;
use crate::language::is_unknown_to;
use turn::{Progress, Turn, score};

pub use turn::Batch;

/// Why reranking is skipped, if it is.
pub fn reason_to_skip(question: &Question, candidates: &[Candidate], reranker: &dyn Reranker) -> Option<Reason> {
    if candidates.is_empty() {
        return Some(Reason::new(ReasonCode::NothingRetrieved, "nothing was retrieved, so there is nothing to rerank"));
    }
    match question.rerank {
        RerankMode::On => None,
        RerankMode::Off => Some(Reason::new(ReasonCode::RerankingOff, "reranking is switched off")),
        RerankMode::Auto => language_mismatch(&question.text, reranker),
    }
}

/// Why a model cannot read the question's language, if it cannot.
pub fn language_mismatch(question: &str, reranker: &dyn Reranker) -> Option<Reason> {
    let identity = reranker.identity();
    let language = tell_language(question);
    is_unknown_to(&identity.languages, language).then(|| {
        let name = &identity.name;
        let text = format!("{name} was not trained on {}; set reranking to on to use it anyway", language.name());
        Reason::new(ReasonCode::LanguageUnknownToModel, text)
    })
}

/// The models of a cascade.
pub struct Cascade<'a> {
    /// Whether the models read the context of a passage before its text.
    pub context: bool,
    /// Scores the pool.
    pub first: CachedScorer<'a>,
    /// How many of the fused order it scores.
    pub pool: usize,
    /// Scores the best of the first model's order.
    pub second: Option<Second<'a>>,
}

/// The second, larger model of a cascade.
pub struct Second<'a> {
    /// The model.
    pub scorer: CachedScorer<'a>,
    /// How many it scores.
    pub pool: usize,
    /// Stop once no unscored passage is expected among so many of the best ([`crate::early_stop`]).
    pub stop_for_top: Option<usize>,
}

/// How reranking ended.
#[derive(Debug)]
pub enum RerankOutcome {
    /// Every passage was scored that should be.
    Complete,
    /// It stopped early, for this reason.
    Stopped(Reason),
    /// The second model failed; what it had not scored keeps the first model's scores.
    SecondFailed(Failure),
    /// The first model failed.
    Failed(Failure),
}

/// Scores the first `pool` candidates, and the best of those again if there is a second model.
/// Candidates stay in fused order; their rerank ranks give the new order. Returns how it ended and
/// what each model did.
pub async fn rerank(
    question: &str,
    candidates: &mut [Candidate],
    cascade: &Cascade<'_>,
    deadline: &Deadline,
    on: &mut (dyn FnMut(Batch<'_>) + Send),
) -> (RerankOutcome, Vec<RerankerStats>) {
    let pool = cascade.pool.min(candidates.len());
    let second_pool = cascade.second.as_ref().map_or(0, |second| second.pool.min(pool));
    let mut progress = Progress { done: 0, total: pool + second_pool, on };

    let places: Vec<usize> = (0..pool).collect();
    let turn = Turn {
        scorer: &cascade.first,
        context: cascade.context,
        places: &places,
        is_second: false,
        stop_for_top: None,
    };
    let (outcome, stats) = score(question, candidates, &turn, deadline, &mut progress).await;
    let mut all_stats = vec![stats];
    let outcome = match outcome {
        ScoringOutcome::Failed(failure) => RerankOutcome::Failed(failure),
        ScoringOutcome::Stopped(reason) => RerankOutcome::Stopped(reason),
        ScoringOutcome::Complete => RerankOutcome::Complete,
    };
    let (RerankOutcome::Complete, Some(second)) = (&outcome, &cascade.second) else {
        return (outcome, all_stats);
    };

    let mut places = places;
    places.sort_by_key(|&place| rank_of(candidates, place));
    places.truncate(second_pool);
    let (context, stop_for_top) = (cascade.context, second.stop_for_top);
    let turn = Turn { scorer: &second.scorer, context, places: &places, is_second: true, stop_for_top };
    let (outcome, stats) = score(question, candidates, &turn, deadline, &mut progress).await;
    all_stats.push(stats);
    let outcome = match outcome {
        ScoringOutcome::Failed(failure) => RerankOutcome::SecondFailed(failure),
        ScoringOutcome::Stopped(reason) => RerankOutcome::Stopped(reason),
        ScoringOutcome::Complete => RerankOutcome::Complete,
    };
    (outcome, all_stats)
}

/// Scores the first `pool` candidates with one model, without cache, budget or stop button: for
/// measurements.
///
/// # Errors
/// What the reranker reports.
pub(crate) async fn rerank_all(
    question: &str,
    candidates: &mut [Candidate],
    pool: usize,
    context: bool,
    reranker: &dyn Reranker,
) -> Result<(), Failure> {
    let cascade = Cascade { first: CachedScorer { reranker, cache: None }, pool, second: None, context };
    let deadline = Deadline::new(&Cancel::default(), None);
    match rerank(question, candidates, &cascade, &deadline, &mut |_| ()).await.0 {
        RerankOutcome::Complete => Ok(()),
        RerankOutcome::Failed(failure) | RerankOutcome::SecondFailed(failure) => Err(failure),
        RerankOutcome::Stopped(_) => Err(Failure::stopped()),
    }
}

fn rank_of(candidates: &[Candidate], place: usize) -> u32 {
    candidates.get(place).and_then(|candidate| candidate.rerank.as_ref()).map_or(u32::MAX, |score| score.rank)
}
