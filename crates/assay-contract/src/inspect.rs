//! Inspection: what each sentence adds to a logit, the same question under other settings, what a
//! question costs on this machine.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;
use crate::{RerankChoice, ScopeChoice};

/// A question and the passage whose logit is to be explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExplainRequest {
    /// The question.
    pub question: String,
    /// The passage.
    pub chunk: String,
}

/// One sentence of the passage. Offsets are in UTF-16 units of its text, as JavaScript counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct SentenceRow {
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// The passage's logit without it, once computed.
    pub logit_without: Option<f32>,
    /// What the logit loses without it; above 0 the sentence raises the logit.
    pub change: Option<f32>,
}

/// The explanation of a passage's logit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExplainReply {
    /// The cross-encoder.
    pub model: String,
    /// The logit of the whole passage, computed for this explanation.
    pub logit: Option<f32>,
    /// Passage tokens that were read.
    pub tokens_read: u32,
    /// Tokens of the passage.
    pub tokens_total: u32,
    /// Where the model stops reading, in UTF-16 units; absent if it reads all or cannot tell.
    pub read_to: Option<u32>,
    /// In the order of the text.
    pub sentences: Vec<SentenceRow>,
    /// Whether it was stopped before every sentence was scored.
    pub stopped: bool,
}

/// What happens while a passage is explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExplainEvent {
    /// The sentences are known; no score is yet.
    Begun {
        /// Nothing scored yet.
        reply: ExplainReply,
    },
    /// The whole passage was scored.
    Whole {
        /// Its logit.
        logit: f32,
        /// Passage tokens that were read.
        tokens_read: u32,
        /// Tokens of the passage.
        tokens_total: u32,
    },
    /// The passage was scored without one sentence.
    Sentence {
        /// Which, from 0.
        index: u32,
        /// The logit without it.
        logit_without: f32,
        /// What the logit loses without it.
        change: f32,
    },
}

/// A question with settings of its own. No conversation keeps it, and it gets no answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SetUp {
    /// The question.
    pub question: String,
    /// Only this collection.
    pub collection: Option<String>,
    /// What else limits the documents that are searched.
    #[serde(default)]
    #[ts(optional)]
    pub scope: Option<ScopeChoice>,
    /// Whether the cross-encoder runs.
    pub rerank: RerankChoice,
    /// Name of another cross-encoder; that of the settings if absent.
    pub reranker: Option<String>,
    /// Candidates per retriever.
    pub retrieve: u32,
    /// Candidates that the cross-encoder reads.
    pub rerank_pool: u32,
    /// Passages kept.
    pub keep: u32,
    /// A fixed threshold; the rule of the settings if absent.
    pub threshold: Option<f32>,
}

/// What a question costs on this machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CostView {
    /// Device in use.
    pub device: String,
    /// The bi-encoder.
    pub embedder: String,
    /// The cross-encoder, if one can be opened.
    pub reranker: Option<String>,
    /// Why there is none.
    pub without: Option<String>,
    /// Pairs that were timed just now, all of them passages of the library.
    pub pairs: u32,
    /// Mean passage tokens of those pairs.
    pub pair_tokens: f64,
    /// Pairs that the cross-encoder reads in a second.
    pub pairs_per_second: Option<f64>,
    /// Milliseconds for one question's vector.
    pub embed_ms: f64,
    /// Milliseconds for the nearest passages of the whole library.
    pub search_ms: f64,
    /// Passages that the cross-encoder reads under the current settings.
    pub pool: u32,
    /// Passages in the library.
    pub chunks: u32,
    /// Resident memory of the program, bytes; 0 where the system does not report it.
    #[ts(type = "number")]
    pub memory: u64,
    /// Its peak.
    #[ts(type = "number")]
    pub peak_memory: u64,
    /// Bytes on disk, one row for each part.
    pub disk: Vec<DiskRow>,
}

closed_set! {
    /// A part of the data folder.
    DiskPart {
        /// Documents, conversations, judgements.
        Catalogue = "catalogue",
        /// Chunks and vectors.
        Index = "index",
        /// Model files.
        Models = "models",
    }
}

/// The size of a part of the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DiskRow {
    /// Which part.
    pub what: DiskPart,
    /// Bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}
