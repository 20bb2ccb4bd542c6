//! A reranker of any family.

use assay_domain::Failure;
use assay_domain::port::{PairScore, PretokenizedReranker, Reranker, RerankerIdentity};
use futures::stream::BoxStream;

use crate::counters::Counters;
use crate::families::FamilyReranker;
use crate::reranker::CrossEncoder;

/// A reranker of the family that its folder holds.
pub enum OpenReranker {
    /// A sequence classifier: it reads the pair together and its score is a logit.
    Classifier(Box<CrossEncoder>),
    /// An LLM judge, monoT5, late interaction or lexical weights.
    Family(Box<FamilyReranker>),
}

impl OpenReranker {
    /// Tokens read and computed so far.
    pub fn counters(&self) -> Counters {
        match self {
            Self::Classifier(reranker) => reranker.counters(),
            Self::Family(reranker) => reranker.counters(),
        }
    }

    /// Why it scores in the precision it has; `None` where that was asked for or there is no other.
    pub fn why_precision(&self) -> Option<&str> {
        match self {
            Self::Classifier(reranker) => reranker.why_precision(),
            Self::Family(_) => None,
        }
    }
}

impl Reranker for OpenReranker {
    fn identity(&self) -> &RerankerIdentity {
        match self {
            Self::Classifier(reranker) => reranker.identity(),
            Self::Family(reranker) => reranker.identity(),
        }
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        match self {
            Self::Classifier(reranker) => reranker.score(question, passages),
            Self::Family(reranker) => reranker.score(question, passages),
        }
    }

    fn score_for_explanation(
        &self,
        question: String,
        passages: Vec<String>,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        match self {
            Self::Classifier(reranker) => reranker.score_for_explanation(question, passages),
            Self::Family(reranker) => reranker.score_for_explanation(question, passages),
        }
    }

    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        match self {
            Self::Classifier(reranker) => reranker.as_pretokenized(),
            Self::Family(_) => None,
        }
    }

    fn truncated_at(&self, question: &str, passage: &str) -> Option<usize> {
        match self {
            Self::Classifier(reranker) => reranker.truncated_at(question, passage),
            Self::Family(_) => None,
        }
    }
}
