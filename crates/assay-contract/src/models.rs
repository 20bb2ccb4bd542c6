//! Models, and the first thing the window asks.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{LibraryView, Settings};

/// A model that the program knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRow {
    /// Its name.
    pub name: String,
    /// `embedder`, `reranker`, `writer`.
    pub role: String,
    /// Model family.
    pub family: String,
    /// ISO 639-3 codes.
    pub languages: Vec<String>,
    /// Licence.
    pub licence: String,
    /// Length of its files.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Most tokens it reads.
    pub max_tokens: u32,
    /// `built_in`, `here`, `not_here`, `damaged`.
    pub state: String,
    /// One line on what it is and where it comes from.
    pub about: String,
}

/// The first reply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Hello {
    /// Version of the program.
    pub version: String,
    /// Settings as written.
    pub settings: Settings,
    /// Models known.
    pub models: Vec<ModelRow>,
    /// The library.
    pub library: LibraryView,
    /// Device in use, and why a faster one is not.
    pub device: String,
}
