//! Commands of watched folders, and of an ingest under way.

use assay_app::DEFAULT_COLLECTION;
use assay_contract::{LibraryEvent, LibraryView};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::{Reply, chosen, opened, reply};
use crate::Managed;

/// Lets the person choose a folder and follows it.
#[tauri::command]
pub async fn watch_folder(handle: AppHandle, managed: State<'_, Managed>) -> Reply<()> {
    let app = opened(&managed)?;
    match chosen(|done| handle.dialog().file().pick_folder(done)).await {
        Some(folder) => reply(app.watch_folder(&folder, DEFAULT_COLLECTION).await).map(drop),
        None => Ok(()),
    }
}

/// Follows a folder no longer; its documents stay.
#[tauri::command]
pub async fn unwatch_folder(managed: State<'_, Managed>, folder: i64) -> Reply<LibraryView> {
    let app = opened(&managed)?;
    reply(app.unwatch_folder(folder).await)?;
    reply(app.library().await)
}

/// Lets an ingest rest, or go on.
#[tauri::command]
pub fn pause_ingest(managed: State<'_, Managed>, paused: bool) -> Reply<()> {
    opened(&managed)?.pause_ingest(paused);
    managed.watchers.tell(&LibraryEvent::Paused { paused });
    Ok(())
}

/// Reads these queued documents next.
#[tauri::command]
pub fn ingest_first(managed: State<'_, Managed>, documents: Vec<i64>) -> Reply<()> {
    opened(&managed)?.ingest_first(&documents);
    Ok(())
}
