//! fused -> fused without copies

use std::time::Instant;

use assay_domain::{Candidate, Question, Reason, ReasonCode, StageName, StageState};

use super::stages::Stages;
use crate::copies::fold;

/// Puts copies of passages behind all others, so that ten copies of a report do not fill the pool. Returns how many
/// candidates are none.
pub(super) fn fold_copies(question: &Question, candidates: &mut [Candidate], stages: &mut Stages<'_>) -> usize {
    if !question.steps.fold {
        stages
            .skipped(StageName::Fold, Reason::new(ReasonCode::SwitchedOff, "copies of passages are ranked one by one"));
        return candidates.len();
    }
    let begun = Instant::now();
    let copies = fold(candidates);
    let did = || Reason::new(ReasonCode::Folded, format!("{copies} of {} passages are copies", candidates.len()));
    stages.finished(StageName::Fold, begun, StageState::Done, (copies > 0).then(did));
    candidates.len() - copies
}
