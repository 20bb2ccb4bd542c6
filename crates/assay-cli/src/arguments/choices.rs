//! Choices that several commands take.

use assay_contract::{DraftChoice, RerankChoice};
use clap::ValueEnum;

/// Whether the cross-encoder runs.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RerankArg {
    On,
    Off,
    Auto,
}

impl From<RerankArg> for RerankChoice {
    fn from(choice: RerankArg) -> Self {
        match choice {
            RerankArg::On => Self::On,
            RerankArg::Off => Self::Off,
            RerankArg::Auto => Self::Auto,
        }
    }
}

/// Whether the language model drafts more queries.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum DraftArg {
    On,
    Off,
    /// If no passage reaches the threshold without them
    Auto,
}

impl From<DraftArg> for DraftChoice {
    fn from(choice: DraftArg) -> Self {
        match choice {
            DraftArg::On => Self::On,
            DraftArg::Off => Self::Off,
            DraftArg::Auto => Self::Auto,
        }
    }
}

/// The cross-encoder's order alone, or blended with the retrieval order.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum OrderArg {
    Rerank,
    Blend,
}
