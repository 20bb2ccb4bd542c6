//! Settings as written: the content of `settings.toml`, which the settings pane edits. Every field
//! has a default, so an empty file is complete.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether the cross-encoder runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RerankChoice {
    /// Always.
    On,
    /// Never.
    Off,
    /// Unless a stated reason speaks against it.
    #[default]
    Auto,
}

/// Which order is in force once passages are reranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OrderChoice {
    /// The cross-encoder's alone.
    #[default]
    Rerank,
    /// Reciprocal rank fusion of the fused order with the cross-encoder's.
    Blend,
}

/// Whether the language model drafts a hypothetical passage and other wordings of a question, which are searched too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DraftChoice {
    /// For every question about passages.
    On,
    /// Never.
    #[default]
    Off,
    /// If no passage reaches the threshold without them.
    Auto,
}

/// How the threshold is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdChoice {
    /// The value that was measured for the model; `threshold` for a model that nobody measured.
    #[default]
    Measured,
    /// The fixed value of `threshold`.
    Fixed,
    /// By the standard deviation of the ten best.
    Spread,
}

/// Precision of the encoders' linear layers on a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PrecisionChoice {
    /// The fastest one that keeps the order of f32 for the model, on this processor.
    #[default]
    Auto,
    /// Exact.
    F32,
    /// Half the bits.
    Bf16,
    /// A quarter of the bits.
    Int8,
}

/// The theme of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// That of the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Whether a hosted reranker takes the place of the local one, and its protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HostedChoice {
    /// None: nothing leaves this machine.
    #[default]
    Off,
    /// Cohere's API, version 2.
    Cohere,
    /// Jina's API.
    Jina,
    /// Text Embeddings Inference.
    Tei,
}

