//! The record of a question's stages; each is reported as it ends.

use std::time::{Duration, Instant};

use assay_domain::{Failure, Reason, ReasonCode, Stage, StageName, StageState};

use super::report::AskEvent;

/// The stages so far.
pub(super) struct Stages<'a> {
    pub(super) list: Vec<Stage>,
    /// For the stage of the lexical retriever: words searched besides the question's own.
    pub(super) also_searched: Vec<String>,
    pub(super) on: &'a mut (dyn FnMut(AskEvent<'_>) + Send),
}

impl Stages<'_> {
    pub(super) fn push(&mut self, stage: Stage) {
        (self.on)(AskEvent::Stage(&stage));
        self.list.push(stage);
    }

    /// Runs a stage that cannot fail.
    pub(super) fn timed<T>(&mut self, name: StageName, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let result = work();
        self.finished(name, begun, StageState::Done, None);
        result
    }

    pub(super) fn skipped(&mut self, name: StageName, reason: Reason) {
        let (time, state, reason) = (Duration::ZERO, StageState::Skipped, Some(reason));
        self.push(Stage { name, time, state, reason, reranker_stats: Vec::new(), also_searched: Vec::new() });
    }

    /// A stage that is done or, with a failure, failed; `code` is the reason's code then.
    pub(super) fn ended(&mut self, name: StageName, begun: Instant, failure: Option<&Failure>, code: ReasonCode) {
        let state = if failure.is_some() { StageState::Failed } else { StageState::Done };
        let reason = failure.map(|failure| Reason::new(code, failure.to_string()));
        self.finished(name, begun, state, reason);
    }

    pub(super) fn finished(&mut self, name: StageName, begun: Instant, state: StageState, reason: Option<Reason>) {
        let lexical = name == StageName::Lexical;
        let also_searched = if lexical { std::mem::take(&mut self.also_searched) } else { Vec::new() };
        self.push(Stage { name, time: begun.elapsed(), state, reason, reranker_stats: Vec::new(), also_searched });
    }
}
