//! A candidate: a passage that retrieval found, with all its scores and its outcome.

use std::ops::Range;

use crate::score::{BlendScore, FusedScore, LexicalScore, RerankScore, VectorScore};
use crate::{ChunkId, DocumentId, DraftedScore, Language, PassageContext};

/// A chunk as the index returns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// Index of its page in the document's page rows.
    pub page_index: usize,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// Bytes of the page's text that it covers.
    pub range: Range<usize>,
    /// Heading path of the section in which it begins.
    pub heading: Option<String>,
    /// Its text.
    pub text: String,
}

/// A passage with the raw score of the retriever that found it.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The passage.
    pub passage: Passage,
    /// Similarity from the vector retriever, BM25 from the lexical one.
    pub score: f32,
}

/// Which cross-encoder reads a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Assignment {
    /// None: it is beyond the pool that is reranked, or nothing is.
    #[default]
    BeyondPool,
    /// None: no model was measured to judge its language for this question. It keeps the place that
    /// retrieval gave it.
    NoReranker,
    /// The one of this group. Those of one group change places among themselves.
    Reranker {
        /// Number of the group.
        group: usize,
        /// Weight of the model's ranks in a blend with those of retrieval, where that was measured better
        /// than the model's own order.
        weight: Option<f32>,
    },
}

/// What happened to a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Passed to the writer.
    Kept,
    /// Its rerank probability is below the threshold, or, where no cross-encoder judges its language,
    /// its similarity below that of its languages.
    BelowThreshold,
    /// It passed the threshold, but enough better ones were kept.
    BeyondTop,
    /// Its text is that of a better candidate, word for word or nearly so.
    Duplicate,
    /// It would be kept, but does not fit into the writer's context.
    DidNotFit,
    /// The cross-encoder that decides did not score it.
    NotReranked,
}

impl Outcome {
    /// The code in JSON and on screen.
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
    /// The passage.
    pub passage: Passage,
    /// File name of its document.
    pub name: String,
    /// Folder that the file lies in; it tells files of one name apart.
    pub folder: String,
    /// Whether its document's file is unreachable now.
    pub offline: bool,
    /// Language of its text.
    pub language: Language,
    /// Which cross-encoder reads it.
    pub assignment: Assignment,
    /// Set if the vector retriever found it.
    pub vector: Option<VectorScore>,
    /// Set if the lexical retriever found it.
    pub lexical: Option<LexicalScore>,
    /// One for each drafted query that found it, in the order of the queries.
    pub drafted: Vec<DraftedScore>,
    /// Its score and rank after fusion.
    pub fused: FusedScore,
    /// The rerank score that decides, if a cross-encoder scored it.
    pub rerank: Option<RerankScore>,
    /// The first model's score, if a second one scored it too and decides.
    pub first_rerank: Option<RerankScore>,
    /// Its score and rank in the blend of both orders, where that is the rule.
    pub blend: Option<BlendScore>,
    /// The better candidate that it is a copy of, but for a few words; a copy is not reranked.
    pub copy_of: Option<ChunkId>,
    /// The threshold that applied to it: on the sigmoid of its logit, or on its similarity where no cross-encoder judges it.
    pub threshold: Option<f32>,
    /// What happened to it.
    pub outcome: Outcome,
}

impl Candidate {
    /// Where the passage comes from, by the names of now.
    pub fn context(&self) -> PassageContext {
        PassageContext { folder: self.folder.clone(), name: self.name.clone(), heading: self.passage.heading.clone() }
    }

    /// Its text, heading, file and folder: all in which it can name something.
    pub fn texts(&self) -> [&str; 4] {
        let heading = self.passage.heading.as_deref().unwrap_or_default();
        [&self.passage.text, heading, &self.name, &self.folder]
    }
}
