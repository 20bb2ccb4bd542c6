//! Settings as checked: what engines are opened from. What the user wrote is turned into these
//! by the hosts, which say what was wrong with it.

use std::time::Duration;

use assay_text::ChunkSize;

use crate::hosted::HostedSettings;

/// What the engines need to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Name of the bi-encoder.
    pub embedder: String,
    /// Name of the cross-encoder.
    pub reranker: String,
    /// Name of the cross-encoder that reads the best of the first one's order, if one is wanted.
    pub second_reranker: Option<String>,
    /// Most bytes of token ids and scores that are kept; 0 to keep none.
    pub pairs_bytes: u64,
    /// Name of the language model; `None` for extractive answers.
    pub writer: Option<String>,
    /// Size of a chunk in the embedder's tokens.
    pub chunking: ChunkSize,
    /// Threads for the encoders; `None` for one per physical core.
    pub threads: Option<usize>,
    /// Precision of the encoders' linear layers.
    pub precision: assay_encoder::Precision,
    /// Time that reading one file may take.
    pub read_time: Duration,
    /// Memory that reading one file may take, in bytes.
    pub read_memory: u64,
    /// Largest file taken, in bytes.
    pub file_bytes: u64,
    /// Recognition of what is written in pictures; `None` where it is switched off.
    pub ocr: Option<crate::OcrSettings>,
    /// Most tokens in a written answer.
    pub answer_tokens: usize,
    /// Address of the hub or a mirror; `None` for the catalogue's.
    pub hub: Option<String>,
    /// Proxy for downloads; `None` for the environment's.
    pub proxy: Option<String>,
    /// A reranker on another machine in place of the one named above.
    pub hosted: Option<HostedSettings>,
}
