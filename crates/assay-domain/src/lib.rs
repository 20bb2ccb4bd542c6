//! The nouns of Assay and the sockets that engines plug into.
//!
//! Read the modules in order: a file becomes a [`Document`] of [`Page`]s, pages become
//! [`Chunk`]s, a [`Question`] finds [`Candidate`]s, each with all its [`score`]s and its
//! [`Outcome`], the best become a [`Prompt`] and that an [`Answer`]. Engines are met only
//! through the traits in [`socket`].

mod failure;
mod watched;
mod document;
mod fault;
mod page;
mod ocr;
mod chunk;
pub mod score;
mod question;
mod candidate;
mod prompt;
mod stage;
mod cancel;
mod reins;
pub mod socket;
#[cfg(feature = "stand-ins")]
pub mod stand_in;

pub use cancel::Cancel;
pub use candidate::{Candidate, Hit, Outcome, Passage};
pub use chunk::{Chunk, ChunkId, EmbeddedChunk};
pub use document::{Document, DocumentId, DocumentState, Fingerprint, GenerationId, IndexIdentity};
pub use failure::{Failure, Problem};
pub use fault::{FaultKind, PageFault};
pub use ocr::{OcrFault, Picture, Written};
pub use page::{Extractor, Page, PageOutcome, PageRow, ReadDocument};
pub use prompt::{Answer, AnswerKind, Citation, NumberedPassage, Prompt};
pub use question::{Cut, OrderRule, Question, RerankMode, Threshold};
pub use reins::Reins;
pub use stage::{ModelScores, Reason, Stage, StageName, StageState};
pub use watched::{FolderId, Seen, Stamp, Tried, WatchedFolder};
