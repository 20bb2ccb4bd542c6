//! Commands of backups: writing one, and restoring one into a library that is still empty.

use assay_app::{Cancel, Failure, Problem, backup_folders, backup_view};
use assay_contract::{BackupChoice, BackupProgress, BackupReply, BackupView};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::reply::{Reply, chosen, opened, reply};
use crate::managed::{Managed, RestorePlan};

/// Writes a backup into a file that the user chooses; nothing if the dialog is closed.
#[tauri::command]
pub async fn back_up(
    handle: AppHandle,
    managed: State<'_, Managed>,
    choice: BackupChoice,
    events: Channel<BackupProgress>,
) -> Reply<Option<BackupReply>> {
    let app = opened(&managed)?;
    let dialog = handle.dialog().file().set_file_name("assay-backup.zip").add_filter("ZIP", &["zip"]);
    let Some(file) = chosen(|done| dialog.save_file(done)).await else { return Ok(None) };
    let cancel = managed.begin_backup();
    // A page that has closed hears no progress.
    let mut on = |done, total| drop(events.send(BackupProgress { done, total }));
    reply(app.backup(&file, choice, &cancel, &mut on).await).map(Some)
}

/// Stops the backup or the restore that is running.
#[tauri::command]
pub fn stop_backup(managed: State<'_, Managed>) {
    managed.stop_backup();
}

/// Shows what is in a backup that the user chooses; nothing if the dialog is closed.
#[tauri::command]
pub async fn choose_backup(handle: AppHandle, managed: State<'_, Managed>) -> Reply<Option<BackupView>> {
    let dialog = handle.dialog().file().add_filter("ZIP", &["zip"]);
    let Some(file) = chosen(|done| dialog.pick_file(done)).await else { return Ok(None) };
    let plan = RestorePlan { folders: reply(backup_folders(&file))?, file, moves: Vec::new() };
    let view = reply(backup_view(&plan.file, &plan.moves, false))?;
    managed.set_restore(Some(plan));
    Ok(Some(view))
}

/// Chooses the folder of this machine that takes the place of one in the chosen backup.
#[tauri::command]
pub async fn choose_restore_root(handle: AppHandle, managed: State<'_, Managed>, root: u32) -> Reply<BackupView> {
    let folder = chosen(|done| handle.dialog().file().pick_folder(done)).await;
    reply(managed.with_restore(|plan| {
        let plan = plan.ok_or_else(no_backup)?;
        if let (Some(new), Some(old)) = (folder, plan.folders.get(root as usize)) {
            plan.moves.retain(|(other, _)| other != old);
            plan.moves.push((old.clone(), new.to_string_lossy().into_owned()));
        }
        backup_view(&plan.file, &plan.moves, false)
    }))
}

/// Unpacks the chosen backup and starts the program again, which puts it in the place of the empty library.
#[tauri::command]
pub async fn restore(handle: AppHandle, managed: State<'_, Managed>, events: Channel<BackupProgress>) -> Reply<()> {
    let app = opened(&managed)?;
    let plan = managed.with_restore(|plan| plan.map(|plan| (plan.file.clone(), plan.moves.clone())));
    let (file, moves) = reply(plan.ok_or_else(no_backup))?;
    let cancel: Cancel = managed.begin_backup();
    let mut on = |done, total| drop(events.send(BackupProgress { done, total }));
    reply(app.prepare_restore(&file, &moves, &cancel, &mut on).await)?;
    handle.request_restart();
    Ok(())
}

fn no_backup() -> Failure {
    Failure::new(Problem::MissingFile, "no backup is chosen", "choose one")
}
