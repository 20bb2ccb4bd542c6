//! `backup` and `restore`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use assay_app::{App, Failure, Opening, Problem};
use assay_contract::{BackupChoice, BackupGap, BackupRoot, LibraryEvent, RestoreReply};

use crate::arguments::{Backup, Restore};
use crate::interrupt::stop_on_interrupt;
use crate::print::{Progress, day, json_to, table};

/// `assay backup`
pub fn backup(data: Option<PathBuf>, command: Backup) -> anyhow::Result<ExitCode> {
    let Backup { file, index, models, force, json } = command;
    let (mut progress, cancel) = (Progress::new(), stop_on_interrupt());
    let choice = BackupChoice { index, models };
    let begun = Instant::now();
    let mut on = |done, total| bytes(&mut progress, "packed", begun, done, total);
    let reply = assay_app::backup_of(data, &file, choice, force, &cancel, &mut on)?;
    progress.end();
    if json {
        json_to(&reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{} documents, {} kept questions and {} judgements are in {} ({:.1} MB), which was read again and is whole",
        reply.documents,
        reply.questions,
        reply.judgements,
        file.display(),
        reply.bytes as f64 / 1e6
    );
    for gap in &reply.left_out {
        println!("not in it: {}", gap_words(*gap, choice));
    }
    Ok(ExitCode::SUCCESS)
}

/// What is not in a backup, and why: it was not asked for, or there is none.
fn gap_words(gap: BackupGap, choice: BackupChoice) -> &'static str {
    match gap {
        BackupGap::Keys => "the key of the hosted reranker, which the system keeps; enter it again after a restore",
        BackupGap::Passwords => "names and passwords in addresses of the settings; enter them again after a restore",
        BackupGap::Index if choice.index => "the index, because the library has none yet",
        BackupGap::Index => "the index; a restore fills it again from the stored text (--index puts it in)",
        BackupGap::Models if choice.models => "models, because the library has none besides those that ship",
        BackupGap::Models => "models; a restore names those that are missing (--models puts them in)",
        BackupGap::ModelFiles => {
            "files in the folder of models that are no files of a model: downloads that have not ended, links to \
             folders or to nothing, and names that another system cannot have"
        }
    }
}

fn bytes(progress: &mut Progress, what: &str, begun: Instant, done: u64, total: u64) {
    let speed = done as f64 / begun.elapsed().as_secs_f64().max(1e-3);
    progress.bytes(what, done, Some(total), speed, None);
}

/// `assay restore`
pub async fn restore(opening: Opening, command: Restore) -> anyhow::Result<ExitCode> {
    let Restore { what, root, list, json } = command;
    let file = what.as_deref().filter(|what| what.is_file());
    match (file, list) {
        (Some(file), true) => show(file, &root, json),
        (Some(file), false) => restore_backup(opening, file, &root, json).await,
        (None, true) if what.is_none() => snapshots(opening.data, json),
        (None, _) => {
            let name = what.as_deref().map(|what| what.to_string_lossy());
            // The names of snapshots have no folders.
            if let Some(name) = name.as_deref().filter(|name| name.contains(['/', '\\']) || list || !root.is_empty()) {
                let message = format!("there is no file {name}");
                return Err(Failure::new(Problem::MissingFile, message, "check the name of the backup").into());
            }
            restore_snapshot(opening.data, name.as_deref(), json)
        }
    }
}

async fn restore_backup(
    opening: Opening,
    file: &Path,
    moves: &[(String, String)],
    json: bool,
) -> anyhow::Result<ExitCode> {
    let (mut progress, cancel) = (Progress::new(), stop_on_interrupt());
    let begun = Instant::now();
    let mut on = |done, total| bytes(&mut progress, "unpacked", begun, done, total);
    let reply = assay_app::restore_backup(opening.data.clone(), file, moves, &cancel, &mut on)?;
    progress.end();
    if json {
        json_to(&reply)?;
    } else {
        print(&reply);
    }
    if reply.documents > 0 && !reply.index {
        eprintln!("filling the index again from the stored text");
        let app = App::open(opening)?;
        let mut progress = Progress::new();
        let mut forward = |event: LibraryEvent| {
            if let LibraryEvent::Progress { done, files, seconds_left } = event {
                progress.step(done, files, seconds_left);
            }
        };
        let filled = app.repair(&cancel, &mut forward).await;
        progress.end();
        if let Err(failure) = filled {
            eprintln!("assay: the library is restored; its index is filled at the next question: {}", failure.message);
            eprintln!("       {}", failure.action);
            return Ok(ExitCode::from(4));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(reply: &RestoreReply) {
    println!(
        "{} documents, {} kept questions and {} judgements are restored",
        reply.documents, reply.questions, reply.judgements
    );
    print_roots(&reply.roots);
    if reply.hosted_off {
        println!("the hosted reranker is switched off: its key is in no backup. Switch it on in the settings.");
    }
    for model in &reply.missing_models {
        println!("the model {model} is not on this machine: assay models pull {model}");
    }
}

fn print_roots(roots: &[BackupRoot]) {
    let rows = roots.iter().map(|root| {
        let kind = if root.watched { "watched" } else { "" };
        let found = if root.found { "found" } else { "not here" };
        let folder = root.folder.clone().unwrap_or_else(|| root.name.clone());
        [root.documents.to_string(), kind.to_owned(), found.to_owned(), folder]
    });
    table(&["documents", "", "", "folder"], rows.collect());
    if roots.iter().any(|root| !root.found) {
        println!("documents in folders that are not here answer from the stored text; --root OLD=NEW moves them");
    }
}

fn show(file: &Path, moves: &[(String, String)], json: bool) -> anyhow::Result<ExitCode> {
    let view = assay_app::backup_view(file, moves, true)?;
    if json {
        json_to(&view)?;
        return Ok(ExitCode::SUCCESS);
    }
    let with = |there: bool, what: &str| if there { format!("with {what}") } else { format!("without {what}") };
    println!(
        "made on {}: {} documents, {} kept questions, {} judgements, {}, {}",
        day(view.created),
        view.documents,
        view.questions,
        view.judgements,
        with(view.index, "the index"),
        with(view.models, "models")
    );
    print_roots(&view.roots);
    Ok(ExitCode::SUCCESS)
}

fn restore_snapshot(data: Option<PathBuf>, name: Option<&str>, json: bool) -> anyhow::Result<ExitCode> {
    let row = assay_app::restore(data, name)?;
    if json {
        json_to(&row)?;
    } else {
        println!(
            "{} with {} documents is the catalogue now; the one before is kept in damaged/",
            row.name, row.documents
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn snapshots(data: Option<PathBuf>, json: bool) -> anyhow::Result<ExitCode> {
    let list = assay_app::snapshot_rows(data);
    if json {
        json_to(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = list.snapshots.iter().map(|row| {
        let text = if row.with_text { "with text" } else { "without text" };
        [row.documents.to_string(), format!("{:.1}", row.bytes as f64 / 1e6), text.to_owned(), row.name.clone()]
    });
    table(&["documents", "MB", "", "snapshot"], rows.collect());
    Ok(ExitCode::SUCCESS)
}
