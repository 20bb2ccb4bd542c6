//! One model's turn in a cascade: its scores on the candidates, batch by batch.

use std::sync::Arc;

use assay_domain::port::PassageScore;
use assay_domain::score::{RerankScore, sigmoid};
use assay_domain::{Candidate, Reason, ReasonCode, RerankerStats};

use crate::cached_scorer::{CachedScorer, PairPassage, ScoringOutcome};
use crate::deadline::Deadline;
use crate::early_stop::can_stop;

/// The candidates after a batch of scores.
pub struct Batch<'a> {
    /// All candidates in fused order, with the scores so far.
    pub candidates: &'a [Candidate],
    /// Indexes of those that this batch scored.
    pub fresh: &'a [usize],
    /// Passages scored so far, by both models together.
    pub done: usize,
    /// Passages to score, by both models together.
    pub total: usize,
}

/// How far the cascade is, and who receives its batches.
pub(super) struct Progress<'a> {
    pub(super) done: usize,
    pub(super) total: usize,
    pub(super) on: &'a mut (dyn FnMut(Batch<'_>) + Send),
}

/// One model over the candidates at these places.
pub(super) struct Turn<'a> {
    pub(super) scorer: &'a CachedScorer<'a>,
    /// Whether it reads the context of a passage before its text.
    pub(super) context: bool,
    pub(super) places: &'a [usize],
    /// The places of the whole group, whose candidates are ranked together.
    pub(super) group: &'a [usize],
    /// The second model's scores decide, and the first model's are kept as `first_rerank`.
    pub(super) is_second: bool,
    pub(super) stop_for_top: Option<usize>,
}

/// Scores the candidates of a turn and ranks those of its group after each batch.
pub(super) async fn score(
    question: &str,
    candidates: &mut [Candidate],
    turn: &Turn<'_>,
    deadline: &Deadline,
    progress: &mut Progress<'_>,
) -> (ScoringOutcome, RerankerStats) {
    let places = turn.places;
    let passages: Vec<PairPassage> = places
        .iter()
        .filter_map(|&place| candidates.get(place))
        .map(|candidate| turn.scorer.pair(candidate, turn.context))
        .collect();
    let model: Arc<str> = turn.scorer.reranker.identity().name.as_str().into();
    let mut take = |scores: &[(usize, PassageScore)]| {
        let fresh: Vec<usize> = scores.iter().filter_map(|(index, _)| places.get(*index).copied()).collect();
        for (&place, (_, score)) in fresh.iter().zip(scores) {
            let Some(candidate) = candidates.get_mut(place) else { continue };
            if turn.is_second {
                candidate.first_rerank = candidate.rerank.take();
            }
            candidate.rerank = Some(unranked(&model, score));
        }
        rank(candidates, turn.group);
        progress.done += fresh.len();
        (progress.on)(Batch { candidates, fresh: &fresh, done: progress.done, total: progress.total });
        reason_to_stop_early(candidates, places, turn.stop_for_top?)
    };
    turn.scorer.score(question, &passages, deadline, &mut take).await
}

/// Why the second model can stop before the end of its pool, if it can.
fn reason_to_stop_early(candidates: &[Candidate], places: &[usize], top: usize) -> Option<Reason> {
    let (mut scored, mut unscored) = (Vec::new(), Vec::new());
    for candidate in places.iter().filter_map(|&place| candidates.get(place)) {
        match (&candidate.first_rerank, &candidate.rerank) {
            (Some(first), Some(second)) => scored.push((first.logit, second.logit)),
            (None, Some(first)) => unscored.push(first.logit),
            _ => (),
        }
    }
    (!unscored.is_empty() && can_stop(&scored, &unscored, top)).then(|| {
        let text = format!(
            "after {} of {} passages none of the others was expected among the best {top} (a heuristic)",
            scored.len(),
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

/// Ranks by logit, because the sigmoid saturates; ties keep the fused order. Everything that the
/// second model scored comes first, so that logits of two models are never compared.
fn rank(candidates: &mut [Candidate], group: &[usize]) {
    let members = candidates.iter_mut().enumerate().filter(|(place, _)| group.contains(place));
    let mut scored: Vec<&mut Candidate> =
        members.map(|(_, candidate)| candidate).filter(|candidate| candidate.rerank.is_some()).collect();
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
