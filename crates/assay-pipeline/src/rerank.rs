//! The cross-encoders over the head of the fused order. Each candidate goes to the model that judges
//! its language for this question ([`plan`]); each model's candidates are a group. In a group a first
//! model scores all of them and, if there is a second one, that scores the best of the first's order.
//! This is cascade ranking (Wang, Lin and Metzler, SIGIR 2011) with at most two stages.

pub mod plan;
mod turn;

use assay_domain::port::Reranker;
use assay_domain::{Cancel, Candidate, Failure, Language, Question, Reason, ReasonCode, RerankMode, RerankerStats};
use assay_text::tell_language;

use crate::cached_scorer::{CachedScorer, ScoringOutcome};
use crate::deadline::Deadline;
use crate::language::is_unknown_to;
use plan::RerankPlan;
use turn::{Progress, Turn, score};

pub use turn::Batch;

/// Why reranking is skipped whatever the models are, if it is.
pub fn reason_to_skip(question: &Question, candidates: &[Candidate]) -> Option<Reason> {
    if candidates.is_empty() {
        return Some(Reason::new(ReasonCode::NothingRetrieved, "nothing was retrieved, so there is nothing to rerank"));
    }
    (question.rerank == RerankMode::Off).then(|| Reason::new(ReasonCode::RerankingOff, "reranking is switched off"))
}

/// Why a model that the settings name does not run by itself on a question in this language, if so.
pub fn language_mismatch(language: Language, reranker: &dyn Reranker) -> Option<Reason> {
    let identity = reranker.identity();
    is_unknown_to(&identity.languages, language).then(|| {
        let (name, of) = (&identity.name, language.name());
        let text = format!("{name} was not trained on {of}; set reranking to on to use it anyway");
        Reason::new(ReasonCode::LanguageUnknownToModel, text)
    })
}

/// The candidates of one first model, and what scores them.
pub struct Cascade<'a> {
    /// Whether the models read the context of a passage before its text.
    pub context: bool,
    /// Scores all of them.
    pub first: CachedScorer<'a>,
    /// Their places in the fused order.
    pub places: Vec<usize>,
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

/// Scores the candidates of each group, and the best of a group again if it has a second model.
/// Candidates stay in fused order; their rerank ranks give the order inside their group. Returns how it
/// ended and what each model did.
pub async fn rerank(
    question: &str,
    candidates: &mut [Candidate],
    groups: &[Cascade<'_>],
    deadline: &Deadline,
    on: &mut (dyn FnMut(Batch<'_>) + Send),
) -> (RerankOutcome, Vec<RerankerStats>) {
    let second_pool =
        |group: &Cascade<'_>| group.second.as_ref().map_or(0, |second| second.pool.min(group.places.len()));
    let total = groups.iter().map(|group| group.places.len() + second_pool(group)).sum();
    let mut progress = Progress { done: 0, total, on };
    let (mut outcome, mut all_stats) = (RerankOutcome::Complete, Vec::new());
    for group in groups {
        let of_group = rerank_group(question, candidates, group, deadline, &mut progress, &mut all_stats).await;
        match of_group {
            RerankOutcome::Complete => (),
            RerankOutcome::SecondFailed(_) => outcome = of_group,
            RerankOutcome::Stopped(_) | RerankOutcome::Failed(_) => return (of_group, all_stats),
        }
    }
    (outcome, all_stats)
}

async fn rerank_group(
    question: &str,
    candidates: &mut [Candidate],
    group: &Cascade<'_>,
    deadline: &Deadline,
    progress: &mut Progress<'_>,
    all_stats: &mut Vec<RerankerStats>,
) -> RerankOutcome {
    let mut places = group.places.clone();
    let (scorer, group_places) = (&group.first, group.places.as_slice());
    let context = group.context;
    let turn = Turn { scorer, context, places: &places, group: group_places, is_second: false, stop_for_top: None };
    let (outcome, stats) = score(question, candidates, &turn, deadline, progress).await;
    all_stats.push(stats);
    match outcome {
        ScoringOutcome::Failed(failure) => return RerankOutcome::Failed(failure),
        ScoringOutcome::Stopped(reason) => return RerankOutcome::Stopped(reason),
        ScoringOutcome::Complete => (),
    }
    let Some(second) = &group.second else { return RerankOutcome::Complete };

    places.sort_by_key(|&place| rank_of(candidates, place));
    places.truncate(second.pool);
    let (scorer, stop_for_top) = (&second.scorer, second.stop_for_top);
    let turn = Turn { scorer, context, places: &places, group: group_places, is_second: true, stop_for_top };
    let (outcome, stats) = score(question, candidates, &turn, deadline, progress).await;
    all_stats.push(stats);
    match outcome {
        ScoringOutcome::Failed(failure) => RerankOutcome::SecondFailed(failure),
        ScoringOutcome::Stopped(reason) => RerankOutcome::Stopped(reason),
        ScoringOutcome::Complete => RerankOutcome::Complete,
    }
}

/// Scores the first `pool` candidates as a plan says, without cache, budget or stop button: for
/// measurements.
///
/// # Errors
/// What a reranker reports.
pub(crate) async fn rerank_all(
    question: &str,
    candidates: &mut [Candidate],
    (plan, mode, pool): (&RerankPlan<'_>, RerankMode, usize),
    context: bool,
) -> Result<(), Failure> {
    let assigned = plan.assign((mode, tell_language(question)), candidates, pool);
    if let Some(failure) = assigned.failure {
        return Err(failure);
    }
    let groups = assigned.groups.into_iter().map(|group| Cascade {
        first: CachedScorer { reranker: group.reranker, cache: None },
        places: group.places,
        second: None,
        context,
    });
    let groups: Vec<Cascade<'_>> = groups.collect();
    let deadline = Deadline::new(&Cancel::default(), None);
    match rerank(question, candidates, &groups, &deadline, &mut |_| ()).await.0 {
        RerankOutcome::Complete => Ok(()),
        RerankOutcome::Failed(failure) | RerankOutcome::SecondFailed(failure) => Err(failure),
        RerankOutcome::Stopped(_) => Err(Failure::stopped()),
    }
}

fn rank_of(candidates: &[Candidate], place: usize) -> u32 {
    candidates.get(place).and_then(|candidate| candidate.rerank.as_ref()).map_or(u32::MAX, |score| score.rank)
}