/// The name under which each question and passage gets the cross-encoder that was measured best on its languages.
pub const AUTO_RERANKER: &str = "auto";

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Name of the bi-encoder, as in the model list.
    pub embedder: String,
    /// Whether to offer a rebuild where the bi-encoder reads English alone; false once it was said.
    pub rebuild_offer: bool,
    /// Name of the cross-encoder, as in the model list; `auto` for the one that was measured best on the languages
    /// of each question and passage.
    pub reranker: String,
    /// Name of a cross-encoder that reads the best of the first one's order; empty for none.
    pub second_reranker: String,
    /// Name of the language model, as in the model list; empty for extractive answers.
    pub writer: String,
    /// Most tokens in a chunk.
    pub chunk_tokens: u32,
    /// Tokens shared by neighbouring chunks.
    pub chunk_overlap: u32,
    /// Whether passages are indexed and reranked with the context they come from: file, folder, headings.
    pub context: bool,
    /// Candidates per retriever.
    pub retrieve: u32,
    /// Candidates that the cross-encoder reads.
    pub rerank_pool: u32,
    /// Candidates that the second cross-encoder reads.
    pub second_pool: u32,
    /// Time budget of reranking in milliseconds; 0 for no limit.
    pub rerank_milliseconds: u32,
    /// Whether the second cross-encoder may stop when no other passage is expected to enter the
    /// top. A heuristic.
    pub early_stop: bool,
    /// Mebibytes of cached scores and token ids; 0 for none.
    pub pairs_mebibytes: u32,
    /// Passages kept for the answer.
    pub keep: u32,
    /// Whether the cross-encoder runs.
    pub rerank: RerankChoice,
    /// Which order is in force once passages are reranked.
    pub order: OrderChoice,
    /// How the threshold is chosen.
    pub threshold_rule: ThresholdChoice,
    /// The fixed threshold, on the sigmoid of the rerank logit.
    pub threshold: f32,
    /// The threshold when the ten best are close together.
    pub spread_loose: f32,
    /// The threshold when the ten best are far apart.
    pub spread_tight: f32,
    /// Whether a follow-up is rewritten into a question that stands alone.
    pub follow_ups: bool,
    /// Whether the language model drafts more queries for a question.
    pub drafts: DraftChoice,
    /// Whether copies of a passage are put behind it before reranking.
    pub fold_copies: bool,
    /// Whether the documents of the kept passages are read to their end where a question asks for a list.
    pub read_on: bool,
    /// Whether what room is left in a language model's context goes to the neighbours of the kept passages.
    pub neighbours: bool,
    /// Whether each sentence of a written answer is compared with the passages that it cites.
    pub check_citations: bool,
    /// Threads for the encoders; 0 for one per physical core.
    pub threads: u32,
    /// Precision of the encoders' linear layers.
    pub precision: PrecisionChoice,
    /// Most seconds for reading one file.
    pub read_seconds: u32,
    /// Most mebibytes of memory for reading one file.
    pub read_mebibytes: u32,
    /// Largest file that is ingested, in mebibytes.
    pub file_mebibytes: u32,
    /// Days for which a document is kept whose file is gone from a watched folder; 0 removes it at once.
    pub missing_days: u32,
    /// Whether text in pictures and scans is recognised, where Tesseract is installed.
    pub ocr: bool,
    /// Tesseract's names of the languages to recognise, joined by `+`.
    pub ocr_languages: String,
    /// Most pages of one file that are recognised.
    pub ocr_pages: u32,
    /// Most megapixels of a page that is recognised.
    pub ocr_megapixels: u32,
    /// Most seconds for recognising one page.
    pub ocr_page_seconds: u32,
    /// Most seconds for recognising the pages of one file.
    pub ocr_file_seconds: u32,
    /// Most tokens in a written answer.
    pub answer_tokens: u32,
    /// `en`, `zh`, or empty for the system's.
    pub language: String,
    /// The theme of the window.
    pub theme: ThemeChoice,
    /// Address of the model hub or a mirror; empty for the default hub.
    pub hub: String,
    /// Proxy for downloads, `http://host:port`; empty for the environment's.
    pub proxy: String,
    /// Whether a hosted reranker is used. Its key is never stored in the settings.
    pub hosted: HostedChoice,
    /// Its address, `https://host`.
    pub hosted_url: String,
    /// The server's name for the model.
    pub hosted_model: String,
    /// Most seconds for one reply of the server.
    pub hosted_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            embedder: "multilingual-e5-small-zh-en".into(),
            rebuild_offer: true,
            reranker: AUTO_RERANKER.into(),
            second_reranker: String::new(),
            writer: String::new(),
            chunk_tokens: 256,
            chunk_overlap: 32,
            context: true,
            retrieve: 100,
            rerank_pool: 50,
            second_pool: 20,
            rerank_milliseconds: 0,
            early_stop: false,
            pairs_mebibytes: 64,
            keep: 5,
            rerank: RerankChoice::Auto,
            order: OrderChoice::default(),
            threshold_rule: ThresholdChoice::Measured,
            threshold: 0.5,
            spread_loose: 0.40,
            spread_tight: 0.65,
            follow_ups: true,
            drafts: DraftChoice::Off,
            fold_copies: true,
            read_on: true,
            neighbours: true,
            check_citations: true,
            threads: 0,
            precision: PrecisionChoice::Auto,
            read_seconds: 120,
            read_mebibytes: 2048,
            file_mebibytes: 256,
            missing_days: 30,
            ocr: true,
            ocr_languages: "chi_sim+eng".into(),
            ocr_pages: 500,
            ocr_megapixels: 16,
            ocr_page_seconds: 60,
            ocr_file_seconds: 600,
            answer_tokens: 400,
            language: String::new(),
            theme: ThemeChoice::System,
            hub: String::new(),
            proxy: String::new(),
            hosted: HostedChoice::Off,
            hosted_url: String::new(),
            hosted_model: String::new(),
            hosted_seconds: 20,
        }
    }
}
