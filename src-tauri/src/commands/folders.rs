//! Commands of watched folders and of the running ingest.

use assay_app::DEFAULT_COLLECTION;
use assay_contract::{LibraryEvent, LibraryView};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::reply::{Reply, chosen, opened, reply};
use crate::managed::Managed;

/// Watches a folder that the user chooses. Its files join the collection, or the default one.
#[tauri::command]
pub async fn watch_folder(handle: AppHandle, managed: State<'_, Managed>, collection: Option<String>) -> Reply<()> {
    let app = opened(&managed)?;
    match chosen(|done| handle.dialog().file().pick_folder(done)).await {
        Some(folder) => {
            let collection = collection.as_deref().unwrap_or(DEFAULT_COLLECTION);
            reply(app.watch_folder(&folder, collection).await).map(drop)
        }
        None => Ok(()),
    }
}

/// Watches a folder no longer. Its documents stay.
#[tauri::command]
pub async fn unwatch_folder(managed: State<'_, Managed>, folder: i64) -> Reply<LibraryView> {
    let app = opened(&managed)?;
    reply(app.unwatch_folder(folder).await)?;
    reply(app.library().await)
}

/// Pauses the ingest, or resumes it.
#[tauri::command]
pub fn pause_ingest(managed: State<'_, Managed>, paused: bool) -> Reply<()> {
    opened(&managed)?.pause_ingest(paused);
    managed.watchers.send(&LibraryEvent::Paused { paused });
    Ok(())
}

/// Reads these queued documents next.
#[tauri::command]
pub fn ingest_first(managed: State<'_, Managed>, documents: Vec<i64>) -> Reply<()> {
    reply(opened(&managed)?.ingest_first(&documents))
}
