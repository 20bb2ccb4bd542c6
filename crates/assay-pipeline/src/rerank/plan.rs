//! Which cross-encoder reads which candidate.
//!
//! A cross-encoder that was not trained on a pair of languages does not merely add nothing: it makes
//! the order worse. So each candidate goes to the model that was measured best on its language and
//! the question's, and to none where no model was measured better than retrieval.

use assay_domain::port::Reranker;
use assay_domain::{Assignment, Candidate, Failure, Language, LanguagePair, Measured, RerankMode};

/// The cross-encoders that a question may use.
pub enum RerankPlan<'a> {
    /// One for every candidate, as the settings name it, or why there is none.
    Named(MeasuredReranker<'a>),
    /// For each candidate the one that was measured best on its pair of languages.
    Measured(Vec<MeasuredReranker<'a>>),
}

/// A cross-encoder and what its order was measured to add.
pub struct MeasuredReranker<'a> {
    /// The model, or why it cannot be opened.
    pub reranker: Result<&'a dyn Reranker, Failure>,
    /// Its measurements.
    pub measured: Vec<Measured>,
}

impl<'a> MeasuredReranker<'a> {
    /// A model that nobody measured.
    pub fn unmeasured(reranker: &'a dyn Reranker) -> Self {
        Self { reranker: Ok(reranker), measured: Vec::new() }
    }

    /// Its name and what was measured, if it can be opened.
    pub fn threshold(&self) -> Option<(&str, &[Measured])> {
        let reranker = self.reranker.as_ref().ok()?;
        Some((reranker.identity().name.as_str(), &self.measured))
    }
}

/// Candidates of one cross-encoder.
pub struct Group<'a> {
    /// The model.
    pub reranker: &'a dyn Reranker,
    /// Their places in the fused order.
    pub places: Vec<usize>,
}

/// What a plan gives to whom.
pub struct Assigned<'a> {
    /// The candidates of each cross-encoder.
    pub groups: Vec<Group<'a>>,
    /// How many candidates of the pool no cross-encoder reads.
    pub unread: usize,
    /// Why a cross-encoder that should read some cannot be opened.
    pub failure: Option<Failure>,
}

impl<'a> RerankPlan<'a> {
    /// Gives the first `pool` candidates to cross-encoders and notes on each to which. Reranking that is
    /// switched on gives all of them to a model, measured or not.
    pub fn assign(
        &self,
        (mode, language): (RerankMode, Language),
        candidates: &mut [Candidate],
        pool: usize,
    ) -> Assigned<'a> {
        let pool = pool.min(candidates.len());
        let mut assigned = Assigned { groups: Vec::new(), unread: 0, failure: None };
        let mut keys: Vec<(usize, Option<f32>)> = Vec::new();
        for (place, candidate) in candidates.iter_mut().enumerate().take(pool) {
            let pair = LanguagePair::of(language, candidate.language);
            let Some((place_of_model, model)) = self.reader(mode, pair) else {
                (candidate.assignment, assigned.unread) = (Assignment::NoReranker, assigned.unread + 1);
                continue;
            };
            let reranker = match &model.reranker {
                Ok(reranker) => *reranker,
                Err(failure) => {
                    (candidate.assignment, assigned.unread) = (Assignment::NoReranker, assigned.unread + 1);
                    assigned.failure.get_or_insert_with(|| failure.clone());
                    continue;
                }
            };
            let weight = self.weight(model, pair);
            let key = (place_of_model, weight);
            let group = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
                keys.push(key);
                assigned.groups.push(Group { reranker, places: Vec::new() });
                keys.len() - 1
            });
            candidate.assignment = Assignment::Reranker { group, weight };
            if let Some(group) = assigned.groups.get_mut(group) {
                group.places.push(place);
            }
        }
        assigned
    }

    /// The weight of a blend, which is chosen by measurement only where the model is.
    fn weight(&self, model: &MeasuredReranker<'_>, pair: LanguagePair) -> Option<f32> {
        match self {
            Self::Named(_) => None,
            // A pair that nobody measured stands in one order with the question's own language.
            Self::Measured(_) => {
                let own = LanguagePair { question: pair.question, passage: pair.question };
                [pair, own].into_iter().find_map(|pair| Measured::find(&model.measured, pair))?.weight
            }
        }
    }

    /// The model that reads a candidate, and its place in the plan.
    fn reader(&self, mode: RerankMode, pair: LanguagePair) -> Option<(usize, &MeasuredReranker<'a>)> {
        let models = match self {
            Self::Named(model) => return Some((0, model)),
            Self::Measured(models) => models,
        };
        let best_on = |pair| Measured::best(models.iter().map(|model| model.measured.as_slice()), pair);
        let same = || best_on(LanguagePair { question: pair.question, passage: pair.question });
        let place = match mode {
            RerankMode::On => best_on(pair).or_else(same).or_else(|| (!models.is_empty()).then_some(0)),
            RerankMode::Auto | RerankMode::Off => best_on(pair),
        };
        let place = place?;
        models.get(place).map(|model| (place, model))
    }

    /// The models that can be opened.
    pub fn open(&self) -> impl Iterator<Item = &'a dyn Reranker> + '_ {
        let models = match self {
            Self::Named(model) => std::slice::from_ref(model),
            Self::Measured(models) => models.as_slice(),
        };
        models.iter().filter_map(|model| model.reranker.as_ref().ok().copied())
    }

    /// The measured thresholds of the models that can be opened, by name.
    pub fn thresholds(&self) -> Vec<(&str, &[Measured])> {
        match self {
            Self::Named(model) => model.threshold().into_iter().collect(),
            Self::Measured(models) => models.iter().filter_map(MeasuredReranker::threshold).collect(),
        }
    }
}
