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
    /// Why a model is not offered for download.
    ModelObstacle {
        /// No engine of this program opens its family.
        Family = "family",
        /// The hub has its weights only as a pickle.
        Pickle = "pickle",
    }
}

closed_set! {
    /// How a bi-encoder's vectors are compared.
    Metric {
        /// Cosine of the angle.
        Cosine = "cosine",
        /// Dot product.
        Dot = "dot",
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
    /// Its purpose in one line.
    pub about: String,
    /// The same in Chinese; empty if an earlier version answers.
    #[serde(default)]
    pub about_zh: String,
    /// Why it is not offered for download; absent if it is.
    #[serde(default)]
    pub obstacle: Option<ModelObstacle>,
    /// Whether it is one of the pair that is recommended for this machine.
    #[serde(default)]
    pub recommended: bool,
    /// What a bi-encoder of the catalogue wants before a question; its own folder takes precedence.
    #[serde(default)]
    pub query_prefix: Option<String>,
    /// What it wants before a passage.
    #[serde(default)]
    pub passage_prefix: Option<String>,
    /// How a bi-encoder's vectors are compared, where known.
    #[serde(default)]
    pub metric: Option<Metric>,
    /// Numbers in a bi-encoder's vector, where known.
    #[serde(default)]
    pub dimension: Option<u32>,
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

/// A bi-encoder and a cross-encoder that go well together on a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PairRow {
    /// Its name.
    pub name: String,
    /// ISO 639-3 codes of the languages that it is recommended for.
    pub languages: Vec<String>,
    /// Bytes of main memory from which it is recommended.
    #[ts(type = "number")]
    pub memory: u64,
    /// Name of the bi-encoder.
    pub embedder: String,
    /// Name of the cross-encoder.
    pub reranker: String,
    /// Bytes still to download, where known; 0 if both models are here.
    #[ts(type = "number | null")]
    pub download: Option<u64>,
    /// Bytes of main memory that both need, where known.
    #[ts(type = "number | null")]
    pub needs: Option<u64>,
    /// Whether it is the one for this machine.
    pub recommended: bool,
}

/// Another address that passes on the hub's files and their checksums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MirrorRow {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
}

/// The model registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelRegistryView {
    /// Models known.
    pub models: Vec<ModelRow>,
    /// Recommended pairs; the one for less memory first.
    pub pairs: Vec<PairRow>,
    /// Mirrors of the hub.
    pub mirrors: Vec<MirrorRow>,
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
