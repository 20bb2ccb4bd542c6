//! Checked settings: what engines are opened from. The app makes them of the settings that the user wrote, and
//! reports what is wrong with those.

use std::time::Duration;

use assay_models::hosted::HostedSettings;
use assay_text::ChunkSize;

/// Settings of the engines.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Name of the bi-encoder.
    pub embedder: String,
    /// Name of the cross-encoder; `None` for the one that was measured best on the languages of question and passage.
    pub reranker: Option<String>,
    /// Name of the second cross-encoder, which reads the best of the first one's order, if one is wanted.
    pub second_reranker: Option<String>,
    /// Largest cache of token ids and scores, in bytes; 0 for none.
    pub score_cache_bytes: u64,
    /// Name of the language model; `None` for extractive answers.
    pub writer: Option<String>,
    /// Size of a chunk in the embedder's tokens.
    pub chunking: ChunkSize,
    /// Whether passages are indexed with the context they come from.
    pub context: bool,
    /// Threads for the encoders; `None` for one per physical core.
    pub threads: Option<usize>,
    /// Precision of the encoders' linear layers.
    pub precision: assay_encoder::Precision,
    /// Longest time for reading one file.
    pub read_time: Duration,
    /// Most memory for reading one file, in bytes.
    pub read_memory: u64,
    /// Largest file that is taken in, in bytes.
    pub file_bytes: u64,
    /// How long a document whose file is gone is kept.
    pub missing_time: Duration,
    /// Recognition of text in pictures; `None` if it is switched off.
    pub ocr: Option<assay_files::OcrSettings>,
    /// Most tokens in a written answer.
    pub answer_tokens: usize,
    /// Address of the hub or a mirror; `None` for the catalogue's.
    pub hub: Option<String>,
    /// Proxy for downloads; `None` for the environment's.
    pub proxy: Option<String>,
    /// A hosted reranker in place of the one of this machine.
    pub hosted: Option<HostedSettings>,
}
