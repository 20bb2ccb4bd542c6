//! Models, and the first reply of the window.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;
use crate::{LibraryView, Settings};

closed_set! {
    /// What a model is for.
    ModelRole {
        /// Bi-encoder.
        Embedder = "embedder",
        /// Cross-encoder.
        Reranker = "reranker",
        /// Language model.
        Writer = "writer",
    }
}

closed_set! {
    /// Whether a model is on this machine.
    ModelState {
        /// It is part of the program.
        BuiltIn = "built_in",
        /// It was downloaded or imported.
        Here = "here",
        /// It is not on this machine.
        NotHere = "not_here",
    }
}

closed_set! {
    /// Where the key of a hosted reranker is kept.
    KeyPlace {
        /// In the environment.
        Environment = "environment",
        /// In the system's key store.
        Store = "store",
        /// Nowhere.
        None = "none",
    }
}

closed_set! {
    /// The phase of a download.
    PullPhase {
        /// Waiting for the hub's list of files.
        Asking = "asking",
        /// Downloading.
        Fetching = "fetching",
        /// Comparing checksums.
        Checking = "checking",
    }
}

/// A model that the program knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRow {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: ModelRole,
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
    /// Whether it is on this machine.
    pub state: ModelState,
    /// What it is and where it comes from, in one line.
    pub about: String,
    /// Bytes to download, where known. Files on this machine count in `bytes`.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub download: Option<u64>,
    /// Bytes of main memory that it needs, where known.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub memory: Option<u64>,
    /// `owner/name` on the hub; absent for a built-in or imported model.
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

/// The model registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRegistryView {
    /// Models known.
    pub models: Vec<ModelRow>,
    /// Bytes of this machine's main memory, where the system reports them.
    #[ts(type = "number | null")]
    pub memory: Option<u64>,
    /// Free bytes on the disk of the models, where the system reports them.
    #[ts(type = "number | null")]
    pub disk: Option<u64>,
    /// Languages of the library; the one with the most documents first.
    pub languages: Vec<LanguageRow>,
    /// Models that are being downloaded now.
    pub pulling: Vec<String>,
    /// Where the hosted reranker's key is kept.
    pub key: KeyPlace,
}

/// Progress of a download.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PullEvent {
    /// The model.
    pub name: String,
    /// Its phase.
    pub phase: PullPhase,
    /// Bytes downloaded.
    #[ts(type = "number")]
    pub done: u64,
    /// Bytes in all.
    #[ts(type = "number | null")]
    pub total: Option<u64>,
    /// Bytes per second, recently.
    pub speed: f64,
    /// Seconds left at that speed.
    pub seconds_left: Option<f64>,
}

/// The first reply that the window gets.
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
