//! Arguments of the commands that need models and no library.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
    /// Orders to measure: vector, lexical, hybrid, reranked, blended; with --writer also hypothetical, variants, drafted,
    /// drafted_reranked
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
    /// Name or GGUF file of the language model that drafts a hypothetical passage and other wordings of each question
    #[arg(long, value_name = "NAME_OR_FILE")]
    pub writer: Option<String>,
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
