//! `watch`, `unwatch`, `folders`.

use std::path::Path;
use std::process::ExitCode;

use assay_app::{Failure, Owner, Problem, Session, real_path};
use assay_contract::call::{self, FrontEnd};
use assay_contract::{FolderRow, LibraryEvent, RemoteRole};
use assay_domain::one_line;

use crate::arguments::Watch;
use crate::interrupt::stop_on_interrupt;
use crate::library::{absolute, report, resume, show};
use crate::print::{Progress, json_to, table};

/// `assay watch`
pub async fn watch(session: &Session, command: Watch) -> anyhow::Result<ExitCode> {
    // From now on, so that Ctrl-C always ends in order.
    let cancel = stop_on_interrupt();
    let owner = if command.once { None } else { serve(session).await };
    for folder in &command.folders {
        let (folder, collection) = (absolute(folder.clone()).into(), command.collection.clone());
        session.call(call::WatchFolder { folder, collection }).await?;
    }
    let list = session.call(call::Folders {}).await?.folders;
    let follows = session.call(call::RemoteStatus { ask: false }).await?.role == RemoteRole::Reader;
    if list.is_empty() && !follows {
        let message = "no folder is watched yet";
        let failure = Failure::new(Problem::BadSetting, message, "name one: assay watch FOLDER");
        return Err(failure.into());
    }
    resume(session).await;
    let mut progress = Progress::new();
    if command.once {
        let reply = session.run(call::Rescan {}, &cancel, &mut |event| report(&mut progress, &event)).await?;
        progress.end();
        return show(&reply, command.json);
    }
    for folder in &list {
        progress.say(&format!("watching {}", place(folder)));
    }
    if follows {
        progress.say("following what another machine publishes");
    }
    let app = match session {
        Session::Here(app) => app,
        Session::There(owner) => return followed_by(owner.front_end),
    };
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
    let followed = app.follow(&cancel, &mut on).await;
    if let Some(owner) = owner {
        owner.close().await;
    }
    followed?;
    Ok(ExitCode::SUCCESS)
}

/// Lets other programs of the user work with the library as long as this one has it open.
async fn serve(session: &Session) -> Option<Owner> {
    let Session::Here(app) = session else { return None };
    match Owner::serve(app, FrontEnd::Watch, |_| ()).await {
        Ok(owner) => Some(owner),
        Err(error) => {
            eprintln!("assay: other commands cannot use the library meanwhile: no socket can be made: {error}");
            None
        }
    }
}

/// The end of `assay watch` where another program has the library open: the window and another `assay watch` follow
/// what is watched, and a server does not.
fn followed_by(owner: FrontEnd) -> anyhow::Result<ExitCode> {
    let follower = match owner {
        FrontEnd::Window => "the open window",
        FrontEnd::Watch => "another `assay watch`",
        FrontEnd::Serve | FrontEnd::Mcp | FrontEnd::Command => {
            let who = if owner == FrontEnd::Command { "another command" } else { "a server" };
            let message = format!("{who} has the library open and follows no folders");
            let action = "try again when it has closed the library, which a server does when nobody asks it";
            return Err(Failure::new(Problem::LibraryInUse, message, action).into());
        }
    };
    eprintln!("assay: {follower} follows them");
    Ok(ExitCode::SUCCESS)
}

/// `assay unwatch`: by number, or by a path that need not be there any more.
pub async fn unwatch(session: &Session, folder: &Path) -> anyhow::Result<ExitCode> {
    for folder in meant(session, folder).await? {
        session.call(call::UnwatchFolder { folder }).await?;
    }
    println!("{} is watched no longer; its documents stay in the library", folder.display());
    Ok(ExitCode::SUCCESS)
}

/// The numbers of the watched folders that are meant by a number or a path, which need not be there any more.
pub async fn meant(session: &Session, folder: &Path) -> anyhow::Result<Vec<i64>> {
    let list = session.call(call::Folders {}).await?.folders;
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
pub async fn folders(session: &Session, json: bool) -> anyhow::Result<ExitCode> {
    let list = session.call(call::Folders {}).await?;
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
