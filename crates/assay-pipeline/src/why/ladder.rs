//! a passage -> its rank, score and cut on every rung

use assay_domain::port::Places;
use assay_domain::{Candidate, Outcome, Passage, Question, Reason, ReasonCode, StageName};

use super::judge::Judgement;
use super::report::{Rung, RungName, Standing, Twin, WhyOutcome};
use super::search::{Search, not_run};
use crate::ask::AskReport;

/// The rungs in their order.
const RUNGS: [RungName; 6] =
    [RungName::Vector, RungName::Lexical, RungName::Fused, RungName::Fold, RungName::Rerank, RungName::Kept];

/// A passage and what the question did with it.
pub(super) struct Followed<'a> {
    pub asked: &'a AskReport,
    pub question: &'a Question,
    pub passage: &'a Passage,
    /// Its place among the candidates, if it is one.
    pub place: Option<usize>,
    /// How the cross-encoder judges it.
    pub judgement: &'a Judgement,
    /// The threshold that applies to it.
    pub threshold: Option<f32>,
}

/// The rungs of a text that the question does not search.
pub(super) fn not_searched(asked: &AskReport) -> Vec<Rung> {
    let why = about_library(asked)
        .map_or("it is not among the passages that the question searches", |reason| reason.text.as_str());
    RUNGS.iter().map(|&name| Rung::without_rank(name, Standing::NotSearched, why)).collect()
}

/// Why no passage is searched, if the question is about the list of files.
pub(super) fn about_library(asked: &AskReport) -> Option<&Reason> {
    let mut reasons = asked.stages.iter().filter_map(|stage| stage.reason.as_ref());
    reasons.find(|reason| reason.code == ReasonCode::AboutLibrary)
}

/// The rungs of a passage that the question searches.
pub(super) fn climb(it: &Followed<'_>, search: &Search) -> Vec<Rung> {
    let candidate = it.candidate();
    let in_vector = candidate.is_some_and(|candidate| candidate.vector.is_some());
    let in_lexical = candidate.is_some_and(|candidate| candidate.lexical.is_some());
    let mut rungs = vec![
        it.retrieved(RungName::Vector, &search.vector, in_vector),
        it.retrieved(RungName::Lexical, &search.lexical, in_lexical),
    ];
    rungs.extend(it.drafted());
    rungs.extend([it.fused(), it.folded(), it.reranked(), it.kept()]);
    rungs
}

