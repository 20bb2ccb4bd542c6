//! `ingest`, `retry`, `documents`, `pages`, `remove`, `check`, `rebuild`.

use std::path::PathBuf;
use std::process::ExitCode;

use assay_app::{Cancel, Session};
use assay_contract::call::{self, FrontEnd};
use assay_contract::{DocumentRow, DocumentState, FileState, IngestReply, LibraryEvent, NoticeKind};
use assay_domain::one_line;

use crate::arguments::Ingest;
use crate::interrupt::stop_on_interrupt;
use crate::print::{Progress, day, json_to, table};

/// `assay ingest`
pub async fn ingest(session: &Session, command: Ingest) -> anyhow::Result<ExitCode> {
    let cancel = stop_on_interrupt();
    let mut progress = Progress::new();
    let mut forward = |event: LibraryEvent| report(&mut progress, &event);
    let mut reply = IngestReply { files: Vec::new(), counts: Default::default(), seconds: 0.0 };
    if command.rebuild {
        reply = session.run(call::Rebuild {}, &cancel, &mut forward).await?;
    }
    // Before the work that waits: these paths are in the queue from now on, whatever becomes of this program.
    if !command.paths.is_empty() {
        let paths = command.paths.into_iter().map(|path| absolute(path).into()).collect();
        let more = session.run(call::Ingest { paths, collection: command.collection }, &cancel, &mut forward).await?;
        reply.seconds += more.seconds;
        reply.files.extend(more.files);
        for (state, count) in more.counts {
            *reply.counts.entry(state).or_default() += count;
        }
    }
    progress.end();
    if !cancel.is_stopped() {
        resume(session).await;
    }
    stay_stopped(session, &cancel)?;
    show(&reply, command.json)
}

/// A path as another program finds it. One that has no absolute form is reported by the work itself.
pub fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// After Ctrl-C, what is left of the user's own work waits until the user goes on with it, as after Stop in the window.
/// Another program that has the library open does so for the calls of this command alone.
fn stay_stopped(session: &Session, cancel: &Cancel) -> anyhow::Result<()> {
    if let Session::Here(app) = session
        && cancel.is_stopped()
    {
        app.stop_ingest()?;
    }
    Ok(())
}

/// Goes on with the work that waited, and says so on stderr. If it cannot, the work itself reports why. The window and
/// `assay watch` do so by themselves.
pub async fn resume(session: &Session) {
    if matches!(session.owner(), Some(FrontEnd::Window | FrontEnd::Watch)) {
        return;
    }
    let waiting = session.call(call::Queue {}).await.map_or(0, |queue| queue.waiting);
    if waiting == 0 {
        return;
    }
    let mut progress = Progress::new();
    let rows = if waiting == 1 { "1 piece of work".to_owned() } else { format!("{waiting} pieces of work") };
    progress.say(&format!("assay: going on with {rows} that waited when Assay last ended"));
    let cancel = stop_on_interrupt();
    drop(session.run(call::Resume {}, &cancel, &mut |event| report(&mut progress, &event)).await);
    progress.end();
}

