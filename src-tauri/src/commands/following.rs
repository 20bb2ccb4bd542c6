//! Commands of watched folders, and of an ingest under way.

use assay_contract::{LibraryEvent, LibraryView};
use assay_desk::DEFAULT_COLLECTION;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::{Reply, chosen, desk, reply};
use crate::Managed;

/// Lets the person choose a folder and follows it.
#[tauri::command]
pub async fn watch_folder(app: AppHandle, managed: State<'_, Managed>) -> Reply<()> {
    let desk = desk(&managed)?;
    match chosen(|done| app.dialog().file().pick_folder(done)).await {
        Some(folder) => reply(desk.watch_folder(&folder, DEFAULT_COLLECTION).await).map(drop),
        None => Ok(()),
    }
}

/// Follows a folder no longer; its documents stay.
#[tauri::command]
pub async fn unwatch_folder(managed: State<'_, Managed>, folder: i64) -> Reply<LibraryView> {
    let desk = desk(&managed)?;
    reply(desk.unwatch_folder(folder).await)?;
    reply(desk.library().await)
}

/// Lets an ingest rest, or go on.
#[tauri::command]
pub fn pause_ingest(managed: State<'_, Managed>, paused: bool) -> Reply<()> {
    desk(&managed)?.pause_ingest(paused);
    managed.watchers.tell(&LibraryEvent::Paused { paused });
    Ok(())
}

/// Reads these queued documents next.
#[tauri::command]
pub fn ingest_first(managed: State<'_, Managed>, documents: Vec<i64>) -> Reply<()> {
    desk(&managed)?.ingest_first(&documents);
    Ok(())
}
