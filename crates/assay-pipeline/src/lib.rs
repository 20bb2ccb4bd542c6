//! The pipelines of Assay, from ports alone: no vendor, no file system and no screen in sight.
//!
//! ```text
//! ingest   file -> pages of text -> chunks -> vectors -> index
//! ask      question -> candidates (vector + lexical) -> fused -> reranked -> kept -> prompt -> answer -> screen
//! measure  labelled questions -> ask, stage by stage -> recall, MRR, nDCG
//! ```

pub mod ingest;
pub mod refill;
pub mod ask;
pub mod measure;
pub mod evaluation;
pub mod explain;
pub mod propose;
pub mod library;

pub mod retrieve;
pub mod rerank;
pub mod cached_scorer;
pub mod windows;
pub mod bound;
pub mod watch;
pub mod order;
pub mod keep;
pub mod prompt;
pub mod answer;
pub mod metrics;

mod words;
#[cfg(test)]
mod tests;
