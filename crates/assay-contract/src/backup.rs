//! Backups: what is in them and what a restored library still needs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::closed_set::closed_set;

/// What goes into a backup besides documents, conversations, judgements and settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupChoice {
    /// The index; without it, it is filled again from the stored text.
    pub index: bool,
    /// Downloaded and imported models.
    pub models: bool,
}

/// How far a backup or a restore is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupProgress {
    /// Bytes done.
    #[ts(type = "number")]
    pub done: u64,
    /// Bytes in all.
    #[ts(type = "number")]
    pub total: u64,
}

closed_set! {
    /// What is not in a backup.
    BackupGap {
        /// Keys of hosted rerankers, which the system keeps.
        Keys = "keys",
        /// Names and passwords in addresses.
        Passwords = "passwords",
        /// The index.
        Index = "index",
        /// Models.
        Models = "models",
        /// Files in the folder of models that are no whole files of a model, such as downloads that have not ended.
        ModelFiles = "model_files",
    }
}

/// `assay backup --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupReply {
    /// Documents in it.
    pub documents: u32,
    /// Kept questions in it.
    pub questions: u32,
    /// Judgements in it.
    pub judgements: u32,
    /// Length of the file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// What is not in it.
    pub left_out: Vec<BackupGap>,
}

/// A folder that documents of a backup lie in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupRoot {
    /// Its number in the backup.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Documents below it.
    pub documents: u32,
    /// Whether it is watched.
    pub watched: bool,
    /// Whether it is on this machine.
    pub found: bool,
    /// Where it is; only the terminal gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub folder: Option<String>,
}

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupView {
    /// When it was made, in seconds since 1970.
    #[ts(type = "number")]
    pub created: i64,
    /// Documents in it.
    pub documents: u32,
    /// Kept questions in it.
    pub questions: u32,
    /// Judgements in it.
    pub judgements: u32,
    /// Whether the index is in it.
    pub index: bool,
    /// Whether models are in it.
    pub models: bool,
    /// The folders that its documents lie in.
    pub roots: Vec<BackupRoot>,
}

/// `assay restore FILE --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreReply {
    /// Documents that came back.
    pub documents: u32,
    /// Kept questions that came back.
    pub questions: u32,
    /// Judgements that came back.
    pub judgements: u32,
    /// Whether the index came with them; else it is filled again from the stored text.
    pub index: bool,
    /// The folders of the documents, at their new places.
    pub roots: Vec<BackupRoot>,
    /// Whether a hosted reranker was switched off: its key is in no backup.
    pub hosted_off: bool,
    /// Models of the settings that are not on this machine.
    pub missing_models: Vec<String>,
}
