//! `watch`, `unwatch`, `folders`.

use std::path::Path;
use std::process::ExitCode;

use assay_app::{App, Failure, Problem, real_path};
use assay_contract::{FolderRow, LibraryEvent};
use assay_domain::one_line;

use crate::arguments::Watch;
use crate::interrupt::stop_on_interrupt;
use crate::library::{report, resume, show};
use crate::print::{Progress, json_to, table};

/// `assay watch`
pub async fn watch(app: &App, command: Watch) -> anyhow::Result<ExitCode> {
    for folder in &command.folders {
        app.watch_folder(folder, &command.collection).await?;
    }
    let list = app.folders().await?.folders;
    if list.is_empty() {
        let message = "no folder is watched yet";
        let failure = Failure::new(Problem::BadSetting, message, "name one: assay watch FOLDER");
        return Err(failure.into());
    }
    resume(app).await;
    let cancel = stop_on_interrupt();
    let mut progress = Progress::new();
    if command.once {
        let reply = app.rescan_all(&cancel, &mut |event| report(&mut progress, &event)).await?;
        progress.end();
        return show(&reply, command.json);
    }
    for folder in &list {
        progress.say(&format!("watching {}", place(folder)));
    }
    let mut on = |event: LibraryEvent| match event {
        LibraryEvent::Finished { reply } if command.json => {
            progress.end();
            println!("{}", serde_json::json!(reply));
        }
        LibraryEvent::Finished { reply } => {
            progress.end();
            for file in &reply.files {
                println!("{}  {}  {}", file.state, one_line(&file.name), file.reason.as_deref().unwrap_or_default());
            }
        }
        LibraryEvent::Failed { problem } => {
            progress.say(&format!("assay: {}\n       {}", problem.message, problem.action));
        }
        event => report(&mut progress, &event),
    };
    app.follow(&cancel, &mut on).await?;
    Ok(ExitCode::SUCCESS)
}

/// `assay unwatch`: by number, or by a path that need not be there any more.
pub async fn unwatch(app: &App, folder: &Path) -> anyhow::Result<ExitCode> {
    for id in meant(app, folder).await? {
        app.unwatch_folder(id).await?;
    }
    println!("{} is watched no longer; its documents stay in the library", folder.display());
    Ok(ExitCode::SUCCESS)
}

/// The numbers of the watched folders that are meant by a number or a path, which need not be there any more.
pub async fn meant(app: &App, folder: &Path) -> anyhow::Result<Vec<i64>> {
    let list = app.folders().await?.folders;
    let named = folder.to_string_lossy();
    let real = real_path(folder).or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_owned());
    let is_meant = |row: &&FolderRow| row.id.to_string() == named || Path::new(place(row)) == real;
    let wanted: Vec<i64> = list.iter().filter(is_meant).map(|row| row.id).collect();
    if wanted.is_empty() {
        let message = format!("{named} is not a watched folder");
        return Err(Failure::new(Problem::MissingFile, message, "list them: assay folders").into());
    }
    Ok(wanted)
}

/// `assay folders`
pub async fn folders(app: &App, json: bool) -> anyhow::Result<ExitCode> {
    let list = app.folders().await?;
    if json {
        json_to(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = list.folders.iter().map(|row| {
        let (files, excluded) = (row.files.to_string(), row.excluded.to_string());
        let reason = row.reason.clone().unwrap_or_default();
        [
            row.id.to_string(),
            row.state.to_string(),
            place(row).to_owned(),
            row.collection.clone(),
            files,
            excluded,
            reason,
        ]
    });
    table(&["id", "state", "folder", "collection", "files", "excluded", "reason"], rows.collect());
    Ok(if list.folders.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn place(row: &FolderRow) -> &str {
    row.path.as_deref().unwrap_or(&row.name)
}
