//! Settings as written: what the file `settings.toml` holds and the settings pane edits. Every
//! field has a default, so an empty file is a whole one.

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

/// Which order decides once passages are reranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OrderChoice {
    /// The cross-encoder's alone.
    #[default]
    Rerank,
    /// Reciprocal rank fusion of the fused order with the cross-encoder's.
    Blend,
}

/// How the threshold is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdChoice {
    /// `threshold` as it stands.
    #[default]
    Fixed,
    /// By the spread of the ten best.
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

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Whether a reranker on another machine takes the place of the one here, and its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HostedChoice {
    /// None: nothing leaves this machine.
    #[default]
    Off,
    /// Cohere's second version.
    Cohere,
    /// Jina's.
    Jina,
    /// Text Embeddings Inference.
    Tei,
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Name of the bi-encoder, as in the model list.
    pub embedder: String,
    /// Name of the cross-encoder, as in the model list.
    pub reranker: String,
    /// Name of a cross-encoder that reads the best of the first one's order; empty for none.
    pub second_reranker: String,
    /// Name of the language model, as in the model list; empty for extractive answers.
    pub writer: String,
    /// Most tokens in a chunk.
    pub chunk_tokens: u32,
    /// Tokens shared by neighbouring chunks.
    pub chunk_overlap: u32,
    /// Candidates that each leg may bring.
    pub retrieve: u32,
    /// Candidates that the cross-encoder reads.
    pub rerank_pool: u32,
    /// Candidates that the second cross-encoder reads.
    pub second_pool: u32,
    /// Milliseconds for reranking; 0 for no limit.
    pub rerank_milliseconds: u32,
    /// Whether the second cross-encoder may stop when no other passage is expected to enter the
    /// top. A heuristic.
    pub early_stop: bool,
    /// Mebibytes of scores and token ids that are kept; 0 for none.
    pub pairs_mebibytes: u32,
    /// Passages kept for the answer.
    pub keep: u32,
    /// Whether the cross-encoder runs.
    pub rerank: RerankChoice,
    /// Which order decides once passages are reranked.
    pub order: OrderChoice,
    /// How the threshold is chosen.
    pub threshold_rule: ThresholdChoice,
    /// The fixed threshold, on the sigmoid of the rerank logit.
    pub threshold: f32,
    /// The cut when the ten best are close together.
    pub spread_loose: f32,
    /// The cut when the ten best are far apart.
    pub spread_tight: f32,
    /// Threads for the encoders; 0 for one per physical core.
    pub threads: u32,
    /// Precision of the encoders' linear layers.
    pub precision: PrecisionChoice,
    /// Seconds after which a file that is being read is given up.
    pub read_seconds: u32,
    /// Mebibytes that reading one file may take.
    pub read_mebibytes: u32,
    /// Largest file taken, in mebibytes.
    pub file_mebibytes: u32,
    /// Whether what is written in pictures and scans is recognised, where Tesseract is installed.
    pub ocr: bool,
    /// Languages to recognise, by Tesseract's names, joined by `+`.
    pub ocr_languages: String,
    /// Most pages of one file that are recognised.
    pub ocr_pages: u32,
    /// Most megapixels of a page that is recognised.
    pub ocr_megapixels: u32,
    /// Seconds after which a page that is being recognised is given up.
    pub ocr_page_seconds: u32,
    /// Seconds after which no other page of a file is recognised.
    pub ocr_file_seconds: u32,
    /// Most tokens in a written answer.
    pub answer_tokens: u32,
    /// `en`, `zh`, or empty for the system's.
    pub language: String,
    /// Light, dark, or as the system says.
    pub theme: ThemeChoice,
    /// Address of the hub that models come from, or of a mirror; empty for the usual one.
    pub hub: String,
    /// Proxy for downloads, `http://host:port`; empty for the environment's.
    pub proxy: String,
    /// Whether a reranker on another machine is asked. Its key is never kept here.
    pub hosted: HostedChoice,
    /// Its address, `https://host`.
    pub hosted_url: String,
    /// The host's name for the model.
    pub hosted_model: String,
    /// Seconds after which an answer of the host is given up.
    pub hosted_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            embedder: "all-MiniLM-L6-v2".into(),
            reranker: "assay-reranker-mini".into(),
            second_reranker: String::new(),
            writer: String::new(),
            chunk_tokens: 256,
            chunk_overlap: 32,
            retrieve: 100,
            rerank_pool: 50,
            second_pool: 20,
            rerank_milliseconds: 0,
            early_stop: false,
            pairs_mebibytes: 64,
            keep: 5,
            rerank: RerankChoice::Auto,
            order: OrderChoice::default(),
            threshold_rule: ThresholdChoice::Fixed,
            threshold: 0.5,
            spread_loose: 0.40,
            spread_tight: 0.65,
            threads: 0,
            precision: PrecisionChoice::Auto,
            read_seconds: 120,
            read_mebibytes: 2048,
            file_mebibytes: 256,
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
