//! A passage that was found, and everything that was said of it.

use std::ops::Range;

use crate::score::{BlendScore, FusedScore, LexicalScore, RerankScore, VectorScore};
use crate::{ChunkId, DocumentId};

/// A chunk as the index gives it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The chunk's name.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// Index of its page in the document's page rows.
    pub page_index: usize,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// Bytes of the page's text that it covers.
    pub range: Range<usize>,
    /// Heading path in force where it begins.
    pub heading: Option<String>,
    /// Its text.
    pub text: String,
}

/// A passage with the raw score of the leg that found it.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What was found.
    pub passage: Passage,
    /// Cosine similarity from the vector leg, BM25 from the lexical leg.
    pub score: f32,
}

/// What became of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Handed to the answer.
    Kept,
    /// Its rerank probability is under the threshold.
    BelowThreshold,
    /// Passed the threshold, but enough better ones were kept.
    BeyondTop,
    /// Its text is the same as a better candidate's.
    Duplicate,
    /// Kept, but the writer's context had no room for it.
    DidNotFit,
    /// The cross-encoder never read it.
    NotReranked,
}

impl Outcome {
    /// The word in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::BelowThreshold => "below_threshold",
            Self::BeyondTop => "beyond_top",
            Self::Duplicate => "duplicate",
            Self::DidNotFit => "did_not_fit",
            Self::NotReranked => "not_reranked",
        }
    }
}

/// A passage with all its scores, from retrieval to the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What was found.
    pub passage: Passage,
    /// File name of its document.
    pub name: String,
    /// Whether its document's file cannot be reached now: what was read of it before answers.
    pub offline: bool,
    /// Set if the vector leg found it.
    pub vector: Option<VectorScore>,
    /// Set if the lexical leg found it.
    pub lexical: Option<LexicalScore>,
    /// Its place after fusion.
    pub fused: FusedScore,
    /// The score that decides, if a cross-encoder read it.
    pub rerank: Option<RerankScore>,
    /// What the first model said, where a second one read it too and decides.
    pub first_rerank: Option<RerankScore>,
    /// Its place when both orders count, where that is the rule.
    pub blend: Option<BlendScore>,
    /// What became of it.
    pub outcome: Outcome,
}
