//! Which command does what.

use std::process::ExitCode;

use assay_contract::PrecisionChoice;
use assay_desk::alone::Models;
use assay_desk::{Desk, Opening};

use crate::arguments::{Arguments, Command, Encoder, Precision};
use crate::{alone, ask, explain, library, models};

/// Runs a command to its exit status.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data = arguments.data;
    let opening = Opening { data: data.clone(), ..Opening::default() };
    match arguments.command {
        Command::Ingest(command) => library::ingest(&open(opening)?, command).await,
        Command::Ask(command) => {
            let (reranker, second_reranker) = (command.model.clone(), command.second_model.clone());
            let opening = Opening { reranker, second_reranker, ..opening };
            ask::ask(&open(opening)?, command).await
        }
        Command::Explain(command) => {
            let opening = Opening { reranker: command.model.clone(), ..opening };
            explain::explain(&open(opening)?, command).await
        }
        Command::Documents { json } => library::documents(&open(opening)?, json).await,
        Command::Remove { ids } => library::remove(&open(opening)?, &ids).await,
        Command::Check { json } => library::check(&open(opening)?, json).await,
        Command::Rerank(command) => alone::rerank(&encoders(data, &command.encoder), command).await,
        Command::Embed(command) => alone::embed(&encoders(data, &command.encoder), command).await,
        Command::Measure(command) => alone::measure(&encoders(data, &command.encoder), command).await,
        Command::Bench(command) => alone::bench(&encoders(data, &command.encoder), command, opening).await,
        Command::Models { action } => models::models(data, action),
    }
}

/// Opens the library.
pub fn open(opening: Opening) -> anyhow::Result<Desk> {
    Ok(Desk::open(opening)?)
}

fn encoders(data: Option<std::path::PathBuf>, encoder: &Encoder) -> Models {
    let precision = match encoder.precision {
        Precision::Auto => PrecisionChoice::Auto,
        Precision::F32 => PrecisionChoice::F32,
        Precision::Bf16 => PrecisionChoice::Bf16,
        Precision::Int8 => PrecisionChoice::Int8,
    };
    Models { data, embedder: None, reranker: encoder.model.clone(), threads: encoder.threads, precision }
}
