//! The time budget of one file over all its tries, for reading it and for recognising its pictures.

use std::time::Duration;

use assay_domain::Extractor;
use assay_text::Step;

/// The time that was given, and the time that is left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    given: (Duration, Duration),
    reading: Duration,
    recognising: Duration,
}

impl Budget {
    pub(super) fn new(reading: Duration, recognising: Duration) -> Self {
        Self { given: (reading, recognising), reading, recognising }
    }

    /// Time left for a step, or for the work between steps.
    pub(super) fn left(&self, at: Option<Step>) -> Duration {
        if recognises(at) { self.recognising } else { self.reading }
    }

    /// Time that was given for a step at the beginning.
    pub(super) fn given(&self, at: Option<Step>) -> Duration {
        if recognises(at) { self.given.1 } else { self.given.0 }
    }

    /// Time left for all steps.
    pub(super) fn whole(&self) -> Duration {
        self.reading + self.recognising
    }

    pub(super) fn spend(&mut self, at: Option<Step>, time: Duration) {
        let of = if recognises(at) { &mut self.recognising } else { &mut self.reading };
        *of = of.saturating_sub(time);
    }
}

fn recognises(at: Option<Step>) -> bool {
    at.is_some_and(|step| step.extractor == Extractor::Ocr)
}

#[cfg(test)]
mod tests {
    use super::{Budget, Duration, Extractor, Step};

    #[test]
    fn recognition_has_a_budget_of_its_own() {
        let second = Duration::from_secs(1);
        let mut budget = Budget::new(second * 2, second * 5);
        let step = |extractor| Some(Step { page: 1, extractor });
        budget.spend(step(Extractor::Ocr), second * 4);
        budget.spend(step(Extractor::PdfExtract), second);
        budget.spend(None, second * 3);
        assert_eq!((budget.left(step(Extractor::Second)), budget.left(step(Extractor::Ocr))), (Duration::ZERO, second));
        assert_eq!((budget.whole(), budget.given(None)), (second, second * 2));
    }
}
