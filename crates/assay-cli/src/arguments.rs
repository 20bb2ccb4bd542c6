//! The command line.

mod models;
mod backup;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::conversation::Conversation;

pub use backup::{Backup, Restore};

pub use models::{ModelAction, Source};

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
            | Command::Watch(Watch { json, .. })
            | Command::Retry { json, .. }
            | Command::Rebuild { json }
            | Command::Queue { json }
            | Command::Backup(Backup { json, .. })
            | Command::Restore(Restore { json, .. })
            | Command::Rerank(Rerank { json, .. })
            | Command::Embed(Embed { json, .. })
            | Command::Measure(Measure { json, .. })
            | Command::Bench(Bench { json, .. }) => *json,
            Command::Remove { .. } | Command::Unwatch { .. } => false,
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
    /// Ask a question
    Ask(Ask),
    /// Show what each sentence of a passage adds to its rerank logit
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
    /// Score passages against a question with a cross-encoder
    Rerank(Rerank),
    /// Turn texts into vectors
    Embed(Embed),
    /// Measure retrieval and reranking on labelled questions
    Measure(Measure),
    /// Measure the speed of this machine
    Bench(Bench),
    /// List, download, import and verify models
    Models {
        #[command(subcommand)]
        action: ModelAction,
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

#[derive(Debug, Args)]
pub struct Explain {
    /// The question
    pub question: String,
    /// The passage: `chunk` in the reply of `assay ask --json`
    #[arg(long, value_name = "CHUNK")]
    pub chunk: String,
    /// Name or folder of the cross-encoder
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

/// Whether the cross-encoder runs.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RerankArg {
    On,
    Off,
    Auto,
}

/// The cross-encoder's order alone, or blended with the retrieval order.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum OrderArg {
    Rerank,
    Blend,
}

#[derive(Debug, Args)]
pub struct Rerank {
    /// The question
    #[arg(long, value_name = "Q")]
    pub query: String,
    /// `{"id","text"}` lines
    #[arg(long, value_name = "FILE")]
    pub passages: PathBuf,
    #[command(flatten)]
    pub encoder: Encoder,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Embed {
    /// `{"id","text"}` lines
    #[arg(long, value_name = "FILE")]
    pub texts: PathBuf,
    /// What the texts are
    #[arg(long, value_enum, default_value = "passage")]
    pub kind: Kind,
    #[command(flatten)]
    pub encoder: Encoder,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

/// Whether a text is a question or a passage.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    Query,
    Passage,
}

/// Which model, and how it runs.
#[derive(Debug, Clone, Args)]
pub struct Encoder {
    /// Name or folder of the model
    #[arg(long, value_name = "NAME_OR_DIR")]
    pub model: Option<String>,
    /// Threads; one per physical core if absent
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Arithmetic of the linear layers
    #[arg(long, value_enum, default_value = "auto")]
    pub precision: Precision,
}

/// Arithmetic of the linear layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Precision {
    /// The fastest one that keeps the order of f32 for the model, on this processor
    Auto,
    /// Exact
    F32,
    Bf16,
    Int8,
}

#[derive(Debug, Args)]
pub struct Measure {
    /// `{"_id","title","text"}` lines
    #[arg(long, value_name = "FILE", requires_all = ["queries", "qrels"], required_unless_present = "candidates")]
    pub corpus: Option<PathBuf>,
    /// `{"_id","text"}` lines
    #[arg(long, value_name = "FILE")]
    pub queries: Option<PathBuf>,
    /// query, passage and grade separated by tabs
    #[arg(long, value_name = "FILE")]
    pub qrels: Option<PathBuf>,
    /// `{"qid","query","candidates":[{"docid","text"}],"qrels":{docid: grade}}` lines: reranking alone
    #[arg(long, value_name = "FILE", conflicts_with = "corpus")]
    pub candidates: Option<PathBuf>,
    /// Orders to measure: vector, lexical, hybrid, reranked, blended
    #[arg(long, value_delimiter = ',', default_value = "vector,lexical,hybrid,reranked,blended")]
    pub stages: Vec<String>,
    /// Depth of the metrics
    #[arg(long, default_value_t = 10)]
    pub k: usize,
    /// Candidates per retriever
    #[arg(long, default_value_t = 100)]
    pub retrieve: usize,
    /// Candidates that the cross-encoder reads
    #[arg(long, default_value_t = 50)]
    pub pool: usize,
    /// Leave out the titles of passages, which are read as their context otherwise
    #[arg(long)]
    pub no_context: bool,
    /// Name or folder of the bi-encoder
    #[arg(long, value_name = "NAME_OR_DIR")]
    pub embedder: Option<String>,
    #[command(flatten)]
    pub encoder: Encoder,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Bench {
    /// What to measure
    #[arg(value_enum)]
    pub what: BenchChoice,
    /// `{"query","passage"}` lines; texts of mixed lengths are made if absent
    #[arg(long, value_name = "FILE")]
    pub pairs: Option<PathBuf>,
    /// Counted runs, after one warm-up run
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    #[command(flatten)]
    pub encoder: Encoder,
    /// `scale`: generated passages in the index
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    pub passages: u64,
    /// `scale`: questions that are timed
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub questions: usize,
    /// `scale`: changed documents that are saved
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub saves: usize,
    /// `scale`: where the index stays for the next run (3 GB for a million passages); else it is removed at the end
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}

/// What to measure.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum BenchChoice {
    Rerank,
    Embed,
    Query,
    Scale,
}
