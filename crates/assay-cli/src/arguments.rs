//! The command line.

mod models;
mod backup;
mod collections;
mod serve;
mod standalone;
mod choices;
mod explain;
mod scope;
mod remote;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::conversation::Conversation;

pub use backup::{Backup, Restore};
pub use choices::{DraftArg, OrderArg, RerankArg};
pub use collections::{CollectionAction, Collections};
pub use explain::Explain;
pub use models::{ModelAction, Source};
pub use remote::{Remote, RemoteAction};
pub use scope::ScopeArgs;
pub use serve::Serve;
pub use standalone::{Bench, BenchChoice, Embed, Encoder, Kind, Measure, Precision, Rerank};

/// Ask questions of your own files and see why each passage was chosen.
#[derive(Debug, Parser)]
#[command(name = "assay", version, about)]
pub struct Arguments {
    /// The data folder; the platform's own if absent
    #[arg(long, global = true, env = "ASSAY_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Whether `--json` was given.
    pub fn wants_json(&self) -> bool {
        match &self.command {
            Command::Ingest(Ingest { json, .. })
            | Command::Ask(Ask { json, .. })
            | Command::Explain(Explain { json, .. })
            | Command::Documents { json, .. }
            | Command::Undismiss { json, .. }
            | Command::Pages { json, .. }
            | Command::Check { json }
            | Command::Folders { json }
            | Command::Collections(Collections { json, .. })
            | Command::Watch(Watch { json, .. })
            | Command::Retry { json, .. }
            | Command::Rebuild { json }
            | Command::Queue { json }
            | Command::Doctor { json }
            | Command::Backup(Backup { json, .. })
            | Command::Restore(Restore { json, .. })
            | Command::Rerank(Rerank { json, .. })
            | Command::Embed(Embed { json, .. })
            | Command::Measure(Measure { json, .. })
            | Command::Remote(Remote { json, .. })
            | Command::Serve(Serve { json, .. })
            | Command::Bench(Bench { json, .. }) => *json,
            Command::Remove { .. } | Command::Unwatch { .. } | Command::Mcp => false,
            Command::Completions { .. } | Command::Manual { .. } => false,
            Command::Models { action } => action.wants_json(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ingest files and folders
    Ingest(Ingest),
    /// Try files again that failed, are quarantined or were read in part, and go on with what was stopped
    Retry {
        /// Numbers from `assay documents`; all of these if absent
        ids: Vec<i64>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the work that waits: it goes on with the next `ingest`, `watch` or `rebuild`
    Queue {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Watch folders: ingest new and changed files; deleted ones are missing until they come back
    Watch(Watch),
    /// Watch a folder no longer; its documents stay in the library
    Unwatch {
        /// The folder, or its number from `assay folders`
        folder: PathBuf,
    },
    /// List the watched folders
    Folders {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the collections, rename one, or move documents and watched folders to another
    Collections(Collections),
    /// Ask a question
    Ask(Ask),
    /// Show why a text was not found, or what each sentence of a passage adds to its rerank logit
    Explain(Explain),
    /// List the library
    Documents {
        /// The files that were removed from watched folders instead, which scans leave out
        #[arg(long)]
        removed: bool,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Take files in again that were removed from watched folders
    Undismiss {
        /// Numbers from `assay documents --removed`
        #[arg(required = true)]
        ids: Vec<i64>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Show documents as they were read, page by page
    Pages {
        /// Numbers from `assay documents`
        #[arg(required = true)]
        ids: Vec<i64>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Remove documents from the library; the files themselves stay
    Remove {
        /// Numbers from `assay documents`
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Check that the index agrees with the catalogue
    Check {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Rebuild the index with the model and chunking of the settings; the old one answers meanwhile
    Rebuild {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write a backup of the library into one file, also while Assay is open
    Backup(Backup),
    /// Restore a backup into an empty or new data folder, or a snapshot of the catalogue
    Restore(Restore),
    /// Report on this machine, the models and the library, for a bug report: no names, no text, no secrets
    Doctor {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Share the library with other machines through an object store
    Remote(Remote),
    /// Score passages against a question with a cross-encoder
    Rerank(Rerank),
    /// Turn texts into vectors
    Embed(Embed),
    /// Measure retrieval and reranking on labelled questions
    Measure(Measure),
    /// Measure the speed of this machine
    Bench(Bench),
    /// Answer other programs of this machine over HTTP, with a token
    Serve(Serve),
    /// Let an MCP client ask the library, over standard input and output
    Mcp,
    /// List, download, import and verify models
    Models {
        #[command(subcommand)]
        action: ModelAction,
    },
    /// Print the completions of a shell, to be loaded by it
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages into a folder
    Manual {
        /// The folder; it is made if absent
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct Ingest {
    /// Files and folders
    #[arg(required_unless_present = "rebuild")]
    pub paths: Vec<PathBuf>,
    /// The collection they join
    #[arg(long, default_value = "default", value_name = "NAME")]
    pub collection: String,
    /// First rebuild the index with the model and chunking of the settings
    #[arg(long)]
    pub rebuild: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Watch {
    /// Folders to watch in addition to those that are watched already
    pub folders: Vec<PathBuf>,
    /// The collection that their files join
    #[arg(long, default_value = "default", value_name = "NAME")]
    pub collection: String,
    /// Scan all watched folders once and exit
    #[arg(long)]
    pub once: bool,
    /// One JSON object; without --once, one line for each change
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Ask {
    /// The question
    pub question: String,
    /// Only this collection
    #[arg(long, value_name = "NAME")]
    pub collection: Option<String>,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Passages kept for the answer
    #[arg(long, value_name = "N")]
    pub top: Option<u32>,
    /// Candidates per retriever
    #[arg(long, value_name = "N")]
    pub candidates: Option<u32>,
    /// Whether the cross-encoder runs
    #[arg(long, value_enum)]
    pub rerank: Option<RerankArg>,
    /// Name or folder of the cross-encoder
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Name or folder of a second cross-encoder for the best of the first one's order; "" for none
    #[arg(long, value_name = "NAME")]
    pub second_model: Option<String>,
    /// Candidates that the second cross-encoder reads
    #[arg(long, value_name = "N")]
    pub second_pool: Option<u32>,
    /// Time budget of reranking in milliseconds; 0 for no limit
    #[arg(long, value_name = "N")]
    pub budget_ms: Option<u32>,
    /// Let the second cross-encoder stop when no other passage is expected to enter the top
    #[arg(long)]
    pub early_stop: bool,
    /// Which order is in force once passages are reranked
    #[arg(long, value_enum)]
    pub order: Option<OrderArg>,
    /// Whether the language model drafts a passage and other wordings that are searched too
    #[arg(long, value_enum)]
    pub drafts: Option<DraftArg>,
    /// Neither read nor write the cache of scores and token ids
    #[arg(long)]
    pub no_cache: bool,
    /// Return the candidates without an answer
    #[arg(long)]
    pub no_answer: bool,
    /// Keep the question in a conversation: its number, or `new`; a follow-up is read after its questions
    #[arg(long, value_name = "N|new")]
    pub conversation: Option<Conversation>,
    /// Search a follow-up as it was typed
    #[arg(long)]
    pub as_typed: bool,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}
