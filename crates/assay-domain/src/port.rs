//! The ports: the traits that engines implement and pipelines call.
//!
//! | port | from | to | implemented by |
//! |---|---|---|---|
//! | [`Reader`] | a file | pages of text | a child process per file |
//! | [`Ocr`] | a picture | text | Tesseract |
//! | [`Embedder`] | texts | vectors | a bi-encoder |
//! | [`IndexWriter`], [`IndexReader`] | rows; a question | hits | LanceDB |
//! | [`Reranker`], [`PretokenizedReranker`] | a question and passages | logits | a cross-encoder, or a hosted one |
//! | [`ScoreCache`] | a passage | its token ids and scores | SQLite |
//! | [`Catalogue`] | a document | its row, state and pages | SQLite |
//! | [`Writer`] | a prompt | an answer | a language model, or quoted sentences |
//!
//! Methods return boxed futures and streams, so this crate needs no async runtime. An engine is
//! synchronous inside and owned by one thread. Dropping a future or a stream cancels its work at
//! the next batch or token.

mod reader;
mod ocr;
mod embedder;
mod index;
mod reranker;
mod score_cache;
mod catalogue;
mod writer;

pub use catalogue::{Answering, Catalogue, GenerationContent};
pub use embedder::{Embedder, EmbedderIdentity, Metric, TextKind};
pub use index::{Filter, IndexReader, IndexWriter, LexicalQuery, Place, Places, ReadBack, Sampled, Spelling};
pub use ocr::Ocr;
pub use reader::{Reader, Source};
pub use reranker::{PairScore, PretokenizedReranker, Reranker, RerankerIdentity, ScoreScale};
pub use score_cache::{PassageScore, ScoreCache, ScoreKey};
pub use writer::{AnswerPart, Writer};
