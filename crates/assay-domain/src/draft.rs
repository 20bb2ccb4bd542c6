//! Queries that the writer drafts for a question, and how they found a passage.

use crate::score::{LexicalScore, VectorScore};

/// Whether the writer drafts queries for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DraftMode {
    /// Never.
    #[default]
    Off,
    /// If the best passage stays below the threshold without them.
    Auto,
    /// For every question about passages.
    On,
}

/// A query that the writer drafts. Each is a retriever of its own, with its own ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DraftedQuery {
    /// A passage as it might answer the question, searched by its vector (HyDE: Gao, Ma, Lin and Callan, ACL 2023).
    Hypothetical,
    /// The question in other words, searched by its vector and by its words.
    Variant1,
    /// A second wording.
    Variant2,
    /// A third wording.
    Variant3,
}

impl DraftedQuery {
    /// The wordings, in the order that they are drafted in.
    pub const VARIANTS: [Self; 3] = [Self::Variant1, Self::Variant2, Self::Variant3];

    /// The code in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hypothetical => "hypothetical",
            Self::Variant1 => "variant_1",
            Self::Variant2 => "variant_2",
            Self::Variant3 => "variant_3",
        }
    }
}

/// A drafted query with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Which query.
    pub query: DraftedQuery,
    /// What is searched.
    pub text: String,
}

/// How a drafted query found a passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DraftedScore {
    /// Which query.
    pub query: DraftedQuery,
    /// Rank in the query's list, from 1; this is what is fused. The list of a wording is the reciprocal rank fusion of its
    /// two searches.
    pub rank: u32,
    /// Set if the search by the query's vector found the passage.
    pub vector: Option<VectorScore>,
    /// Set if the search by the query's words found the passage; a hypothetical passage is not searched by words.
    pub lexical: Option<LexicalScore>,
}