/// `assay queue`
pub async fn queue(session: &Session, json: bool) -> anyhow::Result<ExitCode> {
    let reply = session.call(call::Queue {}).await?;
    if json {
        json_to(&reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = reply.queue.iter().map(|row| {
        let state =
            if row.stopped { "stopped".to_owned() } else { row.state.map_or("waiting".to_owned(), |s| s.to_string()) };
        [
            row.document.map(|id| id.to_string()).unwrap_or_default(),
            row.work.to_string(),
            state,
            row.why.to_string(),
            row.collection.clone(),
            row.path.clone().unwrap_or_default(),
        ]
    });
    table(&["id", "work", "state", "why", "collection", "path"], rows.collect());
    println!("\n{} waiting, {} stopped", reply.waiting, reply.stopped);
    Ok(if reply.queue.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// `assay retry`
pub async fn retry(session: &Session, ids: &[i64], json: bool) -> anyhow::Result<ExitCode> {
    let cancel = stop_on_interrupt();
    let mut progress = Progress::new();
    let call = call::Retry { documents: ids.to_vec() };
    let reply = session.run(call, &cancel, &mut |event| report(&mut progress, &event)).await?;
    progress.end();
    stay_stopped(session, &cancel)?;
    show(&reply, json)
}

/// Shows the progress of an ingest, and each file that fails.
pub fn report(progress: &mut Progress, event: &LibraryEvent) {
    match event {
        LibraryEvent::File { name, state, reason, .. }
            if matches!(state, DocumentState::Failed | DocumentState::Quarantined) =>
        {
            progress.say(&format!("{state}  {}: {}", one_line(name), reason.as_deref().unwrap_or_default()));
        }
        LibraryEvent::Progress { done, files, seconds_left } => progress.step(*done, *files, *seconds_left),
        _ => (),
    }
}

/// Prints how the ingest ended for each file. Returns the exit status.
pub fn show(reply: &IngestReply, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        json_to(reply)?;
    } else {
        print(reply);
    }
    Ok(status(reply))
}

fn status(reply: &IngestReply) -> ExitCode {
    let (mut good, mut failed, mut stopped) = (0, 0, 0);
    for (state, count) in &reply.counts {
        match state {
            FileState::Committed | FileState::Unchanged | FileState::Renamed => good += count,
            FileState::Missing | FileState::Removed | FileState::Offline => good += count,
            FileState::Failed | FileState::Quarantined => failed += count,
            FileState::Stopped => stopped += count,
            FileState::Excluded => (),
        }
    }
    match (good, failed, stopped) {
        (0, 0, 0) => ExitCode::from(3),
        (_, 0, 0) => ExitCode::SUCCESS,
        (0, _, 0) => ExitCode::FAILURE,
        _ => ExitCode::from(4),
    }
}

fn print(reply: &IngestReply) {
    let rows = reply.files.iter().map(|file| {
        let pages = format!("{}/{}", file.pages_with_text, file.pages);
        let reason = file.reason.clone().unwrap_or_default();
        [
            file.state.to_string(),
            file.name.clone(),
            pages,
            file.chunks.to_string(),
            format!("{:.2}", file.seconds),
            reason,
        ]
    });
    table(&["state", "file", "pages", "chunks", "seconds", "reason"], rows.collect());
    let counts: Vec<String> = reply.counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    println!("\n{} files in {:.1} s: {}", reply.files.len(), reply.seconds, counts.join(", "));
}

/// `assay documents`
pub async fn documents(session: &Session, json: bool) -> anyhow::Result<ExitCode> {
    let list = session.call(call::Documents {}).await?;
    if json {
        json_to(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = list.documents.iter().map(|row| {
        [
            row.id.to_string(),
            row.state.to_string(),
            row.name.clone(),
            row.collection.clone(),
            format!("{}/{}", row.pages_with_text, row.pages),
            row.chunks.to_string(),
            row.language.clone().unwrap_or_default(),
            until(row),
        ]
    });
    table(&["id", "state", "file", "collection", "pages", "chunks", "language", "reason"], rows.collect());
    Ok(if list.documents.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// `assay documents --removed`
pub async fn removed_files(session: &Session, json: bool) -> anyhow::Result<ExitCode> {
    let list = session.call(call::RemovedFiles {}).await?;
    if json {
        json_to(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = list.removed.iter().map(|row| {
        [row.id.to_string(), day(row.removed), row.collection.clone(), row.path.clone().unwrap_or_default()]
    });
    table(&["id", "removed", "collection", "file"], rows.collect());
    Ok(if list.removed.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// `assay undismiss`
pub async fn undismiss(session: &Session, ids: &[i64], json: bool) -> anyhow::Result<ExitCode> {
    let cancel = stop_on_interrupt();
    let mut progress = Progress::new();
    let call = call::BringBack { removed: ids.to_vec() };
    let reply = session.run(call, &cancel, &mut |event| report(&mut progress, &event)).await?;
    progress.end();
    stay_stopped(session, &cancel)?;
    show(&reply, json)
}

/// The reason of a row, with the day on which a missing document leaves.
fn until(row: &DocumentRow) -> String {
    let reason = row.reason.clone().unwrap_or_default();
    row.missing_until.map_or(reason.clone(), |at| format!("{reason}; it leaves the library on {}", day(at)))
}

/// `assay pages`
pub async fn pages(session: &Session, ids: &[i64], json: bool) -> anyhow::Result<ExitCode> {
    let mut documents = Vec::with_capacity(ids.len());
    for id in ids {
        documents.push(session.call(call::Document { document: *id }).await?);
    }
    if json {
        json_to(&serde_json::json!({ "documents": documents }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for document in &documents {
        for page in &document.pages {
            let number = page.number.map(|number| format!(", page {number}")).unwrap_or_default();
            let chunks = page.chunks.len();
            println!("== {}{number}: {}, {chunks} chunks\n\n{}\n", one_line(&document.name), page.outcome, page.text);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// `assay remove`
pub async fn remove(session: &Session, ids: &[i64]) -> anyhow::Result<ExitCode> {
    session.call(call::Remove { documents: ids.to_vec() }).await?;
    println!("{} documents removed from the library; the files themselves were not touched", ids.len());
    Ok(ExitCode::SUCCESS)
}

/// `assay check`
pub async fn check(session: &Session, json: bool) -> anyhow::Result<ExitCode> {
    let reply = session.call(call::Check {}).await?;
    if json {
        json_to(&reply)?;
    } else {
        for problem in &reply.problems {
            println!("{}: {}\n    {}", problem.kind, problem.what, problem.action);
        }
        let verdict = if reply.ok { "the index is what the catalogue says" } else { "the index needs attention" };
        println!("{} documents, {} chunks: {verdict}", reply.documents, reply.chunks);
    }
    Ok(if reply.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `assay rebuild`
pub async fn rebuild(session: &Session, json: bool) -> anyhow::Result<ExitCode> {
    let command = Ingest { paths: Vec::new(), collection: String::new(), rebuild: true, json };
    ingest(session, command).await
}

/// Prints the notices about the library itself to stderr. The window and other commands show their own.
pub async fn say_notices(session: &Session) {
    let notices = match session.owner() {
        Some(FrontEnd::Window | FrontEnd::Watch | FrontEnd::Command) => return,
        // A server that ended meanwhile has told nothing.
        None | Some(FrontEnd::Serve | FrontEnd::Mcp) => session.call(call::Notices {}).await.unwrap_or_default(),
    };
    for notice in notices {
        let action = if notice.action.is_empty() { String::new() } else { format!("\n       {}", notice.action) };
        eprintln!("assay: {}{action}", notice.what);
        if let Session::Here(app) = session
            && notice.kind == NoticeKind::Embedder
        {
            // A folder of settings that cannot be written to is reported by the work itself.
            drop(app.rebuild_offer_said().await);
        }
    }
}
