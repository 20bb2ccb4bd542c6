//! The log of a question's stages, told as they end.

use std::time::{Duration, Instant};

use assay_domain::{Failure, Reason, ReasonCode, Stage, StageName, StageState};

use super::AskEvent;

/// The stages so far, each told as it ends.
pub(super) struct Stages<'a> {
    pub(super) list: Vec<Stage>,
    pub(super) on: &'a mut (dyn FnMut(AskEvent<'_>) + Send),
}

impl Stages<'_> {
    pub(super) fn push(&mut self, stage: Stage) {
        (self.on)(AskEvent::Stage(&stage));
        self.list.push(stage);
    }

    pub(super) fn timed<T>(&mut self, name: StageName, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let result = work();
        self.push(Stage { name, time: begun.elapsed(), state: StageState::Done, reason: None, scores: Vec::new() });
        result
    }

    pub(super) fn skipped(&mut self, name: StageName, reason: Reason) {
        let state = StageState::Skipped;
        self.push(Stage { name, time: Duration::ZERO, state, reason: Some(reason), scores: Vec::new() });
    }

    pub(super) fn ended(&mut self, name: StageName, begun: Instant, failure: Option<&Failure>, code: ReasonCode) {
        let state = if failure.is_some() { StageState::Failed } else { StageState::Done };
        let reason = failure.map(|failure| Reason::new(code, failure.to_string()));
        self.over(name, begun, state, reason);
    }

    pub(super) fn over(&mut self, name: StageName, begun: Instant, state: StageState, reason: Option<Reason>) {
        self.push(Stage { name, time: begun.elapsed(), state, reason, scores: Vec::new() });
    }
}
