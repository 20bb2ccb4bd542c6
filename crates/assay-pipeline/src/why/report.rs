//! What is known about a text and a question.

use assay_domain::{ChunkId, Cut, Document, DocumentId, Passage, ReasonCode};

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// The text: a quote of a document.
    pub text: &'a str,
    /// Look in this document alone.
    pub document: Option<DocumentId>,
}

/// How the text was found in the library.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Matched {
    /// Word for word, but for case, accents, script, white space and the form of quotation marks.
    Exact,
    /// Nearly: this share of its shingles stands in the passage.
    Nearest(f64),
    /// Not at all.
    Nowhere,
}

/// A rung of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RungName {
    /// The vector retriever.
    Vector,
    /// The lexical retriever.
    Lexical,
    /// The queries that the writer drafted; only of a passage that one of them found.
    Drafted,
    /// Reciprocal rank fusion.
    Fused,
    /// Copies are put behind.
    Fold,
    /// The cross-encoder.
    Rerank,
    /// Threshold, duplicates, top, and the writer's context.
    Kept,
}

/// How the text stands on a rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The stage ranked it.
    Ranked,
    /// The stage did not rank it; it was judged for this report alone.
    Outside,
    /// The stage finds nothing of the question in it.
    NoMatch,
    /// It was cut before this stage.
    CutBefore,
    /// The stage did not run, or did not reach it.
    NotRun,
    /// It was not among what the question searches.
    NotSearched,
}

/// What became of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyOutcome {
    /// It was kept for the answer.
    Kept,
    /// Neither retriever has it among its best.
    NotInPool,
    /// The cross-encoder did not score it.
    NotReranked,
    /// It is below the threshold.
    BelowThreshold,
    /// It passed the threshold, but enough better ones were kept.
    BeyondTop,
    /// It is a copy of a better candidate.
    Duplicate,
    /// It would be kept, but does not fit into the writer's context.
    DidNotFit,
    /// It is in a collection that the question does not search.
    OtherCollection,
    /// Its document is not among those that the question searches.
    OutOfScope,
    /// Its document is missing, so it answers nothing.
    DocumentMissing,
    /// Its page was read, but no chunk of the index holds it.
    InNoChunk,
    /// The question is about the list of files, and no passage was searched.
    NotSearched,
    /// It is on no page that was read, and some pages could not be read.
    PageNotRead,
    /// It is on no page that was read, and some documents could not be read.
    DocumentNotRead,
    /// It is in no document.
    InNoDocument,
}

impl WhyOutcome {
    /// The outcome of a text that is on no page that was read.
    pub(super) fn of_absent(unread: &[Unread]) -> Self {
        match unread {
            [] => Self::InNoDocument,
            some if some.iter().any(|one| one.is_page) => Self::PageNotRead,
            _ => Self::DocumentNotRead,
        }
    }
}

/// One stage and the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Which stage.
    pub name: RungName,
    /// How the text stands there.
    pub standing: Standing,
    /// Its rank, from 1.
    pub rank: Option<u32>,
    /// Its raw score: cosine similarity, BM25, fused score, logit.
    pub score: Option<f64>,
    /// Passages that are ranked there.
    pub of: Option<u32>,
    /// How many of them go on: the retriever's pool, the reranker's pool, the top.
    pub limit: Option<u32>,
    /// Sigmoid of the logit.
    pub probability: Option<f32>,
    /// Name of the cross-encoder.
    pub model: Option<String>,
    /// The threshold that applies to it.
    pub threshold: Option<f32>,
    /// What became of it here, if it went no further.
    pub cut: Option<WhyOutcome>,
    /// Why there is no rank, or why it was cut.
    pub reason: Option<String>,
    /// The code of a stage's reason.
    pub code: Option<ReasonCode>,
}

impl Rung {
    pub(super) fn without_rank(name: RungName, standing: Standing, reason: impl Into<String>) -> Self {
        Self {
            name,
            standing,
            rank: None,
            score: None,
            of: None,
            limit: None,
            probability: None,
            model: None,
            threshold: None,
            cut: None,
            reason: Some(reason.into()),
            code: None,
        }
    }
}

/// Another passage that holds the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// Its chunk, if it is in the index.
    pub chunk: Option<ChunkId>,
    /// Its document.
    pub document: DocumentId,
    /// File name.
    pub name: String,
    /// The page's own number.
    pub page: Option<u32>,
}

/// A page or a document whose text is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The document.
    pub document: DocumentId,
    /// File name.
    pub name: String,
    /// Whether it is a page, and not the whole document.
    pub is_page: bool,
    /// The page's own number.
    pub page: Option<u32>,
    /// Why it was not read, or only in part.
    pub reason: String,
}

/// Where a text stands.
#[derive(Debug, Clone, PartialEq)]
pub struct WhyReport {
    /// How the text was found.
    pub matched: Matched,
    /// The passage that was followed: of those that hold the text, the one that got furthest.
    pub passage: Option<Passage>,
    /// The number of the page that the text begins on.
    pub page: Option<u32>,
    /// Its document.
    pub document: Option<Document>,
    /// The stages in their order.
    pub rungs: Vec<Rung>,
    /// What became of it.
    pub outcome: WhyOutcome,
    /// The same in English, with the numbers of the case and what to do.
    pub reason: String,
    /// The better candidate that it is a copy of.
    pub copy_of: Option<Twin>,
    /// Other passages that hold the text.
    pub twins: Vec<Twin>,
    /// Pages and documents that were not read, if the text was not found.
    pub unread: Vec<Unread>,
    /// The threshold that was applied.
    pub cut: Cut,
}
