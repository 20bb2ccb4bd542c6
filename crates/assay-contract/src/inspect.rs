//! A closer look: what each sentence adds to a logit, the same question under another set-up, a
//! document with its chunks, what the machine spends.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::RerankChoice;

/// A question's passage whose logit is to be explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExplainRequest {
    /// The words.
    pub question: String,
    /// The passage.
    pub chunk: String,
}

/// One sentence of the passage. Offsets are in UTF-16 units of its text, as the page counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct SentenceRow {
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// The passage's logit without it, once computed.
    pub logit_without: Option<f32>,
    /// What the logit loses without it: above 0 the sentence spoke for the passage.
    pub change: Option<f32>,
}

/// What became of a passage's explanation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExplainReply {
    /// The cross-encoder.
    pub model: String,
    /// The logit of the whole passage, computed anew.
    pub logit: Option<f32>,
    /// Passage tokens that were read.
    pub tokens_read: u32,
    /// Passage tokens that there are.
    pub tokens_total: u32,
    /// Where the model stops reading, in UTF-16 units; absent if it reads all or cannot tell.
    pub read_to: Option<u32>,
    /// In the order of the text.
    pub sentences: Vec<SentenceRow>,
    /// Whether it was stopped before every sentence was tried.
    pub stopped: bool,
}

/// What happens while a passage is explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ExplainEvent {
    /// The sentences are known, the scores are to come.
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
        /// Passage tokens that there are.
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

/// A question under a set-up of its own. It is kept in no conversation and gets no answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SetUp {
    /// The words.
    pub question: String,
    /// Only this collection.
    pub collection: Option<String>,
    /// Whether the cross-encoder runs.
    pub rerank: RerankChoice,
    /// Another cross-encoder by its name; that of the settings if absent.
    pub reranker: Option<String>,
    /// Candidates per leg.
    pub retrieve: u32,
    /// Candidates that the cross-encoder reads.
    pub rerank_pool: u32,
    /// Passages kept.
    pub keep: u32,
    /// A fixed cut; the rule of the settings if absent.
    pub threshold: Option<f32>,
}

/// One page of a document, with where its chunks lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DocumentPage {
    /// Index from 0.
    pub index: u32,
    /// The page's own number.
    pub number: Option<u32>,
    /// Its text.
    pub text: String,
    /// `text`, `empty`, `scanned` or `failed`; a page that failed only in part has characters.
    pub outcome: String,
    /// Why it is not read, or not wholly.
    pub reason: Option<String>,
    /// The same as a code, for translation.
    pub code: Option<String>,
    /// `pdf-extract`, `second`, `ocr`, `format` or `none`.
    pub extractor: String,
    /// Characters of text.
    pub characters: u32,
    /// How sure recognition was of the words, from 0 to 100; only for `ocr`.
    pub confidence: Option<u8>,
    /// Its chunks in order.
    pub chunks: Vec<ChunkSpan>,
}

/// Where a chunk lies on its page, in UTF-16 units. Neighbours may share some text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChunkSpan {
    /// The chunk.
    pub chunk: String,
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DocumentView {
    /// The catalogue's number.
    #[ts(type = "number")]
    pub document: i64,
    /// File name.
    pub name: String,
    /// Whether the original is a PDF that the page can draw.
    pub pdf: bool,
    /// In order.
    pub pages: Vec<DocumentPage>,
}

/// What asking costs on this machine.
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
    /// Passages that the settings have reranked.
    pub pool: u32,
    /// Passages in the library.
    pub chunks: u32,
    /// Resident memory of the program, bytes; 0 where the system does not tell.
    #[ts(type = "number")]
    pub memory: u64,
    /// Its peak.
    #[ts(type = "number")]
    pub peak_memory: u64,
    /// Bytes on disk, part by part: `catalogue`, `index`, `models`.
    pub disk: Vec<DiskRow>,
}

/// What a part of the data folder takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DiskRow {
    /// `catalogue`, `index`, `models`.
    pub what: String,
    /// Bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}
