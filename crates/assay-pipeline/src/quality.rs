//! Ranking quality of one order over labelled questions: nDCG, MRR and recall at k with bootstrap
//! intervals, and the time of a question. [`crate::measure`] fills it from labelled corpora,
//! [`crate::evaluation`] from the user's own judgements.

use std::time::Duration;

use crate::metrics::{Interval, bootstrap, ndcg, percentile, recall, reciprocal_rank};

/// The orders that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// By cosine similarity alone.
    Vector,
    /// By BM25 alone.
    Lexical,
    /// By reciprocal rank fusion of both.
    Hybrid,
    /// The fused order with its head reranked.
    Reranked,
    /// By reciprocal rank fusion of the fused order with the reranked one.
    Blended,
    /// By cosine similarity to a hypothetical passage that the writer drafts, alone.
    Hypothetical,
    /// By reciprocal rank fusion of the searches by other wordings that the writer drafts, alone.
    Variants,
    /// By reciprocal rank fusion of the question's retrievers with those of the drafted queries.
    Drafted,
    /// The same order with its head reranked.
    DraftedReranked,
    /// As the candidates were passed in (candidate files only).
    Given,
}

impl Order {
    /// The orders that can be asked for.
    pub const ALL: [Self; 9] = [
        Self::Vector,
        Self::Lexical,
        Self::Hybrid,
        Self::Reranked,
        Self::Blended,
        Self::Hypothetical,
        Self::Variants,
        Self::Drafted,
        Self::DraftedReranked,
    ];

    /// The code on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::Lexical => "lexical",
            Self::Hybrid => "hybrid",
            Self::Reranked => "reranked",
            Self::Blended => "blended",
            Self::Hypothetical => "hypothetical",
            Self::Variants => "variants",
            Self::Drafted => "drafted",
            Self::DraftedReranked => "drafted_reranked",
            Self::Given => "given",
        }
    }

    /// The order for a code; [`Order::Given`] cannot be asked for.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == code)
    }

    /// Whether a cross-encoder takes part.
    pub fn is_reranked(self) -> bool {
        matches!(self, Self::Reranked | Self::Blended | Self::DraftedReranked)
    }

    /// Whether a writer drafts queries for it.
    pub fn is_drafted(self) -> bool {
        matches!(self, Self::Hypothetical | Self::Variants | Self::Drafted | Self::DraftedReranked)
    }
}

/// Quality and time of one order over all questions.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderQuality {
    /// Which order.
    pub order: Order,
    /// nDCG at k of each question, in the order of the questions.
    pub ndcg_per_question: Vec<f64>,
    /// nDCG at k.
    pub ndcg: Interval,
    /// MRR at k.
    pub mrr: Interval,
    /// Recall at k.
    pub recall: Interval,
    /// Median time of a question through this order, in milliseconds.
    pub median_ms: f64,
    /// 95th percentile of that time, in milliseconds.
    pub p95_ms: f64,
}

/// Collects the metrics of one order, question by question.
pub(crate) struct QualityBoard {
    pub(crate) order: Order,
    k: usize,
    ndcg: Vec<f64>,
    mrr: Vec<f64>,
    recall: Vec<f64>,
    ms: Vec<f64>,
}

impl QualityBoard {
    pub(crate) fn new(order: Order, k: usize) -> Self {
        Self { order, k, ndcg: Vec::new(), mrr: Vec::new(), recall: Vec::new(), ms: Vec::new() }
    }

    /// Adds a question. `ranked` has the grade of each passage in this order, `all` the grades of
    /// everything judged for the question.
    pub(crate) fn add(&mut self, ranked: &[u32], all: &[u32], time: Duration) {
        self.ndcg.push(ndcg(ranked, all, self.k));
        self.mrr.push(reciprocal_rank(ranked, self.k));
        self.recall.push(recall(ranked, all, self.k));
        self.ms.push(time.as_secs_f64() * 1_000.0);
    }

    pub(crate) fn finish(mut self) -> OrderQuality {
        self.ms.sort_by(f64::total_cmp);
        OrderQuality {
            order: self.order,
            ndcg: bootstrap(&self.ndcg),
            mrr: bootstrap(&self.mrr),
            recall: bootstrap(&self.recall),
            median_ms: percentile(&self.ms, 0.5),
            p95_ms: percentile(&self.ms, 0.95),
            ndcg_per_question: self.ndcg,
        }
    }
}
