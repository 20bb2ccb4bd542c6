//! Runs the command that the arguments name.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use assay_app::standalone::Models;
use assay_app::{Cancel, Failure, Home, Opening, Owner, Scratch, Session, named_owner};
use assay_contract::call::FrontEnd;
use assay_contract::{LibraryEvent, PrecisionChoice};

use crate::arguments::{Arguments, Command, Encoder, Precision};
use crate::interrupt::stop_on_interrupt;
use crate::print::Progress;
use crate::{ask, backup, collections, doctor, explain, folders, library, manual, models, remote, serve, standalone};

/// How long a command waits for a program that is about to close the library or to serve it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs a command and returns its exit status.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let data = arguments.data;
    let _scratch = scratch(&arguments.command, data.as_deref());
    let opening = Opening { data: data.clone(), ..Opening::default() };
    match arguments.command {
        Command::Ingest(command) => served(opening, async |session| library::ingest(session, command).await).await,
        Command::Retry { ids, json } => {
            served(opening, async |session| library::retry(session, &ids, json).await).await
        }
        Command::Watch(command) => {
            repaired(opening, async |session| {
                let watched = Box::pin(folders::watch(session, command)).await;
                publish(session).await;
                watched
            })
            .await
        }
        Command::Unwatch { folder } => opened(opening, async |session| folders::unwatch(session, &folder).await).await,
        Command::Folders { json } => opened(opening, async |session| folders::folders(session, json).await).await,
        Command::Collections(command) if command.action.is_none() => {
            opened(opening, async |session| collections::collections(session, command).await).await
        }
        Command::Collections(command) => {
            changed(opening, async |session| collections::collections(session, command).await).await
        }
        Command::Ask(command) => repaired(opening, async |session| ask::ask(session, command).await).await,
        Command::Explain(command) => repaired(opening, async |session| explain::explain(session, command).await).await,
        Command::Documents { removed: true, json } => {
            opened(opening, async |session| library::removed_files(session, json).await).await
        }
        Command::Undismiss { ids, json } => {
            served(opening, async |session| library::undismiss(session, &ids, json).await).await
        }
        Command::Documents { removed: false, json } => {
            opened(opening, async |session| library::documents(session, json).await).await
        }
        Command::Pages { ids, json } => {
            opened(opening, async |session| library::pages(session, &ids, json).await).await
        }
        Command::Remove { ids } => changed(opening, async |session| library::remove(session, &ids).await).await,
        Command::Check { json } => repaired(opening, async |session| library::check(session, json).await).await,
        Command::Rebuild { json } => served(opening, async |session| library::rebuild(session, json).await).await,
        Command::Queue { json } => opened(opening, async |session| library::queue(session, json).await).await,
        Command::Remote(command) => opened(opening, async |session| remote::remote(session, command).await).await,
        Command::Doctor { json } => doctor::doctor(data, json).await,
        Command::Backup(command) => backup::backup(data, command),
        Command::Restore(command) => alone(data, backup::restore(opening, command)).await,
        Command::Rerank(command) => standalone::rerank(&encoders(data, &command.encoder), command).await,
        Command::Embed(command) => standalone::embed(&encoders(data, &command.encoder), command).await,
        Command::Measure(command) => standalone::measure(&encoders(data, &command.encoder), command).await,
        Command::Bench(command) => {
            let models = encoders(data.clone(), &command.encoder);
            alone(data, standalone::bench(&models, command, opening)).await
        }
        Command::Serve(command) => serve::serve(opening, command).await,
        Command::Mcp => {
            assay_server::serve_stdio(opening).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Models { action } => alone(data, models::models(opening, action)).await,
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

/// Opens the library or finds the program that has it open, does the work, and prints the notices about the library.
async fn opened(
    opening: Opening,
    work: impl AsyncFnOnce(&Session) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let session = Session::open(opening, PATIENCE).await?;
    // Boxed, as an ingest is a large future.
    let done = Box::pin(work(&session)).await;
    library::say_notices(&session).await;
    done
}

/// The same for work that changes documents: where the library is published, they are before the command ends. A program
/// that has the library open does so by itself.
async fn changed(
    opening: Opening,
    work: impl AsyncFnOnce(&Session) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    opened(opening, async |session| {
        let done = Box::pin(work(session)).await;
        publish(session).await;
        done
    })
    .await
}

async fn publish(session: &Session) {
    if let Session::Here(app) = session {
        Box::pin(app.publish()).await;
    }
}

/// The same after the rows that the index lost by damage are filled in again.
async fn repaired(
    opening: Opening,
    work: impl AsyncFnOnce(&Session) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    opened(opening, async |session| {
        if let Session::Here(app) = session {
            Box::pin(app.look_remote()).await;
        }
        repair(session).await;
        Box::pin(work(session)).await
    })
    .await
}

/// The same for work that may take long: other commands can read the library meanwhile.
async fn served(
    opening: Opening,
    work: impl AsyncFnOnce(&Session) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    opened(opening, async |session| {
        let owner = match session {
            // Where no socket can be made, they are refused.
            Session::Here(app) => Owner::serve(app, FrontEnd::Command, |_| ()).await.ok(),
            Session::There(_) => None,
        };
        repair(session).await;
        let done = Box::pin(work(session)).await;
        publish(session).await;
        if let Some(owner) = owner {
            owner.finish(&stop_on_interrupt()).await;
        }
        done
    })
    .await
}

/// Fills in the rows that the index lost by damage. Another program that has the library open did that when it opened
/// it; an index that cannot be repaired is reported by the work itself.
async fn repair(session: &Session) {
    let Session::Here(app) = session else { return };
    let mut progress = Progress::new();
    let mut forward = |event: LibraryEvent| {
        if let LibraryEvent::Progress { done, files, seconds_left } = event {
            progress.step(done, files, seconds_left);
        }
    };
    drop(app.repair(&Cancel::default(), &mut forward).await);
    progress.end();
}

/// Work that needs the library alone: if it is refused, the failure names the program that has the library open.
async fn alone(
    data: Option<PathBuf>,
    work: impl Future<Output = anyhow::Result<ExitCode>>,
) -> anyhow::Result<ExitCode> {
    match work.await.map_err(anyhow::Error::downcast::<Failure>) {
        Ok(done) => Ok(done),
        Err(Ok(failure)) => Err(named_owner(failure, data).await.into()),
        Err(Err(other)) => Err(other),
    }
}

fn encoders(data: Option<PathBuf>, encoder: &Encoder) -> Models {
    let precision = match encoder.precision {
        Precision::Auto => PrecisionChoice::Auto,
        Precision::F32 => PrecisionChoice::F32,
        Precision::Bf16 => PrecisionChoice::Bf16,
        Precision::Int8 => PrecisionChoice::Int8,
    };
    let (reranker, threads) = (encoder.model.clone(), encoder.threads);
    Models { data, reranker, threads, precision, ..Models::default() }
}
