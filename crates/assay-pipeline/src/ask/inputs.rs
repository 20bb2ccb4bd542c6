//! The engines that a question needs.

use assay_domain::port::{Catalogue, Embedder, IndexReader, Reranker, ScoreCache, Writer};
use assay_domain::{Measured, Reason};

use crate::rerank::plan::{MeasuredReranker, RerankPlan};

/// The engines that a question needs.
pub struct Ask<'a> {
    /// Question to vector.
    pub embedder: &'a dyn Embedder,
    /// What its vectors were measured to add, by pair of languages; empty if nobody measured.
    pub embedder_measured: &'a [Measured],
    /// The vector retriever and the lexical one.
    pub index: &'a dyn IndexReader,
    /// Which generations are searched, and the names of documents.
    pub catalogue: &'a dyn Catalogue,
    /// Which cross-encoder reads which candidate.
    pub rerankers: RerankPlan<'a>,
    /// The larger cross-encoder for the best of the first one's order, if one is wanted, or why
    /// there is none.
    pub second_reranker: Option<MeasuredReranker<'a>>,
    /// Token ids and scores of earlier questions, if they are kept.
    pub score_cache: Option<&'a dyn ScoreCache>,
    /// Prompt to answer; and, if it is not the writer that the settings name, why.
    pub writer: (&'a dyn Writer, Option<Reason>),
}

impl<'a> Ask<'a> {
    /// The open cross-encoder of a name.
    pub(super) fn reranker(&self, name: &str) -> Option<&'a dyn Reranker> {
        let second = self.second_reranker.as_ref().and_then(|second| second.reranker.as_ref().ok().copied());
        self.rerankers.open().chain(second).find(|reranker| reranker.identity().name == name)
    }
}
