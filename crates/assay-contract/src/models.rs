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
    /// Bytes to fetch, where they are known; what is here already is in `bytes`.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub download: Option<u64>,
    /// Bytes of main memory that it takes at work, where they are known.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub memory: Option<u64>,
    /// `owner/name` on the hub; none for one that ships or was imported.
    #[serde(default)]
    pub repository: Option<String>,
    /// Branch, tag or commit on the hub.
    #[serde(default)]
    pub revision: String,
}

/// Documents of the library in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LanguageRow {
    /// ISO 639-3 code; Chinese is `zho`.
    pub language: String,
    /// How many.
    pub documents: u32,
}

/// The model shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRegistryView {
    /// Models known.
    pub models: Vec<ModelRow>,
    /// Bytes of this machine's main memory, where the system says.
    #[ts(type = "number | null")]
    pub memory: Option<u64>,
    /// Free bytes where models are kept, where the system says.
    #[ts(type = "number | null")]
    pub disk: Option<u64>,
    /// Languages of the library, most documents first.
    pub languages: Vec<LanguageRow>,
    /// Models that are being fetched now.
    pub pulling: Vec<String>,
    /// Where the hosted reranker's key lies: `environment`, `store` or `none`.
    pub key: String,
}

/// How far a download is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PullEvent {
    /// The model.
    pub name: String,
    /// `asking`, `fetching`, `checking`.
    pub phase: String,
    /// Bytes here.
    #[ts(type = "number")]
    pub done: u64,
    /// Bytes in all.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
    /// Bytes a second, lately.
    pub speed: f64,
    /// Seconds to go at that speed.
    pub seconds_left: Option<f64>,
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