impl Followed<'_> {
    pub(super) fn candidate(&self) -> Option<&Candidate> {
        self.asked.candidates.get(self.place?)
    }

    /// What became of the passage.
    pub(super) fn outcome(&self) -> WhyOutcome {
        self.candidate().map_or(WhyOutcome::NotInPool, |candidate| match candidate.outcome {
            Outcome::Kept => WhyOutcome::Kept,
            Outcome::BelowThreshold => WhyOutcome::BelowThreshold,
            Outcome::BeyondTop => WhyOutcome::BeyondTop,
            Outcome::Duplicate => WhyOutcome::Duplicate,
            Outcome::DidNotFit => WhyOutcome::DidNotFit,
            Outcome::NotReranked => WhyOutcome::NotReranked,
        })
    }

    /// The better candidate that the passage is a copy of.
    pub(super) fn original(&self) -> Option<Twin> {
        let copy = self.candidate().filter(|candidate| candidate.outcome == Outcome::Duplicate)?;
        let same = |other: &&Candidate| match copy.copy_of {
            Some(original) => other.passage.chunk == original,
            None => other.passage.text.trim() == copy.passage.text.trim(),
        };
        let original = self.asked.candidates.iter().find(same)?;
        Some(Twin {
            chunk: Some(original.passage.chunk),
            document: original.passage.document,
            name: original.name.clone(),
            page: original.passage.page,
        })
    }

    fn retrieved(&self, name: RungName, places: &Result<Places, Reason>, in_pool: bool) -> Rung {
        let places = match places {
            Err(reason) => return off(name, reason),
            Ok(places) => places,
        };
        let (limit, of) = (Some(self.question.retrieve as u32), Some(places.of));
        // What one retriever misses goes on where the other has it.
        let cut = self.place.is_none().then_some(WhyOutcome::NotInPool);
        let Some(place) = places.get(self.passage.chunk) else {
            let why = match name {
                RungName::Lexical => "no word of the question stands in it",
                _ => "it has no vector that could be compared",
            };
            return Rung { of, limit, cut, ..Rung::without_rank(name, Standing::NoMatch, why) };
        };
        let missed = !in_pool && place.rank as usize <= self.question.retrieve;
        let reason = match (in_pool, missed) {
            (true, _) => None,
            (false, true) => Some("the approximate search of a large index passed it over".to_owned()),
            (false, false) => Some(format!("it is not among the best {}", self.question.retrieve)),
        };
        let (rank, score) = (Some(place.rank), Some(f64::from(place.score)));
        let standing = if in_pool { Standing::Ranked } else { Standing::Outside };
        Rung { standing, rank, score, of, limit, cut, reason, ..Rung::without_rank(name, standing, "") }
    }

    /// The best rank that a drafted query gave the passage, if one found it.
    fn drafted(&self) -> Option<Rung> {
        let found = &self.candidate()?.drafted;
        let rank = Some(found.iter().map(|score| score.rank).min()?);
        let by: Vec<String> =
            found.iter().map(|score| format!("{} (rank {})", score.query.as_str(), score.rank)).collect();
        let why = format!("found by {}", by.join(", "));
        let limit = Some(self.question.retrieve as u32);
        Some(Rung { rank, limit, ..Rung::without_rank(RungName::Drafted, Standing::Ranked, why) })
    }

    fn fused(&self) -> Rung {
        let Some(candidate) = self.candidate() else { return cut_before(RungName::Fused) };
        let (rank, score) = (Some(candidate.fused.rank), Some(candidate.fused.score));
        let of = Some(self.asked.candidates.len() as u32);
        Rung { rank, score, of, reason: None, ..Rung::without_rank(RungName::Fused, Standing::Ranked, "") }
    }

    /// The place among the candidates that are no copies.
    fn folded(&self) -> Rung {
        let Some(candidate) = self.candidate() else { return cut_before(RungName::Fold) };
        if let Some(reason) = not_run(self.asked, StageName::Fold) {
            return off(RungName::Fold, &reason);
        }
        let distinct = || self.asked.candidates.iter().filter(|other| other.copy_of.is_none());
        let of = Some(distinct().count() as u32);
        if candidate.copy_of.is_some() {
            let cut = Some(WhyOutcome::Duplicate);
            let why =
                self.original().map_or_else(|| "it is a copy".into(), |twin| format!("it is a copy of {}", twin.name));
            return Rung { of, cut, ..Rung::without_rank(RungName::Fold, Standing::Ranked, why) };
        }
        let before = distinct().filter(|other| other.fused.rank < candidate.fused.rank).count();
        let rank = Some(before as u32 + 1);
        Rung { rank, of, reason: None, ..Rung::without_rank(RungName::Fold, Standing::Ranked, "") }
    }

    fn reranked(&self) -> Rung {
        let name = RungName::Rerank;
        let limit = Some(self.question.rerank_pool as u32);
        if let Some((candidate, score)) = self.candidate().and_then(|it| Some((it, it.rerank.as_ref()?))) {
            let of = self.asked.candidates.iter().filter(|other| other.rerank.is_some()).count();
            let (rank, of) = (Some(score.rank), Some(of as u32));
            return Rung { rank, of, limit, ..scored(candidate, Standing::Ranked, None) };
        }
        let cut = (self.outcome() == WhyOutcome::NotReranked).then_some(WhyOutcome::NotReranked);
        match self.judgement {
            Judgement::Alone { candidate, rank, of } => Rung {
                rank: Some(*rank),
                of: Some(*of),
                limit,
                cut,
                ..scored(candidate, Standing::Outside, Some("it was not in the pool and was judged by itself"))
            },
            Judgement::Not(reason) => Rung { limit, cut, ..off(name, reason) },
            Judgement::InPool => cut_before(name),
        }
    }

    fn kept(&self) -> Rung {
        let threshold = self.threshold;
        let Some((place, candidate)) = self.place.zip(self.candidate()) else {
            return Rung { threshold, ..cut_before(RungName::Kept) };
        };
        let outcome = self.outcome();
        let earlier = candidate.copy_of.is_some() || outcome == WhyOutcome::NotReranked;
        if earlier {
            return Rung { threshold, ..cut_before(RungName::Kept) };
        }
        Rung {
            rank: Some(place as u32 + 1),
            of: Some(self.asked.candidates.len() as u32),
            limit: Some(self.question.keep as u32),
            threshold,
            cut: (outcome != WhyOutcome::Kept).then_some(outcome),
            reason: None,
            ..Rung::without_rank(RungName::Kept, Standing::Ranked, "")
        }
    }
}

/// A rung with the cross-encoder's score of a passage.
fn scored(candidate: &Candidate, standing: Standing, reason: Option<&str>) -> Rung {
    let score = candidate.rerank.as_ref();
    Rung {
        score: score.map(|score| f64::from(score.logit)),
        probability: score.map(|score| score.probability),
        model: score.map(|score| score.model.to_string()),
        reason: reason.map(str::to_owned),
        ..Rung::without_rank(RungName::Rerank, standing, "")
    }
}

fn cut_before(name: RungName) -> Rung {
    Rung::without_rank(name, Standing::CutBefore, "it was cut before this stage")
}

fn off(name: RungName, reason: &Reason) -> Rung {
    Rung { code: Some(reason.code), ..Rung::without_rank(name, Standing::NotRun, reason.text.clone()) }
}
