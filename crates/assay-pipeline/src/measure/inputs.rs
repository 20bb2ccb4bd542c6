//! The questions and the engines of a measurement.

use std::collections::HashMap;

use assay_domain::Measured;
use assay_domain::port::{Embedder, IndexReader, Writer};

use crate::rerank::plan::RerankPlan;

/// A question with the grades of its passages.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledQuestion {
    /// Its text.
    pub question: String,
    /// Grade of each judged passage, by its ordinal in the corpus.
    pub grades: HashMap<u32, u32>,
}

/// The engines of a measurement. The index holds each corpus passage as one chunk whose ordinal is
/// the passage's place in the corpus.
pub struct Measure<'a> {
    /// Question to vector.
    pub embedder: &'a dyn Embedder,
    /// What its vectors were measured to add, by pair of languages; empty if nobody measured.
    pub embedder_measured: &'a [Measured],
    /// The vector retriever and the lexical one.
    pub index: &'a dyn IndexReader,
    /// The cross-encoders; only the reranked orders need them.
    pub rerankers: Option<RerankPlan<'a>>,
    /// The language model; only the drafted orders need one.
    pub writer: Option<&'a dyn Writer>,
    /// Candidates per retriever.
    pub retrieve: usize,
    /// Candidates that the cross-encoder scores.
    pub rerank_pool: usize,
}

/// A question with candidates of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidatePool {
    /// Its text.
    pub question: String,
    /// Texts of the candidates, in the order they came.
    pub texts: Vec<String>,
    /// Grade of each candidate.
    pub grades: Vec<u32>,
    /// Grades of judged passages that are no candidates. No order can find them, but recall and the
    /// ideal order of nDCG count them, as in trec_eval.
    pub missing: Vec<u32>,
}
