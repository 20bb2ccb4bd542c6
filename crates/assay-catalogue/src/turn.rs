//! A kept question: what was asked, what was found for it, and what was answered.
//!
//! A turn is kept in rows and columns (`turn/insert.rs`, `turn/drafted.rs`), so that removing a document takes its words
//! out of named columns and leaves the scores.

pub mod insert;
pub mod read;
mod drafted;
pub mod removal;
pub mod from_json;
mod columns;
mod names;
#[cfg(test)]
pub mod tests;

use assay_domain::port::ScoreScale;
use assay_domain::score::{BlendScore, FusedScore, LexicalScore, RerankScore, VectorScore};
use assay_domain::{Answer, Candidate, ChunkId, Cut, DocumentId, DraftedScore, Narrowed, OrderRule, Outcome, Stage};

/// A question with everything that was shown for it, about to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTurn {
    /// The question in the user's words.
    pub question: String,
    /// The question as it was searched, where a follow-up was rewritten.
    pub standalone: Option<String>,
    /// The collection that it was limited to; `None` for all, and of turns of the first versions.
    pub collection: Option<String>,
    /// How many documents met its filters; `None` without filters, and of turns of earlier versions.
    pub narrowed: Option<Narrowed>,
    /// The device that computed, and why a faster one did not.
    pub device: String,
    /// The models that took part.
    pub models: TurnModels,
    /// Every candidate that was retrieved, in final order.
    pub candidates: Vec<TurnCandidate>,
    /// The rule that made the order; not known of turns of the first versions.
    pub order: Option<OrderRule>,
    /// Where the cut was made.
    pub cut: Cut,
    /// The answer.
    pub answer: Answer,
    /// How each stage went.
    pub stages: Vec<Stage>,
}

/// A question as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The catalogue's number; never used twice.
    pub id: i64,
    /// What was asked and shown. Of documents that were removed since, names, headings, texts and
    /// quotes are empty, and so is the text of a stage's reason that names one.
    pub turn: NewTurn,
    /// Whether the answer is empty because it was made of a document that was removed since.
    pub withdrawn: bool,
    /// Whether only the question and the answer could be read; candidates, citations and stages are empty then.
    pub unreadable: bool,
    /// Seconds since 1970, UTC.
    pub created: i64,
}

/// Names of the models that took part in a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TurnModels {
    /// Bi-encoder.
    pub embedder: String,
    /// Cross-encoder, if one was open.
    pub reranker: Option<String>,
    /// Cross-encoder for the best of the first one's order, if one was open.
    pub second_reranker: Option<String>,
    /// Writer of the answer, if one was written.
    pub writer: Option<String>,
    /// Scale of the rerank logits; not known of turns of the first versions.
    pub rerank_scale: Option<ScoreScale>,
}

/// A candidate of a kept question. The score of a stage that did not run is `None`.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnCandidate {
    /// Its chunk. Generations are never used twice, so the name outlives the index.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// File name of its document.
    pub name: String,
    /// Whether its document's file could not be reached then.
    pub offline: bool,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// Heading path.
    pub heading: Option<String>,
    /// Its text.
    pub text: String,
    /// Score of the vector retriever.
    pub vector: Option<VectorScore>,
    /// Score of the lexical retriever.
    pub lexical: Option<LexicalScore>,
    /// Scores of the drafted queries that found it, in the order of the queries.
    pub drafted: Vec<DraftedScore>,
    /// Score of the fusion.
    pub fused: Option<FusedScore>,
    /// Score of the deciding cross-encoder.
    pub rerank: Option<RerankScore>,
    /// Score of the first cross-encoder, where a second one decides.
    pub first_rerank: Option<RerankScore>,
    /// Score of the blended order.
    pub blend: Option<BlendScore>,
    /// What became of it.
    pub outcome: Outcome,
}

impl From<&Candidate> for TurnCandidate {
    fn from(candidate: &Candidate) -> Self {
        let passage = &candidate.passage;
        Self {
            chunk: passage.chunk,
            document: passage.document,
            name: candidate.name.clone(),
            offline: candidate.offline,
            page: passage.page,
            heading: passage.heading.clone(),
            text: passage.text.clone(),
            vector: candidate.vector,
            lexical: candidate.lexical,
            drafted: candidate.drafted.clone(),
            fused: Some(candidate.fused),
            rerank: candidate.rerank.clone(),
            first_rerank: candidate.first_rerank.clone(),
            blend: candidate.blend,
            outcome: candidate.outcome,
        }
    }
}

/// A passage as a kept answer shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Its document.
    pub document: DocumentId,
    /// The page's own number.
    pub page: Option<u32>,
    /// Heading path.
    pub heading: Option<String>,
    /// Its text.
    pub text: String,
}
