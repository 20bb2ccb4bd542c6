//! The nouns of Assay, and the ports that engines implement.
//!
//! The modules are in reading order: a file becomes a [`Document`] of [`Page`]s, pages become
//! [`Chunk`]s, a [`Question`] finds [`Candidate`]s, each with all its [`score`]s and its
//! [`Outcome`], and the best of them become a [`Prompt`] and an [`Answer`]. Pipelines reach engines
//! only through the traits in [`port`].

mod failure;
mod watched;
mod document;
mod language;
mod index_identity;
mod fault;
mod page;
mod ocr;
mod chunk;
mod passage_context;
pub mod score;
mod draft;
mod scope;
mod question;
mod identifier;
mod candidate;
mod prompt;
mod answer;
mod one_line;
mod precision;
mod stage;
mod cancel;
mod queue;
mod ingest_control;
pub mod port;
#[cfg(feature = "fakes")]
pub mod fakes;

pub use answer::{Answer, AnswerKind, AnswerSentence, CheckScore, Citation, CitationCheck, CitationVerdict};
pub use cancel::Cancel;
pub use candidate::{Assignment, Candidate, Hit, Outcome, Passage};
pub use chunk::{Chunk, ChunkId, ChunkWords, EmbeddedChunk};
pub use document::{Document, DocumentId, DocumentState, Fingerprint, GenerationId, Retry};
pub use draft::{Draft, DraftMode, DraftedQuery, DraftedScore};
pub use failure::{Failure, Problem};
pub use fault::{FaultKind, PageFault};
pub use identifier::{
    Exclusion, Identifier, IdentifierKind, Names, asked_for, characters, exclusion, identifiers, is_bound_mark, month,
};
pub use index_identity::{IndexIdentity, RowContent};
pub use ingest_control::IngestControl;
pub use language::{Language, LanguagePair, Measured};
pub use ocr::{OcrFault, Picture, RecognisedText};
pub use one_line::one_line;
pub use page::{Extractor, Page, PageOutcome, PageRow, ReadDocument};
pub use passage_context::{HEADING_SEPARATOR, PREFIX_TOKENS, PassageContext};
pub use precision::Precision;
pub use prompt::{Judged, NumberedPassage, PassageRole, Prompt, Unread, Wanted, WritingLimit};
pub use question::{Cut, CutOn, CutRule, OrderRule, Question, RerankMode, Steps, Threshold};
pub use queue::QueueReason;
pub use scope::{Narrowed, Scope, Scoped};
pub use stage::{Reason, ReasonCode, RerankerStats, Stage, StageName, StageState};
pub use watched::{FailedTries, FolderId, LastHash, Stamp, WatchedFolder};
