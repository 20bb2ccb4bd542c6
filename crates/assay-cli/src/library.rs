//! `ingest`, `documents`, `remove`, `check`.

use std::process::ExitCode;

use assay_contract::{IngestReply, LibraryEvent};
use assay_desk::{Cancel, Desk};

use crate::arguments::Ingest;
use crate::print::{Progress, json_to, table};

/// `assay ingest`
pub async fn ingest(desk: &Desk, command: Ingest) -> anyhow::Result<ExitCode> {
    let cancel = stop_on_interrupt();
    let mut progress = Progress::new();
    let mut tell = |event: LibraryEvent| match event {
        LibraryEvent::File { name, state, reason, .. } if state == "failed" => {
            progress.say(&format!("failed  {name}: {}", reason.unwrap_or_default()));
        }
        LibraryEvent::Progress { done, files, seconds_left } => progress.step(done, files, seconds_left),
        _ => (),
    };
    let mut reply = IngestReply { files: Vec::new(), counts: Default::default(), seconds: 0.0 };
    if command.rebuild {
        reply = desk.rebuild(&cancel, &mut tell).await?;
    }
    if !command.paths.is_empty() {
        let more = desk.ingest(command.paths, &command.collection, &cancel, &mut tell).await?;
        reply.seconds += more.seconds;
        reply.files.extend(more.files);
        for (state, count) in more.counts {
            *reply.counts.entry(state).or_default() += count;
        }
    }
    progress.end();
    let status = status(&reply);
    if command.json {
        json_to(&reply)?;
    } else {
        print(&reply);
    }
    Ok(status)
}

fn status(reply: &IngestReply) -> ExitCode {
    let count = |state: &str| reply.counts.get(state).copied().unwrap_or(0);
    let good = count("committed") + count("unchanged");
    match (good, count("failed"), count("stopped")) {
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
        [file.state.clone(), file.name.clone(), pages, file.chunks.to_string(), format!("{:.2}", file.seconds), reason]
    });
    table(&["state", "file", "pages", "chunks", "seconds", "reason"], rows.collect());
    let counts: Vec<String> = reply.counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    println!("\n{} files in {:.1} s: {}", reply.files.len(), reply.seconds, counts.join(", "));
}

/// `assay documents`
pub async fn documents(desk: &Desk, json: bool) -> anyhow::Result<ExitCode> {
    let list = desk.documents().await?;
    if json {
        json_to(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = list.documents.iter().map(|row| {
        [
            row.id.to_string(),
            row.state.clone(),
            row.name.clone(),
            row.collection.clone(),
            format!("{}/{}", row.pages_with_text, row.pages),
            row.chunks.to_string(),
            row.language.clone().unwrap_or_default(),
            row.reason.clone().unwrap_or_default(),
        ]
    });
    table(&["id", "state", "file", "collection", "pages", "chunks", "language", "reason"], rows.collect());
    Ok(if list.documents.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// `assay remove`
pub async fn remove(desk: &Desk, ids: &[i64]) -> anyhow::Result<ExitCode> {
    desk.remove(ids).await?;
    println!("{} documents taken out of the library; the files themselves were not touched", ids.len());
    Ok(ExitCode::SUCCESS)
}

/// `assay check`
pub async fn check(desk: &Desk, json: bool) -> anyhow::Result<ExitCode> {
    let reply = desk.check().await?;
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

/// The first Ctrl-C stops at the next batch and keeps what is finished; the second ends at once.
pub fn stop_on_interrupt() -> Cancel {
    let cancel = Cancel::default();
    let pressed = cancel.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            if pressed.is_stopped() {
                std::process::exit(130);
            }
            eprintln!("\nstopping; what is finished is kept (press again to end at once)");
            pressed.stop();
        }
    });
    cancel
}
