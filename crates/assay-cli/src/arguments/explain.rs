//! The arguments of `explain`.

use clap::{ArgGroup, Args};

use super::choices::RerankArg;
use super::scope::KindArgs;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["why", "chunk"])))]
pub struct Explain {
    /// The question
    pub question: String,
    /// Why a text was not found: a quote of a document, followed through every stage
    #[arg(long, value_name = "TEXT")]
    pub why: Option<String>,
    /// What each sentence of a passage adds to its logit: `chunk` in the reply of `assay ask --json`
    #[arg(long, value_name = "CHUNK", conflicts_with_all = ["folder", "format", "language", "since", "before"])]
    pub chunk: Option<String>,
    /// Name or folder of the cross-encoder
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// With --why: look for the text in this document alone; its number from `assay documents`
    #[arg(long, value_name = "ID", conflicts_with = "chunk")]
    pub document: Option<i64>,
    /// With --why: the question searches only this collection
    #[arg(long, value_name = "NAME", conflicts_with = "chunk")]
    pub collection: Option<String>,
    #[command(flatten)]
    pub kinds: KindArgs,
    /// With --why: passages kept for the answer
    #[arg(long, value_name = "N", conflicts_with = "chunk")]
    pub top: Option<u32>,
    /// With --why: candidates per retriever
    #[arg(long, value_name = "N", conflicts_with = "chunk")]
    pub candidates: Option<u32>,
    /// With --why: whether the cross-encoder runs
    #[arg(long, value_enum, conflicts_with = "chunk")]
    pub rerank: Option<RerankArg>,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
}
