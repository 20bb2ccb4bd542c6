//! The model families that the catalogue names, and whether an engine of this program opens them.

use serde::Deserialize;

/// A family: the architecture that `config.json` names and what is read from its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// BERT with pooling.
    BertBiEncoder,
    /// DistilBERT with pooling.
    #[serde(rename = "distilbert-bi-encoder")]
    DistilBertBiEncoder,
    /// XLM-RoBERTa with pooling.
    XlmRobertaBiEncoder,
    /// ModernBERT with pooling.
    #[serde(rename = "modernbert-bi-encoder")]
    ModernBertBiEncoder,
    /// Alibaba's "New" body with pooling.
    NewBiEncoder,
    /// Qwen3, the last token's vector.
    Qwen3BiEncoder,
    /// BERT with a classification head.
    BertCrossEncoder,
    /// XLM-RoBERTa with a classification head.
    XlmRobertaCrossEncoder,
    /// ModernBERT with a classification head.
    #[serde(rename = "modernbert-cross-encoder")]
    ModernBertCrossEncoder,
    /// ModernBERT whose head lies in sentence-transformers modules of its own.
    #[serde(rename = "modernbert-modular-cross-encoder")]
    ModernBertModularCrossEncoder,
    /// Gemma that is asked for the logit of "Yes".
    GemmaJudge,
    /// Qwen2 that is asked for the logits of "1" and "0".
    Qwen2Judge,
    /// Qwen3 that is asked for the logits of "yes" and "no".
    Qwen3Judge,
    /// Late interaction of token vectors.
    Colbert,
    /// A language model for llama.cpp.
    Gguf,
    /// A model that the user imported; its files say what it is.
    Imported,
}

impl Family {
    /// Its name in the catalogue and in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BertBiEncoder => "bert-bi-encoder",
            Self::DistilBertBiEncoder => "distilbert-bi-encoder",
            Self::XlmRobertaBiEncoder => "xlm-roberta-bi-encoder",
            Self::ModernBertBiEncoder => "modernbert-bi-encoder",
            Self::NewBiEncoder => "new-bi-encoder",
            Self::Qwen3BiEncoder => "qwen3-bi-encoder",
            Self::BertCrossEncoder => "bert-cross-encoder",
            Self::XlmRobertaCrossEncoder => "xlm-roberta-cross-encoder",
            Self::ModernBertCrossEncoder => "modernbert-cross-encoder",
            Self::ModernBertModularCrossEncoder => "modernbert-modular-cross-encoder",
            Self::GemmaJudge => "gemma-judge",
            Self::Qwen2Judge => "qwen2-judge",
            Self::Qwen3Judge => "qwen3-judge",
            Self::Colbert => "colbert",
            Self::Gguf => "gguf",
            Self::Imported => "imported",
        }
    }

    /// Whether an engine of this program opens it. `tests.rs` holds this against the engine.
    pub fn is_loadable(self) -> bool {
        match self {
            Self::NewBiEncoder | Self::ModernBertModularCrossEncoder | Self::Qwen2Judge => false,
            Self::BertBiEncoder
            | Self::DistilBertBiEncoder
            | Self::XlmRobertaBiEncoder
            | Self::ModernBertBiEncoder
            | Self::BertCrossEncoder
            | Self::XlmRobertaCrossEncoder
            | Self::ModernBertCrossEncoder
            | Self::Qwen3BiEncoder
            | Self::GemmaJudge
            | Self::Qwen3Judge
            | Self::Colbert
            | Self::Gguf
            | Self::Imported => true,
        }
    }
}

/// Why a model of the catalogue is not offered for download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// No engine of this program opens its family.
    Family,
    /// The hub has its weights only as a pickle, which can run code when it is opened.
    Pickle,
}
