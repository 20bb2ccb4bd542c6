//! The pipelines of Assay over the ports alone: no vendor, no file system, no screen.
//!
//! ```text
//! ingest   file -> pages of text -> chunks -> vectors -> index
//! ask      question -> candidates (vector + lexical) -> fused -> reranked -> kept -> prompt -> answer -> screen
//! measure  labelled questions -> ask, stage by stage -> recall, MRR, nDCG
//! ```
//!
//! | question | answer |
//! |---|---|
//! | What runs when the user presses Ask? | [`ask::ask`] |
//! | Where is the threshold applied? | [`keep::keep`] |
//! | How do two retrievers become one list? | [`fuse::fuse`] |
//! | What happens to a file that is added? | [`ingest::ingest`] |
//! | How are the metrics defined? | [`metrics`] |
//! | Why was a passage not found? | [`why::why`] |

pub mod ingest;
pub mod refill;
pub mod consistency;
pub mod ask;
pub mod measure;
pub mod evaluation;
pub mod explain;
pub mod why;
pub mod propose;

pub mod intent;
pub mod follow_up;
pub mod spelling;
pub mod retrieve;
pub mod draft;
pub mod fuse;
pub mod copies;
pub mod rerank;
pub mod cached_scorer;
pub mod windows;
pub mod early_stop;
pub mod deadline;
pub mod order;
pub mod keep;
pub mod prompt;
pub mod answer;
pub mod quality;
pub mod metrics;

mod language;
#[cfg(test)]
mod tests;
