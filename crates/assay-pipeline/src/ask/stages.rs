//! The record of a question's stages; each is reported as it ends.

use std::time::{Duration, Instant};

use assay_domain::{Draft, Failure, Reason, ReasonCode, RerankerStats, Stage, StageName, StageState};

use super::report::AskEvent;

/// The stages so far.
pub(super) struct Stages<'a> {
    pub(super) list: Vec<Stage>,
    /// For the stage of the lexical retriever: words searched besides the question's own.
    pub(super) also_searched: Vec<String>,
    /// For the stage of the drafts: what the writer drafted.
    pub(super) drafts: Vec<Draft>,
    pub(super) on: &'a mut (dyn FnMut(AskEvent<'_>) + Send),
}

impl<'a> Stages<'a> {
    pub(super) fn reported_to(on: &'a mut (dyn FnMut(AskEvent<'_>) + Send)) -> Self {
        Self { list: Vec::new(), also_searched: Vec::new(), drafts: Vec::new(), on }
    }

    /// Adds a stage. One that ran before, in the pass without drafts, is told once: with the time and the scores of both
    /// passes, and as the second one ended.
    pub(super) fn push(&mut self, stage: Stage) {
        match self.list.iter_mut().find(|before| before.name == stage.name) {
            Some(before) => {
                add(before, stage);
                (self.on)(AskEvent::Stage(before));
            }
            None => {
                (self.on)(AskEvent::Stage(&stage));
                self.list.push(stage);
            }
        }
    }

    /// Runs a stage that cannot fail.
    pub(super) fn timed<T>(&mut self, name: StageName, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let result = work();
        self.finished(name, begun, StageState::Done, None);
        result
    }

    pub(super) fn skipped(&mut self, name: StageName, reason: Reason) {
        self.push(stage(name, Duration::ZERO, StageState::Skipped, Some(reason)));
    }

    /// A stage that is done or, with a failure, failed; `code` is the reason's code then.
    pub(super) fn ended(&mut self, name: StageName, begun: Instant, failure: Option<&Failure>, code: ReasonCode) {
        let state = if failure.is_some() { StageState::Failed } else { StageState::Done };
        let reason = failure.map(|failure| Reason::new(code, failure.to_string()));
        self.finished(name, begun, state, reason);
    }

    pub(super) fn finished(&mut self, name: StageName, begun: Instant, state: StageState, reason: Option<Reason>) {
        let mut stage = stage(name, begun.elapsed(), state, reason);
        match name {
            StageName::Lexical => stage.also_searched = std::mem::take(&mut self.also_searched),
            StageName::Draft => stage.drafts = std::mem::take(&mut self.drafts),
            _ => (),
        }
        self.push(stage);
    }
}

fn stage(name: StageName, time: Duration, state: StageState, reason: Option<Reason>) -> Stage {
    Stage { name, time, state, reason, reranker_stats: Vec::new(), also_searched: Vec::new(), drafts: Vec::new() }
}

fn add(before: &mut Stage, again: Stage) {
    before.time += again.time;
    (before.state, before.reason) = (again.state, again.reason);
    for stats in again.reranker_stats {
        match before.reranker_stats.iter_mut().find(|known| is_same(known, &stats)) {
            Some(known) => {
                known.computed += stats.computed;
                known.cached += stats.cached;
                known.tokenizing += stats.tokenizing;
            }
            None => before.reranker_stats.push(stats),
        }
    }
}

fn is_same(one: &RerankerStats, other: &RerankerStats) -> bool {
    one.model == other.model && one.precision == other.precision
}
