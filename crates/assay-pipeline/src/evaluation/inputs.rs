//! What an evaluation needs: engines, questions and judgements.

use assay_domain::port::{Catalogue, Embedder, IndexReader};
use assay_domain::{DocumentId, Measured, Question};

use crate::rerank::plan::RerankPlan;

/// The engines of an evaluation.
pub struct Evaluate<'a> {
    /// Question to vector.
    pub embedder: &'a dyn Embedder,
    /// What its vectors were measured to add, by pair of languages; empty if nobody measured.
    pub embedder_measured: &'a [Measured],
    /// The vector retriever and the lexical one.
    pub index: &'a dyn IndexReader,
    /// Which generations are searched, and the names of documents.
    pub catalogue: &'a dyn Catalogue,
    /// The cross-encoders; without one the reranked order is the fused one.
    pub rerankers: RerankPlan<'a>,
}

/// A question with its judgements.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedQuestion {
    /// The question and its settings.
    pub question: Question,
    /// What the user said of passages for it.
    pub judgements: Vec<Judgement>,
}

/// One judgement of one passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The document, if the judgement was made in one; then its name does not count.
    pub document: Option<DocumentId>,
    /// Text of the passage, if it is known.
    pub passage: Option<String>,
    /// File name of the document, if it is known.
    pub name: Option<String>,
    /// The page's own number, if it is known.
    pub page: Option<u32>,
    /// 0 is not relevant; 1 and up is relevant.
    pub grade: u32,
}
