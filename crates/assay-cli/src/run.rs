//! Runs the command that the arguments name.

use std::path::Path;
use std::process::ExitCode;

use assay_app::standalone::Models;
use assay_app::{App, Cancel, Home, Opening, Scratch};
use assay_contract::{LibraryEvent, PrecisionChoice};

use crate::arguments::{Arguments, Command, Encoder, Precision};
use crate::print::Progress;
use crate::{ask, backup, collections, doctor, explain, folders, library, manual, models, serve, standalone};

/// Runs a command and returns its exit status.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data = arguments.data;
    let _scratch = scratch(&arguments.command, data.as_deref());
    let opening = Opening { data: data.clone(), ..Opening::default() };
    match arguments.command {
        Command::Ingest(command) => repaired(opening, async |app| library::ingest(app, command).await).await,
        Command::Retry { ids, json } => repaired(opening, async |app| library::retry(app, &ids, json).await).await,
        Command::Watch(command) => repaired(opening, async |app| folders::watch(app, command).await).await,
        Command::Unwatch { folder } => opened(opening, async |app| folders::unwatch(app, &folder).await).await,
        Command::Folders { json } => opened(opening, async |app| folders::folders(app, json).await).await,
        Command::Collections(command) => {
            opened(opening, async |app| collections::collections(app, command).await).await
        }
        Command::Ask(command) => {
            let (reranker, second_reranker) = (command.model.clone(), command.second_model.clone());
            let opening = Opening { reranker, second_reranker, ..opening };
            repaired(opening, async |app| ask::ask(app, command).await).await
        }
        Command::Explain(command) => {
            let opening = Opening { reranker: command.model.clone(), ..opening };
            repaired(opening, async |app| explain::explain(app, command).await).await
        }
        Command::Documents { removed: true, json } => {
            opened(opening, async |app| library::removed_files(app, json).await).await
        }
        Command::Undismiss { ids, json } => {
            repaired(opening, async |app| library::undismiss(app, &ids, json).await).await
        }
        Command::Documents { removed: false, json } => {
            opened(opening, async |app| library::documents(app, json).await).await
        }
        Command::Pages { ids, json } => opened(opening, async |app| library::pages(app, &ids, json).await).await,
        Command::Remove { ids } => opened(opening, async |app| library::remove(app, &ids).await).await,
        Command::Check { json } => repaired(opening, async |app| library::check(app, json).await).await,
        Command::Rebuild { json } => opened(opening, async |app| library::rebuild(app, json).await).await,
        Command::Queue { json } => opened(opening, async |app| library::queue(app, json)).await,
        Command::Doctor { json } => doctor::doctor(data, json).await,
        Command::Backup(command) => backup::backup(data, command),
        Command::Restore(command) => backup::restore(opening, command).await,
        Command::Rerank(command) => standalone::rerank(&encoders(data, &command.encoder), command).await,
        Command::Embed(command) => standalone::embed(&encoders(data, &command.encoder), command).await,
        Command::Measure(command) => standalone::measure(&encoders(data, &command.encoder), command).await,
        Command::Bench(command) => standalone::bench(&encoders(data, &command.encoder), command, opening).await,
        Command::Serve(command) => serve::serve(opening, command).await,
        Command::Mcp => {
            assay_server::serve_stdio(opening).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Models { action } => models::models(opening, action).await,
        Command::Completions { shell } => Ok(manual::completions(shell)),
        Command::Manual { folder } => manual::pages(&folder),
    }
}

/// The folder of temporary files while a command works with a library. A data folder that cannot be
/// written to is reported when the library is opened.
fn scratch(command: &Command, data: Option<&Path>) -> Option<Scratch> {
    if matches!(command, Command::Rerank(_) | Command::Embed(_) | Command::Bench(_) | Command::Models { .. })
        || matches!(command, Command::Completions { .. } | Command::Manual { .. })
    {
        return None;
    }
    // These make a data folder only if they have something to put into it.
    if matches!(command, Command::Backup(_) | Command::Restore(_) | Command::Doctor { .. }) {
        return None;
    }
    let scratch = Scratch::make(&data.map_or_else(Home::usual, Path::to_owned)).ok()?;
    scratch.take_all();
    Some(scratch)
}

/// Opens the library, does the work, and prints the notices about the library.
async fn opened(
    opening: Opening,
    work: impl AsyncFnOnce(&App) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let app = App::open(opening)?;
    // Boxed, as an ingest is a large future.
    let done = Box::pin(work(&app)).await;
    library::say_notices(&app).await;
    done
}

/// The same after the rows that the index lost by damage are filled in again.
async fn repaired(
    opening: Opening,
    work: impl AsyncFnOnce(&App) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    opened(opening, async |app| {
        // An index that cannot be repaired is reported by the work itself.
        let mut progress = Progress::new();
        let mut forward = |event: LibraryEvent| {
            if let LibraryEvent::Progress { done, files, seconds_left } = event {
                progress.step(done, files, seconds_left);
            }
        };
        drop(app.repair(&Cancel::default(), &mut forward).await);
        progress.end();
        Box::pin(work(app)).await
    })
    .await
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
